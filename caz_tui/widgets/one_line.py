"""The text field that all text fields of the program are made of."""

from __future__ import annotations

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class OneLine(Input):
    """An ``Input`` that lays out no screen for a letter.

    How wide its text is decides how far it scrolls, and nothing about its place: it has no scroll bar.
    """

    virtual_size = Reactive(Size(0, 0))
