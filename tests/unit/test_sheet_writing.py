from __future__ import annotations

import csv
import errno
import gc
import io
import json
import stat
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from caz_tui.data import values
from caz_tui.data.choices import Charges, LicenceHistory, Payer, PurchaseStatus, Situation
from caz_tui.data.documents import complete
from caz_tui.data.errors import SheetError
from caz_tui.data.readings import Client, ExportPeriod, Purchase, PurchaseItem
from caz_tui.data.schemas import Benefit, ClientChanges
from caz_tui.data.sheets import limits
from caz_tui.data.sheets.cells import ERROR_TEXTS, neutralise, restore
from caz_tui.data.sheets.columns import Kind, recognise
from caz_tui.data.sheets.formats import Amount
from caz_tui.data.sheets.reading import open_sheet
from caz_tui.data.sheets.records import (
    BenefitLine,
    ClientRecord,
    PurchaseLine,
    benefit_line,
    client_record,
    purchase_line,
)
from caz_tui.data.sheets.writing import (
    clients_csv,
    clients_file,
    write_benefits,
    write_clients,
    write_purchases,
)
from tests.support import dear

if TYPE_CHECKING:
    from collections.abc import Iterator

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = (
    "Razão Social;Nome fantasia;CNPJ/CPF;Situação;Plano;Pago por;Vencimento do plano;Renovação automática;Histórico da "
    "licença;Última exportação (início);Última exportação (fim);Cobranças CA;E-mail;Telefone;Cidade;UF;Etiquetas;"
    "Observações;ID de suporte;Arquivado"
)


def client_of(changes: ClientChanges, number: int = 1) -> Client:
    fields = {name: getattr(changes, name) for name in ClientChanges.model_fields}
    return Client(id=number, version=1, created_at=MOMENT, created_by="ana", updated_at=MOMENT, **fields)


FULL = ClientChanges(
    name="=cmd|' /C calc'!A0",
    trade_name='Padaria "São João"; filial',
    document=complete("12ABC34501DE"),
    situation=Situation.TRIAL,
    plan="@Controle II",
    payer=Payer.OFFICE,
    expires_on=date(2026, 12, 31),
    auto_renews=False,
    licence_history=LicenceHistory.ACTIVE,
    last_export=ExportPeriod(start=date(2026, 2, 1), end=date(2026, 2, 28)),
    ca_charges=Charges.OPEN,
    email="-ana@padaria.com.br",
    phone="+5511987654321",
    city="São Paulo",
    state="SP",
    tags=("varejo", "+simples"),
    notes="- um\n- dois [bold]😀[/]",
    support_id="007",
    archived=True,
)
EMPTY = ClientChanges(name="Ana", document=complete("001122330001"))
FOREIGN = ClientChanges(
    name="'=1+1", document=complete("529982247"), phone="+351912345678", notes="#N/D", plan="<r>a</r>"
)
CLIENTS = [client_of(changes, number) for number, changes in enumerate((FULL, EMPTY, FOREIGN), 1)]


def changes_read_from(path: Path) -> list[ClientChanges]:
    with open_sheet(path) as sheet:
        columns = recognise(sheet.headers, {})
        assert columns.kind is Kind.CLIENTS
        records = [client_record(row, columns) for row in sheet.rows()]
    found = []
    for record in records:
        assert isinstance(record, ClientRecord), record
        assert record.changes.model_fields_set == ClientChanges.model_fields.keys()
        found.append(record.changes)
    return found


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".CSV"])
def test_what_was_exported_reads_back_the_same(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"carteira{suffix}"
    assert write_clients(path, [CLIENTS[:1], [], CLIENTS[1:]]) == 3
    assert changes_read_from(path) == [FULL, EMPTY, FOREIGN]


def test_csv_opens_right_in_brazilian_excel(tmp_path: Path) -> None:
    path = tmp_path / "carteira.csv"
    write_clients(path, [CLIENTS])
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf" + HEADER.encode() + b"\r\n")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[1] == [
        "'=cmd|' /C calc'!A0", 'Padaria "São João"; filial', "12.ABC.345/01DE-35", "Em teste", "'@Controle II",
        "Escritório", "31/12/2026", "Não", "Ativa", "01/02/2026", "28/02/2026", "Em aberto", "'-ana@padaria.com.br",
        "(11) 98765-4321", "São Paulo", "SP", "varejo, +simples", "'- um\n- dois [bold]😀[/]", "007", "Sim",
    ]  # fmt: skip
    assert rows[3][13] == "'+351912345678"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


def test_xlsx_holds_text_dates_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "carteira.xlsx"
    write_clients(path, [CLIENTS])
    sheet = openpyxl.load_workbook(path).active
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:T4"
    assert sheet["A1"].font.bold
    assert sheet["A2"].value == FULL.name
    assert sheet["A2"].quotePrefix
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "d", "n"}
    assert {cell.data_type for cell in sheet["C"]} == {"s"}
    assert sheet["N2"].value == "(11) 98765-4321"
    assert sheet["G2"].value.date() == date(2026, 12, 31)
    assert sheet["G2"].number_format == "dd/mm/yyyy"
    assert sheet["S2"].value == "007"
    assert sheet["G3"].value is None


def test_json_rows_are_those_of_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "carteira.json"
    assert write_clients(path, [CLIENTS[:1], CLIENTS[1:2]]) == 2
    first, second = json.loads(path.read_text())
    assert list(first) == [
        "id", "nome", "fantasia", "documento", "situacao", "plano", "pago_por", "vencimento", "renovacao", "historico",
        "exportacao", "cobrancas", "email", "telefone", "cidade", "uf", "etiquetas",
    ]  # fmt: skip
    assert first == {
        "id": 1,
        "nome": FULL.name,
        "fantasia": FULL.trade_name,
        "documento": FULL.document,
        "situacao": "em_teste",
        "plano": "@Controle II",
        "pago_por": "escritorio",
        "vencimento": "2026-12-31",
        "renovacao": False,
        "historico": "ativa",
        "exportacao": {"inicio": "2026-02-01", "fim": "2026-02-28"},
        "cobrancas": "em_aberto",
        "email": FULL.email,
        "telefone": "+5511987654321",
        "cidade": "São Paulo",
        "uf": "SP",
        "etiquetas": ["varejo", "+simples"],
    }
    assert [key for key, value in second.items() if value is None] == [
        "fantasia", "plano", "pago_por", "vencimento", "renovacao", "exportacao", "email", "telefone", "cidade", "uf",
    ]  # fmt: skip


def test_an_empty_portfolio_is_a_file_all_the_same(tmp_path: Path) -> None:
    for suffix in ("csv", "xlsx", "json"):
        assert write_clients(tmp_path / f"nada.{suffix}", []) == 0
    assert json.loads((tmp_path / "nada.json").read_text()) == []
    assert changes_read_from(tmp_path / "nada.csv") == changes_read_from(tmp_path / "nada.xlsx") == []


def test_clients_as_text_have_the_columns_of_a_file(tmp_path: Path) -> None:
    write_clients(tmp_path / "carteira.csv", [CLIENTS])
    assert "".join(clients_csv([CLIENTS])).encode() == (tmp_path / "carteira.csv").read_bytes()
    pieces = list(clients_csv([CLIENTS[:1], CLIENTS[1:]], byte_order_mark=False))
    assert pieces[0] == f"{HEADER}\r\n"
    assert "".join(pieces) == "".join(clients_csv([CLIENTS], byte_order_mark=False))
    assert list(clients_csv([])) == [f"\ufeff{pieces[0]}"]


PURCHASES = [
    Purchase(
        number="000123",
        bought_on=date(2026, 1, 5),
        description="=Plano; anual",
        payment_method="Boleto",
        status=PurchaseStatus.PAID,
        renews_on=date(2027, 1, 5),
        items=(
            PurchaseItem(product="Plano Exclusivo", quantity=10, unit_price_cents=123456789),
            PurchaseItem(product="Licença", quantity=1, unit_price_cents=5),
        ),
        in_force=True,
        is_licence_batch=True,
    ),
    Purchase(
        number="124",
        bought_on=date(2026, 2, 5),
        description="",
        payment_method="",
        status=PurchaseStatus.OPEN,
        renews_on=None,
        items=(PurchaseItem(product="Curso", quantity=2, unit_price_cents=120000),),
        in_force=False,
        is_licence_batch=False,
    ),
]
BENEFITS = [
    Benefit(credited_on=date(2026, 1, day), description=f"Cashback {day}", amount_cents=day * 99_999) for day in (1, 2)
]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_purchases_and_benefits_read_back_the_same(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"compras{suffix}"
    assert write_purchases(path, PURCHASES) == 2
    with open_sheet(path) as sheet:
        columns = recognise(sheet.headers, {})
        lines = [purchase_line(row, columns) for row in sheet.rows()]
    expected = [
        (p.number, p.bought_on, p.description, p.payment_method, p.status, p.renews_on, item)
        for p in PURCHASES
        for item in p.items
    ]
    assert [line[1:] if isinstance(line, PurchaseLine) else line for line in lines] == expected
    path = tmp_path / f"beneficios{suffix}"
    assert write_benefits(path, BENEFITS) == 2
    with open_sheet(path) as sheet:
        columns = recognise(sheet.headers, {})
        found = [benefit_line(row, columns) for row in sheet.rows()]
    assert [line.benefit if isinstance(line, BenefitLine) else line for line in found] == BENEFITS


def test_purchases_and_benefits_as_json(tmp_path: Path) -> None:
    write_purchases(tmp_path / "c.json", PURCHASES[:1])
    assert json.loads((tmp_path / "c.json").read_text())[0]["total_centavos"] == 1234567895
    write_benefits(tmp_path / "b.json", BENEFITS[:1])
    assert json.loads((tmp_path / "b.json").read_text()) == [
        {"beneficio": "Cashback 1", "data": "2026-01-01", "valor_centavos": 99999}
    ]


def test_amounts_are_written_as_people_do() -> None:
    assert [str(Amount(cents)) for cents in (0, 5, 100, 123456789)] == ["0,00", "0,05", "1,00", "1.234.567,89"]


def test_a_file_is_private_and_replaces_the_old_one_only_when_whole(tmp_path: Path) -> None:
    for suffix in ("csv", "xlsx", "json"):
        path = tmp_path / f"carteira.{suffix}"
        path.write_text("velho")
        path.chmod(0o644)

        def failing() -> Iterator[list[Client]]:
            yield CLIENTS
            raise RuntimeError("no meio")

        with pytest.raises(RuntimeError, match="no meio"):
            write_clients(path, failing())
        assert path.read_text() == "velho"
        write_clients(path, [CLIENTS])
        assert path.read_bytes() != b"velho"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    gc.collect()
    assert sorted(left.name for left in tmp_path.iterdir()) == ["carteira.csv", "carteira.json", "carteira.xlsx"]


def test_what_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "pasta.csv").mkdir()
    for name, sentence in (
        ("carteira.pdf", "O arquivo carteira.pdf precisa terminar em .csv, .xlsx ou .json."),
        ("carteira", "O arquivo carteira precisa terminar em .csv, .xlsx ou .json."),
        ("não há/a.csv", "O arquivo a.csv não pôde ser gravado: a pasta não existe."),
        ("pasta.csv", "pasta.csv não é um arquivo e não pode ser substituído."),
        ("x" * 300 + ".csv", f"O arquivo {'x' * 79}… não pôde ser gravado: o nome é longo demais."),
        ("a\0b.csv", "O arquivo a<U+0000>b.csv não pôde ser gravado: o nome não é válido."),
    ):
        with pytest.raises(SheetError) as raised:
            write_clients(tmp_path / name, [CLIENTS])
        assert str(raised.value) == sentence


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"carteira.{suffix}"
    path.write_text("velho")

    class FullDisk(io.FileIO):
        def write(self, _: Any, /) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fdopen", lambda descriptor, *_: FullDisk(descriptor, "w"))
    with pytest.raises(SheetError, match=r"não pôde ser gravado: o disco está cheio\."):
        write_clients(path, [CLIENTS])
    monkeypatch.undo()
    gc.collect()
    assert [left.name for left in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "velho"


def test_limits_of_xlsx_are_said_before_excel_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tagged = FULL.model_copy(update={"tags": tuple(f"etiqueta {number:030d}" for number in range(1_000))})
    with pytest.raises(SheetError, match="não passa de 32767 caracteres; exporte como CSV"):
        write_clients(tmp_path / "a.xlsx", [[client_of(tagged)]])
    monkeypatch.setattr(limits, "MOST_XLSX_ROWS", 3)
    with pytest.raises(SheetError, match="não passa de 2 linhas; exporte como CSV"):
        write_clients(tmp_path / "a.xlsx", [CLIENTS])
    assert list(tmp_path.iterdir()) == []


def test_clients_can_be_written_as_they_come(tmp_path: Path) -> None:
    with clients_file(tmp_path / "a.csv") as file:
        assert [file.write([client]) for client in CLIENTS] == [1, 1, 1]
        assert not (tmp_path / "a.csv").exists()
    assert changes_read_from(tmp_path / "a.csv") == [FULL, EMPTY, FOREIGN]


def valid(read: Any, text: str) -> bool:
    try:
        return bool(read(text))
    except ValueError:
        return False


AWKWARD = st.sampled_from([
    "=1+1", "+55", "-x", "@a", "'=a", "''@", "'", '"', ";", ",", "\t", "[bold]x[/]", "😀👩\u200d💻", "<r>&</r>",
    "_x0041_", "<b>", "007", "1E5", "01/02/2026", "45000", "Sim", "1.234,56", "a\nb", "\u00a0", "ção", "\ufb01",
    "#REF!", "&#10;", "\\", "nan",
])  # fmt: skip
TEXTS = st.lists(AWKWARD | st.text(max_size=8), max_size=4).map("".join)
LINES = TEXTS.filter(lambda text: valid(values.optional_line, text)).map(values.optional_line)
NAMES = TEXTS.filter(lambda text: valid(values.name, text)).map(values.name)
BLOCKS = st.lists(TEXTS, max_size=4).map("\n".join)
NOTES = BLOCKS.filter(lambda text: valid(values.optional_block, text)).map(values.optional_block)
TAGS = TEXTS.filter(lambda text: valid(values.tags, text)).map(values.tags)
DATES = st.dates(date(1900, 1, 1), date(2199, 12, 31))
DOCUMENTS = st.from_regex(r"[0-9A-Z]{12}|[0-9]{9}", fullmatch=True).map(complete).filter(
    lambda document: valid(values.document, document)
)  # fmt: skip
PHONES = st.from_regex(r"\+55[1-9][1-9][2-9][0-9]{7,8}|\+[1-9][0-9]{7,14}", fullmatch=True)
EMAILS = st.from_regex(r"[A-Za-z0-9+=-][A-Za-z0-9+_-]{0,9}@[a-z]{1,9}\.com\.br", fullmatch=True)


def or_none(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


CHANGES = st.builds(
    ClientChanges,
    name=NAMES,
    trade_name=or_none(LINES),
    document=DOCUMENTS,
    situation=st.sampled_from(Situation),
    plan=or_none(LINES),
    payer=or_none(st.sampled_from(Payer)),
    expires_on=or_none(DATES),
    auto_renews=or_none(st.booleans()),
    licence_history=st.sampled_from(LicenceHistory),
    last_export=or_none(
        st.lists(DATES, min_size=2, max_size=2).map(sorted).map(lambda days: ExportPeriod(start=days[0], end=days[1]))
    ),
    ca_charges=st.sampled_from(Charges),
    email=or_none(EMAILS),
    phone=or_none(PHONES),
    city=or_none(LINES),
    state=or_none(st.sampled_from(values.STATES)),
    tags=st.just(()) | TAGS,
    notes=or_none(NOTES),
    support_id=or_none(LINES),
    archived=st.booleans(),
)


@contextmanager
def a_folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


@dear(16, suppress_health_check=list(HealthCheck))
@given(st.lists(CHANGES, min_size=1, max_size=12), st.sampled_from(["csv", "xlsx"]))
def test_any_portfolio_reads_back_the_same(portfolio: list[ClientChanges], suffix: str) -> None:
    with a_folder() as folder:
        path = folder / f"carteira.{suffix}"
        write_clients(path, [[client_of(changes, number) for number, changes in enumerate(portfolio, 1)]])
        assert changes_read_from(path) == portfolio


@given(TEXTS | st.text(alphabet="'=+-@\t\r#N/DREF!a"))
def test_restoring_undoes_neutralising_exactly(text: str) -> None:
    written = neutralise(text)
    assert restore(written) == text
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert written not in ERROR_TEXTS
