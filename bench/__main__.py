"""``make bench``: caz-tui, VisiData, Textual's DataTable and a raw loop on the same clients; one page of figures."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench import bulk_load, event_loop, measuring, report, sessions, subjects
from bench.demo_data import SIZES, portfolio
from bench.measuring import Figures, Pace, say
from caz_tui import __version__

RESULTS = Path(__file__).parent / "results"
PARTS = ("start", "keys", "idle", "bulk", "loop")
SESSIONS = "sessions"
DATATABLE_SIZES = (1_000, 100_000)
BULK_CLIENTS = 1_000_000
QUICK_BULK_CLIENTS = 20_000


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word.replace("_", "")) for word in text.split(",") if word)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


def asked() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", type=_numbers, default=SIZES, help="clients, such as 1000,100000,1000000,10000000")
    parser.add_argument("--quick", action="store_true", help="fewer presses and a small bulk load; keeps no results")
    parser.add_argument(
        "--only", type=_words, default=PARTS, help=f"some of {','.join(PARTS)}, or {SESSIONS}; keeps no results"
    )
    parser.add_argument("--programs", type=_words, default=subjects.NAMES, help=f"some of {','.join(subjects.NAMES)}")
    parser.add_argument(
        "--datatable-at", type=_numbers, default=DATATABLE_SIZES, help="the sizes DataTable is shown; 1000000 is slow"
    )
    parser.add_argument("--bulk", type=int, default=0, help=f"clients to import, {BULK_CLIENTS} when nothing is said")
    parser.add_argument(
        "--people", type=int, default=sessions.PEOPLE, help="how many work at once, with --only sessions"
    )
    parser.add_argument("--seconds", type=float, default=sessions.SECONDS, help="how long they do")
    parser.add_argument("--output", type=Path, help="where the results are kept")
    found = parser.parse_args()
    if unknown := set(found.only) - {*PARTS, SESSIONS}:
        parser.error(f"--only knows no {', '.join(unknown)}")
    if unknown := set(found.programs) - set(subjects.NAMES):
        parser.error(f"--programs knows no {', '.join(unknown)}")
    return found


def warm(path: Path) -> None:
    """Read a file once, so that no program is the one that pays for the disk."""
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 24):
            pass


def measure(size: int, wanted: argparse.Namespace, pace: Pace) -> report.Runs:
    """Return the figures of every program that was asked for on a portfolio of a size."""
    say(f"{size:,} clients: the portfolio")
    database = portfolio(size)
    warm(database)
    names = [name for name in wanted.programs if name != subjects.DATATABLE or size in wanted.datatable_at]
    playing = subjects.subjects(database, size, names, repeats=pace.repeats)
    figures = {subject.name: Figures() for subject in playing}
    if "start" in wanted.only:
        say(f"{size:,} clients: starts")
        measuring.measure_starts(playing, figures, pace.starts)
    if "keys" in wanted.only or "idle" in wanted.only:
        for subject in playing:
            say(f"{size:,} clients: keys in {subject.name}")
            measuring.measure_keys(subject, figures[subject.name], pace, parts=wanted.only)
    return figures


def main() -> None:
    """Measure what was asked for, print it, and keep it when it was all of it."""
    wanted = asked()
    pace = measuring.QUICK if wanted.quick else Pace()
    lines = [f"# caz-tui {__version__}: what keys take and what they cost", ""]
    if subjects.VISIDATA in wanted.programs and not subjects.visidata():
        say("VisiData is neither on the PATH nor beside this Python nor in BENCH_VD: its column is left out.")
    if {"start", "keys", "idle"} & set(wanted.only):
        measured = {}
        for size in wanted.sizes:
            measured[size] = measure(size, wanted, pace)
            # All of it takes long: whoever waits sees what there is, and has it when the rest is cut off.
            say("\n".join(report.table(size, measured)))
        lines += report.tables(measured)
    if "bulk" in wanted.only:
        count = wanted.bulk or (QUICK_BULK_CLIENTS if wanted.quick else BULK_CLIENTS)
        say(f"{count:,} clients through importar")
        lines += report.bulk_table(bulk_load.measure(count))
    if "loop" in wanted.only:
        say("the event loop")
        lines += event_loop.measure(runs=1 if wanted.quick else event_loop.RUNS)
    if SESSIONS in wanted.only:
        say(f"{wanted.people} people at once, {wanted.seconds:g} s")
        lines = [*lines[:-2], *sessions.table(sessions.measure(wanted.people, wanted.seconds))]
    text = "\n".join(lines).rstrip() + "\n"
    print(text)
    whole = not wanted.quick and set(wanted.only) == set(PARTS)
    path = wanted.output or (RESULTS / f"{__version__}.md" if whole else None)
    if wanted.only == (SESSIONS,) and (wanted.people, wanted.seconds) == (sessions.PEOPLE, sessions.SECONDS):
        path = path or RESULTS / f"{__version__}-sessions.md"
    if path:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        say(f"kept in {path}")


if __name__ == "__main__":
    main()
