"""The command line end to end: what a person or a program gets for what was asked."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from rich.cells import cell_len

from caz_tui.cli import main
from caz_tui.data.demo import fill
from caz_tui.data.engine import Database
from caz_tui.data.schemas import ClientChanges
from caz_tui.data.service import PortfolioService
from tests.support import FrozenClock, make_demonstration
from tests.unit.program import (
    BENEFIT_HEADERS,
    HEADERS,
    JSON_KEYS,
    PURCHASE_HEADERS,
    PURCHASES,
    TIMEOUT_SECONDS,
    Office,
    Outcome,
    cnpj,
    environment,
    numbered,
    program,
    read_rows,
    run_program,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a terminal could obey, what turns text round, what nobody sees.
TREACHEROUS = "\x1b]0;x\x07\x9b31m\u202e\u2066\u200f\x7f\u2028\ufeff"
OBEYED = {char for char in TREACHEROUS if not char.isprintable()}


@pytest.fixture(scope="module")
def small_demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration portfolio, small, to be copied and not to be written to."""
    return make_demonstration(tmp_path_factory.mktemp("demonstracao") / "carteira.db", FrozenClock(), 60)


@pytest.fixture
def demo(office: Office, small_demonstration: Path) -> Office:
    """A copy of it."""
    shutil.copyfile(small_demonstration, office.database)
    return office


def write_clients(office: Office, *clients: ClientChanges) -> None:
    async def prepare() -> None:
        service = await PortfolioService.open(office.database, user="operador", clock=FrozenClock())
        for changes in clients:
            await service.create(changes)
        await service.close()

    asyncio.run(prepare())


# Clientes


def test_the_json_of_clients_has_its_keys_in_order(office: Office) -> None:
    write_clients(
        office,
        ClientChanges(
            name="Padaria São João", trade_name="Pão Bom", document="12.ABC.345/01DE-35", situation="em_teste",
            plan="Controle II", payer="cliente", expires_on="31/12/2026", auto_renews="sim", licence_history="ativa",
            last_export={"start": "2026-10-01", "end": "2026-10-31"}, ca_charges="em_dia", email="a@b.com.br",
            phone="(11) 98765-4321", city="São Paulo", state="sp", tags="vip, Norte",
        ),
        ClientChanges(name="Álvaro", document="529.982.247-25", notes="não sai no JSON", support_id="X1"),
    )  # fmt: skip
    assert office.run("clientes", "--formato", "json").json == [
        {
            "id": 2, "nome": "Álvaro", "fantasia": None, "documento": "52998224725", "situacao": "nao_conectado",
            "plano": None, "pago_por": None, "vencimento": None, "renovacao": None, "historico": "nunca_teve",
            "exportacao": None, "cobrancas": "sem_cobrancas", "email": None, "telefone": None, "cidade": None,
            "uf": None, "etiquetas": [],
        },
        {
            "id": 1, "nome": "Padaria São João", "fantasia": "Pão Bom", "documento": "12ABC34501DE35",
            "situacao": "em_teste", "plano": "Controle II", "pago_por": "cliente", "vencimento": "2026-12-31",
            "renovacao": True, "historico": "ativa", "exportacao": {"inicio": "2026-10-01", "fim": "2026-10-31"},
            "cobrancas": "em_dia", "email": "a@b.com.br", "telefone": "+5511987654321", "cidade": "São Paulo",
            "uf": "SP", "etiquetas": ["vip", "Norte"],
        },
    ]  # fmt: skip
    assert [list(client) for client in office.clients()] == [JSON_KEYS] * 2


def test_no_client_is_an_empty_list_in_every_format(office: Office) -> None:
    assert office.run("clientes", "--formato", "json").out == "[]\n"
    assert office.run("clientes").out.splitlines()[0].startswith("Cliente ")
    assert len(office.run("clientes").out.splitlines()) == 1
    assert len(office.run("clientes", "--formato", "csv").out.splitlines()) == 1


def test_clients_as_csv_open_in_brazilian_excel_and_import_back(demo: Office) -> None:
    outcome = demo.run("clientes", "--formato", "csv")
    # Text streams of tests translate nothing, so the line ends are those on the wire.
    assert outcome.out.startswith("\ufeffRazão Social;Nome fantasia;CNPJ/CPF;Situação;")
    assert outcome.out.count("\r\n") == len(demo.clients()) + 1
    exported = demo.folder / "tudo.csv"
    assert demo.run("exportar", exported).status == 0
    assert exported.read_bytes().decode() == outcome.out
    before = demo.clients()
    notes = demo.sql("SELECT id, notes, support_id FROM clients ORDER BY id")
    assert demo.run("importar", demo.file("de-volta.csv", outcome.out)).status == 0
    assert demo.clients() == before
    assert demo.sql("SELECT id, notes, support_id FROM clients ORDER BY id") == notes


def test_the_table_of_clients_is_aligned_whatever_the_letters(office: Office) -> None:
    office.imported("a.csv", HEADERS, ("漢字商店", cnpj(1), "Ativo", ""), ("Ímã 🧲", cnpj(2), "Em atraso", ""))
    header, *lines = office.run("clientes").out.splitlines()
    places = {cell_len(line[: re.search(r"\d\d\.\d{3}\.", line).start()]) for line in lines}  # type: ignore[union-attr]
    assert places == {header.index("CNPJ/CPF")}


def test_a_limit_is_the_only_thing_that_shortens_a_list(office: Office) -> None:
    office.imported("a.csv", HEADERS, *numbered(2_345))
    assert len(office.clients()) == 2_345
    assert len(office.run("clientes").out.splitlines()) == 2_346
    assert len(office.run("clientes", "--formato", "csv").out.splitlines()) == 2_346
    whole = [client["id"] for client in office.clients()]
    for limit in (0, 1, 999, 1_000, 1_001, 5_000):
        assert [client["id"] for client in office.clients("--limite", str(limit))] == whole[:limit]


def test_the_order_of_names_is_brazilian(office: Office) -> None:
    names = [
        "Zebra",
        "água",
        "Agua",
        "Ágape",
        "ábaco",
        "Abacate",
        "agua",
        "çedilha",
        "Cedro",
        "eco",
        "Élan",
        "1 Real",
        "ÁGUA",
    ]
    office.imported("a.csv", HEADERS, *((name, cnpj(n), "Ativo", "") for n, name in enumerate(names)))
    wanted = [
        "1 Real", "Abacate", "ábaco", "Ágape", "Agua", "agua", "ÁGUA", "água", "çedilha", "Cedro", "eco", "Élan",
        "Zebra",
    ]  # fmt: skip
    assert [client["nome"] for client in office.clients("--ordenar", "nome")] == wanted
    assert [client["nome"] for client in office.clients()] == wanted
    assert [client["nome"] for client in office.clients("--ordenar", "-nome")] == wanted[::-1]


def test_clients_without_a_value_come_last_either_way(demo: Office) -> None:
    for order in ("vencimento", "-vencimento"):
        days = [client["vencimento"] for client in demo.clients("--ordenar", order)]
        known = [day for day in days if day]
        assert known == sorted(known, reverse=order.startswith("-"))
        assert days == known + [None] * (len(days) - len(known))


def test_archived_clients_are_out_of_sight_until_asked_for(office: Office) -> None:
    headers = (*HEADERS, "Arquivado")
    office.imported("a.csv", headers, ("Ana", cnpj(1), "Ativo", "", "Sim"), ("Bia", cnpj(2), "Ativo", "", ""))
    assert [client["nome"] for client in office.clients()] == ["Bia"]
    assert [client["nome"] for client in office.clients("ana")] == []
    assert [client["nome"] for client in office.clients("arquivado:sim")] == ["Ana"]
    assert [client["nome"] for client in office.clients("arquivado:sim,nao")] == ["Ana", "Bia"]
    assert office.ask("carteira")["total"] == 1


def test_tabs_and_queries_narrow_each_other(demo: Office) -> None:
    everyone = demo.clients()
    for tab, belongs in (
        ("todos", bool),
        ("pagos-pelo-cliente", lambda client: client["pago_por"] == "cliente" and client["historico"] == "ativa"),
        ("pagos-por-mim", lambda client: client["pago_por"] == "escritorio"),
        ("sem-plano", lambda client: client["plano"] is None),
    ):
        wanted = [client for client in everyone if belongs(client)]
        assert demo.clients("--aba", tab) == wanted
        assert demo.clients("uf:SP", "--aba", tab) == [client for client in wanted if client["uf"] == "SP"]
        assert demo.clients("--aba", tab, "-uf:SP") == [client for client in wanted if client["uf"] != "SP"]


@pytest.mark.parametrize(
    "query", ["nada:x", "situacao:feliz", "vencimento:ontem", 'nome:"aberta', "uf:XX", "exportacao:"]
)
def test_a_query_that_is_not_understood_matches_nobody(demo: Office, query: str) -> None:
    for words in (
        ["clientes", query],
        ["clientes", query, "--formato", "json"],
        ["exportar", demo.folder / "x.csv", query],
    ):
        outcome = demo.run(*words)
        assert (outcome.status, outcome.out) == (1, "")
        assert len(outcome.err.splitlines()) == 1
    assert not (demo.folder / "x.csv").exists()


# Carteira and pagamentos


def test_the_json_of_the_portfolio_is_as_promised(demo: Office) -> None:
    found = demo.ask("carteira")
    assert list(found) == ["total", "ativos", "por_pagador", "por_situacao", "por_plano", "licencas"]
    assert list(found["por_pagador"]) == ["cliente", "escritorio", "sem_plano"]
    assert list(found["licencas"]) == ["compradas", "em_uso", "livres"]
    assert list(found["por_situacao"]) == [
        "ativo", "em_teste", "em_atraso", "bloqueado", "cancelado", "nao_conectado", "muito_recomendado",
    ]  # fmt: skip
    everyone = demo.clients()
    assert found["total"] == len(everyone)
    assert found["ativos"] == sum(client["situacao"] == "ativo" for client in everyone)
    for situation, count in found["por_situacao"].items():
        assert count == sum(client["situacao"] == situation for client in everyone)
    for payer, count in found["por_pagador"].items():
        assert count == sum((client["pago_por"] or "sem_plano") == payer for client in everyone)
    plans = [client["plano"] for client in everyone if client["plano"]]
    assert found["por_plano"] == {plan: plans.count(plan) for plan in set(plans)}
    assert found["licencas"]["livres"] == found["licencas"]["compradas"] - found["licencas"]["em_uso"]


def test_the_portfolio_as_a_table_says_the_same(demo: Office) -> None:
    found = demo.ask("carteira")
    out = demo.run("carteira").out
    assert re.search(rf"^Clientes +{found['total']}$", out, re.MULTILINE)
    for plan, count in found["por_plano"].items():
        assert re.search(rf"^Plano: {plan} +{count}$", out, re.MULTILINE)


def test_an_empty_portfolio_has_figures_too(office: Office) -> None:
    found = office.ask("carteira")
    assert found["total"] == found["ativos"] == 0
    assert found["por_pagador"] == {"cliente": 0, "escritorio": 0, "sem_plano": 0}
    assert found["por_plano"] == {}
    assert found["licencas"] == {"compradas": 0, "em_uso": 0, "livres": 0}


@pytest.fixture
def shop(office: Office) -> Office:
    office.imported("compras.csv", PURCHASE_HEADERS, *PURCHASES)
    return office


def test_the_json_of_purchases_is_as_promised(shop: Office) -> None:
    first, second = shop.ask("pagamentos")
    assert first == {
        "numero": "2026-0214", "data": "2026-02-14", "descricao": "Plano Exclusivo", "forma_pagamento": "Boleto",
        "situacao": "paga", "renovacao": "2199-12-31", "total_centavos": 3_723_680,
        "itens": [
            {
                "produto": "Licença Plano Exclusivo", "quantidade": 30, "valor_unitario_centavos": 123_456,
                "total_centavos": 3_703_680,
            },
            {"produto": "Implantação", "quantidade": 2, "valor_unitario_centavos": 10_000, "total_centavos": 20_000},
        ],
    }  # fmt: skip
    assert (second["numero"], second["renovacao"], second["total_centavos"]) == ("77", None, 50)
    keys = ["numero", "data", "descricao", "forma_pagamento", "situacao", "renovacao", "total_centavos", "itens"]
    assert list(first) == keys
    assert list(first["itens"][0]) == ["produto", "quantidade", "valor_unitario_centavos", "total_centavos"]
    one = shop.ask("pagamentos", "2026-0214")
    assert list(one) == [*keys, "licencas_ativas", "em_uso", "livres"]
    assert {key: one[key] for key in keys} == first
    assert (one["licencas_ativas"], one["em_uso"], one["livres"]) == (32, 0, 32)


def test_purchases_as_a_table_and_as_csv(shop: Office) -> None:
    out = shop.run("pagamentos").out
    assert out.splitlines()[0].split() == [
        "Data",
        "Compra",
        "Descrição",
        "Forma",
        "de",
        "pagamento",
        "Situação",
        "Valor",
    ]
    assert "R$ 37.236,80" in out
    one = shop.run("pagamentos", "2026-0214").out
    assert re.search(r"^Licença Plano Exclusivo +30 +R\$ 1\.234,56 +R\$ 37\.036,80$", one, re.MULTILINE)
    assert "Licenças ativas: 32 · em uso: 0 · livres: 32" in one
    before = shop.ask("pagamentos")
    for words in (["pagamentos"], ["pagamentos", "2026-0214"]):
        text = shop.run(*words, "--formato", "csv").out
        assert text.startswith("\ufeffCompra;Data;")
        assert shop.run("importar", shop.file("de-volta.csv", text)).status == 0
        assert shop.ask("pagamentos") == before
    assert len(shop.run("pagamentos", "77", "--formato", "csv").out.splitlines()) == 2


def test_a_purchase_that_is_not_there_is_said_so(shop: Office) -> None:
    outcome = shop.run("pagamentos", "999", "--formato", "json")
    assert outcome == Outcome(1, "", "Não há compra com o número 999.\n")


def test_purchases_and_benefits_go_out_and_come_back(shop: Office, tmp_path: Path) -> None:
    shop.imported("b.csv", BENEFIT_HEADERS, ("Bônus =1+1", "01/02/2026", "R$ 1.000,10"), ("Bônus", "2026-02-01", "5"))
    before = shop.ask("pagamentos")
    benefits = "SELECT credited_on, description, amount_cents FROM benefits ORDER BY description"
    credited = shop.sql(benefits)
    other = Office(tmp_path / "outra", shop.capsys, tmp_path / "outra" / "carteira.db")
    other.folder.mkdir()
    for suffix in ("csv", "xlsx"):
        for what in ("compras", "beneficios"):
            path = shop.folder / f"{what}.{suffix}"
            assert shop.run("exportar", path, f"--{what}").status == 0
            assert other.run("importar", path).status == 0
        assert other.ask("pagamentos") == before
        assert other.sql(benefits) == credited
        other.database.unlink()


# Importar


def test_the_json_of_an_import_counts_every_line(office: Office) -> None:
    path = office.sheet("a.csv", HEADERS, *numbered(3), *numbered(1))
    outcome = office.run("importar", path, "--formato", "json")
    assert (outcome.status, outcome.err) == (0, "")
    assert list(outcome.json.items()) == [
        ("lidas", 4), ("inseridas", 3), ("atualizadas", 0), ("repetidas", 1), ("rejeitadas", 0),
        ("arquivo_rejeitadas", None),
    ]  # fmt: skip
    again = office.run("importar", path, "--formato", "json").json
    assert (again["inseridas"], again["atualizadas"], again["repetidas"]) == (0, 3, 1)
    assert office.run("importar", path).out == (
        "4 linhas lidas: 0 inseridas, 3 atualizadas, 1 repetida, 0 rejeitadas.\n"
    )


BAD_LINES = (
    ("", cnpj(11), "Ativo", "Campinas"),
    ("Sem dígito", "11.222.333/0001-82", "Ativo", ""),
    ("Sem sentido", cnpj(12), "FELIZ", "x" * 201),
)


def test_one_bad_line_refuses_the_whole_file(office: Office) -> None:
    office.imported("a.csv", HEADERS, *numbered(2))
    before, content = office.database.read_bytes(), office.content()
    path = office.sheet("b.csv", HEADERS, *numbered(5), *BAD_LINES)
    outcome = office.run("importar", path, "--formato", "json")
    assert outcome.status == 1
    assert outcome.json == {
        "lidas": 8, "inseridas": 0, "atualizadas": 0, "repetidas": 0, "rejeitadas": 3,
        "arquivo_rejeitadas": str(office.folder / "b-rejeitadas.csv"),
    }  # fmt: skip
    assert "linha 7: nome: falta o nome do cliente" in outcome.err
    assert "linha 8: documento “11.222.333/0001-82”: os dígitos verificadores do documento não conferem" in outcome.err
    assert "linha 9: situacao “FELIZ”: valor desconhecido; use um de: ativo," in outcome.err
    assert "nada foi gravado" in outcome.err
    assert office.database.read_bytes() == before
    assert office.content() == content


def test_the_rejected_lines_are_a_file_to_correct(office: Office) -> None:
    office.run("importar", office.sheet("b.csv", HEADERS, *BAD_LINES, ("Fim", cnpj(13), "=1+1", "")))
    path = office.folder / "b-rejeitadas.csv"
    header, *rows = read_rows(path)
    assert header == ["linha", "campo", "valor", "motivo"]
    assert [(row[0], row[1]) for row in rows] == [
        ("2", "nome"), ("3", "documento"), ("4", "situacao"), ("4", "cidade"), ("5", "situacao"),
    ]  # fmt: skip
    assert rows[-1][2] == "'=1+1"
    assert path.stat().st_mode & 0o777 == 0o600


def test_good_lines_may_be_taken_without_the_bad_ones(office: Office) -> None:
    path = office.sheet("b.csv", HEADERS, *numbered(5), *BAD_LINES)
    outcome = office.run("importar", path, "--pular-invalidas", "--formato", "json")
    assert outcome.status == 0
    assert (outcome.json["inseridas"], outcome.json["rejeitadas"]) == (5, 3)
    assert Path(outcome.json["arquivo_rejeitadas"]).exists()
    assert len(office.clients()) == 5


@pytest.mark.parametrize("rows", [[], BAD_LINES], ids=["good", "bad"])
@pytest.mark.parametrize("skip", [[], ["--pular-invalidas"]], ids=["all or nothing", "skipping"])
def test_a_rehearsal_writes_nothing(office: Office, rows: list[tuple[str, ...]], skip: list[str]) -> None:
    office.imported("a.csv", HEADERS, *numbered(2))
    before = office.database.read_bytes()
    path = office.sheet("b.csv", HEADERS, *numbered(3), *rows)
    files = sorted(office.folder.iterdir())
    outcome = office.run("importar", path, "--simular", *skip, "--formato", "json")
    refused = bool(rows) and not skip
    assert outcome.status == (1 if refused else 0)
    assert (outcome.json["inseridas"], outcome.json["atualizadas"]) == ((0, 0) if refused else (1, 2))
    assert outcome.json["rejeitadas"] == len(rows)
    assert outcome.json["arquivo_rejeitadas"] is None
    assert office.database.read_bytes() == before
    assert sorted(office.folder.iterdir()) == files


def test_columns_are_mapped_by_hand(office: Office) -> None:
    path = office.sheet("a.csv", ("EMPRESA", "REGISTRO", "SENHA"), ("Ana Ltda", cnpj(1), "segredo"))
    refused = office.run("importar", path)
    assert refused.status == 1
    assert "--mapa nome=COLUNA" not in refused.err
    assert "--mapa documento=COLUNA" in refused.err
    assert office.run("importar", path, "--mapa", "documento=REGISTRO").status == 0
    assert office.clients()[0]["nome"] == "Ana Ltda"
    secret = office.run("importar", path, "--mapa", "documento=REGISTRO", "--mapa", "fantasia=SENHA")
    assert secret.status == 1
    assert "nunca é lida" in secret.err
    unknown = office.run("importar", path, "--mapa", "produto=REGISTRO")
    assert unknown.status == 1
    assert "Use um de: nome, fantasia, documento" in unknown.err


def test_many_problems_are_cut_short_on_the_screen_but_not_in_the_file(office: Office) -> None:
    path = office.sheet("a.csv", HEADERS, *((f"E{n}", "1", "Ativo", "") for n in range(80)))
    outcome = office.run("importar", path)
    assert "… e mais 30 problemas." in outcome.err
    assert len(read_rows(office.folder / "a-rejeitadas.csv")) == 81


# There and back


HOSTILE_NAMES = (
    "=1+1", "+55", "-1", "@SUM(A1)", "'=1+1", "''", "'", "#REF!", "'#N/D", '"; DROP TABLE clients; --', "[bold]x[/]",
    "[@click=app.quit]sair[/]", "[/]", "😀 Festas 👨‍👩‍👧", "漢字", "null", "NULL", "nan", "0012", "1E5", "12/12/2026",
    "sim", "a;b,c\td", 'aspas "no meio"', "barra \\ invertida", "%_%", "_x000D_", "<r>x</r>", "&amp;", "ﬁm",
    "İstanbul", "ß", "a" * 200, "E\u0301 decomposto", "{{7*7}}", "--ordenar", "\u00a0nbsp\u00a0dentro",
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portfolio that a careless writer or reader of files would not bring back whole."""
    path = tmp_path_factory.mktemp("hostil") / "carteira.db"
    changes = [
        ClientChanges(
            name=name,
            trade_name=HOSTILE_NAMES[-n] if n % 3 else None,
            document=cnpj(n) if n % 2 else "12.ABC.345/01DE-35" if n == 0 else cnpj(n),
            situation=("ativo", "em_teste", "em_atraso", "bloqueado", "cancelado", "nao_conectado")[n % 6],
            plan=name if n % 4 == 0 else None,
            payer=(None, "cliente", "escritorio")[n % 3],
            expires_on=("1900-01-01", "2199-12-31", "29/02/2028", None)[n % 4],
            auto_renews=(True, False, None)[n % 3],
            licence_history=("nunca_teve", "em_teste", "ativa", "vencida", "cancelada")[n % 5],
            last_export={"start": "2026-01-01", "end": "2026-01-31"} if n % 2 else None,
            ca_charges=("sem_cobrancas", "em_dia", "em_aberto", "em_atraso")[n % 4],
            email="=x@exemplo.com.br" if n % 5 == 0 else "a+b@exemplo.com.br",
            phone=(None, "+5511987654321", "+351912345678", "+551133334444")[n % 4],
            city=name[:40],
            state=(None, "SP", "DF")[n % 3],
            tags=() if n % 4 == 3 else ("=tag", "'aspa", "são joão", re.sub("[,;]", "", name[:30]) or "x"),
            notes=None if n % 3 == 2 else f"{name}\n\n  =2+2\nlinha \"três\"; fim",
            support_id=None if n % 3 == 0 else f"-{name[:50]}",
            archived=n % 5 == 4,
        )
        for n, name in enumerate(HOSTILE_NAMES)
    ]  # fmt: skip

    async def prepare() -> None:
        service = await PortfolioService.open(path, user="operador", clock=FrozenClock())
        for one in changes:
            await service.create(one)
        await service.close()

    asyncio.run(prepare())
    return path


WHOLE = """
    SELECT document, name, name_folded, trade_name, situation, plan, payer, expires_on, auto_renews, licence_history,
        export_start, export_end, ca_charges, email, phone, city, state, tags, notes, support_id, archived, search
    FROM clients ORDER BY document
"""
TAGS = """
    SELECT document, tag_folded FROM clients JOIN client_tags ON clients.id = client_id ORDER BY document, tag_folded
"""


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_was_exported_imports_back_to_the_same_portfolio(hostile: Path, office: Office, suffix: str) -> None:
    first = Office(hostile.parent, office.capsys, hostile.parent / "carteira.db")
    path = office.folder / f"tudo.{suffix}"
    exported = first.run("exportar", path, "arquivado:sim,nao")
    assert (exported.status, exported.out) == (0, "")
    assert exported.err == f"{len(HOSTILE_NAMES)} clientes em {path}.\n"
    back = office.run("importar", path, "--formato", "json")
    assert back.status == 0, back.err
    assert back.json["inseridas"] == len(HOSTILE_NAMES)
    assert without_ids(office) == without_ids(first)
    assert office.sql(WHOLE) == first.sql(WHOLE)
    assert office.sql(TAGS) == first.sql(TAGS)
    # Once more over the same portfolio: nothing is left to change.
    versions = office.sql("SELECT id, version FROM clients")
    assert office.run("importar", path, "--formato", "json").json["atualizadas"] == len(HOSTILE_NAMES)
    assert office.sql("SELECT id, version FROM clients") == versions


def without_ids(office: Office) -> list[dict[str, Any]]:
    found = office.clients("arquivado:sim,nao", "--ordenar", "documento")
    return [{key: value for key, value in client.items() if key != "id"} for client in found]


def test_an_exported_workbook_runs_nothing(hostile: Path, office: Office) -> None:
    path = office.folder / "tudo.xlsx"
    Office(hostile.parent, office.capsys, hostile.parent / "carteira.db").run("exportar", path, "arquivado:sim,nao")
    sheet = openpyxl.load_workbook(path).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    documents = [cell for column in sheet.iter_cols() if column[0].value == "CNPJ/CPF" for cell in column[1:]]
    assert len(documents) == len(HOSTILE_NAMES)
    assert {cell.data_type for cell in documents} == {"s"}


def test_an_exported_csv_holds_no_cell_that_a_spreadsheet_would_run(hostile: Path, office: Office) -> None:
    path = office.folder / "tudo.csv"
    Office(hostile.parent, office.capsys, hostile.parent / "carteira.db").run("exportar", path, "arquivado:sim,nao")
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\r\n")
    for row in read_rows(path):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_an_export_follows_tab_query_and_order(demo: Office) -> None:
    path = demo.folder / "parte.json"
    words = ["uf:SP", "--aba", "pagos-por-mim", "--ordenar", "-vencimento"]
    assert demo.run("exportar", path, *words).status == 0
    wanted = demo.clients(*words)
    assert wanted
    assert json.loads(path.read_text(encoding="utf-8")) == wanted


@pytest.mark.parametrize("name", ["a.txt", "a", "a.xls", ".csv"])
def test_an_export_to_an_unknown_format_names_those_there_are(demo: Office, name: str) -> None:
    outcome = demo.run("exportar", demo.folder / name)
    assert outcome.status == 1
    assert ".csv, .xlsx ou .json" in outcome.err
    assert not (demo.folder / name).exists()


def test_an_export_that_fails_leaves_what_was_there(demo: Office) -> None:
    missing = demo.run("exportar", demo.folder / "nada" / "a.csv")
    assert missing.status == 1
    assert "a pasta não existe" in missing.err
    (demo.folder / "pasta.csv").mkdir()
    assert demo.run("exportar", demo.folder / "pasta.csv").status == 1
    kept = demo.file("a.csv", "meu")
    assert demo.run("exportar", kept, "nada:x").status == 1
    assert kept.read_text() == "meu"


# What reaches the terminal


@pytest.fixture
def treacherous(office: Office) -> Office:
    """A database into which someone wrote behind the program's back."""
    office.imported("a.csv", (*HEADERS, "Etiquetas"), ("Ana", cnpj(1), "Ativo", "Rio", "vip"))
    office.imported("compras.csv", PURCHASE_HEADERS, *PURCHASES)
    bad = TREACHEROUS
    office.sql(
        "UPDATE clients SET name = ?, plan = ?, city = ?, trade_name = ?, tags = ?",
        *[f"A{bad}Z"] * 4,
        json.dumps([bad]),
    )
    office.sql("UPDATE purchases SET description = ?, payment_method = ?", bad, bad)
    office.sql("UPDATE purchases SET number = number || ? WHERE number <> '77'", bad)
    office.sql("UPDATE purchase_items SET product = ?", bad)
    return office


@pytest.mark.parametrize(
    "words",
    [
        ["clientes"],
        ["clientes", "--formato", "json"],
        ["carteira"],
        ["carteira", "--formato", "json"],
        ["pagamentos", "--formato", "json"],
        ["pagamentos"],
        ["pagamentos", "77"],
        ["banco", "verificar"],
    ],
    ids=" ".join,
)
def test_no_control_from_the_data_reaches_the_terminal(treacherous: Office, words: list[str]) -> None:
    outcome = treacherous.run(*words)
    for text in (outcome.out, outcome.err):
        assert all(char.isprintable() or char == "\n" for char in text)
    if "json" in words and words[0] == "clientes":
        (client,) = outcome.json
        assert client["nome"] == f"A{TREACHEROUS}Z"


def test_csv_is_harmless_on_a_terminal_and_exact_elsewhere(
    treacherous: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x9b" in treacherous.run("clientes", "--formato", "csv").out
    monkeypatch.setattr("caz_tui.console.output.is_terminal", lambda _stream: True)
    monkeypatch.setattr("caz_tui.console.listing.is_terminal", lambda _stream: True)
    out = treacherous.run("clientes", "--formato", "csv").out
    assert not OBEYED & set(out)
    assert out.count("\r\n") == 2


def test_messages_say_names_of_files_harmless(office: Office) -> None:
    path = office.folder / "a\x1b[31m\u202e.csv"
    for words in (["importar"], ["exportar"], ["banco", "backup"], ["banco", "restaurar"]):
        outcome = office.run(*words, path)
        assert not {"\x1b", "\u202e"} & set(outcome.out + outcome.err)


# The system


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database whose list does not fit in a pipe."""
    path = tmp_path_factory.mktemp("grande") / "carteira.db"

    async def prepare() -> None:
        database = await Database.open(path)
        await fill(database, FrozenClock(), 3_000)
        await database.close()

    asyncio.run(prepare())
    return path


@pytest.mark.parametrize("form", ["tabela", "json"])
def test_a_reader_that_leaves_early_is_no_accident(busy: Path, tmp_path: Path, form: str) -> None:
    process = subprocess.Popen(
        program("--banco", busy, "clientes", "--formato", form),
        env=environment(tmp_path),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(TIMEOUT_SECONDS) == 0
    process.stderr.close()


def test_a_closed_or_full_output_is_a_reason_to_fail(busy: Path, tmp_path: Path) -> None:
    command = " ".join(program("--banco", busy, "clientes", "--limite", "3"))

    def shell(redirection: str) -> tuple[int, str]:
        done = subprocess.run(
            ["sh", "-c", f"{command} {redirection}"],
            env=environment(tmp_path),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        return done.returncode, done.stderr

    assert shell(">&-") == (1, "A saída padrão está fechada; não há onde mostrar o resultado.\n")
    assert shell(">/dev/full") == (1, "O resultado não pôde ser escrito na saída padrão: o disco está cheio.\n")
    assert shell("<&- >/dev/null 2>&-") == (0, "")


@pytest.mark.parametrize(
    "extra",
    [
        {"LANG": "C"},
        {"PYTHONIOENCODING": "latin-1:strict"},
        {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=lambda extra: " ".join(f"{name}={value}" for name, value in extra.items()),
)
def test_what_goes_into_a_pipe_is_utf8_whatever_the_locale(
    hostile: Path, tmp_path: Path, extra: dict[str, str]
) -> None:
    outcome = run_program(tmp_path, "--banco", hostile, "clientes", "arquivado:sim,nao", "--formato", "json", **extra)
    assert (outcome.status, outcome.err) == (0, "")
    assert {"😀 Festas 👨‍👩‍👧", "漢字"} <= {client["nome"] for client in outcome.json}


def test_the_full_screen_needs_a_terminal(office: Office, tmp_path: Path) -> None:
    outcome = run_program(tmp_path, CAZ_BANCO=str(office.database))
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("A tela cheia precisa de um terminal")
    for words in ([], ["--demo"], ["--demo", "5"]):
        assert office.run(*words) == outcome
    assert not office.database.exists()


def test_an_import_that_is_interrupted_writes_nothing(office: Office) -> None:
    office.imported("a.csv", HEADERS, *numbered(5))
    before = office.content()
    path = office.sheet("b.csv", HEADERS, *numbered(15_000))
    process = subprocess.Popen(
        program("--banco", office.database, "importar", path),
        env=environment(office.folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    journals = [office.database.with_name(office.database.name + suffix) for suffix in ("-journal", "-wal")]
    # The journal appears when the writing has begun.
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not any(map(Path.exists, journals)) and process.poll() is None and time.monotonic() < deadline:
        os.sched_yield()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode == 130
    assert out == b""
    assert err.decode() == "Interrompido; o que não foi confirmado não foi gravado.\n"
    assert office.content() == before
    assert office.run("banco", "verificar").status == 0


def test_an_unexpected_error_is_one_sentence_and_its_place_is_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "Padaria São João"

    def fail(_asked: object) -> int:
        raise RuntimeError(name)

    monkeypatch.setattr("caz_tui.cli._do", fail)
    assert main(["carteira"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    log = office.folder / "home" / "caz-tui" / "caz-tui.log"
    assert str(log) in err
    assert "RuntimeError" in log.read_text()
    assert "Padaria" not in log.read_text() + err


@pytest.fixture(autouse=True)
def _nothing_left_open(recwarn: pytest.WarningsRecorder) -> Iterator[None]:
    yield
    assert not [warning for warning in recwarn if warning.category is ResourceWarning]
