"""The files that administrators copy: what they say is what the program takes."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from caz_tui.console.arguments import SESSION_OPTIONS, parse
from tests.pty import sshd

DEPLOY = Path(__file__).parents[2] / "deploy"
GUIDE = Path(__file__).parents[2] / "docs" / "ssh.md"
KEY_LINE = re.compile(r'restrict,pty,command="([^"]+)" ssh-ed25519 \S+ \S+')
PROGRAM = "/opt/caz-tui/bin/caz-tui"


def forced_commands() -> list[str]:
    lines = (DEPLOY / "authorized_keys.exemplo").read_text(encoding="utf-8").splitlines()
    matches = [KEY_LINE.fullmatch(line) for line in lines if line and not line.startswith("#")]
    configuration = (DEPLOY / "sshd-caz-tui.conf").read_text(encoding="utf-8")
    forced = re.findall(rf"ForceCommand ({PROGRAM}.*)", configuration)
    return [match[1] if match else "" for match in matches] + forced


@pytest.mark.parametrize("command", forced_commands())
def test_every_forced_command_is_a_restricted_session(command: str) -> None:
    program, *words = shlex.split(command)
    asked = parse(words)
    assert (program, asked.command, asked.restrito) == (PROGRAM, "desk", True)
    assert asked.banco
    assert (asked.maximo_sessoes, asked.duracao_maxima, asked.bloqueio) == (3, 600, 10)


def test_the_guide_names_every_option() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for option in SESSION_OPTIONS:
        assert f"--{option.replace('_', '-')}" in guide
    assert re.findall(r"AcceptEnv +TEXTUAL", (DEPLOY / "sshd-caz-tui.conf").read_text(encoding="utf-8")) == []


@pytest.mark.skipif(bool(sshd.missing()), reason=sshd.missing() or "a server can be started")
@pytest.mark.parametrize(
    ("user", "wanted"),
    [
        ("escritorio", {"forcecommand none", "authorizedkeysfile /etc/ssh/caz-tui/%u"}),
        ("escritorio-arquivos", {"chrootdirectory /srv/caz-tui", "forcecommand internal-sftp -d /caixa -u 0077"}),
    ],
)
def test_sshd_takes_its_file(tmp_path: Path, user: str, wanted: set[str]) -> None:
    keygen, server = sshd.find("ssh-keygen"), sshd.find("sshd")
    assert keygen
    assert server
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "host")], check=True)
    done = subprocess.run(
        [server, "-T", "-f", str(DEPLOY / "sshd-caz-tui.conf"), "-h", str(tmp_path / "host"),
         "-C", f"user={user},host=x,addr=127.0.0.1"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = set(done.stdout.splitlines())
    assert wanted | {"disableforwarding yes", "permituserrc no", "compression yes", "clientaliveinterval 15"} <= lines
