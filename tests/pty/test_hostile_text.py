"""Texts from outside, in every place that shows them, in a real terminal: none of them is obeyed."""

from __future__ import annotations

import re
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from caz_tui.data.text import fold
from tests.pty.payloads import FORBIDDEN, PAYLOADS
from tests.pty.terminal import MODES_AT_REST, Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM = str(Path(sys.executable).with_name("caz-tui"))
GROUPS = 3
"""The payloads are shown eight or nine at a time; each comes first in some column, and in some client of every list."""

CLIENT_TEXTS = ("name", "trade_name", "email", "phone", "city", "notes", "support_id")


class Stop(NamedTuple):
    """A place that shows data: the keys that lead there, what is then on the screen, and the keys that lead back."""

    place: str
    keys: Sequence[str]
    shows: str
    back: Sequence[str] = ()


LIST = r"Todos 300"
COLUMNS_RIGHT = ("columns right",)
GIVE_UP = ("give up",)
# One walk through the whole program; "text:" is typed.
TOUR = (
    Stop("top line and plans of Início", (), r"Próximas|próximas 12"),
    Stop("a door's chip", ("right", *["down"] * 6, "enter"), r"✕", ("F",)),
    Stop("table: name, situation, plan", ("2",), LIST),
    Stop("table: payer", COLUMNS_RIGHT, r"Pago por"),
    Stop("table: charges", COLUMNS_RIGHT, r"Cobranças CA"),
    Stop("table: trade name", COLUMNS_RIGHT, r"Nome fantasia"),
    Stop("table: city", COLUMNS_RIGHT, r"Cidade +UF"),
    Stop("table: e-mail", COLUMNS_RIGHT, r"E-mail +Telefone|E-mail +›"),
    Stop("table: tags", COLUMNS_RIGHT, r"Etiquetas +|Etiquetas"),
    Stop("details pane", ("down", "up"), r"linha 1\b"),
    Stop("marks", ("space", "up", "*"), r"\d+ marcados", ("*",)),
    Stop("sort menu", ("s",), r"Ordenar", ("escape",)),
    Stop("filter panel", ("f",), r"Aplicar", ("escape",)),
    Stop("filter panel: plans", ("f", *["tab"] * 11, "text:a"), r"Aplicar", GIVE_UP),
    Stop("actions", ("a",), r"Registrar exportação", ("escape",)),
    Stop("client form", ("e",), r"Editar cliente", GIVE_UP),
    Stop("client form: below", ("e", *["tab"] * 16), r"Editar cliente", GIVE_UP),
    Stop("discard question", ("e", "text:x", "escape"), r"Descartar o que", ("s",)),
    Stop("renew", ("a", "r"), r"Quem paga", ("escape",)),
    Stop("renew: known plans", ("a", "r", "down", "down"), r"Quem paga", GIVE_UP),
    Stop("register export", ("a", "p"), r"Registrar exportação ─", ("escape",)),
    Stop("archive question", ("a", "z"), r"sai de todas as guias", ("escape",)),
    Stop("export dialog", ("E",), r"Exportar", ("escape",)),
    Stop("saved views", ("V",), r"Visões", ("escape",)),
    Stop("palette", ("ctrl+p",), r"───", ("escape",)),
    Stop("palette: clients", ("ctrl+p", "text:b"), r"───", GIVE_UP),
    Stop("search line and its result", ("/", "text:b"), r"/ b", ("escape",)),
    Stop("from the empty search line to the table", ("enter",), LIST),
    Stop("search problem", ("/", "text:b:b"), r"Filtro desconhecido", ("escape",)),
    Stop("from the search line again", ("enter",), LIST),
    Stop("client details", ("enter",), r"esc voltar"),
    Stop("client details: licences", ("pagedown",), r"esc voltar"),
    Stop("client details: history", ("end",), r"esc voltar"),
    Stop("actions on the details", ("a",), r"Registrar exportação", ("escape",)),
    Stop("payments", ("3",), r"R\$ 643,50"),
    Stop("benefits", ("tab",), r"R\$ 643,50"),
    Stop("actions of a purchase", ("shift+tab", "a"), r"Exportar compras", ("escape",)),
    Stop("purchase and its items", ("enter",), r"Em uso"),
    Stop("users of licences", ("end",), r"Em uso", ("escape",)),
    Stop("client details again", ("2",), r"Quem mudou o quê"),
    Stop("table again", ("escape",), LIST),
    Stop("notification of a refusal", ("c",), r"Contratar só|use Ações"),
)


def turned(payloads: Sequence[str], by: int) -> str:
    """Return all payloads as one text that begins with another one of them."""
    by %= len(payloads)
    return "".join([*payloads[by:], *payloads[:by]])


def poison(path: Path, payloads: Sequence[str]) -> None:
    """Put texts past the wall, straight into every place of the database that holds one."""
    payload = turned(payloads, 0)
    with closing(sqlite3.connect(path)) as connection:
        texts = ", ".join(f"{column} = :{column}" for column in CLIENT_TEXTS)
        ids = [number for (number,) in connection.execute("SELECT id FROM clients ORDER BY id")]
        connection.executemany(
            f"UPDATE clients SET {texts}, name_folded = ' ' || id, plan = :text, plan_folded = :folded, "
            "search = :folded, tags = json_array(:name, :city), payer = 'escritorio', situation = 'ativo', "
            "archived = 0 WHERE id = :id",
            [
                {"id": number, "text": payload, "folded": fold(payload)}
                | {column: turned(payloads, number + place) for place, column in enumerate(CLIENT_TEXTS)}
                for number in ids
            ],
        )
        connection.execute(
            "UPDATE clients SET plan = 'Plano Exclusivo', plan_folded = 'plano exclusivo' WHERE id % 3 = 0"
        )
        connection.execute(
            "UPDATE licence_events SET plan = :text, previous_plan = :text, what = :text, by = :text", {"text": payload}
        )
        connection.execute(
            "INSERT INTO audit_entries (at, by, action, client_id, subject, changes) "
            "SELECT 0, :text, :text, id, :text, json_object('city', json_array(:text, :text)) FROM clients LIMIT 40",
            {"text": payload},
        )
        connection.execute("UPDATE purchases SET description = :text, payment_method = :text", {"text": payload})
        connection.execute("UPDATE purchase_items SET product = 'Licença ' || :text", {"text": payload})
        connection.execute("UPDATE benefits SET description = :text", {"text": payload})
        connection.execute("UPDATE settings SET value = :text", {"text": payload})
        connection.execute("INSERT INTO saved_views VALUES (:text, 'todos', '', 'nome', 0)", {"text": payload})
        connection.commit()


def press(terminal: Terminal, keys: Sequence[str]) -> None:
    """Press keys as fast as the terminal takes them, and wait until the program has said all it has to say to them."""
    # It is one only when nothing follows it before the program has understood it, which the next stop waits for.
    assert "escape" not in keys[:-1]
    for key in keys:
        if key.startswith("text:"):
            terminal.type(key.removeprefix("text:"))
        else:
            terminal.press(key)
    terminal.wait_quiet(0.06)


def turn(terminal: Terminal, shows: str) -> None:
    """Bring columns from the right until one is on the screen."""
    for _ in range(20):
        before = terminal.screen_text()
        if re.search(shows, before):
            return
        terminal.press("right")
        terminal.wait_for(lambda text, before=before: text != before)  # type: ignore[misc]
        # A frame that came in two pieces is not two columns.
        terminal.wait_quiet(0.06)
    raise AssertionError(terminal.screen_text())


def give_up(terminal: Terminal, shows: str) -> None:
    """Leave a dialog, and say so when it asks about what was typed."""
    terminal.press("escape")
    terminal.wait_for(lambda text: "Descartar o que" in text or not re.search(shows, text))
    if "Descartar o que" in terminal.screen_text():
        terminal.press("s")


def crash(terminal: Terminal) -> str:
    """Return what the program kept of an unexpected error."""
    return "".join(path.read_text("utf-8") for path in terminal.home.rglob("caz-tui.log"))


def test_nothing_from_outside_is_obeyed(demonstration: Path, tmp_path: Path) -> None:
    # At once, since most of a walk is waiting for the program to fall quiet.
    with ThreadPoolExecutor(GROUPS) as walks:
        for done in [walks.submit(walk, demonstration, tmp_path, group) for group in range(GROUPS)]:
            done.result()


def walk(demonstration: Path, folder: Path, group: int) -> None:
    """Go through the whole program on a portfolio in which every text is those of a group."""
    path = folder / f"carteira{group}.db"
    path.write_bytes(demonstration.read_bytes())
    poison(path, list(PAYLOADS.values())[group::GROUPS])
    with Terminal([PROGRAM, "--banco", str(path)], cols=150, rows=32) as terminal:
        terminal.wait_for("Minha carteira")
        for stop in TOUR:
            if stop.keys == COLUMNS_RIGHT:
                turn(terminal, stop.shows)
            else:
                press(terminal, stop.keys)
            terminal.wait_for(stop.shows)
            assert terminal.alive, f"{stop.place}\n{crash(terminal)}"
            wire = terminal.wire.decode("utf-8", "ignore")
            assert not [text for text in FORBIDDEN if text in wire], stop.place
            if stop.back == GIVE_UP:
                give_up(terminal, stop.shows)
            else:
                press(terminal, stop.back)
            if stop.back:
                terminal.wait_gone(stop.shows)
        assert not crash(terminal)
        press(terminal, ("1",))
        terminal.wait_for("Minha carteira")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.modes == MODES_AT_REST


def test_the_tour_is_long_enough() -> None:
    assert len(TOUR) >= 35
    assert len(PAYLOADS) == 25
