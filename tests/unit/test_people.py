"""Who is let in: the rule for a database of one, the users of any other, and an administrator that is always there."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from caz_tui.data.choices import Role
from caz_tui.data.engine import Database
from caz_tui.data.errors import AccessGone, NotAllowed, NotFound, Refused
from caz_tui.data.query import ClientView
from caz_tui.data.schemas import TrailQuery
from caz_tui.data.service import PortfolioService
from tests.support import FrozenClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from caz_tui.data.schemas import User

    Open = Callable[[str], Awaitable[PortfolioService]]


@pytest.fixture
async def open_as(tmp_path: Path) -> AsyncIterator[Open]:
    """Open one and the same database under any name."""
    opened: list[PortfolioService] = []

    async def open_it(name: str) -> PortfolioService:
        opened.append(await PortfolioService.open(tmp_path / "carteira.db", user=name, clock=FrozenClock()))
        return opened[-1]

    yield open_it
    for service in opened:
        await service.close()


def names(users: tuple[User, ...]) -> list[tuple[str, Role, bool]]:
    return [(user.name, user.role, user.active) for user in users]


async def actions(service: PortfolioService) -> list[tuple[str, str]]:
    return [(entry.action, entry.subject) for entry in await service.trail(TrailQuery(), 100)]


async def test_whoever_creates_a_database_is_its_administrator(open_as: Open) -> None:
    ana = await open_as("ana")
    assert ana.role is Role.ADMINISTRATOR
    assert names(await ana.users()) == [("ana", Role.ADMINISTRATOR, True)]
    assert (await ana.users())[0].created_by == "ana"


async def test_a_database_of_one_person_lets_in_whoever_can_open_it(open_as: Open) -> None:
    await open_as("ana")
    for name in ("root", "uid 1234", "maria", "ana"):
        assert (await open_as(name)).role is Role.ADMINISTRATOR
    assert names(await (await open_as("root")).users()) == [("ana", Role.ADMINISTRATOR, True)]


async def test_a_database_from_before_there_were_users_has_none_and_lets_everybody_in(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "carteira.db")
    service = PortfolioService(database, user="bia")
    assert await service.users() == ()
    assert (await service.me()).role is Role.ADMINISTRATOR
    await service.create_user("leo", Role.READER)
    # Who lets the first other person in stays in, by name.
    assert names(await service.users()) == [("bia", Role.ADMINISTRATOR, True), ("leo", Role.READER, True)]
    await service.close()


async def test_once_there_are_others_only_users_are_let_in(open_as: Open) -> None:
    ana, root = await open_as("ana"), await open_as("root")
    await ana.create_user("maria", Role.ANALYST)
    assert (await open_as("maria")).role is Role.ANALYST
    with pytest.raises(AccessGone, match=r"^jose não está entre os usuários deste banco; peça a um administrador"):
        await open_as("jose")
    # A session that was open by the rule of one finds out at its next call, reading or writing.
    with pytest.raises(AccessGone, match=r"^root não está entre os usuários"):
        await root.count(ClientView())
    with pytest.raises(AccessGone, match=r"^root não está entre os usuários"):
        await root.note("x", "y")


async def test_the_one_who_lets_others_in_under_another_name_keeps_the_right_to(open_as: Open) -> None:
    await open_as("ana")
    root = await open_as("root")
    await root.create_user("maria", Role.READER)
    assert names(await root.users()) == [
        ("ana", Role.ADMINISTRATOR, True), ("maria", Role.READER, True), ("root", Role.ADMINISTRATOR, True),
    ]  # fmt: skip


async def test_a_running_session_is_refused_at_its_next_call(open_as: Open) -> None:
    ana = await open_as("ana")
    await ana.create_user("maria", Role.READER)
    maria = await open_as("maria")
    assert await maria.count(ClientView()) == 0
    await ana.set_user_active("maria", active=False)
    for call in (lambda: maria.count(ClientView()), maria.summary, maria.me, maria.benefits):
        with pytest.raises(AccessGone, match=r"^O acesso de maria foi desativado; fale com um administrador\.$"):
            await call()
    with pytest.raises(AccessGone):
        await open_as("maria")
    await ana.set_user_active("maria", active=True)
    assert await maria.count(ClientView()) == 0


async def test_a_role_that_was_taken_away_counts_at_the_next_call(open_as: Open) -> None:
    ana = await open_as("ana")
    await ana.create_user("bia", Role.ADMINISTRATOR)
    bia = await open_as("bia")
    await bia.create_carteira("Sul")
    await ana.set_role("bia", Role.READER)
    with pytest.raises(NotAllowed, match=r"^O papel Leitura vê tudo e não muda nada"):
        await bia.create_carteira("Norte")
    assert bia.role is Role.READER


async def test_there_is_always_an_active_administrator(open_as: Open) -> None:
    ana = await open_as("ana")
    with pytest.raises(Refused, match="precisa de um administrador ativo"):
        await ana.set_role("ana", Role.READER)
    await ana.create_user("maria", Role.ANALYST)
    with pytest.raises(Refused, match="precisa de um administrador ativo"):
        await ana.set_role("ana", Role.ANALYST)
    with pytest.raises(Refused, match="precisa de um administrador ativo"):
        await ana.set_user_active("ana", active=False)
    await ana.create_user("bia", Role.ADMINISTRATOR)
    bia = await open_as("bia")
    await bia.set_user_active("ana", active=False)
    with pytest.raises(Refused, match="precisa de um administrador ativo"):
        await bia.set_user_active("bia", active=False)
    assert ("bia", Role.ADMINISTRATOR, True) in names(await bia.users())
    assert await bia.trail_broken_at() is None


async def test_naming_oneself_in_a_database_of_one_changes_nothing_but_the_role(open_as: Open) -> None:
    await open_as("ana")
    root = await open_as("root")
    user = await root.create_user("root", Role.ADMINISTRATOR)
    assert (user.name, user.role) == ("root", Role.ADMINISTRATOR)
    assert (await root.me()).role is Role.ADMINISTRATOR


@pytest.mark.parametrize("name", ["", "-x", "a b", "a\x1b[2J", "x" * 65, "../x", "x\n"])
async def test_a_name_that_would_not_do_is_refused(open_as: Open, name: str) -> None:
    ana = await open_as("ana")
    with pytest.raises(Refused, match="não serve"):
        await ana.create_user(name, Role.READER)
    assert len(await ana.users()) == 1


async def test_what_is_done_to_users_is_in_the_trail(open_as: Open) -> None:
    ana = await open_as("ana")
    await ana.create_carteira("Sul")
    await ana.create_carteira("Norte")
    await ana.create_user("maria", Role.ANALYST, ["sul"])
    await ana.set_user_carteiras("maria", ["NORTE", "sul", "Sul"])
    await ana.set_role("maria", Role.READER)
    await ana.set_user_active("maria", active=False)
    await ana.set_user_active("maria", active=True)
    assert await actions(ana) == [
        ("Criou a carteira", "Sul"),
        ("Criou a carteira", "Norte"),
        ("Criou o usuário", "maria (Analista; Sul)"),
        ("Mudou as carteiras", "maria: Sul → Norte, Sul"),
        ("Mudou o papel", "maria: Analista → Leitura"),
        ("Desativou o usuário", "maria (Leitura)"),
        ("Reativou o usuário", "maria (Leitura)"),
    ]
    # Another role has no carteiras; coming back to the old one starts without.
    await ana.set_role("maria", Role.ANALYST)
    assert (await ana.users())[1].carteiras == ()


async def test_what_cannot_be_is_refused_and_changes_nothing(open_as: Open) -> None:
    ana = await open_as("ana")
    await ana.create_carteira("Sul")
    await ana.create_user("maria", Role.ANALYST, ["Sul"])
    before = (await ana.users(), await ana.carteiras(), await actions(ana))
    for attempt, error, words in (
        (lambda: ana.create_user("maria", Role.READER), Refused, "maria já é um usuário"),
        (lambda: ana.create_user("leo", Role.READER, ["Sul"]), Refused, "O papel Leitura vê todos os clientes"),
        (lambda: ana.create_user("leo", Role.ANALYST, ["Leste"]), NotFound, r"nome Leste\. Use uma de: Sul"),
        (lambda: ana.set_role("leo", Role.READER), NotFound, "Não há usuário com o nome leo"),
        (lambda: ana.set_user_carteiras("ana", ["Sul"]), Refused, "O papel Administrador vê todos"),
        (lambda: ana.set_user_carteiras("maria", ["Sul", "Leste"]), NotFound, "Leste"),
        (lambda: ana.set_user_active("maria", active=True), Refused, "maria já está ativo"),
        (lambda: ana.set_user_active("leo", active=False), NotFound, "leo"),
        (lambda: ana.create_carteira("SUL"), Refused, "Já há a carteira Sul"),
        (lambda: ana.create_carteira("  "), Refused, "de 1 a 60"),
        (lambda: ana.create_carteira("x" * 61), Refused, "de 1 a 60"),
        (lambda: ana.create_carteira("a\x1bb"), Refused, "caractere de controle"),
    ):
        with pytest.raises(error, match=words):
            await attempt()
    assert (await ana.users(), await ana.carteiras(), await actions(ana)) == before


async def test_the_right_is_looked_up_in_the_transaction_of_the_deed(open_as: Open, tmp_path: Path) -> None:
    ana = await open_as("ana")
    await ana.create_user("maria", Role.ANALYST)
    maria = await open_as("maria")
    # Behind the program's back, as another engine's session would: nothing of it is remembered.
    with closing(sqlite3.connect(tmp_path / "carteira.db")) as connection, connection:
        connection.execute("UPDATE users SET role = 'leitura' WHERE name = 'maria'")
    with pytest.raises(NotAllowed):
        await maria.save_view("x", ClientView())
    assert await ana.saved_views() == ()


async def test_a_copy_of_the_demonstration_is_open_to_its_owner(tmp_path: Path, demonstration: Path) -> None:
    shutil.copyfile(demonstration, tmp_path / "demonstracao.db")
    service = await PortfolioService.open(tmp_path / "demonstracao.db", user="quem for")
    assert (await service.me()).role is Role.ADMINISTRATOR
    await service.close()
