"""Data as what widgets take: shown as it is, never as markup."""

from __future__ import annotations

from rich.text import Text
from textual.content import Content

from caz_tui.terminal.visible import visible


def shown(text: str, style: str = "") -> Content:
    """Make a `Content` of a text of one line; square brackets in it are square brackets.

    Args:
        text: data.
        style: a style of ours for the whole of it.

    Returns:
        What widgets take instead of a string.
    """
    return Content.styled(visible(text), style)


def shown_lines(text: str, style: str = "") -> Content:
    """Make a `Content` of a text of several lines.

    Args:
        text: data; its line breaks stay.
        style: a style of ours for the whole of it.

    Returns:
        What widgets take instead of a string.
    """
    return Content.styled("\n".join(visible(line) for line in text.splitlines()), style)


def rich_shown(text: str, style: str = "") -> Text:
    """Make a Rich `Text` of a text of one line, for the widgets that still want Rich.

    Args:
        text: data.
        style: a style of ours for the whole of it.

    Returns:
        A cell of a `DataTable`, a label of a `Tree`.
    """
    return Text(visible(text), style=style, no_wrap=True, end="")
