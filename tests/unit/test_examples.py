"""The examples of the guides and of the help screen do what is said beside them, as far as the parsers can tell."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from caz_tui.console.arguments import parse
from caz_tui.data.query import QUERY_FIELDS, ClientQuery, Criterion, TextMatch
from caz_tui.screens.help import QUERY_EXAMPLES

CHECKOUT = Path(__file__).parents[2]
GUIDE = CHECKOUT / "docs" / "guia-do-usuario.md"
PAGES = (CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md")))

_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_BLOCK = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CRITERION = re.compile(rf"-?(?:{'|'.join(QUERY_FIELDS)}):\S")
_SYNTAX = re.compile(r"[\[|…]")
"""What is in a line that shows what may be typed, and is not itself to be typed."""


def commands(page: Path) -> list[str]:
    """Return the lines of a page's blocks that run the program."""
    lines = [line for block in _BLOCK.findall(page.read_text("utf-8")) for line in block.splitlines()]
    return [line for line in lines if line.startswith("caz-tui ") and not _SYNTAX.search(line)]


def queries() -> list[str]:
    """Return every query in the guide's and the help screen's words."""
    of_help = [text for pair in QUERY_EXAMPLES for text in pair]
    inside = [match[0] for text in of_help[1::2] for match in re.finditer(r'\b\w+:"[^"]*"\*?', text)]
    spans = [span for span in _SPAN.findall(GUIDE.read_text("utf-8")) if _CRITERION.match(span) or span[0] == '"']
    return [*of_help[::2], *inside, *spans]


def test_there_are_examples() -> None:
    assert len(queries()) > 15
    assert sum(len(commands(page)) for page in PAGES) > 15


@pytest.mark.parametrize("query", queries())
def test_every_query_is_understood_as_it_is_meant(query: str) -> None:
    parsed = ClientQuery.parse(query)
    assert parsed
    matches = [match for part in parsed.parts if isinstance(part, Criterion) for match in part.matches]
    # Nobody shows an asterisk to say that it stands for itself.
    assert not [match for match in matches if isinstance(match, TextMatch) and "*" in match.text]


@pytest.mark.parametrize("command", [line for page in PAGES for line in commands(page)])
def test_every_command_is_understood(command: str) -> None:
    asked = parse(shlex.split(command, comments=True)[1:])
    ClientQuery.parse(getattr(asked, "query", ""))
