"""The driver in a real terminal: noise, floods, hang-ups, signals and silence."""

from __future__ import annotations

import fcntl
import os
import random
import re
import select
import signal
import struct
import sys
import termios
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.pty.terminal import MODES_AT_REST, Terminal, key_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

TINY_APP = [sys.executable, "-m", "tests.pty.tiny_app"]
HUNG_UP = 128 + signal.SIGHUP
COLOUR = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]")


@pytest.fixture
def own() -> Iterator[Terminal]:
    """A program for a test that ends it, or leaves it as nobody else could use it."""
    with Terminal(TINY_APP) as terminal:
        terminal.wait_for("keys=0")
        yield terminal


@pytest.fixture(scope="module")
def lasting() -> Iterator[Terminal]:
    """A program that goes on from test to test."""
    with Terminal(TINY_APP) as terminal:
        terminal.wait_for("keys=0")
        yield terminal


@pytest.fixture
def terminal(lasting: Terminal) -> Terminal:
    """That program, as after its start."""
    lasting.resize(80, 24)
    lasting.press("f8")
    lasting.wait_for(r"keys=0 last= clicks=0 size=Size\(width=80, height=24\) answer=$")
    lasting.wait_for(r"^▊ +▎$")
    return lasting


def cpu_seconds(terminal: Terminal) -> float:
    fields = Path(f"/proc/{terminal.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stall(terminal: Terminal) -> None:
    """Make the program say more than the line takes, and read none of it."""
    os.write(terminal._master, key_bytes("f9"))
    assert select.select([terminal._master], [], [], 5)[0]


def test_utf8_typed_in_pieces(terminal: Terminal) -> None:
    text = "Ação à 漢字".encode()
    for byte in text:
        terminal.send(bytes([byte]))
    terminal.wait_for("Ação à 漢字")


def test_latin1_is_read_as_windows_1252(terminal: Terminal) -> None:
    terminal.send("a\xe7\xe3o".encode("latin-1"))
    terminal.wait_for("ação")


def test_a_single_latin1_letter_does_not_wait_for_the_next_key(terminal: Terminal) -> None:
    terminal.send(b"\xe7")
    terminal.wait_for("  ç")


def test_x10_mouse_reports_leave_no_trace(terminal: Terminal) -> None:
    report = b"\x1b[M \xc3\xa7"
    for cut in range(len(report)):
        terminal.send(report[:cut])
        terminal.send(report[cut:] + b"x")
        terminal.wait_for(f"^▊  {'x' * (cut + 1)} .*\n.*\nkeys={cut + 1} last=x")


def test_malformed_sequences_cost_at_most_themselves(terminal: Terminal) -> None:
    noises = [
        b"\x1b[:0~",
        b"\x1b[1114112u",
        b"\x1b[55296u",
        b"\x1b[99999999999999999999u",
        b"\x1b[<0;999999999;999999999M",
        b"\x1b[<0;-5;-5M",
        b"\x1b[?9999;9$y",
        b"\x1b[9999;9999R",
        b"\x1b[O",
    ]
    for noise in noises:
        terminal.press("ctrl+u")
        terminal.send(noise + b"ok")
        terminal.wait_for("^▊ .*ok .*\n.*\nkeys=.*last=k")
        terminal.type("z")
        terminal.wait_for("last=z")


def test_sizes_come_from_the_terminal_alone(terminal: Terminal) -> None:
    for clicks, size in enumerate([b"99999;99999;1;1", b"0;0;0;0", b"50;100;500;1000"], 1):
        terminal.send(b"\x1b[48;" + size + b"tx")
        terminal.click(10, 20)
        terminal.wait_for(rf"^▊  x+ .*\n.*\nkeys={clicks} .*clicks={clicks} size=Size\(width=80, height=24\)")
    terminal.resize(100, 30)
    terminal.wait_for(r"size=Size\(width=100, height=30\)")


@pytest.mark.parametrize(("cols", "rows", "taken"), [(0, 0, (80, 24)), (9999, 9999, (1000, 500))])
def test_sizes_nobody_has_are_not_believed(cols: int, rows: int, taken: tuple[int, int]) -> None:
    with Terminal(TINY_APP) as terminal:
        terminal.wait_for("keys=0")
        claimed = struct.pack("HHHH", rows, cols, 0, 0)
        fcntl.ioctl(terminal._master, termios.TIOCSWINSZ, claimed)
        said = f"size=Size(width={taken[0]}, height={taken[1]})"
        terminal.wait_for(lambda _: said.encode() in terminal.wire)


def test_a_paste_arrives_as_one_and_without_controls(terminal: Terminal) -> None:
    terminal.paste("São\x1b[31m João\x07")
    terminal.wait_for(r"^▊  São\[31m João .*\n.*\nkeys=0")


def test_a_paste_whose_end_got_lost_does_not_swallow_the_keys() -> None:
    with Terminal([*TINY_APP, "--impatient"]) as terminal:
        terminal.wait_for("keys=0")
        terminal.send(b"\x1b[200~colado")
        terminal.wait_for("^▊  colado .*\n.*\nkeys=0")
        terminal.type("z")
        terminal.wait_for("^▊  coladoz .*\n.*\nkeys=1")


def test_a_megabyte_of_noise_leaves_it_up(own: Terminal) -> None:
    own.send(random.Random(20261124).randbytes(1 << 20), timeout=60)
    own.wait_quiet(quiet=0.5, timeout=60)
    own.press("ctrl+u", "z")
    own.wait_for("last=z")


def test_keys_typed_ahead_go_where_the_ones_before_them_lead(terminal: Terminal) -> None:
    for turn in range(1, 6):
        answer = f"resposta {turn}"
        terminal.send(b"x" + key_bytes("f2") + answer.encode() + b"\ry")
        terminal.wait_for(f"^▊  (xy){{{turn}}} .*\n.*\nkeys=.*last=y .*answer={answer}$")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_and_give_the_terminal_back(own: Terminal, number: signal.Signals) -> None:
    own.send_signal(number)
    assert own.wait_exit(2) == 128 + number
    assert own.modes == MODES_AT_REST


def test_quitting_gives_the_terminal_back(own: Terminal) -> None:
    own.press("f10")
    assert own.wait_exit(2) == 0
    assert own.modes == MODES_AT_REST
    assert own.screen_text().strip() == ""


def test_a_broken_connection_ends_it(own: Terminal) -> None:
    own.hang_up()
    assert own.wait_exit(2) == HUNG_UP


def test_a_broken_connection_ends_it_even_deaf_to_signals() -> None:
    deaf = ["/bin/sh", "-c", 'trap "" HUP TERM INT; exec "$@"', "sh", *TINY_APP, "--deaf"]
    with Terminal(deaf) as terminal:
        terminal.wait_for("keys=0")
        terminal.hang_up()
        assert terminal.wait_exit(2) == HUNG_UP


@pytest.mark.parametrize("source", ["/dev/null", "/etc/passwd", "&-"])
def test_input_that_is_no_terminal_ends_it(source: str) -> None:
    with Terminal(["/bin/sh", "-c", f'exec "$@" <{source}', "sh", *TINY_APP]) as terminal:
        assert terminal.wait_exit(5) == HUNG_UP
        assert terminal.modes == MODES_AT_REST


def test_the_end_of_a_pipe_ends_it() -> None:
    with Terminal(["/bin/sh", "-c", ': | "$@"; exit $?', "sh", *TINY_APP]) as terminal:
        assert terminal.wait_exit(5) == HUNG_UP
        assert terminal.modes == MODES_AT_REST


def test_a_stalled_line_ends_it() -> None:
    with Terminal([*TINY_APP, "--impatient"]) as terminal:
        terminal.wait_for("keys=0")
        stall(terminal)
        assert terminal.process.wait(5) == HUNG_UP


def test_a_stalled_line_does_not_keep_it_from_obeying(own: Terminal) -> None:
    stall(own)
    own.send_signal(signal.SIGTERM)
    assert own.process.wait(2) == 128 + signal.SIGTERM


def test_idle_it_says_nothing_and_sleeps(own: Terminal) -> None:
    own.wait_quiet()
    before = cpu_seconds(own)
    assert own.listen(1.5) == b""
    assert cpu_seconds(own) - before <= 0.02


def test_the_mouse_is_not_followed(terminal: Terminal) -> None:
    assert {1000, 1002, 1006, 2004} < terminal.modes
    assert not {1003, 1004, 1015, 1016, 2048} & terminal.modes


def test_stopped_and_continued_it_draws_itself_again(terminal: Terminal) -> None:
    terminal.type("abc")
    terminal.wait_for("keys=3")
    terminal.send_signal(signal.SIGTSTP)
    terminal.wait_for(lambda _: terminal.modes == MODES_AT_REST)
    os.waitid(os.P_PID, terminal.pid, os.WSTOPPED)
    terminal.send_signal(signal.SIGCONT)
    terminal.wait_for("^▊  abc .*\n.*\nkeys=3")
    terminal.type("d")
    terminal.wait_for("abcd")


def test_a_dumb_terminal_gets_neither_modes_nor_colours() -> None:
    with Terminal(TINY_APP, env={"TERM": "dumb", "COLORTERM": "truecolor"}) as terminal:
        terminal.wait_for("keys=0")
        terminal.type("ok")
        terminal.wait_for("keys=2")
        terminal.wait_quiet()
        assert terminal.modes - {1049, 2026} <= MODES_AT_REST
        assert not COLOUR.search(terminal.wire)
        terminal.press("f10")
        assert terminal.wait_exit(2) == 0


@pytest.mark.parametrize(
    ("env", "codes"),
    [
        ({"COLORTERM": "truecolor"}, {b"38;2;"}),
        ({}, {b"38;5;"}),
        ({"TERM": "xterm"}, set()),
        ({"NO_COLOR": "1", "COLORTERM": "truecolor"}, None),
    ],
)
def test_colours_are_those_the_terminal_has(env: dict[str, str], codes: set[bytes] | None) -> None:
    with Terminal(TINY_APP, env=env) as terminal:
        terminal.wait_for("keys=0")
        terminal.wait_quiet()
        assert bool(COLOUR.search(terminal.wire)) is (codes is not None)
        extended = {code for code in (b"38;2;", b"38;5;") if code in terminal.wire}
        assert extended == (codes or set())


def test_dangerous_variables_do_nothing(tmp_path: Path) -> None:
    (tmp_path / "evil.py").write_text("raise SystemExit('imported')\n")
    env = {
        "TEXTUAL_DRIVER": "evil:Driver",
        "TEXTUAL_LOG": str(tmp_path / "log"),
        "TEXTUAL_PRESS": "x",
        "PYTHONPATH": str(tmp_path),
    }
    with Terminal(TINY_APP, env=env | {"COLUMNS": "40", "LINES": "10"}) as terminal:
        terminal.wait_for(r"keys=0 .*size=Size\(width=80, height=24\)")
        terminal.press("f10")
        assert terminal.wait_exit(2) == 0
    assert not (tmp_path / "log").exists()
