"""Spreadsheets into the portfolio: what is written, what is refused, what only gets a warning."""

from __future__ import annotations

import asyncio
import csv
import io
import shutil
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from caz_tui.data import import_clients
from caz_tui.data.documents import complete, is_valid, lookalikes, mask
from caz_tui.data.errors import SheetError
from caz_tui.data.import_clients import lookalike_pairs
from caz_tui.data.imports import ImportOptions
from caz_tui.data.query import ClientView
from tests.unit.program import (
    BENEFIT_HEADERS,
    CHECKOUT,
    HEADERS,
    PURCHASE_HEADERS,
    PURCHASES,
    Office,
    cnpj,
    dump,
    numbered,
    read_rows,
    write_sheet,
)

if TYPE_CHECKING:
    from pathlib import Path

    from caz_tui.data.service import PortfolioService

pytestmark = pytest.mark.both_engines

REAL_FILE = CHECKOUT.parent / "shared" / "data" / "cias_abertas_cvm.csv"
REAL_MAPPING = {
    "nome": "DENOM_SOCIAL", "fantasia": "DENOM_COMERC", "documento": "CNPJ_CIA", "situacao": "SIT", "cidade": "MUN",
    "uf": "UF",
}  # fmt: skip
WIDE = (*HEADERS, "Plano", "Pago por", "Vencimento do plano", "Etiquetas", "Observações", "Última exportação")


# Known clients


def test_importing_again_updates(office: Office) -> None:
    office.imported("a.csv", HEADERS, ("Ana", cnpj(1), "Ativo", "Rio"), ("Bia", cnpj(2), "Ativo", "Rio"))
    outcome = office.imported(
        "b.csv", HEADERS, ("Ana Lima", cnpj(1), "Bloqueado", "Rio"), ("Cida", cnpj(3), "Ativo", "")
    )
    assert outcome.out == "2 linhas lidas: 1 inserida, 1 atualizada, 0 repetidas, 0 rejeitadas.\n"
    assert [(client["id"], client["nome"], client["situacao"]) for client in office.clients()] == [
        (1, "Ana Lima", "bloqueado"), (2, "Bia", "ativo"), (3, "Cida", "ativo"),
    ]  # fmt: skip


def test_an_update_leaves_a_trail_and_moves_the_version(office: Office) -> None:
    row = ("Ana", cnpj(1), "Ativo", "Rio", "Controle", "cliente", "01/02/2027", "vip", "", "")
    office.imported("a.csv", WIDE, row, ("Bia", cnpj(2), "Ativo", *[""] * 7))
    office.imported(
        "b.csv", WIDE, ("Ana", cnpj(1), "Ativo", "Rio", "Avançado", "cliente", "01/02/2028", "vip,sul", "", "")
    )
    assert office.sql("SELECT id, version FROM clients ORDER BY id") == [(1, 2), (2, 1)]
    ((action, subject, changes),) = office.sql("SELECT action, subject, changes FROM audit_entries WHERE client_id = 1")
    assert (action, subject) == ("Importou", f"Ana ({cnpj(1)[:2]}.{cnpj(1)[2:5]}.{cnpj(1)[5:8]}/0001-{cnpj(1)[12:]})")
    assert '"plan": ["Controle", "Avan' in changes
    assert '"expires_on": ["01/02/2027", "01/02/2028"]' in changes
    assert '"tags": ["vip", "vip, sul"]' in changes
    assert office.sql("SELECT what, plan, previous_plan, payer FROM licence_events") == [
        ("Importou", "Avançado", "Controle", "cliente")
    ]
    assert office.sql("SELECT tag_folded FROM client_tags WHERE client_id = 1 ORDER BY 1") == [("sul",), ("vip",)]
    assert office.run("banco", "verificar").status == 0


def test_a_line_that_changes_nothing_writes_nothing(office: Office) -> None:
    path = office.sheet("a.csv", HEADERS, *numbered(3))
    office.run("importar", path)
    before = office.sql("SELECT * FROM clients")
    office.run("importar", path)
    assert office.sql("SELECT * FROM clients") == before
    assert office.sql("SELECT count(*) FROM audit_entries WHERE client_id IS NOT NULL") == [(0,)]


def test_an_absent_column_keeps_its_value_and_an_empty_cell_clears_it(office: Office) -> None:
    row = ("Ana", cnpj(1), "Em atraso", "Rio", "Controle", "cliente", "01/02/2027", "vip", "nota", "10/10/2026")
    office.imported("a.csv", WIDE, row)
    before = office.clients()
    office.imported("b.csv", ("Razão Social", "CNPJ/CPF"), ("Ana", cnpj(1)))
    assert office.clients() == before
    office.imported("c.csv", WIDE, ("Ana", cnpj(1), "", "", "", "", "", "", "", ""))
    (client,) = office.clients()
    assert client == {
        **before[0], "situacao": "nao_conectado", "cidade": None, "plano": None, "pago_por": None, "vencimento": None,
        "etiquetas": [], "exportacao": None,
    }  # fmt: skip
    assert office.sql("SELECT notes FROM clients") == [(None,)]
    assert office.sql("SELECT * FROM client_tags") == []


def test_a_new_client_takes_the_empty_values_of_absent_columns(office: Office) -> None:
    office.imported("a.csv", ("Razão Social", "CNPJ/CPF"), ("Ana", cnpj(1)))
    (client,) = office.clients()
    assert (client["situacao"], client["historico"], client["cobrancas"]) == (
        "nao_conectado",
        "nunca_teve",
        "sem_cobrancas",
    )


# Repeated lines


def test_the_same_row_twice_is_counted_and_written_once(office: Office) -> None:
    rows = [("Ana", cnpj(1), "ATIVO", "Rio"), ("Bia", cnpj(2), "Ativo", ""), (" Ana ", cnpj(1), "ativo", "Rio ")]
    assert office.imported("a.csv", HEADERS, *rows, rows[0]).out.startswith(
        "4 linhas lidas: 2 inseridas, 0 atualizadas, 2 repetidas, 0 rejeitadas."
    )


def test_rows_that_disagree_are_refused_and_all_of_them_named(office: Office) -> None:
    rows = [
        ("Ana", cnpj(1), "Ativo", "Rio"),
        ("Bia", cnpj(2), "Ativo", ""),
        ("Ana", cnpj(1), "Bloqueado", "Rio"),
        ("Ana", cnpj(1), "Ativo", "Niterói"),
    ]
    path = office.sheet("a.csv", HEADERS, *rows)
    outcome = office.run("importar", path)
    assert outcome.status == 1
    for line, others in ((2, "4, 5"), (4, "2, 5"), (5, "2, 4")):
        assert f"linha {line}: documento" in outcome.err
        assert f"o documento se repete na linha {others} com outro valor em: cidade, situacao" in outcome.err
    skipped = office.run("importar", path, "--pular-invalidas", "--formato", "json").json
    assert (skipped["lidas"], skipped["inseridas"], skipped["repetidas"], skipped["rejeitadas"]) == (4, 1, 0, 3)


def test_every_line_is_counted_once(office: Office) -> None:
    rows = [
        ("Ana", cnpj(1), "Ativo", ""), ("Ana", cnpj(1), "Ativo", ""), ("Bia", cnpj(2), "Ativo", ""),
        ("Bia", cnpj(2), "Bloqueado", ""), ("", "1", "FELIZ", ""), ("Cida", cnpj(3), "Ativo", ""),
    ]  # fmt: skip
    found = office.run("importar", office.sheet("a.csv", HEADERS, *rows), "--pular-invalidas", "--formato", "json").json
    assert found["lidas"] == found["inseridas"] + found["atualizadas"] + found["repetidas"] + found["rejeitadas"] == 6


# Lookalikes

LETTERED = "12ABC34501DE35"


def test_a_document_one_character_off_is_imported_with_a_warning(office: Office) -> None:
    other = lookalikes(LETTERED)[0]
    office.imported("a.csv", HEADERS, ("Ana", LETTERED, "Ativo", ""), *numbered(3))
    outcome = office.imported("b.csv", HEADERS, *numbered(2, first=10), ("Ana Filial", other, "Ativo", ""))
    assert outcome.err.count("Atenção: ") == 1
    assert "Linha 4: o documento" in outcome.err
    assert "difere em um só caractere de 12.ABC.345/01DE-35; confira se não é o mesmo cliente." in outcome.err
    assert len(office.clients()) == 7
    # Both are known by now.
    assert "Atenção" not in office.imported("b.csv", HEADERS, ("Ana Filial", other, "Ativo", "")).err


def test_lookalikes_within_a_file_are_warned_of_once(office: Office) -> None:
    one, two = lookalikes(LETTERED)[:2]
    outcome = office.imported(
        "a.csv", HEADERS, ("A", LETTERED, "Ativo", ""), *numbered(2), ("B", one, "Ativo", ""), ("C", two, "Ativo", "")
    )
    warned = [line.split(":")[1] for line in outcome.err.splitlines()]
    assert warned[:1] == [" Linha 5"]
    assert set(warned) == {" Linha 5", " Linha 6"}


def test_lookalikes_of_digits_alone_are_found_too() -> None:
    digits = next(
        (document, other) for document in map(cnpj, range(2_000)) for other in lookalikes(document) if other.isdigit()
    )
    assert lookalike_pairs([digits[0]], [digits[1]]) == [digits]
    assert lookalike_pairs(["52998224725"], [cnpj(1)]) == []


def test_pairs_are_those_that_the_oracle_finds() -> None:
    relatives = [*lookalikes(LETTERED)[:40], *lookalikes(cnpj(7))[:10], *lookalikes("52998224725")]
    documents = [*map(cnpj, range(300)), LETTERED, *relatives]
    documents = [document for document in dict.fromkeys(documents) if is_valid(document)]
    new, known = documents[::2], documents[1::2]
    wanted = {
        (document, other)
        for place, document in enumerate(new)
        for other in lookalikes(document)
        if other in known or other in new[:place]
    }
    found = lookalike_pairs(new, known)
    assert set(found) == wanted
    assert len(found) == len(wanted) > 20


# Documents


def test_lost_leading_zeros_are_offered_and_given_back_on_request(office: Office) -> None:
    whole = mask(complete("003456780001"))
    short = complete("003456780001").lstrip("0")
    path = office.sheet("a.csv", HEADERS, ("Banco", short, "Ativo", ""), ("Ana", cnpj(1), "Ativo", ""))
    refused = office.run("importar", path)
    assert refused.status == 1
    assert f"linha 2: documento “{short}”: o documento perdeu os zeros à esquerda; seria {whole}" in refused.err
    assert office.run("importar", path, "--completar-zeros").status == 0
    assert whole in [mask(client["documento"]) for client in office.clients()]


def test_zeros_are_given_back_only_where_the_check_digits_then_hold(office: Office) -> None:
    # 191 is a bank as a CNPJ and a person as a CPF.
    rows = (("Banco", "191", "Ativo", ""), ("Caixa", "192", "Ativo", ""), ("Ana", "1,1222E+13", "Ativo", ""))
    refused = office.run("importar", office.sheet("a.csv", HEADERS, *rows), "--completar-zeros")
    assert refused.status == 1
    assert "pode ser o CPF 000.000.001-91 ou o CNPJ 00.000.000/0001-91" in refused.err
    assert refused.err.count("precisa ter 14 caracteres") == 1
    assert "notação científica" in refused.err


# Purchases and benefits


def test_purchases_replace_those_of_the_same_number(office: Office) -> None:
    office.imported("a.csv", PURCHASE_HEADERS, *PURCHASES)
    outcome = office.imported("b.csv", PURCHASE_HEADERS, PURCHASES[0], ("78", *PURCHASES[2][1:]))
    assert outcome.out == "2 linhas lidas: 1 inserida, 1 atualizada, 0 repetidas, 0 rejeitadas.\n"
    found = {purchase["numero"]: len(purchase["itens"]) for purchase in office.ask("pagamentos")}
    assert found == {"2026-0214": 1, "77": 1, "78": 1}
    assert office.sql("SELECT count(*) FROM purchase_items") == [(3,)]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("Quantidade", "0", "quantidade precisa ser um número inteiro maior que zero"),
        ("Quantidade", "1,5", "quantidade precisa ser um número inteiro maior que zero"),
        ("Valor unitário", "1.23.4", "não é um valor em reais"),
        ("Data", "30/02/2026", "a data 30/02/2026 não existe"),
        ("Situação", "FELIZ", "valor desconhecido; use um de: paga,"),
        ("Descrição", "Outra", "a compra se repete na linha 2 com outra data, descrição"),
        ("Produto", "", "falta o produto"),
    ],
)
def test_half_a_purchase_is_refused_whole(office: Office, column: str, value: str, reason: str) -> None:
    number = "=Nº 1"
    rows = [dict(zip(PURCHASE_HEADERS, row, strict=True)) for row in PURCHASES]
    for row in rows[:2]:
        row["Compra"] = f"'{number}"
    rows[1][column] = value
    path = office.sheet("a.csv", PURCHASE_HEADERS, *(list(row.values()) for row in rows))
    refused = office.run("importar", path)
    assert refused.status == 1
    assert reason in refused.err
    assert "linha 2: compra" in refused.err
    assert "outra linha da mesma compra foi recusada" in refused.err
    assert office.ask("pagamentos") == []
    skipped = office.run("importar", path, "--pular-invalidas", "--formato", "json").json
    assert (skipped["inseridas"], skipped["rejeitadas"]) == (1, 2)
    assert [purchase["numero"] for purchase in office.ask("pagamentos")] == ["77"]


def test_a_purchase_without_a_number_spoils_no_other(office: Office) -> None:
    rows = [PURCHASES[0], ("", *PURCHASES[1][1:]), PURCHASES[2]]
    found = office.run(
        "importar", office.sheet("a.csv", PURCHASE_HEADERS, *rows), "--pular-invalidas", "--formato", "json"
    ).json
    assert (found["inseridas"], found["rejeitadas"]) == (2, 1)


def test_benefits_add_up_and_are_not_counted_twice(office: Office) -> None:
    rows = [("Bônus", "01/02/2026", "10,00"), ("Bônus", "01/02/2026", "R$ 10"), ("Indicação", "2026-03-01", "1.000,5")]
    found = office.run("importar", office.sheet("a.csv", BENEFIT_HEADERS, *rows), "--formato", "json").json
    assert (found["inseridas"], found["repetidas"]) == (2, 1)
    again = office.run("importar", office.folder / "a.csv", "--formato", "json").json
    assert (again["inseridas"], again["atualizadas"], again["repetidas"]) == (0, 2, 1)
    assert office.sql("SELECT sum(amount_cents), count(*) FROM benefits") == [(101_050, 2)]


def test_many_benefits_do_not_take_long(office: Office) -> None:
    rows = [(f"Bônus {n}", "01/02/2026", "10,00") for n in range(8_000)]
    assert office.imported("a.csv", BENEFIT_HEADERS, *rows).out.startswith("8.000 linhas lidas: 8.000 inseridas")


# Progress and cancelling


async def test_progress_only_ever_grows_and_ends_at_the_whole(empty_service: PortfolioService, tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "entrada.csv", HEADERS, numbered(2_000))
    steps: list[tuple[int, float]] = []
    for options in (ImportOptions(dry_run=True), ImportOptions(), ImportOptions()):
        steps.clear()
        await empty_service.import_sheet(path, options, lambda lines, fraction: steps.append((lines, fraction)))
        assert len(steps) > 3
        assert steps == sorted(steps)
        assert steps[-1] == (2_000, 1.0)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("fraction", [0.1, 0.7], ids=["reading", "writing"])
async def test_cancelling_leaves_nothing(empty_service: PortfolioService, tmp_path: Path, fraction: float) -> None:
    path = write_sheet(tmp_path / "entrada.csv", HEADERS, numbered(2_000))
    before = dump(empty_service.path)
    files = names_in(tmp_path)
    seen: list[float] = []

    def stop(_lines: int, done: float) -> None:
        seen.append(done)
        if done >= fraction:
            task.cancel()

    task = asyncio.create_task(empty_service.import_sheet(path, ImportOptions(), stop))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert fraction <= seen[-1] < 1
    assert dump(empty_service.path) == before
    assert names_in(tmp_path) == files
    # The service goes on as if nothing had happened.
    assert (await empty_service.import_sheet(path, ImportOptions())).inserted == 2_000
    assert await empty_service.count(ClientView()) == 2_000


async def test_what_is_cancelled_too_late_is_said_to_be_written(
    empty_service: PortfolioService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_sheet(tmp_path / "entrada.csv", HEADERS, numbered(200))
    steps: list[float] = []
    dialect = empty_service._database.dialect
    commit = dialect.commit

    async def cancelled_meanwhile(*args: Any) -> None:
        await commit(*args)
        task.cancel()
        await asyncio.sleep(0)

    task = asyncio.create_task(
        empty_service.import_sheet(path, ImportOptions(), lambda _, fraction: steps.append(fraction))
    )
    monkeypatch.setattr(dialect, "commit", cancelled_meanwhile)
    report = await task
    assert report.wrote
    assert report.inserted == await empty_service.count(ClientView()) == 200
    assert steps[-1] == 1


async def test_a_failure_while_writing_leaves_nothing(
    empty_service: PortfolioService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_sheet(tmp_path / "entrada.csv", HEADERS, numbered(500))
    with path.open("a") as file:
        file.write("ruim;1;;\r\n")
    before, files = dump(empty_service.path), names_in(tmp_path)

    async def fail(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(import_clients, "_update", fail)
    with pytest.raises(RuntimeError, match="a fault of ours"):
        await empty_service.import_sheet(path, ImportOptions(skip_invalid=True))
    assert dump(empty_service.path) == before
    assert names_in(tmp_path) == files


async def test_good_lines_are_not_written_without_a_word_about_the_bad_ones(
    empty_service: PortfolioService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise SheetError("O arquivo entrada-rejeitadas.csv não pôde ser gravado: o disco está cheio.")

    path = write_sheet(tmp_path / "entrada.csv", HEADERS, numbered(5))
    with path.open("a") as file:
        file.write("ruim;1;;\r\n")
    monkeypatch.setattr("caz_tui.data.imports.write_rejections", fail)
    with pytest.raises(SheetError):
        await empty_service.import_sheet(path, ImportOptions(skip_invalid=True))
    assert await empty_service.is_empty()


async def test_a_preview_shows_what_is_there_and_what_is_missing(
    empty_service: PortfolioService, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("EMPRESA;CNPJ_CIA;Extra\nSão João;1;2\n".encode("cp1252"))
    found = await empty_service.preview_sheet(path, {})
    assert found.headers == ("EMPRESA", "CNPJ_CIA", "Extra")
    assert found.columns == {"nome": "EMPRESA"}
    assert found.missing == ("documento",)
    assert found.ignored == ("CNPJ_CIA", "Extra")
    assert found.sample == (("São João", "1", "2"),)
    mapped = await empty_service.preview_sheet(path, {"documento": "CNPJ_CIA"})
    assert (mapped.missing, mapped.ignored) == ((), ("Extra",))


# Real input


def real_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("cp1252"), newline=""), delimiter=";"))


def plain(text: str) -> str:
    """Fold a text the way a reader of the file would, without any code of ours."""
    return "".join(char for char in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(char))


def import_real(office: Office, path: Path, *words: str) -> Any:
    maps = [word for slug, column in REAL_MAPPING.items() for word in ("--mapa", f"{slug}={column}")]
    return office.run("importar", path, *maps, *words)


SITUATIONS = {"ATIVO": "ativo", "CANCELADA": "cancelado"}


def check_real(office: Office, content: bytes) -> None:
    """Import a file of the CVM and compare every answer with a plain reading of it."""
    path = office.file("cvm.csv", content)
    rows = real_rows(content)
    seen: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for line, row in enumerate(rows, 2):
        seen.setdefault(row["CNPJ_CIA"], []).append((line, {column: row[column] for column in REAL_MAPPING.values()}))
    unknown = {line for line, row in enumerate(rows, 2) if row["SIT"] not in SITUATIONS}
    good: dict[str, dict[str, str]] = {}
    disagreeing: set[int] = set()
    for document, entries in seen.items():
        known = [entry for entry in entries if entry[0] not in unknown]
        if any(row != known[0][1] for _, row in known):
            disagreeing |= {line for line, _ in known}
        elif known:
            good[document] = known[0][1]

    refused = import_real(office, path)
    assert refused.status == 1
    assert office.clients() == []
    for line in unknown:
        assert f"linha {line}: situacao “SUSPENSO(A) - DECISÃO ADM”: valor desconhecido" in refused.err
    for line in disagreeing:
        assert f"linha {line}: documento" in refused.err
    rejected = {int(row[0]) for row in read_rows(office.folder / "cvm-rejeitadas.csv")[1:]}
    assert rejected == unknown | disagreeing

    report = import_real(office, path, "--pular-invalidas", "--formato", "json")
    assert report.status == 0
    assert report.json["lidas"] == len(rows)
    assert report.json["inseridas"] == len(good)
    assert report.json["rejeitadas"] == len(rejected)

    def named(clients: list[dict[str, Any]]) -> list[str]:
        return sorted(client["documento"] for client in clients)

    def bare(documents: list[str]) -> list[str]:
        return sorted("".join(filter(str.isalnum, document)) for document in documents)

    assert named(office.clients()) == bare(list(good))
    for query, holds in (
        ("sao paulo", lambda row: all(
            word in plain(row["DENOM_SOCIAL"]) or word in plain(row["DENOM_COMERC"]) for word in ("sao", "paulo")
        )),
        ('cidade:"sao paulo"', lambda row: plain(row["MUN"]) == "sao paulo"),
        ("cidade:são*", lambda row: plain(row["MUN"]).startswith("sao")),
        ("uf:RS situacao:cancelado", lambda row: (row["UF"], row["SIT"]) == ("RS", "CANCELADA")),
        ("-uf:SP", lambda row: row["UF"] != "SP"),
        ("banco -situacao:cancelado", lambda row: "banco" in plain(row["DENOM_SOCIAL"] + "\n" + row["DENOM_COMERC"])
            and row["SIT"] != "CANCELADA"),
        ("energética", lambda row: "energetica" in plain(row["DENOM_SOCIAL"] + "\n" + row["DENOM_COMERC"])),
    ):  # fmt: skip
        assert named(office.clients(query)) == bare([document for document, row in good.items() if holds(row)]), query

    totals = office.ask("carteira")
    count = Counter(SITUATIONS[row["SIT"]] for row in good.values())
    assert {slug: number for slug, number in totals["por_situacao"].items() if number} == count
    assert totals["ativos"] == count["ativo"]


def test_a_file_as_the_securities_commission_publishes_it(office: Office) -> None:
    header = "CNPJ_CIA;DENOM_SOCIAL;DENOM_COMERC;DT_REG;SIT;SETOR_ATIV;MUN;UF;CD_CVM"
    companies = [
        ("Companhia Energética de São Paulo", "CESP", "ATIVO", "SÃO PAULO", "SP"),
        ("Banco do Estado de São Paulo SA", "BANESPA", "CANCELADA", "SÃO PAULO", "SP"),
        ("Banco Açúcar – “Doce”", "", "ATIVO", "Porto Alegre", "RS"),
        ("Paulo & Sao Irmãos", "", "CANCELADA", "São José", "RS"),
        ("Suspensa SA", "", "SUSPENSO(A) - DECISÃO ADM", "Recife", "PE"),
    ]
    lines = [
        f"{number:02d}.345.678/0001-{cnpj_digits(number)};{name};{trade};2020-01-01;{situation};Setor;{city};{state};1"
        for number, (name, trade, situation, city, state) in enumerate(companies, 10)
    ]
    lines += [lines[0], lines[1].replace("CANCELADA", "ATIVO")]
    check_real(office, "\r\n".join([header, *lines, ""]).encode("cp1252"))


def cnpj_digits(number: int) -> str:
    return next(f"{digits:02d}" for digits in range(100) if is_valid(f"{number:02d}3456780001{digits:02d}"))


def test_the_real_file_answers_as_a_plain_reading_of_it(office: Office) -> None:
    if not REAL_FILE.exists():
        pytest.skip(f"{REAL_FILE} is not there: the commission's file is not part of the checkout")
    check_real(office, REAL_FILE.read_bytes())


def test_the_file_of_rejects_stands_beside_the_sheet_and_replaces_nothing(office: Office) -> None:
    path = office.sheet("a.csv", HEADERS, ("", "1", "", ""))
    office.run("importar", path)
    office.run("importar", path)
    assert {name.name for name in office.folder.glob("a-*")} == {"a-rejeitadas.csv", "a-rejeitadas-2.csv"}
    shutil.copy(office.folder / "a-rejeitadas.csv", office.folder / "b.csv")
    assert "CNPJ/CPF" in office.run("importar", office.folder / "b.csv").err
