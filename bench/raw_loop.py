"""The least a list of clients can cost: one loop over bytes from the keyboard, SQL and bytes to the screen.

``python -I -S bench/raw_loop.py DATABASE``. Nothing here is fit for use: no folding, no resizing, no errors, no counts.
It stands beside the program in the measurements as what the machine and SQLite can do.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import termios
import tty

SHOWN = "name, document, situation, coalesce(plan, '–'), coalesce(expires_on, '–')"
WIDTHS = (40, 20, 20, 20, 12)
ORDERS = ("name_folded", "situation", "plan_folded", "expires_on", "city_folded", "state", "email_folded")
TABS = ("", "payer = 'cliente' AND licence_history = 'ativa'", "payer = 'escritorio'", "plan_folded IS NULL")
SITUATIONS = ("", "em_teste", "em_atraso", "bloqueado", "cancelado", "nao_conectado", "muito_recomendado", "ativo")
FIRST_ROW = 2
FEW_CLIENTS = 5_000
KEYS = {b"\x1b[B": "down", b"\x1b[A": "up", b"\x1b[6~": "page", b"\x1b[5~": "page_up"}

Line = tuple[object, ...]


class Loop:
    """The list on the screen and what it was asked for."""

    def __init__(self, path: str) -> None:
        """Open the database for reading."""
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.cols, self.height = os.get_terminal_size()
        self.height -= FIRST_ROW
        self.order = self.tab = self.situation = self.cursor = 0
        self.number: int | None = 0
        self.searching = False
        self.word = ""
        self.rows: list[Line] = []

    def read(self, key: Line | None = None, limit: int = 0, *, backwards: bool = False) -> list[Line]:
        """Return rows after a key, or before it; from an end of the list when there is none."""
        column = ORDERS[self.order]
        # Without the name itself the indexes of the filters hold this order too.
        keys = (column, "name_folded", "id") if self.order else (column, "id")
        where, values = [f"archived = 0 AND {column} IS NOT NULL"], list[object]()
        if self.tab:
            where.append(TABS[self.tab])
        if self.situation:
            where.append("situation = ?")
            values.append(SITUATIONS[self.situation])
        if self.word.startswith("*"):
            where.append("instr(search, ?) > 0")
            values.append(self.word[1:])
            if self.is_rare(self.word[1:]):
                where.append("id IN (SELECT rowid FROM client_search WHERE client_search MATCH ?)")
                values.append(f'"{self.word[1:]}"')
        elif self.word:
            where.append("name_folded >= ? AND name_folded < ?")
            values += [self.word, self.word + "\U0010ffff"]
        if key:
            where.append(f"({', '.join(keys)}) {'<' if backwards else '>'} ({', '.join('?' * len(keys))})")
            values += key[: len(keys)]
        way = "DESC" if backwards else "ASC"
        found = self.connection.execute(
            f"SELECT {', '.join(keys)}, {SHOWN} FROM clients WHERE {' AND '.join(where)}"
            f" ORDER BY {', '.join(f'{name} {way}' for name in keys)} LIMIT ?",
            [*values, limit or self.height],
        ).fetchall()
        return found[::-1] if backwards else found

    def is_rare(self, word: str) -> bool:
        """Tell whether looking a word up is quicker than walking the list until enough clients have it."""
        if len(word) < 3:
            return False
        some = "SELECT rowid FROM client_search WHERE client_search MATCH ? LIMIT ?"
        return len(self.connection.execute(some, [f'"{word}"', FEW_CLIENTS + 1]).fetchall()) <= FEW_CLIENTS

    def line(self, place: int) -> str:
        """Return the bytes that draw one row."""
        at = f"\x1b[{place + FIRST_ROW + 1}H"
        if place >= len(self.rows):
            return f"{at}\x1b[K"
        cells = (
            f"{str(cell)[: width - 1]:{width}}"
            for cell, width in zip(self.rows[place][-len(WIDTHS) :], WIDTHS, strict=True)
        )
        return f"{at}{'▌' if place == self.cursor else ' '}{''.join(cells).rstrip()}\x1b[K"

    def status(self) -> str:
        """Return the bytes that draw the line of the search and the number of the line under the cursor."""
        number = "fim" if self.number is None else self.number + 1
        return f"\x1b[H{'/' + self.word if self.searching else ORDERS[self.order]}  linha {number}\x1b[K"

    def show(self, rows: list[Line], *, cursor: int = 0, number: int | None = 0) -> str:
        """Put rows on the screen and return the bytes that draw them."""
        self.rows, self.cursor, self.number = rows, cursor, number
        return self.status() + "".join(map(self.line, range(self.height)))

    def step(self, count: int) -> str:
        """Move the cursor by one and return the bytes."""
        if 0 <= self.cursor + count < len(self.rows):
            before = self.cursor
            self.cursor += count
            marks = f"\x1b[{before + FIRST_ROW + 1}H \x1b[{self.cursor + FIRST_ROW + 1}H▌"
        elif found := self.read(self.rows[-1 if count > 0 else 0], 1, backwards=count < 0) if self.rows else []:
            old = self.cursor + FIRST_ROW + 1
            self.rows = [*self.rows[1:], *found] if count > 0 else [*found, *self.rows[:-1]]
            scroll = "S" if count > 0 else "T"
            marks = f"\x1b[{old}H \x1b[{FIRST_ROW + 1};{FIRST_ROW + self.height}r\x1b[{scroll}\x1b[r"
            marks += self.line(self.cursor)
        else:
            return ""
        self.number = None if self.number is None else self.number + count
        return marks + self.status()

    def page(self) -> str:
        """Show the next page and return the bytes."""
        found = self.read(self.rows[-1]) if self.rows else []
        if not found:
            return ""
        number = None if self.number is None else self.number + len(self.rows)
        return self.show(found, cursor=min(self.cursor, len(found) - 1), number=number)

    def command(self, key: str) -> str:
        """Do what a key asks for and return the bytes."""
        match key:
            case "down" | "up":
                return self.step(1 if key == "down" else -1)
            case "page":
                return self.page()
            case "G":
                rows = self.read(backwards=True)
                return self.show(rows, cursor=len(rows) - 1, number=None)
            case "s":
                self.order = (self.order + 1) % len(ORDERS)
            case "f":
                self.situation = (self.situation + 1) % len(SITUATIONS)
            case "]":
                self.tab = (self.tab + 1) % len(TABS)
            case "/":
                self.searching = True
                return self.status()
            case "F":
                self.situation = self.tab = self.order = 0
            case "g":
                pass
            case _:
                return ""
        return self.show(self.read())

    def letter(self, key: str) -> str:
        """Take a letter, or the end, of the word that is searched for, and return the bytes."""
        if key == "\x1b":
            self.word, self.searching = "", False
        elif key == "\x7f":
            self.word = self.word[:-1]
        else:
            self.word += key
        return self.show(self.read())

    def run(self) -> None:
        """Answer keys until ``q``."""
        output = sys.stdout.fileno()
        os.write(output, f"\x1b[?1049h\x1b[?25l\x1b[2J{self.show(self.read())}".encode())
        while data := os.read(0, 4096):
            answer = ""
            for key in split(data):
                if self.searching:
                    answer += self.letter(key)
                elif key == "q":
                    return
                else:
                    answer += self.command(key)
            os.write(output, answer.encode())


def split(data: bytes) -> list[str]:
    """Return the keys in what was read at once."""
    keys = []
    while data:
        length = next((len(sequence) for sequence in KEYS if data.startswith(sequence)), 1)
        keys.append(KEYS.get(data[:length], data[:length].decode("latin-1")))
        data = data[length:]
    return keys


def main() -> None:
    """Run on the database that is named, and give the terminal back."""
    mode = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        Loop(sys.argv[1]).run()
    finally:
        os.write(1, b"\x1b[?25h\x1b[?1049l")
        termios.tcsetattr(0, termios.TCSANOW, mode)


if __name__ == "__main__":
    main()
