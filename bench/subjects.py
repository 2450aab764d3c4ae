"""The programs that are measured side by side: how each is started, and which keys make it do the same things."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench import sheets
from bench.pty_session import QUIET_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

CAZ_TUI: Final = "caz-tui"
VISIDATA: Final = "VisiData"
DATATABLE: Final = "DataTable"
RAW_LOOP: Final = "raw loop"
NAMES: Final = (CAZ_TUI, VISIDATA, DATATABLE, RAW_LOOP)

A_DOCUMENT: Final = r"[0-9A-Z]{3}/[0-9A-Z]{4}-\d\d|[0-9A-Z]{12}\d\d "
FIRST_CAZ_FRAME: Final = "Minha carteira"
CAZ_FIGURES: Final = r"Ativos +█"

ROWS_ON_A_PAGE: Final = 40
SORT_LETTERS: Final = "dspgvrhbxfiuetc"
PREFIX: Final = "padaria"
INFIXES: Final = ("nific", "arga")
COMBINATIONS: Final = (
    "situacao:ativo cobrancas:em_dia vencimento:60d",
    "situacao:em_atraso uf:SP",
    "situacao:bloqueado,cancelado renovacao:nao",
    "pago_por:escritorio vencimento:30d renovacao:nao",
    "uf:AC cobrancas:em_atraso",
    "historico:vencida plano:controle* uf:RJ",
    "-situacao:ativo -cobrancas:em_dia padaria",
    "situacao:ativo exportacao:nunca vencimento:..2026-12-31 uf:SP,RJ,MG",
)

_HERE = Path(__file__).parent
_SLOW_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Step:
    """Keys that are pressed one after the other, and what their times count for.

    Attributes:
        figure: what it is a sample of.
        keys: pressed one by one, each when the program is quiet; their times are added.
        times: how often.
        before: pressed before each time, not counted in the figure.
        after: the same, after each time.
        once: pressed together before the first time.
        paste: a text pasted in the place of keys.
        quiet: seconds of silence after which the program is done.
        label: which of several variants it is.
    """

    figure: str
    keys: tuple[str, ...] = ()
    times: int = 1
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    paste: str = ""
    quiet: float = QUIET_SECONDS
    label: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A program that shows the clients.

    Attributes:
        name: one of ``NAMES``.
        command: the program and its arguments.
        steps: what is played on it.
        rows_shown: the first row of its list on the screen, from zero, and the one after the last.
        opens_list: the key that opens the list of clients when the program begins elsewhere.
        to_top: goes to the first client.
        to_text_field: puts a cursor into a text field, where the program has one.
        loads: whether it is still reading when it shows its first rows.
    """

    name: str
    command: tuple[str, ...]
    steps: tuple[Step, ...]
    rows_shown: tuple[int, int]
    opens_list: str = ""
    to_top: str = "g"
    to_text_field: str = ""
    loads: bool = False
    env: dict[str, str] = field(default_factory=dict)


def visidata() -> str | None:
    """Return the VisiData there is: the one BENCH_VD names, the one beside this Python, or the one on the PATH."""
    beside = Path(sys.executable).with_name("vd")
    if named := os.environ.get("BENCH_VD"):
        return named
    return str(beside) if beside.exists() else shutil.which("vd")


def subjects(database: Path, size: int, names: Sequence[str], *, repeats: int) -> list[Subject]:
    """Return the programs of some names, set on a portfolio of a size; VisiData only where it is installed.

    Args:
        database: the portfolio.
        size: how many clients it was made for.
        names: which of ``NAMES``.
        repeats: how often a key is pressed for one figure.
    """
    found = []
    if CAZ_TUI in names:
        found.append(_caz_tui(database, repeats))
    if VISIDATA in names and (program := visidata()):
        found.append(_visidata(program, sheets.of_portfolio(database), size, repeats))
    if DATATABLE in names:
        found.append(_datatable(database, size, repeats))
    if RAW_LOOP in names:
        found.append(_raw_loop(database, repeats))
    return found


def _moves(repeats: int, *, end: str, start: str, slow: float = QUIET_SECONDS) -> tuple[Step, ...]:
    """Return the steps that every program has: down, scroll, page, both ends."""
    within = min(repeats, 20)
    return (
        Step("down", ("down",), within, once=(start,)),
        Step("scroll", ("down",), repeats, once=("down",) * ROWS_ON_A_PAGE),
        Step("page", ("pagedown",), min(repeats, 10), once=(start,)),
        Step("end", (end,), min(repeats, 10), before=(start,), quiet=slow),
        Step("start", (start,), min(repeats, 10), before=(end,), quiet=slow),
    )


def _letters(figure: str, word: str, *, leave: tuple[str, ...], opener: tuple[str, ...] = ("/",)) -> list[Step]:
    last = len(word) - 1
    return [
        Step(
            figure,
            (letter,),
            before=opener if place == 0 else (),
            after=leave if place == last else (),
            quiet=_SLOW_SECONDS,
            label=word[: place + 1],
        )
        for place, letter in enumerate(word)
    ]


def _caz_tui(database: Path, repeats: int) -> Subject:
    few = max(1, repeats // 10)
    sorts = [
        Step("sort", (letter,), few, before=("g", "s"), quiet=_SLOW_SECONDS, label=letter) for letter in SORT_LETTERS
    ]
    filters = [
        Step(
            "filter",
            ("enter",),
            few,
            before=("f", "tab", *("right",) * place, "space"),
            after=("F",),
            quiet=_SLOW_SECONDS,
            label=f"situation {place + 1}",
        )
        for place in range(7)
    ]
    combinations = [
        Step("combination", (), few, before=("/",), after=("enter", "F"), paste=query, quiet=_SLOW_SECONDS, label=query)
        for query in COMBINATIONS
    ]
    leave = ("enter", "F")
    letters = _letters("prefix", PREFIX, leave=leave) * few
    letters += [step for word in INFIXES for step in _letters("infix", word, leave=leave)] * few
    tabs = [Step("tab", (key,), 3, quiet=_SLOW_SECONDS) for _ in range(max(2, few)) for key in ("]", "[")]
    return Subject(
        CAZ_TUI,
        (sys.executable, "-m", "caz_tui", "--banco", str(database)),
        (
            *_moves(repeats, end="G", start="g", slow=_SLOW_SECONDS),
            *sorts,
            *filters,
            *combinations,
            *letters,
            *tabs,
            Step("panel open", ("f",), max(3, few), after=("escape",)),
            Step("panel close", ("escape",), max(3, few), before=("f",)),
        ),
        rows_shown=(6, 38),
        opens_list="2",
        to_text_field="/",
        env={"PYTHONPATH": str(_HERE.parent)},
    )


def _visidata(program: str, sheet: Path, size: int, repeats: int) -> Subject:
    slow = 1.0 if size > 10_000 else _SLOW_SECONDS
    sorts = [Step("sort", ("[",), before=("right",), quiet=slow, label=str(column)) for column in range(3)]
    few = 2 if size > 10_000 else 3
    return Subject(
        VISIDATA,
        (program, "-f", "csv", "--motd-url=", str(sheet)),
        (
            *_moves(repeats, end="gj", start="gk"),
            # Situação is the third column.
            Step("filter", (",", '"'), few, once=("gh", "right", "right"), after=("q", "gu"), quiet=slow),
            *sorts,
        ),
        rows_shown=(1, 39),
        to_top="gk",
        loads=True,
    )


def _datatable(database: Path, size: int, repeats: int) -> Subject:
    few = 1 if size > 10_000 else 3
    slow = 1.0 if size > 10_000 else _SLOW_SECONDS
    return Subject(
        DATATABLE,
        (sys.executable, "-m", "bench.datatable_app", str(database)),
        (
            *_moves(repeats, end="G", start="g"),
            Step("sort", ("s",), 3, quiet=slow),
            Step("filter", ("f",), few, after=("f",), quiet=slow),
        ),
        rows_shown=(1, 39),
        env={"PYTHONPATH": str(_HERE.parent)},
        loads=True,
    )


def _raw_loop(database: Path, repeats: int) -> Subject:
    few = max(1, repeats // 10)
    leave = ("escape",)
    return Subject(
        RAW_LOOP,
        (sys.executable, "-I", "-S", str(_HERE / "raw_loop.py"), str(database)),
        (
            *_moves(repeats, end="G", start="g"),
            Step("sort", ("s",), 6 * few, once=("F",)),
            Step("filter", ("f",), 6 * few, once=("F",)),
            Step("tab", ("]",), 3 * few, once=("F",)),
            *_letters("prefix", PREFIX, leave=leave, opener=("F", "/")) * few,
            *[step for word in INFIXES for step in _letters("infix", word, leave=leave, opener=("/", "*"))] * few,
        ),
        rows_shown=(2, 40),
        to_text_field="/",
    )
