"""What was measured, as tables with ratios, beside what was wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench.measuring import Figures, percentile
from bench.subjects import CAZ_TUI, DATATABLE, NAMES, RAW_LOOP, VISIDATA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bench.bulk_load import BulkLoad

REFERENCE_SIZE: Final = 1_000_000
REFERENCE_MS: Final = {
    VISIDATA: {
        "start rows": 225.0, "down": 22.0, "scroll": 12.6, "page": 15.7, "end": 22.0, "sort": 4889.0, "filter": 2118.0,
    },
    RAW_LOOP: {
        "start rows": 13.6, "down": 0.3, "scroll": 0.4, "page": 0.5, "end": 1.1, "sort": 2.6, "filter": 1.3,
        "prefix": 1.4, "tab": 1.0,
    },
}  # fmt: skip
"""What the same programs took on the machine the targets were set on, at a million rows; VisiData's start at 10,000."""

_GROWS_WITH_ROWS: Final = frozenset({"sort", "filter"})
_START_FRAME_RATIO: Final = 0.75
_MOST_GROWTH: Final = 1.15
_MOST_MEMORY_MB: Final = 80.0
_MOST_MEMORY_GROWTH_MB: Final = 5.0

Runs = dict[str, Figures]
"""What was measured on one portfolio, a program each."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table.

    Attributes:
        title: what it is called.
        value: takes the number out of what was measured of a program.
        target: the most it may be; none when nothing was asked.
        scale: the figure by whose reference times the target, in milliseconds, is scaled; none when it is no time.
        digits: how many are shown behind the point.
    """

    title: str
    value: Callable[[Figures], float | None]
    target: float | None = None
    scale: str = ""
    digits: int = 1


def _median(figure: str) -> Callable[[Figures], float | None]:
    return lambda figures: figures.median(figure)


def _p95(figure: str) -> Callable[[Figures], float | None]:
    return lambda figures: figures.p95(figure)


def _rows_p95(figure: str) -> Callable[[Figures], float | None]:
    return lambda figures: figures.p95(figure, of_rows=True)


def _waste(figure: str) -> Callable[[Figures], float | None]:
    return lambda figures: figures.waste(figure)


def _worst(figure: str) -> Callable[[Figures], float | None]:
    def value(figures: Figures) -> float | None:
        worst = figures.worst(figure)
        return worst[1] if worst else None

    return value


def _number(name: str) -> Callable[[Figures], float | None]:
    return lambda figures: figures.numbers.get(name)


def _bytes_each(figure: str) -> Callable[[Figures], float | None]:
    def value(figures: Figures) -> float | None:
        return figures.sent[figure][0] / len(figures.paints[figure]) if figure in figures.paints else None

    return value


def _of_key(title: str, figure: str, p95_ms: float | None, waste: float | None) -> tuple[Line, ...]:
    return (
        Line(f"{title}: p95, ms", _p95(figure), p95_ms, figure),
        Line(f"{title}: bytes a key", _bytes_each(figure), digits=0),
        Line(f"{title}: bytes/ideal", _waste(figure), waste, digits=2),
    )


LINES: Final = (
    Line("start: first frame, ms", _median("start frame")),
    Line("start: figures of Início, ms", _median("start figures")),
    Line("start: first rows, ms", _median("start rows")),
    *_of_key("cursor down", "down", 5, 1.15),
    *_of_key("scroll by one row", "scroll", 8, 1.25),
    *_of_key("page down", "page", 10, 1.15),
    Line("jump to the end: p95, ms", _p95("end"), 10, "end"),
    Line("jump to the start: p95, ms", _p95("start")),
    Line("sort by a column: p95, ms", _p95("sort"), 20, "sort"),
    Line("sort by the slowest column, ms", _worst("sort"), 20, "sort"),
    Line("sort: bytes/ideal", _waste("sort"), digits=2),
    Line("filter by one criterion: p95, ms", _p95("filter"), 20, "filter"),
    Line("filter by one criterion: its rows, p95, ms", _rows_p95("filter")),
    Line("filter by any combination: its rows, p95, ms", _rows_p95("combination"), 60, "filter"),
    Line("filter by any combination: all of it, p95, ms", _p95("combination")),
    Line("a letter, beginning of a name: its rows, p95, ms", _rows_p95("prefix"), 20, "prefix"),
    Line("a letter, beginning of a name: all of it, p95, ms", _p95("prefix")),
    Line("a letter, beginning of a name: bytes/ideal", _waste("prefix"), 1.5, digits=2),
    Line("a letter, middle of a word: its rows, p95, ms", _rows_p95("infix"), 50, "prefix"),
    Line("a letter, middle of a word: all of it, p95, ms", _p95("infix")),
    Line("a letter, middle of a word: bytes/ideal", _waste("infix"), 1.5, digits=2),
    Line("another tab: p95, ms", _p95("tab"), 40, "tab"),
    Line("another tab: bytes/ideal", _waste("tab"), 1.15, digits=2),
    Line("open Mais filtros: p95, ms", _p95("panel open")),
    Line("open Mais filtros: bytes/ideal", _waste("panel open"), 1.25, digits=2),
    Line("close Mais filtros: p95, ms", _p95("panel close")),
    Line("close Mais filtros: bytes/ideal", _waste("panel close"), 1.25, digits=2),
    Line("any key but Esc: p99, ms", lambda figures: percentile(figures.all_keys, 99), 25, "down"),
    Line("any key but Esc, its rows: p99, ms", lambda figures: percentile(figures.all_rows, 99)),
    Line("held key, 30/s: lag, ms", _number("held lag")),
    Line("burst of keys, 1,000/s: lag, ms", _number("burst lag")),
    Line("burst of keys: keys lost", _number("burst lost"), 0, digits=0),
    Line("memory after use (PSS), MB", _number("memory"), _MOST_MEMORY_MB),
    Line("idle: CPU, ms/s", _number("idle cpu"), 0.2, digits=2),
    Line("idle: wake-ups/s", _number("idle wakeups"), 0.5, digits=2),
    Line("idle: bytes/s", _number("idle bytes"), 0, digits=1),
    Line("idle in a text field: CPU, ms/s", _number("idle in a text field cpu"), 0.2, digits=2),
    Line("idle in a text field: wake-ups/s", _number("idle in a text field wakeups"), 0.5, digits=2),
    Line("idle in a text field: bytes/s", _number("idle in a text field bytes"), 0, digits=1),
)

MEANING: Final = """\
What is measured: each program in a pseudo terminal of 120x40 (xterm-256color, truecolor), on the same clients, one
after the other in the same run, the database read once before so that none pays for the disk.

- *start*: from before the fork. First frame: caz-tui has sent the heading of Início. Figures: Início shows its numbers.
  First rows: the first clients are on the screen; in caz-tui `2` is pressed the moment the first frame is there.
  Medians; the ratios are to the other program's first rows.
- *p95, ms*: from before the key is written to the last piece that changed a cell before the program fell quiet; *its
  rows*: the same for the rows of the list, the count beneath them and the scroll bar beside them aside, which may come
  later. A program may need two keys (VisiData's filter: `,` and `"`): their times are added.
- *bytes/ideal*: what was sent because of the keys, over what a plain encoder of changed cells needs
  (`bench/ideal.py`); below 1 where a program repeats characters or erases holes.
- *filter by one criterion*: Enter in Mais filtros, a situation marked; *any combination*: a query pasted into the
  search line. *Sort*: the letter of a column in the menu of `s`. *Letters*: the search line, letter by letter.
- *lag*: from the last press of a held key to the last change of the screen.
- *idle*: per second, nothing pressed; wake-ups are the voluntary context switches of all threads.
- *memory*: the proportional set size of the program and all it started, after all those keys."""


def tables(measured: Mapping[int, Runs]) -> list[str]:
    """Return the lines of one table for each size, and what was reached between the smallest and the largest."""
    lines = ["## Beside other programs", "", *MEANING.splitlines(), "", *_how_targets_are_scaled(measured), ""]
    for size in measured:
        lines += table(size, measured)
    return lines + _growth(measured)


def bulk_table(load: BulkLoad) -> list[str]:
    """Return the lines about the bulk load."""
    ratio = load.importar_per_second / load.executemany_per_second
    return [
        f"## Bulk load: {load.clients:,} clients",
        "",
        f"`caz-tui --banco NEW importar clients.csv`, from start to end of the command, {load.database_mb:,.0f} MB of",
        "database with its indexes and audit trail, beside `sqlite3.executemany` of the same values into one table of",
        "plain columns without an index.",
        "",
        "| what | clients/s |",
        "|---|---|",
        f"| `importar` | {load.importar_per_second:,.0f} |",
        f"| `sqlite3.executemany` | {load.executemany_per_second:,.0f} |",
        f"| reading the file with `csv` alone | {load.read_per_second:,.0f} |",
        "",
        f"`importar` is at {ratio:.3f} of `executemany`.",
        "",
    ]


def _how_targets_are_scaled(measured: Mapping[int, Runs]) -> list[str]:
    lines = [
        "Targets in milliseconds were set on another machine. *Target here* is the target times what VisiData took",
        f"here over what it took there, both with {REFERENCE_SIZE:,} clients where these are measured in the same run;",
        "where VisiData has no such key, is not installed, or its time grows with the rows and there are not so many,",
        "the raw loop takes its place. Each line names its scale. A start is set against VisiData's of the same size.",
    ]
    if not any(VISIDATA in runs for runs in measured.values()):
        lines.append("VisiData was not found on the PATH, beside this Python or in BENCH_VD: its column is left out.")
    return lines


def table(size: int, measured: Mapping[int, Runs]) -> list[str]:
    """Return the lines of the table of one size, of those that were measured."""
    runs = measured[size]
    # The reference times are of so many clients, and other programs take longer for more.
    scaling = REFERENCE_SIZE if REFERENCE_SIZE in measured else size
    others = [name for name in NAMES[1:] if name in runs]
    compared = [name for name in (VISIDATA, RAW_LOOP) if name in runs]
    heads = ["what", CAZ_TUI, *others, *(f"/ {name}" for name in compared), "target", "target here", "reached"]
    lines = [f"### {size:,} clients", "", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    missed = []
    own = runs.get(CAZ_TUI, Figures())
    for line in LINES:
        value = line.value(own)
        values = {name: line.value(runs[name]) for name in others}
        if value is None and all(other is None for other in values.values()):
            continue
        target, scale = _target_here(line, runs, scaling, measured[scaling])
        ok = value is not None and target is not None and round(value, line.digits) <= round(target, 2)
        reached = "" if value is None or target is None else "yes" if ok else "**no**"
        if reached and not ok:
            missed.append(line.title)
        cells = [
            line.title,
            _written(value, line.digits),
            *(_written(values[name], line.digits) for name in others),
            *(_written(_ratio(value, _compared(line, values[name], runs[name])), 2) for name in compared),
            "" if target is None else _asked(line),
            "" if target is None else f"{target:.2f}{scale}" if scale else f"{target:g}",
            reached,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    worst = own.worst("sort")
    lines += [""]
    if worst:
        lines.append(f"The slowest column is `{worst[0]}` in the menu of `s`.")
    slowest = own.worst("combination")
    if slowest:
        lines.append(f"The slowest combination is `{slowest[0]}`.")
    if DATATABLE not in runs:
        lines.append("DataTable takes minutes for so many rows: `--datatable-at` asks for it.")
    lines += [remark for figures in runs.values() for remark in figures.remarks]
    return [*lines, "", f"Not reached: {'; '.join(missed) or 'nothing'}.", ""]


def _compared(line: Line, value: float | None, other: Figures) -> float | None:
    """Return what a line is set against: every start against the other program's first rows."""
    return other.median("start rows") if line.title in _START_RATIOS else value


def _asked(line: Line) -> str:
    if line.title in _START_RATIOS:
        return f"{_START_RATIOS[line.title]:g} x {VISIDATA}'s rows"
    return f"{line.target:g}"


_START_RATIOS: Final = {
    "start: first frame, ms": _START_FRAME_RATIO,
    "start: figures of Início, ms": 1.0,
    "start: first rows, ms": 1.0,
}


def _target_here(line: Line, runs: Runs, scaling: int, scaling_runs: Runs) -> tuple[float | None, str]:
    """Return what a line may be on this machine, and by which program that was scaled."""
    if line.title in _START_RATIOS:
        factor, scale = _factor("start rows", REFERENCE_SIZE, runs)
        return (None, "") if factor is None else (
            _START_RATIOS[line.title] * REFERENCE_MS[VISIDATA]["start rows"] * factor, scale
        )  # fmt: skip
    if line.target is None or not line.scale:
        return line.target, ""
    factor, scale = _factor(line.scale, scaling, scaling_runs)
    return (line.target, "") if factor is None else (line.target * factor, scale)


def _factor(figure: str, size: int, runs: Runs) -> tuple[float | None, str]:
    """Return how much slower this machine is than the reference one, and the program that says so."""
    for name in (VISIDATA, RAW_LOOP):
        reference = REFERENCE_MS[name].get(figure)
        here = runs[name].median(figure) if name in runs else None
        grows = name == VISIDATA and figure in _GROWS_WITH_ROWS and size != REFERENCE_SIZE
        if reference and here and not grows:
            return here / reference, f" ({name})"
    return None, ""


def _growth(measured: Mapping[int, Runs]) -> list[str]:
    sizes = sorted(size for size, runs in measured.items() if CAZ_TUI in runs)
    if len(sizes) < 2:
        return []
    small, large = (measured[size][CAZ_TUI] for size in (sizes[0], sizes[-1]))
    lines = [
        f"### From {sizes[0]:,} to {sizes[-1]:,} clients",
        "",
        f"| what | at {sizes[0]:,} | at {sizes[-1]:,} | growth | target | reached |",
        "|---|---|---|---|---|---|",
    ]
    starts = {"first frame": "start frame", "figures of Início": "start figures", "first rows": "start rows"}
    for title, figure in starts.items():
        less, more = small.median(figure), large.median(figure)
        if less and more:
            reached = "yes" if more / less <= _MOST_GROWTH else "**no**"
            lines.append(
                f"| start: {title}, ms | {less:.1f} | {more:.1f} | {more / less:.2f} | {_MOST_GROWTH} | {reached} |"
            )
    less, more = small.numbers.get("memory"), large.numbers.get("memory")
    if less and more:
        reached = "yes" if more - less <= _MOST_MEMORY_GROWTH_MB else "**no**"
        lines.append(
            f"| memory, MB | {less:.1f} | {more:.1f} | {more - less:+.1f} | +{_MOST_MEMORY_GROWTH_MB:g} | {reached} |"
        )
    return [*lines, ""]


def _ratio(value: float | None, other: float | None) -> float | None:
    return value / other if value is not None and other else None


def _written(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"
