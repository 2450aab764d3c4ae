"""Spreadsheets for the measurements: the clients of a portfolio for VisiData, made-up ones for ``importar``."""

from __future__ import annotations

import csv
import itertools
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from bench.demo_data import FOLDER
from caz_tui.data.documents import complete, mask

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADERS = ("Razão Social", "CNPJ/CPF", "Situação", "Plano", "Vencimento do plano", "Cidade", "UF")
IMPORTED_HEADERS = (
    "Razão Social", "CNPJ/CPF", "Situação", "Plano", "Pago por", "Vencimento do plano", "Renovação automática",
    "Cobranças CA", "E-mail", "Telefone", "Cidade", "UF",
)  # fmt: skip
_CLIENTS = """
    SELECT name, document, situation, plan, expires_on, city, state
    FROM clients WHERE archived = 0 ORDER BY name_folded, name, id
"""
_TRADES = ("Padaria", "Oficina", "Farmácia", "Mercado", "Clínica", "Gráfica", "Ótica", "Pousada", "Livraria", "Café")
_PLACES = (("São Paulo", "SP"), ("Belém", "PA"), ("Curitiba", "PR"), ("Recife", "PE"), ("Goiânia", "GO"))
_PLANS = ("Controle I", "Controle II", "Essencial I", "Avançado II")
_SITUATIONS = ("Ativo", "Ativo", "Ativo", "Em atraso", "Bloqueado")


def of_portfolio(database: Path) -> Path:
    """Return the CSV of the clients of a demonstration portfolio, in order of name, made when it is not there yet."""
    path = database.with_suffix(".csv")
    if not path.exists():
        unfinished = path.with_suffix(".unfinished-csv")
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            rows = connection.execute(_CLIENTS)
            _write(unfinished, HEADERS, ((name, mask(document), *rest) for name, document, *rest in rows))
        unfinished.replace(path)
    return path


def to_import(count: int) -> Path:
    """Return a CSV of a number of made-up clients with valid CNPJs, no two the same, made when it is not there yet."""
    path = FOLDER / f"importar-{count}.csv"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        unfinished = path.with_suffix(".unfinished-csv")
        _write(unfinished, IMPORTED_HEADERS, made_up(count), delimiter=";")
        unfinished.replace(path)
    return path


def made_up(count: int) -> Iterator[tuple[str, ...]]:
    """Yield the lines of made-up clients, always the same ones, in the columns of ``IMPORTED_HEADERS``."""
    for number in range(count):
        # A step without a common factor with the range visits every base once, in no order.
        base = f"{10_000_000 + number * 7_368_787 % 90_000_000}0001"
        city, state = _PLACES[number % 5]
        yield (
            f"{_TRADES[number % 10]} {number:07} Ltda",
            mask(complete(base)),
            _SITUATIONS[number % 5],
            _PLANS[number % 4],
            "Escritório" if number % 3 else "Cliente",
            f"{number % 28 + 1:02}/{number % 12 + 1:02}/2027",
            "sim" if number % 2 else "não",
            "Em dia" if number % 7 else "Em atraso",
            f"contato{number}@exemplo.com.br",
            f"(11) 9{number % 10_000_000 + 10_000_000:08}",
            city,
            state,
        )


def _write(path: Path, headers: tuple[str, ...], rows: Iterator[tuple[str | None, ...]], delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(itertools.chain([headers], rows))
