"""Over a real sshd, the forced command says who it is, and the database what they may."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from caz_tui.data.choices import Role
from caz_tui.data.query import ClientQuery, ClientView, Selection
from caz_tui.data.service import PortfolioService
from tests.pty import sshd
from tests.pty.sshd import Server
from tests.pty.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(bool(sshd.missing()), reason=sshd.missing() or "a server can be started")

IN_RS = ClientView(query=ClientQuery.parse("uf:RS"))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


async def let_in(path: Path) -> int:
    """Give maria the clients of RS, and return how many they are."""
    service = await PortfolioService.open(path, user="ana")
    moved = (await service.assign(Selection(IN_RS), "Sul", new=True)).moved
    await service.create_user("maria", Role.ANALYST, ["Sul"])
    await service.close()
    return moved


async def send_away(path: Path) -> None:
    service = await PortfolioService.open(path, user="ana")
    await service.set_user_active("maria", active=False)
    await service.close()


def test_an_analyst_has_their_clients_until_they_are_sent_away(
    server: Server, demonstration: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copyfile(demonstration, tmp_path / "carteira.db"))
    count = asyncio.run(let_in(path))
    for name in ("maria", "jose"):
        server.allow(f"{name}-papeis", f"--restrito --usuario {name} --banco {path}")
    refused = server.run("jose-papeis", "caz-tui carteira")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("jose não está entre os usuários deste banco")
    listed = server.run("maria-papeis", "caz-tui clientes --formato json")
    assert {row["uf"] for row in json.loads(listed.stdout)} == {"RS"}
    assert len(json.loads(listed.stdout)) == count
    # Neither an option nor a variable makes anybody else of them.
    for command in ("caz-tui usuarios listar", "caz-tui --usuario ana carteira", "caz-tui auditoria"):
        assert server.run("maria-papeis", command).returncode == 2
    assert server.run("maria-papeis", "caz-tui carteiras criar Norte").returncode == 1
    with Terminal(server.ssh("maria-papeis", "-tt", "--"), cols=100, rows=30) as terminal:
        terminal.wait_for("maria · Analista")
        terminal.press("2")
        terminal.wait_for(f"Todos {count}")
        asyncio.run(send_away(path))
        # Told of the write, the session reads again, is refused, and leaves without a key.
        terminal.wait_for("O acesso de maria foi desativado")
        assert terminal.wait_exit() == 1
