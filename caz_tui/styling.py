"""The seam with how Textual opens a screen: nothing is parsed, styled or laid out twice while someone waits for a key.

Textual parses all style sheets anew when a mode is opened for the first time or a screen brings one of its own, and
styles every widget for that; it styles every widget of a screen again when the screen comes to the front, and once more
when the classes of its size are set after its first layout; and answers that layout with a second one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from caz_tui.known_styles import KnownStyles
from caz_tui.terminal.painting import FrugalApp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePath

    from textual.driver import Driver
    from textual.events import Resize, ScreenResume
    from textual.screen import Screen
    from textual.widget import AwaitMount

ReturnT = TypeVar("ReturnT")


class StyledApp(FrugalApp[ReturnT], Generic[ReturnT]):
    """An app that parses its style sheets once for each theme."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (140, "-wide")]

    _variables: dict[str, str] | None = None
    """What the style sheets were parsed with."""

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        """Make an app whose style sheets remember what they found."""
        super().__init__(driver_class=driver_class)
        self.stylesheet = KnownStyles(variables=self.get_css_variables())

    def _get_screen(self, screen: Screen[Any] | str) -> tuple[Screen[Any], AwaitMount]:
        # Before it is registered: from Python 3.12 on it has its first widgets, styled, when that returns.
        opened = self.get_screen(screen)
        self.read_sheets(opened.css_path)
        return super()._get_screen(opened)

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        """Do nothing: its style sheets are read already."""

    def read_sheets(self, paths: Iterable[PurePath]) -> None:
        """Read and parse some style sheets, those aside that are known; nothing that is mounted is styled by them."""
        new = [path for path in paths if not self.stylesheet.has_source(str(path), "")]
        if new:
            self.stylesheet.read_all(new)
            self.stylesheet.parse()

    def parse_with_theme(self) -> None:
        """Take the theme that was just set for the first parsing too, which Textual does with its own theme."""
        self._variables = self.get_css_variables()
        self.stylesheet.set_variables(self._variables)

    def refresh_css(self, animate: bool = True) -> None:  # noqa: FBT001, FBT002 - Textual's own signature
        """Parse and style everything anew, or only style the screen when no variable has changed."""
        variables = self.get_css_variables()
        if variables != self._variables:
            self._variables = variables
            super().refresh_css(animate)
            return
        for screen in self.screen_stack[-1:]:
            if screen._css_update_count != self._css_update_count:  # noqa: SLF001
                screen._css_update_count = self._css_update_count  # noqa: SLF001
                self.stylesheet.update(screen, animate=animate)


def fit_size(screen: Screen[Any]) -> None:
    """Give a screen the classes of its size: before it has children, which would all be styled again later."""
    app = screen.app
    across = app.HORIZONTAL_BREAKPOINTS if screen.HORIZONTAL_BREAKPOINTS is None else screen.HORIZONTAL_BREAKPOINTS
    down = app.VERTICAL_BREAKPOINTS if screen.VERTICAL_BREAKPOINTS is None else screen.VERTICAL_BREAKPOINTS
    for size, breakpoints in ((app.size.width, across), (app.size.height, down)):
        names = [name for _, name in sorted(breakpoints or ())]
        fitting = [name for least, name in sorted(breakpoints or ()) if least <= size][-1:]
        screen.remove_class(*(name for name in names if name not in fitting))
        screen.add_class(*fitting)


def stay_styled(event: ScreenResume) -> None:
    """Leave the styles of a screen that comes to the front as they are; a new theme reaches every screen anyway."""
    event.refresh_styles = False


def stay_laid_out(screen: Screen[Any], event: Resize) -> None:
    """Leave a screen as it is that hears of the size which it was laid out in already, but for its classes.

    Under a dialog it is laid out in the new size before it hears of it.
    """
    if event.size == screen.outer_size:
        event.prevent_default()
        fit_size(screen)
