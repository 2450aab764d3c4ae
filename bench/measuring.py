"""Playing the programs: every figure of one program on one portfolio."""

from __future__ import annotations

import re
import statistics
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bench.pty_session import PATIENCE_SECONDS, NotShown, Session
from bench.subjects import A_DOCUMENT, CAZ_FIGURES, CAZ_TUI, FIRST_CAZ_FRAME

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bench.pty_session import Response
    from bench.subjects import Step, Subject

HELD_PRESSES: Final = 60
HELD_PER_SECOND: Final = 30.0
BURST_PER_SECOND: Final = 1_000.0
_NO_EFFECT_SECONDS: Final = 1.0
"""How long a key is waited for that may have nothing to do, such as clearing filters where there are none."""
_LINE_NUMBER: Final = re.compile(r"linha ([\d.]+)")
_COUNT: Final = re.compile(r"([\d.]+) clientes · ordem")


@dataclass(frozen=True, slots=True)
class Pace:
    """How thorough the measuring is.

    Attributes:
        starts: how often each program is started.
        repeats: how often a key is pressed for one figure.
        idle_seconds: how long nothing is pressed.
        burst_presses: how many keys come at 1,000 a second.
    """

    starts: int = 5
    repeats: int = 20
    idle_seconds: float = 10.0
    burst_presses: int = 1_000


QUICK: Final = Pace(starts=2, repeats=10, idle_seconds=3.0, burst_presses=300)


@dataclass(slots=True)
class Figures:
    """What was measured of one program on one portfolio.

    Attributes:
        paints: milliseconds to the last change of the screen, a list for each figure.
        rows: the same to the last change of the rows of the list.
        labels: which variant each sample was of.
        sent: bytes sent and bytes needed, summed, for each figure.
        numbers: what is one number: memory in MB, idle figures a second, lags in milliseconds.
        all_keys: the paints of every key pressed, counted in a figure or not.
        all_rows: the same to the last change of the rows, where a key changed some: counts may come later.
        remarks: sentences for the reader.
    """

    paints: dict[str, list[float]] = field(default_factory=dict)
    rows: dict[str, list[float]] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    sent: dict[str, tuple[int, int]] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    all_keys: list[float] = field(default_factory=list)
    all_rows: list[float] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, figure: str, responses: Sequence[Response], label: str) -> None:
        """Take in one sample: the keys of one step, their times added; nothing when no key changed the screen."""
        sent, needed = self.sent.get(figure, (0, 0))
        self.sent[figure] = (
            sent + sum(response.bytes for response in responses),
            needed + sum(response.ideal for response in responses),
        )
        paints = [response.paint_ms for response in responses if response.paint_ms is not None]
        rows = [response.rows_ms for response in responses if response.rows_ms is not None]
        if paints:
            self.paints.setdefault(figure, []).append(sum(paints))
            self.labels.setdefault(figure, []).append(label)
        if rows:
            self.rows.setdefault(figure, []).append(sum(rows))

    def add_time(self, figure: str, milliseconds: float) -> None:
        """Take in a time that has no bytes."""
        self.paints.setdefault(figure, []).append(milliseconds)

    def median(self, figure: str) -> float | None:
        """Return the median paint of a figure in milliseconds, or nothing when it was not measured."""
        return statistics.median(self.paints[figure]) if figure in self.paints else None

    def p95(self, figure: str, *, of_rows: bool = False) -> float | None:
        """Return the 95th percentile of a figure's paints in milliseconds, or nothing when it was not measured."""
        return percentile((self.rows if of_rows else self.paints).get(figure, []), 95)

    def worst(self, figure: str) -> tuple[str, float] | None:
        """Return the variant of a figure with the highest median, and that in milliseconds."""
        by_label: dict[str, list[float]] = {}
        for label, paint in zip(self.labels.get(figure, []), self.paints.get(figure, []), strict=False):
            by_label.setdefault(label, []).append(paint)
        medians = {label: statistics.median(paints) for label, paints in by_label.items()}
        return max(medians.items(), key=lambda item: item[1]) if medians else None

    def waste(self, figure: str) -> float | None:
        """Return the bytes sent for each byte needed, or nothing when none was needed."""
        sent, needed = self.sent.get(figure, (0, 0))
        return sent / needed if needed else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the value at a percentile by the nearest rank, or nothing when there are no values."""
    ranked = sorted(values)
    return ranked[round(percent / 100 * (len(ranked) - 1))] if ranked else None


def measure_starts(subjects: Sequence[Subject], figures: dict[str, Figures], times: int) -> None:
    """Start each program some times, in turns, so that all meet the same moments of the machine."""
    for _ in range(times):
        for subject in subjects:
            with _session(subject) as session:
                _start(subject, session, figures[subject.name])


def _start(subject: Subject, session: Session, into: Figures) -> None:
    if not subject.opens_list:
        response = session.start(A_DOCUMENT)
        into.add_time("start rows", response.shown_ms or 0.0)
        return
    response = session.start(CAZ_FIGURES)
    into.add_time("start figures", response.shown_ms or 0.0)
    with _session(subject) as second:
        response, pressed_ms = second.start_and_press(FIRST_CAZ_FRAME.encode(), subject.opens_list, A_DOCUMENT)
        into.add_time("start frame", pressed_ms)
        into.add_time("start rows", response.shown_ms or 0.0)


def measure_keys(subject: Subject, into: Figures, pace: Pace, *, parts: Collection[str]) -> None:
    """Play every key of a program, hold one, leave it alone, and see what memory it took."""
    with _session(subject) as session:
        session.start(CAZ_FIGURES if subject.opens_list else A_DOCUMENT)
        if subject.opens_list:
            session.press(subject.opens_list, shows=r"linha 1\b")
        session.settle(3.0 if subject.loads else 1.0)
        for step in subject.steps if "keys" in parts else ():
            try:
                _play(session, step, into)
            except NotShown as reason:
                into.remarks.append(f"{subject.name}: {step.figure} was not seen: {str(reason)[:60]}")
        if "keys" in parts:
            _hold(session, subject, into, pace)
        into.numbers["memory"] = session.memory_mb()
        if "idle" in parts:
            _leave_alone(session, subject, into, pace)


def _play(session: Session, step: Step, into: Figures) -> None:
    if step.once:
        session.press(*step.once, quiet=step.quiet, patience=_NO_EFFECT_SECONDS)
    for _ in range(step.times):
        for key in step.before:
            _press(session, into, key, step.quiet, _NO_EFFECT_SECONDS)
        if step.paste:
            responses = [session.paste(step.paste, quiet=step.quiet)]
        else:
            responses = [_press(session, into, key, step.quiet) for key in step.keys]
        into.add(step.figure, responses, step.label)
        for key in step.after:
            _press(session, into, key, step.quiet, _NO_EFFECT_SECONDS)


def _press(session: Session, into: Figures, key: str, quiet: float, patience: float = PATIENCE_SECONDS) -> Response:
    response = session.press(key, quiet=quiet, patience=patience)
    # A lone Esc is waited on, since it may begin a longer key; it is reported on its own.
    if response.paint_ms is not None and key != "escape":
        into.all_keys.append(response.paint_ms)
        into.all_rows.append(response.paint_ms if response.rows_ms is None else response.rows_ms)
    return response


def _hold(session: Session, subject: Subject, into: Figures, pace: Pace) -> None:
    session.press(subject.to_top, quiet=0.5, patience=_NO_EFFECT_SECONDS)
    response = session.hold("down", HELD_PRESSES, HELD_PER_SECOND)
    into.numbers["held lag"] = response.paint_ms or 0.0
    session.press(subject.to_top, quiet=0.5, patience=_NO_EFFECT_SECONDS)
    response = session.hold("down", pace.burst_presses, BURST_PER_SECOND, quiet=1.0)
    into.numbers["burst lag"] = response.paint_ms or 0.0
    if subject.name == CAZ_TUI and (found := _LINE_NUMBER.search(session.text)):
        wanted = pace.burst_presses + 1
        if count := _COUNT.search(session.text):
            wanted = min(wanted, _number(count[1]))
        into.numbers["burst lost"] = wanted - _number(found[1])


def _leave_alone(session: Session, subject: Subject, into: Figures, pace: Pace) -> None:
    places = {"idle": ""} | ({"idle in a text field": subject.to_text_field} if subject.to_text_field else {})
    for place, key in places.items():
        if key:
            session.press(key)
        session.settle(2.0)
        found = session.idle(pace.idle_seconds)
        into.numbers[f"{place} cpu"] = found.cpu_ms
        into.numbers[f"{place} wakeups"] = found.wakeups
        into.numbers[f"{place} bytes"] = found.bytes


def _session(subject: Subject) -> Session:
    return Session(subject.command, env=subject.env, rows_shown=subject.rows_shown)


def _number(text: str) -> int:
    return int(text.replace(".", "").rstrip() or 0)


def say(sentence: str) -> None:
    """Tell whoever waits what is being done."""
    print(sentence, file=sys.stderr, flush=True)
