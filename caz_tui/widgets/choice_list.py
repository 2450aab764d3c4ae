"""The list of options that all lists of choices of the program are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import OptionList

if TYPE_CHECKING:
    from typing import Literal


class ChoiceList(OptionList):
    """An ``OptionList`` that a key may reach before what it offers now has been laid out."""

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        # Textual looks its place up where there may be none yet.
        if (self.highlighted or 0) in self._index_to_line:
            super()._move_page(direction)
