"""``usuarios`` and ``carteiras``: who may open the portfolio, and which part of it is whose."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from caz_tui import formats
from caz_tui.console.arguments import FAILED_STATUS, USAGE_STATUS
from caz_tui.console.output import is_terminal, say, show, show_json, table
from caz_tui.data.choices import Field, Role, Tab
from caz_tui.data.clock import SAO_PAULO
from caz_tui.data.query import ClientQuery, ClientView, Criterion, Selection, TextMatch

if TYPE_CHECKING:
    from argparse import Namespace

    from caz_tui.data.schemas import Carteira, User
    from caz_tui.data.service import PortfolioService

_YES = frozenset({"s", "sim"})
NOTHING_CHANGED = "Nada foi mudado."


def confirm(question: str, *, asked: bool) -> int:
    """Return 0 when something may be done, else the exit status to leave with.

    Args:
        question: what to ask at a terminal.
        asked: whether the command line itself said yes already.
    """
    if asked:
        return 0
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        say(f"{question} Sem um terminal para responder, use --sem-confirmar. {NOTHING_CHANGED}")
        return USAGE_STATUS
    sys.stderr.write(f"{question} [s/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in _YES:
        return 0
    say(NOTHING_CHANGED)
    return FAILED_STATUS


async def manage_users(service: PortfolioService, asked: Namespace) -> int:
    """List the users, or change one of them."""
    if asked.task == "listar":
        _show_users(await service.users(), asked.format)
        return 0
    match asked.task:
        case "criar":
            are_first = len(await service.users()) < 2
            user = await service.create_user(asked.name, Role(asked.role), asked.carteiras)
            sentence = f"{user.name} entrou como {user.role.label}."
            if are_first and len(await service.users()) > 1:
                sentence += " Daqui em diante só entra neste banco quem está em «caz-tui usuarios listar»."
        case "papel":
            user = await service.set_role(asked.name, Role(asked.role))
            sentence = f"{user.name} agora tem o papel {user.role.label}."
        case "carteira":
            user = await service.set_user_carteiras(asked.name, asked.carteiras)
            sentence = f"{user.name} agora trabalha em: {_listed(user.carteiras, 'nenhuma carteira')}."
        case "desativar":
            user = await service.set_user_active(asked.name, active=False)
            sentence = f"{user.name} não entra mais; as sessões abertas terminam na próxima tecla."
        case _:
            user = await service.set_user_active(asked.name, active=True)
            sentence = f"{user.name} entra de novo, como {user.role.label}."
    if asked.format == "json":
        show_json(_user_json(user))
    say(sentence)
    if user.active and user.role is Role.ANALYST and not user.carteiras:
        say(f"{user.name} ainda não vê cliente nenhum; dê uma carteira: caz-tui usuarios carteira {user.name} CARTEIRA")
    return 0


async def manage_carteiras(service: PortfolioService, asked: Namespace) -> int:
    """List the carteiras, add one, or move clients by query."""
    if asked.task == "listar":
        _show_carteiras(await service.carteiras(), asked.format)
        return 0
    if asked.task == "criar":
        created = await service.create_carteira(asked.name)
        if asked.format == "json":
            show_json(_carteira_json(created))
        say(f"A carteira {created.name} foi criada.")
        return 0
    return await _move(service, asked)


async def _move(service: PortfolioService, asked: Namespace) -> int:
    puts = asked.task == "atribuir"
    view = ClientView(Tab(asked.aba), ClientQuery.parse(asked.query))
    name = await service.find_carteira(asked.name)
    if not puts:
        inside = Criterion(Field.CARTEIRA, (TextMatch(name),))
        view = ClientView(view.tab, ClientQuery((*view.query.parts, inside)))
    selection = Selection(view)
    what = formats.count(await service.count_selection(selection), "cliente")
    question = f"Pôr {what} na carteira {name}?" if puts else f"Tirar {what} da carteira {name}?"
    status = confirm(question, asked=asked.sem_confirmar)
    if status:
        return status
    done = await service.assign(selection, name if puts else None)
    if asked.format == "json":
        show_json({"carteira": done.carteira, "movidos": done.moved, "ja_estavam": done.already})
    say(formats.assigned(done))
    return 0


def _show_users(users: tuple[User, ...], form: str) -> None:
    if form == "json":
        show_json([_user_json(user) for user in users])
        return
    rows = (
        (
            user.name,
            user.role.label,
            "Sim" if user.active else "Não",
            _listed(user.carteiras, "todas" if user.role is not Role.ANALYST else formats.NOTHING),
            f"{user.created_at.astimezone(SAO_PAULO):%d/%m/%Y} por {user.created_by}",
        )
        for user in users
    )
    for line in table(("Usuário", "Papel", "Ativo", "Carteiras", "Criado em"), rows):
        show(line)


def _show_carteiras(carteiras: tuple[Carteira, ...], form: str) -> None:
    if form == "json":
        show_json([_carteira_json(carteira) for carteira in carteiras])
        return
    rows = (
        (carteira.name, formats.integer(carteira.clients), _listed(carteira.users, formats.NOTHING))
        for carteira in carteiras
    )
    for line in table(("Carteira", "Clientes", "Analistas"), rows, frozenset({1})):
        show(line)


def _user_json(user: User) -> dict[str, object]:
    return {
        "nome": user.name,
        "papel": user.role.value,
        "ativo": user.active,
        "carteiras": list(user.carteiras),
        "criado_em": user.created_at.astimezone(SAO_PAULO).isoformat(timespec="seconds"),
        "criado_por": user.created_by,
    }


def _carteira_json(carteira: Carteira) -> dict[str, object]:
    return {"nome": carteira.name, "clientes": carteira.clients, "usuarios": list(carteira.users)}


def _listed(names: tuple[str, ...], none: str) -> str:
    return ", ".join(names) or none
