from __future__ import annotations

import csv
import os
import stat
from datetime import date
from pathlib import Path

import pytest

from caz_tui.data.choices import Charges, LicenceHistory, Payer, PurchaseStatus, Situation
from caz_tui.data.documents import complete, mask
from caz_tui.data.errors import SheetError
from caz_tui.data.readings import ExportPeriod, PurchaseItem
from caz_tui.data.schemas import Benefit, ClientChanges
from caz_tui.data.sheets.columns import recognise
from caz_tui.data.sheets.reading import RawRow, open_sheet
from caz_tui.data.sheets.records import (
    BenefitLine,
    ClientRecord,
    PurchaseLine,
    Rejection,
    benefit_line,
    client_record,
    purchase_line,
)
from caz_tui.data.sheets.rejects import write_rejections

CNPJ = complete("112223330001")
CPF = "52998224725"


def client(headers: str, *cells: str, pad_documents: bool = False) -> ClientRecord | tuple[Rejection, ...]:
    columns = recognise(headers.split(";"), {})
    return client_record(RawRow(7, cells), columns, pad_documents=pad_documents)


def changes(headers: str, *cells: str) -> ClientChanges:
    record = client(headers, *cells)
    assert isinstance(record, ClientRecord), record
    return record.changes


def refused(headers: str, *cells: str) -> list[tuple[str, str, str]]:
    rejections = client(headers, *cells)
    assert not isinstance(rejections, ClientRecord)
    assert {rejection.line for rejection in rejections} == {7}
    return [(rejection.field, rejection.value, rejection.reason) for rejection in rejections]


def test_a_line_with_every_field() -> None:
    headers = (
        "Razão Social;Nome fantasia;CNPJ/CPF;Situação;Plano;Pago por;Vencimento do plano;Renovação automática;"
        "Histórico da licença;Última exportação (início);Última exportação (fim);Cobranças CA;E-mail;Telefone;Cidade;"
        "UF;Etiquetas;Observações;ID de suporte;Arquivado"
    )
    found = changes(
        headers, " Padaria São João [bold]😀[/] ", "São João", mask(CNPJ), "EM ATRASO", "Controle II", "Escritório",
        "31/12/2026", "Sim", "Ativa", "2026-02-01", "46081", "em_dia", "joao@padaria.com.br", "(11) 98765-4321", "Itu",
        "sp", "varejo, simples; Varejo", "linha 1\r\nlinha 2", "A-1", "não",
    )  # fmt: skip
    assert found == ClientChanges(
        name="Padaria São João [bold]😀[/]",
        trade_name="São João",
        document=CNPJ,
        situation=Situation.OVERDUE,
        plan="Controle II",
        payer=Payer.OFFICE,
        expires_on=date(2026, 12, 31),
        auto_renews=True,
        licence_history=LicenceHistory.ACTIVE,
        last_export=ExportPeriod(start=date(2026, 2, 1), end=date(2026, 2, 28)),
        ca_charges=Charges.UP_TO_DATE,
        email="joao@padaria.com.br",
        phone="+5511987654321",
        city="Itu",
        state="SP",
        tags=("varejo", "simples"),
        notes="linha 1\nlinha 2",
        support_id="A-1",
        archived=False,
    )


def test_fields_whose_column_is_absent_are_not_set() -> None:
    assert changes("Nome;CNPJ;Cidade", "Ana", CPF, "").model_fields_set == {"name", "document", "city"}
    assert changes("Nome;CNPJ;Cidade", "Ana", CPF).model_fields_set == {"name", "document", "city"}


def test_blank_cells_are_the_empty_value_of_their_field() -> None:
    headers = (
        "Nome;CNPJ;Situação;Histórico;Cobranças;Pago por;Vencimento;Renovação automática;Última exportação;Etiquetas;"
        "Arquivado;UF;Telefone"
    )
    found = changes(headers, "Ana", CPF, *[" "] * 11)
    assert found == ClientChanges(name="Ana", document=CPF)
    assert len(found.model_fields_set) == 13


def test_a_single_day_of_export_is_a_period() -> None:
    day = date(2026, 3, 5)
    assert changes("Nome;CNPJ;Última exportação", "Ana", CPF, "05/03/2026").last_export == ExportPeriod(
        start=day, end=day
    )


def test_everything_wrong_with_a_line_is_said_at_once() -> None:
    headers = "Nome;CNPJ;Situação;Vencimento;E-mail;UF;Telefone;Última exportação (início);Última exportação (fim)"
    found = refused(
        headers, "", "11.222.333/0001-82", "SUSPENSO(A)", "31/02/2026", "ana@", "XX", "123", "abc", "01/13/2026"
    )
    assert {field: reason for field, _, reason in found} == {
        "nome": "falta o nome do cliente",
        "documento": "os dígitos verificadores do documento não conferem",
        "situacao": "valor desconhecido; use um de: ativo, em_teste, em_atraso, bloqueado, cancelado, nao_conectado, "
        "muito_recomendado",
        "vencimento": "a data 31/02/2026 não existe; escreva dd/mm/aaaa",
        "email": "o e-mail não tem a forma nome@dominio.com.br",
        "uf": "a UF não existe; use a sigla de um dos 26 estados ou DF",
        "telefone": "o telefone precisa de DDD e número, como (11) 98765-4321, ou de código do país, como +351…",
        "exportacao_inicio": "não é uma data; escreva dd/mm/aaaa",
        "exportacao_fim": "a data 01/13/2026 não existe; escreva dd/mm/aaaa",
    }
    assert ("situacao", "SUSPENSO(A)") in {(field, value) for field, value, _ in found}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\x1b]52;c;aGk=\x07", "<U+001B>]52;c;aGk=<U+0007>"),
        ("abc\u202egpj.exe", "abc<U+202E>gpj.exe"),
        ("a\x00b", "a<U+0000>b"),
        ("a\x9b2J", "a<U+009B>2J"),
    ],
)
def test_control_characters_in_a_name_are_refused_and_shown_spelt_out(name: str, shown: str) -> None:
    [(field, value, reason)] = refused("Nome;CNPJ", name, CPF)
    assert (field, value) == ("nome", shown)
    assert reason.startswith("contém um caractere de controle (U+")


def test_long_values_are_shortened() -> None:
    [(_, value, reason)] = refused("Nome;CNPJ", "x" * 1_000, CPF)
    assert value == "x" * 79 + "…"
    assert reason == "passa de 200 caracteres"
    [(field, value, reason)] = refused("Nome;CNPJ;Obs", "Ana", CPF, "\x1b" * 30_000)
    assert field == "observacoes"
    assert len(value) == 80
    assert reason == "a célula passa de 2000 caracteres"


def test_tags_may_fill_what_excel_lets_a_cell_hold() -> None:
    tags = ",".join(f"etiqueta {number}" for number in range(1_000))
    assert len(changes("Nome;CNPJ;Tags", "Ana", CPF, tags).tags) == 1_000
    assert refused("Nome;CNPJ;Tags", "Ana", CPF, tags * 4)[0][2] == "a célula passa de 32767 caracteres"


def test_a_long_cell_that_feeds_nothing_is_no_problem() -> None:
    assert changes("Nome;CNPJ;Outra", "Ana", CPF, "x" * 30_000).name == "Ana"


def test_a_row_that_is_longer_than_the_header_is_refused() -> None:
    assert refused("Nome;CNPJ", "Ana", CPF, "sobra") == [("", "sobra", "a linha tem mais células do que o cabeçalho")]


@pytest.mark.parametrize("error", ["#REF!", "#N/D", "#VALOR!", "#DIV/0!"])
def test_formula_errors_are_refused(error: str) -> None:
    headers = "Nome;CNPJ;Última exportação (início);Última exportação (fim)"
    assert refused(headers, error, CPF, error, "01/02/2026") == [
        ("nome", error, "a célula tem um erro de fórmula da planilha"),
        ("exportacao_inicio", error, "a célula tem um erro de fórmula da planilha"),
    ]


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("'=1+1", "=1+1"),
        ("'+55 Ltda", "+55 Ltda"),
        ("''@a", "'@a"),
        ("'n Drum", "'n Drum"),
        ("'#REF!", "#REF!"),
        ("=1+1", "=1+1"),
    ],
)
def test_what_exports_neutralise_is_restored(cell: str, name: str) -> None:
    assert changes("Nome;CNPJ", cell, CPF).name == name


@pytest.mark.parametrize(
    ("start", "end", "field", "reason"),
    [
        ("01/02/2026", "", "exportacao_fim", "o período exportado precisa de início e fim"),
        ("", "01/02/2026", "exportacao_inicio", "o período exportado precisa de início e fim"),
        ("02/02/2026", "01/02/2026", "exportacao_fim", "o fim do período exportado vem antes do início"),
    ],
)
def test_half_a_period_of_export_is_refused(start: str, end: str, field: str, reason: str) -> None:
    headers = "Nome;CNPJ;Última exportação (início);Última exportação (fim)"
    [(found, _, why)] = refused(headers, "Ana", CPF, start, end)
    assert (found, why) == (field, reason)


def test_documents_that_lost_their_zeros_are_padded_only_when_asked() -> None:
    document = complete("001122330001")
    [(field, value, reason)] = refused("Nome;CNPJ;UF", "Ana", document[2:], "SP")
    assert (field, value) == ("documento", document[2:])
    assert reason == f"o documento perdeu os zeros à esquerda; seria {mask(document)}"
    record = client("Nome;CNPJ;UF", "Ana", document[2:], "SP", pad_documents=True)
    assert isinstance(record, ClientRecord)
    assert record.changes.document == document
    other = client("Nome;CNPJ;UF", "Ana", document[2:], "XX", pad_documents=True)
    assert [rejection.field for rejection in other if isinstance(rejection, Rejection)] == ["uf"]


@pytest.mark.parametrize("document", ["1,1222333000181E+13", "1.1222333000181E+13", "1,12223E+13"])
def test_documents_in_scientific_notation_are_refused(document: str) -> None:
    for pad_documents in (False, True):
        rejections = client("Nome;CNPJ", "Ana", document, pad_documents=pad_documents)
        assert not isinstance(rejections, ClientRecord)
        assert "notação científica" in rejections[0].reason


PURCHASES = "Compra;Data;Descrição;Forma de pagamento;Situação;Renovação;Produto;Quantidade;Valor unitário"


def purchase(*cells: str, headers: str = PURCHASES) -> PurchaseLine | tuple[Rejection, ...]:
    return purchase_line(RawRow(3, cells), recognise(headers.split(";"), {}))


@pytest.mark.parametrize(
    ("amount", "cents"), [("1.234,56", 123456), ("R$ 1.234,56", 123456), ("1188,5", 118850), ("1.234", 123400)]
)
def test_a_line_of_a_purchase(amount: str, cents: int) -> None:
    cells = ("000123", "05/01/2026", "Plano", "Boleto", "PAGA", "", "Plano Exclusivo", "10", amount)
    assert purchase(*cells) == PurchaseLine(
        3, "000123", date(2026, 1, 5), "Plano", "Boleto", PurchaseStatus.PAID, None,
        PurchaseItem(product="Plano Exclusivo", quantity=10, unit_price_cents=cents),
    )  # fmt: skip


def test_columns_a_purchase_can_do_without() -> None:
    headers = "Compra;Data;Situação;Produto;Quantidade;Valor unitário"
    found = purchase("1", "2026-01-05", "em aberto", "Licença", "1", "0,01", headers=headers)
    assert isinstance(found, PurchaseLine)
    assert (found.description, found.payment_method, found.renews_on) == ("", "", None)


def test_everything_wrong_with_a_purchase() -> None:
    found = purchase("", "", "", "", "?", "amanhã", " ", "0", "dez")
    assert [rejection[1:] for rejection in found if isinstance(rejection, Rejection)] == [
        ("compra", "", "falta o número da compra"),
        ("data", "", "falta a data"),
        ("situacao", "?", "valor desconhecido; use um de: paga, em_aberto, vencida, cancelada"),
        ("renovacao", "amanhã", "não é uma data; escreva dd/mm/aaaa"),
        ("produto", "", "falta o produto"),
        ("quantidade", "0", "a quantidade precisa ser um número inteiro maior que zero"),
        ("valor_unitario", "dez", "não é um valor em reais; escreva 1.234,56"),
    ]


def test_an_error_in_a_purchase_is_not_taken_for_a_missing_value() -> None:
    found = purchase("1", "#REF!", "", "", "paga", "", "Licença", "1", "1")
    assert [rejection[1:3] for rejection in found if isinstance(rejection, Rejection)] == [("data", "#REF!")]


def test_a_line_of_a_benefit() -> None:
    columns = recognise(("Benefício", "Data", "Valor"), {})
    assert benefit_line(RawRow(2, ("Cashback", "05/01/2026", "R$ 10,00")), columns) == BenefitLine(
        2, Benefit(credited_on=date(2026, 1, 5), description="Cashback", amount_cents=1000)
    )
    found = benefit_line(RawRow(2, ("", "32/01/2026")), columns)
    assert [rejection[1] for rejection in found if isinstance(rejection, Rejection)] == ["beneficio", "data", "valor"]


def test_a_real_file_of_the_securities_commission(tmp_path: Path) -> None:
    path = tmp_path / "cias.csv"
    path.write_bytes(
        "CNPJ_CIA;DENOM_SOCIAL;DENOM_COMERC;DT_REG;SIT;SETOR_ATIV;MUN;UF;CD_CVM\r\n"
        "08.773.135/0001-00;2W ECOBANK S.A.;2W ECOBANK S.A.;2020-10-29;ATIVO;Energia Elétrica;SÃO PAULO;SP;25224\r\n"
        "92.659.614/0001-06;A J RENNER SA;;1969-06-24;CANCELADA;Emp. Adm.;PORTO ALEGRE;RS;35\r\n"
        "12.091.809/0001-55;3R PETROLEUM;;2020-11-09;SUSPENSO(A) - DECISÃO ADM;Petróleo;RIO DE JANEIRO;RJ;25291\r\n"
        "".encode("cp1252")
    )
    mapping = {
        "nome": "DENOM_SOCIAL", "fantasia": "DENOM_COMERC", "documento": "CNPJ_CIA", "situacao": "SIT", "cidade": "MUN",
        "uf": "UF",
    }  # fmt: skip
    with open_sheet(path) as sheet:
        columns = recognise(sheet.headers, mapping)
        first, second, third = (client_record(row, columns) for row in sheet.rows())
    assert isinstance(first, ClientRecord)
    assert first.changes == ClientChanges(
        name="2W ECOBANK S.A.",
        trade_name="2W ECOBANK S.A.",
        document="08773135000100",
        situation=Situation.ACTIVE,
        city="SÃO PAULO",
        state="SP",
    )
    assert isinstance(second, ClientRecord)
    assert second.changes.situation is Situation.CANCELLED
    assert not isinstance(third, ClientRecord)
    assert third[0][:3] == (4, "situacao", "SUSPENSO(A) - DECISÃO ADM")


REJECTIONS = (
    Rejection(2, "nome", '=HYPERLINK("x")', "falta o nome; do cliente"),
    Rejection(30, "uf", "XX\x1b", "a UF não existe"),
)


def test_refused_lines_go_to_a_file_that_excel_opens(tmp_path: Path) -> None:
    path = write_rejections(tmp_path / "clientes.xlsx", REJECTIONS)
    assert path == tmp_path / "clientes-rejeitadas.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"\xef\xbb\xbflinha;campo;valor;motivo\r\n")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file, delimiter=";"))[1] == [
            "2",
            "nome",
            '\'=HYPERLINK("x")',
            "falta o nome; do cliente",
        ]


def test_refused_lines_never_overwrite_a_file(tmp_path: Path) -> None:
    (tmp_path / "a-rejeitadas.csv").write_text("meu")
    (tmp_path / "a-rejeitadas-2.csv").symlink_to(tmp_path / "alvo")
    assert write_rejections(tmp_path / "a.csv", REJECTIONS).name == "a-rejeitadas-3.csv"
    assert (tmp_path / "a-rejeitadas.csv").read_text() == "meu"
    assert not (tmp_path / "alvo").exists()


def test_refused_lines_of_a_read_only_folder_go_to_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, current = tmp_path / "fechada", tmp_path / "aqui"
    closed.mkdir(mode=0o555)
    current.mkdir()
    monkeypatch.chdir(current)
    assert write_rejections(closed / "a.csv", REJECTIONS) == current / "a-rejeitadas.csv"
    assert not list(closed.iterdir())


def test_refused_lines_that_no_folder_takes_go_to_a_private_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "aqui").mkdir()
    monkeypatch.chdir(tmp_path / "aqui")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    really_open = os.open

    def refuse(path: Path, flags: int, mode: int = 0o777, dir_fd: int | None = None) -> int:
        if Path(path).parent.name in {"fechada", "aqui"}:
            raise PermissionError(13, "Permission denied")
        return really_open(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refuse)
    path = write_rejections(tmp_path / "fechada" / "a.csv", REJECTIONS)
    assert path.name == "a-rejeitadas.csv"
    assert path.parent.parent == tmp_path
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_refused_lines_that_cannot_be_written_leave_nothing_behind(tmp_path: Path) -> None:
    def failing() -> object:
        yield REJECTIONS[0]
        raise OSError(28, "No space left on device")

    with pytest.raises(SheetError, match="não pôde ser gravado: o disco está cheio"):
        write_rejections(tmp_path / "a.csv", failing())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SheetError, match="a pasta não existe"):
        write_rejections(tmp_path / "não há" / "a.csv", REJECTIONS)
