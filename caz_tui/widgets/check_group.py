"""Choices that stand open on a line or two: several of them, or one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from caz_tui.terminal.text import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events
    from textual.app import RenderResult
    from textual.geometry import Size

_GAP = 2


class _Place(NamedTuple):
    """Where an option stands, in cells."""

    line: int
    left: int
    width: int


class ChoiceGroup(Widget, can_focus=True):
    """Options side by side, wrapped to the width: arrows move among them, space takes one, Tab leaves."""

    DEFAULT_CSS = """
    ChoiceGroup { width: 1fr; height: auto; }
    """

    BINDINGS = [
        Binding("left", "move(-1)", show=False),
        Binding("right", "move(1)", show=False),
        Binding("up", "move_line(-1)", show=False),
        Binding("down", "move_line(1)", show=False),
        Binding("home", "move_to(0)", show=False),
        Binding("end", "move_to(-1)", show=False),
        Binding("space", "take", show=False),
    ]

    marks: ClassVar[tuple[str, str]]
    """What stands before an option that is not chosen, and before one that is."""

    cursor: reactive[int] = reactive(0)
    chosen: reactive[frozenset[str]] = reactive(frozenset, init=False)

    @dataclass
    class Changed(Message):
        """Another set of options was chosen."""

        group: ChoiceGroup

        @property
        def control(self) -> ChoiceGroup:
            """The group, for ``@on`` selectors."""
            return self.group

    def __init__(
        self,
        options: Iterable[tuple[str, str]],
        chosen: Iterable[str] = (),
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """Take pairs of slug and label, and the slugs that are chosen at first."""
        super().__init__(id=id)
        self._slugs, labels = zip(*options, strict=True)
        self._labels: Sequence[Content] = tuple(shown(label) for label in labels)
        self.set_reactive(ChoiceGroup.chosen, frozenset(chosen))

    def ask(self, chosen: Iterable[str]) -> None:
        """Show other choices, with the cursor where it is at first; nobody is told."""
        with self.prevent(self.Changed):
            self.chosen = frozenset(chosen)
        self.cursor = 0

    def watch_chosen(self) -> None:
        """Tell that the choice changed."""
        self.post_message(self.Changed(self))

    def take(self, index: int) -> None:
        """Choose an option, or unchoose it."""
        raise NotImplementedError

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def action_take(self) -> None:
        """Choose or unchoose the option under the cursor."""
        self.take(self.cursor)

    def action_move(self, step: int) -> None:
        """Go to the option before or after."""
        self.cursor = max(0, min(len(self._slugs) - 1, self.cursor + step))

    def action_move_to(self, index: int) -> None:
        """Go to the first option, or to the last."""
        self.cursor = index % len(self._slugs)

    def action_move_line(self, step: int) -> None:
        """Go to the option above or below; on a single line, to the one before or after."""
        places = self._places(self.content_size.width)
        here = places[self.cursor]
        if places[-1].line == 0:
            self.action_move(step)
            return
        reached = [index for index, place in enumerate(places) if place.line == here.line + step]
        if reached:
            self.cursor = min(reached, key=lambda index: abs(places[index].left - here.left))

    def on_click(self, event: events.Click) -> None:
        """Choose or unchoose the option under the mouse."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for index, place in enumerate(self._places(self.content_size.width)):
            if place.line == offset.y and place.left <= offset.x < place.left + place.width:
                self.cursor = index
                self.take(index)

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's contract
        """Return the width of all options on one line."""
        places = self._places(0)
        return sum(place.width for place in places) + _GAP * (len(places) - 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return how many lines the options take at a width."""
        return self._places(width)[-1].line + 1

    def render(self) -> RenderResult:
        """Return the options, the one under the cursor standing out while the group has the focus."""
        lines: list[list[Content]] = []
        for index, place in enumerate(self._places(self.content_size.width)):
            while len(lines) <= place.line:
                lines.append([])
            lines[place.line].append(self._option(index))
        gap = Content(" " * _GAP)
        return Content("\n").join(gap.join(line) for line in lines)

    def _option(self, index: int) -> Content:
        is_chosen = self._slugs[index] in self.chosen
        mark, label = self.marks[is_chosen], self._labels[index]
        if self.has_focus and index == self.cursor:
            return Content.assemble(mark, " ", label).stylize("bold reverse $primary")
        return Content.assemble((mark, "bold $primary" if is_chosen else "$muted"), " ", label)

    def _places(self, width: int) -> list[_Place]:
        places: list[_Place] = []
        line = left = 0
        for label in self._labels:
            wide = len(self.marks[0]) + 1 + label.cell_length
            if left and left + wide > width:
                line, left = line + 1, 0
            places.append(_Place(line, left, wide))
            left += wide + _GAP
        return places


class CheckGroup(ChoiceGroup):
    """Several of a few options: ``[x] Ativo  [ ] Em teste``."""

    marks = ("[ ]", "[x]")

    def take(self, index: int) -> None:
        """Add an option to what is chosen, or take it away."""
        self.chosen = self.chosen ^ {self._slugs[index]}


class RadioGroup(ChoiceGroup):
    """One of a few options, ``(•) Sim  ( ) Não``; where the arrows go, that is chosen."""

    marks = ("( )", "(•)")

    def __init__(
        self,
        options: Iterable[tuple[str, str]],
        value: str,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """Take pairs of slug and label, and the slug that is chosen at first."""
        super().__init__(options, (value,), id=id)
        self._go_to_chosen()

    def ask(self, chosen: Iterable[str]) -> None:
        """Show another choice, with the cursor on it; nobody is told."""
        super().ask(chosen)
        self._go_to_chosen()

    @property
    def value(self) -> str:
        """The slug that is chosen."""
        return next(iter(self.chosen), "")

    @value.setter
    def value(self, slug: str) -> None:
        self.chosen = frozenset((slug,))
        self._go_to_chosen()

    def take(self, index: int) -> None:
        """Choose an option instead of the one that was."""
        self.chosen = frozenset((self._slugs[index],))

    def action_move(self, step: int) -> None:
        """Choose the option before or after."""
        super().action_move(step)
        self.action_take()

    def action_move_to(self, index: int) -> None:
        """Choose the first option, or the last."""
        super().action_move_to(index)
        self.action_take()

    def action_move_line(self, step: int) -> None:
        """Choose the option above or below; on a single line, the one before or after."""
        super().action_move_line(step)
        self.action_take()

    def _go_to_chosen(self) -> None:
        self.cursor = self._slugs.index(self.value) if self.value in self._slugs else 0
