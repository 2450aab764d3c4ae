"""A real sshd on this machine, as the current user, with keys, configuration and a home that go away with it."""

from __future__ import annotations

import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from tests.pty.terminal import WAIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AT_HOME: Final = Path(__file__).with_name("at_home.py")
_PLACES: Final = (
    *os.environ.get("PATH", os.defpath).split(os.pathsep),
    "/usr/sbin",
    "/usr/lib/openssh",
    "/usr/libexec",
)
_LOOK_SECONDS: Final = 0.02
_SSHD: Final = ("sshd", "sshd-session")

CONFIGURATION: Final = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
AuthenticationMethods publickey
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PermitUserRC no
DisableForwarding {disable_forwarding}
Compression yes
ClientAliveInterval 1
ClientAliveCountMax 2
AcceptEnv CAZ_* TEXTUAL_* XDG_* HOME
Subsystem sftp internal-sftp
LogLevel VERBOSE
"""


def find(program: str) -> str | None:
    """Return where a program of OpenSSH is, which may be where only administrators look."""
    return shutil.which(program, path=os.pathsep.join(_PLACES))


def missing() -> str:
    """Return why there can be no server on this machine; nothing when there can."""
    absent = [program for program in ("sshd", "ssh", "ssh-keygen") if find(program) is None]
    if absent:
        return f"not on this machine: {', '.join(absent)} (apt-get install openssh-server)"
    if not Path("/proc/self/stat").exists():
        return "no /proc to find the processes of a session in"
    if os.geteuid() == 0 and not Path("/run/sshd").is_dir():
        return "sshd needs the directory /run/sshd when root starts it"
    if Path(pwd.getpwuid(os.getuid()).pw_shell).name in {"nologin", "false"}:
        return "the account that runs the tests has no shell, by which sshd runs a command"
    return ""


class Server:
    """One sshd; a context manager that leaves neither a process nor a file behind.

    Attributes:
        folder: keys, configuration, log, and the home of the sessions in ``home``.
        port: where it listens, on 127.0.0.1 alone.
    """

    def __init__(self, *, forwards: bool = False) -> None:
        """Prepare the server; ``with`` starts it.

        Args:
            forwards: whether the server itself leaves forwarding to the options of a key.
        """
        self._temporary = tempfile.TemporaryDirectory(prefix="caz-sshd-")
        self.folder = Path(self._temporary.name)
        self.home = self.folder / "home"
        self.home.mkdir()
        self.port = _free_port()
        self._forwards = forwards
        self._keys: list[str] = []

    def __enter__(self) -> Self:
        self._make_key("host")
        configuration = self.folder / "sshd_config"
        configuration.write_text(
            CONFIGURATION.format(
                port=self.port, folder=self.folder, disable_forwarding="no" if self._forwards else "yes"
            )
        )
        (self.folder / "authorized_keys").touch()
        sshd = find("sshd")
        assert sshd is not None
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sshd, "-D", "-e", "-f", str(configuration)], stdin=subprocess.DEVNULL, stderr=log
            )
        wait_until(lambda: "Server listening" in self.log.read_text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self.session_pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.terminate()
        self.process.wait()
        self._temporary.cleanup()

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.folder / "log"

    def allow(self, name: str, command: str, options: str = "restrict,pty") -> None:
        """Make a key whose sessions run a command, with the home that the program is to keep things in.

        Args:
            name: what the key is called.
            command: the options of the program, or with ``|`` before it, a whole command with ``PROGRAM`` in it.
            options: what the line has before ``command=``.
        """
        self._make_key(name)
        program = f"{sys.executable} {AT_HOME} {self.home}"
        whole = command[1:].replace("PROGRAM", program) if command.startswith("|") else f"{program} {command}"
        public = (self.folder / f"{name}.pub").read_text().strip()
        self._keys.append(f'{options}{"," if options else ""}command="{whole}" {public}\n')
        (self.folder / "authorized_keys").write_text("".join(self._keys))

    def ssh(self, key: str, *words: str) -> list[str]:
        """Return the command that connects with a key; nothing of the developer's own configuration counts."""
        options = {
            "IdentitiesOnly": "yes", "IdentityAgent": "none", "StrictHostKeyChecking": "no", "LogLevel": "ERROR",
            "UserKnownHostsFile": self.folder / "known_hosts", "BatchMode": "yes", "ControlPath": "none",
        }  # fmt: skip
        ssh = find("ssh")
        assert ssh is not None
        user = pwd.getpwuid(os.getuid()).pw_name
        given = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        return [ssh, "-F", "/dev/null", "-i", str(self.folder / key), "-p", str(self.port), *given,
                *_before_host(words), f"{user}@127.0.0.1", *_behind_host(words)]  # fmt: skip

    def run(self, key: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command at the other end, without a terminal."""
        return subprocess.run(
            self.ssh(key, *words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=4 * WAIT_SECONDS,
            check=False,
        )

    def session_pids(self) -> list[int]:
        """Return the processes of the program in sessions of this server, with whatever started them there."""
        return [pid for pid, line in _commands() if str(self.home) in line and str(AT_HOME) in line]

    def program_pid(self) -> int:
        """Return the one process of the program, when there is one session."""
        pids = [
            pid for pid in self.session_pids() if Path(f"/proc/{pid}/exe").resolve() == Path(sys.executable).resolve()
        ]
        assert len(pids) == 1, pids
        return pids[0]

    def kill_session_server(self) -> None:
        """Kill the sshd of the one session, not the one that listens."""
        pid = _parent(self.program_pid())
        while pid > 1 and pid != self.process.pid:
            above = _parent(pid)
            if _name(pid) in _SSHD:
                os.kill(pid, signal.SIGKILL)
            pid = above

    def _make_key(self, name: str) -> None:
        keygen = find("ssh-keygen")
        assert keygen is not None
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / name)], check=True)


def wait_until(condition: Callable[[], bool], timeout: float = WAIT_SECONDS) -> float:
    """Wait for a condition that nothing announces, looking often; return the seconds it took."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > timeout:
            raise AssertionError(f"not in {timeout} s")
        # Nobody tells of the end of a process that is not a child, nor of a line in a log.
        select.select([], [], [], _LOOK_SECONDS)
    return time.monotonic() - begin


def _before_host(words: tuple[str, ...]) -> tuple[str, ...]:
    return words[: words.index("--")] if "--" in words else ()


def _behind_host(words: tuple[str, ...]) -> tuple[str, ...]:
    return words[words.index("--") + 1 :] if "--" in words else words


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _commands() -> Iterator[tuple[int, str]]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            yield int(path.parent.name), path.read_bytes().replace(b"\0", b" ").decode(errors="replace")


def _stat(pid: int) -> tuple[str, int]:
    text = Path(f"/proc/{pid}/stat").read_text()
    name, _, rest = text.partition("(")[2].rpartition(")")
    return name, int(rest.split()[1])


def _name(pid: int) -> str:
    return _stat(pid)[0]


def _parent(pid: int) -> int:
    return _stat(pid)[1]
