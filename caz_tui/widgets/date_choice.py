"""When something happened: a preset, or a period that is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from caz_tui.data.query import Match, Span
from caz_tui.data.values import optional_date
from caz_tui.widgets.cycle import Cycle
from caz_tui.widgets.field import date_input

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from textual.app import ComposeResult

PERIOD = "Período…"
_AS_IT_IS = "Outro prazo"


class DateChoice(Widget):
    """A preset on one line beside the two ends of a period."""

    DEFAULT_CSS = """
    DateChoice { layout: horizontal; height: 1; width: 1fr; }
    DateChoice Cycle { width: 22; }
    DateChoice Static { width: auto; margin: 0 1; color: $muted; }
    DateChoice Input { width: 12; padding: 0; }
    """

    @dataclass
    class Changed(Message):
        """Another time was chosen, or typed."""

        choice: DateChoice

        @property
        def control(self) -> DateChoice:
            """The widget, for ``@on`` selectors."""
            return self.choice

    def __init__(
        self,
        presets: Mapping[str, tuple[Match, ...]],
        matches: tuple[Match, ...],
        today: date,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        """Take the presets by label, what is asked for at first, and the day they are counted from."""
        super().__init__(id=id)
        self._given = presets
        label, first, last = self._take(matches, today)
        self._cycle = Cycle(self._options, label)
        self.first = date_input(first)
        self.last = date_input(last)
        self._show_days()

    def ask(self, matches: tuple[Match, ...], today: date) -> None:
        """Show what is asked for now, on which day; nobody is told."""
        label, first, last = self._take(matches, today)
        with self.prevent(Cycle.Changed, Input.Changed):
            self._cycle.offer(self._options, label)
            self.first.value, self.last.value = first, last
        self._show_days()

    def _take(self, matches: tuple[Match, ...], today: date) -> tuple[str, str, str]:
        """Return the label of what is asked for, and the ends of a period as they would be typed."""
        self._presets = dict(self._given)
        self._today = today
        label = next((label for label, preset in self._given.items() if preset == matches), None)
        if label is not None:
            return label, "", ""
        if (ends := _typed_ends(matches)) is not None:
            return PERIOD, *ends
        self._presets[_AS_IT_IS] = matches
        return _AS_IT_IS, "", ""

    @property
    def _options(self) -> list[tuple[str, str]]:
        return [(name, name) for name in (*self._presets, PERIOD)]

    def compose(self) -> ComposeResult:
        """Put the period beside the presets."""
        yield self._cycle
        yield Static("de")
        yield self.first
        yield Static("até")
        yield self.last

    @property
    def matches(self) -> tuple[Match, ...]:
        """What is asked for; raises ``ValueError`` with half a sentence when a date is wrong."""
        if self._cycle.value != PERIOD:
            return self._presets[self._cycle.value]
        first, last = optional_date(self.first.value), optional_date(self.last.value)
        if first and last and first > last:
            raise ValueError("o período começa depois de terminar")
        return (Span(first, last),) if first or last else ()

    @property
    def wrong_input(self) -> Input:
        """The end of the period to be corrected."""
        return self.last if _is_date(self.first.value) and not _is_date(self.last.value) else self.first

    def clear(self) -> None:
        """Ask for nothing."""
        self._cycle.value = next(iter(self._presets))

    @on(Cycle.Changed)
    def _follow_preset(self, event: Cycle.Changed) -> None:
        event.stop()
        if self._cycle.value != PERIOD:
            with self.prevent(Input.Changed):
                self.first.value = self.last.value = ""
        self._show_days()
        self.post_message(self.Changed(self))

    def _show_days(self) -> None:
        """Show in the empty fields which days a preset stands for."""
        matches = self._presets.get(self._cycle.value, ())
        span = matches[0] if len(matches) == 1 and isinstance(matches[0], Span) else Span(None, None)
        for field, day in zip((self.first, self.last), span.resolve(self._today), strict=True):
            field.placeholder = _as_typed(day) or ("dd/mm/aaaa" if self._cycle.value == PERIOD else "")

    @on(Input.Changed)
    def _follow_period(self, event: Input.Changed) -> None:
        event.stop()
        if event.value and self._cycle.value != PERIOD:
            self._cycle.value = PERIOD
        else:
            self.post_message(self.Changed(self))


def _is_date(text: str) -> bool:
    try:
        optional_date(text)
    except ValueError:
        return False
    return True


def _typed_ends(matches: tuple[Match, ...]) -> tuple[str, str] | None:
    """Return the two ends as they would be typed, or None when they are not fixed days."""
    if len(matches) != 1 or not isinstance(matches[0], Span):
        return None
    first, last = matches[0].first, matches[0].last
    if isinstance(first, int) or isinstance(last, int):
        return None
    return _as_typed(first), _as_typed(last)


def _as_typed(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
