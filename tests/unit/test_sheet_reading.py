from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

import caz_tui
from caz_tui.data.errors import SheetError
from caz_tui.data.sheets import limits, reading
from caz_tui.data.sheets.reading import RawRow, open_sheet

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = "Razão Social;CNPJ/CPF;Cidade"
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
AFTERNOON = datetime(2026, 1, 2, 13, 30)  # noqa: DTZ001 - a spreadsheet knows no time zone


def read(path: Path) -> tuple[tuple[str, ...], list[RawRow]]:
    with open_sheet(path) as sheet:
        rows = list(sheet.rows())
        assert sheet.fraction == 1.0
        assert list(sheet.rows()) == []
        return sheet.headers, rows


def refusal(path: Path) -> str:
    with pytest.raises(SheetError) as raised:
        read(path)
    assert raised.value.__cause__ is None
    return str(raised.value)


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "clientes.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def xlsx_file(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: tuple[object, ...]) -> Path:
        path = tmp_path / "clientes.xlsx"
        with closing(xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"})) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(number, column, value)
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_csv_of_every_kind(csv_file: Callable[[bytes], Path], encoding: str, line_end: str, delimiter: str) -> None:
    text = f"{HEADER}\nPadaria São João – “Matriz”;1;São Paulo\n".replace(";", delimiter).replace("\n", line_end)
    headers, rows = read(csv_file(text.encode(encoding)))
    assert headers == ("Razão Social", "CNPJ/CPF", "Cidade")
    assert rows == [RawRow(2, ("Padaria São João – “Matriz”", "1", "São Paulo"))]


def test_lines_are_numbered_as_they_stand_in_the_file(csv_file: Callable[[str], Path]) -> None:
    content = f'\r\n{HEADER}\r\n\r\n"um\r\ndois\ntrês";1;\r\n;;\r\n  ; ;\r\n"a ""b""; c";2\r\n'
    headers, rows = read(csv_file(content))
    assert headers[0] == "Razão Social"
    assert rows == [RawRow(4, ("um\r\ndois\ntrês", "1", "")), RawRow(9, ('a "b"; c', "2"))]


def test_quotes_inside_a_cell_without_quotes_are_themselves(csv_file: Callable[[str], Path]) -> None:
    assert read(csv_file(f'{HEADER}\nPizza 12" Ltda;1;SP'))[1] == [RawRow(2, ('Pizza 12" Ltda', "1", "SP"))]


def test_the_delimiter_is_not_looked_for_inside_quotes(csv_file: Callable[[str], Path]) -> None:
    headers, _ = read(csv_file('"Nome, razão, ou\n denominação";CNPJ\n'))
    assert headers == ("Nome, razão, ou\n denominação", "CNPJ")


def test_the_delimiter_that_excel_names_in_the_first_line(csv_file: Callable[[str], Path]) -> None:
    headers, rows = read(csv_file("sep=,\r\nNome;x,CNPJ\r\na,1\r\n"))
    assert headers == ("Nome;x", "CNPJ")
    assert rows == [RawRow(3, ("a", "1"))]


def test_cells_beyond_the_header_are_dropped_when_blank_and_shown_when_not(csv_file: Callable[[str], Path]) -> None:
    _, rows = read(csv_file(f"{HEADER};;\na;1;SP;;\nb;2;SP;;sobra;outra\n"))
    assert rows == [RawRow(2, ("a", "1", "SP")), RawRow(3, ("b", "2", "SP", "sobra"))]


def test_a_real_export_of_the_securities_commission(csv_file: Callable[[bytes], Path]) -> None:
    content = (
        "CNPJ_CIA;DENOM_SOCIAL;DENOM_COMERC;SIT;MUN;UF\r\n"
        "07.636.657/0001-99;ACO VERDE DO BRASIL S.A;AÃO VERDE DO BRASIL S.A;ATIVO;AÇAILÂNDIA;MA\r\n"
        "12.091.809/0001-55;3R PETROLEUM OLÉO E GÁS S.A.;;ATIVO;RIO DE JANEIRO;RJ\r\n"
    )
    _, rows = read(csv_file(content.encode("cp1252")))
    assert [row.cells[4] for row in rows] == ["AÇAILÂNDIA", "RIO DE JANEIRO"]


def test_progress_grows_and_rows_are_streamed(csv_file: Callable[[str], Path]) -> None:
    path = csv_file(HEADER + "".join(f"\nEmpresa {number};{number};SP" for number in range(30_000)))
    with open_sheet(path) as sheet:
        assert sheet.size_bytes == path.stat().st_size
        seen = [sheet.fraction]
        for row in sheet.rows():
            if row.line % 5_000 == 0:
                seen.append(sheet.fraction)
        assert seen == sorted(seen)
        assert 0 < seen[1] < 0.5
        assert row == RawRow(30_001, ("Empresa 29999", "29999", "SP"))


def test_leaving_early_ends_the_process(csv_file: Callable[[str], Path]) -> None:
    path = csv_file(HEADER + "\nEmpresa;1;SP" * 300_000)
    with open_sheet(path) as sheet:
        next(sheet.rows())
    assert sheet._worker.returncode is not None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "está vazio."),
        (b"\xef\xbb\xbf", "está vazio."),
        (b"\r\n;;;\r\n \r\n", "está vazio."),
        (b"%PDF-1.7\n%\xe2\xe3", "não é uma planilha CSV nem XLSX (PDF)."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "não é uma planilha CSV nem XLSX (imagem)."),
        (b"  <!DOCTYPE html><table>", "não é uma planilha CSV nem XLSX (HTML ou XML)."),
        (b"\0\1\2\3" * 100, "não é uma planilha CSV nem XLSX (arquivo binário)."),
        (HEADER.encode("utf-16"), "está em UTF-16 (“texto Unicode”); salve como CSV UTF-8."),
        (OLE_MAGIC + b"\0" * 600, "está no formato antigo do Excel (.xls); salve como .xlsx ou CSV."),
        (
            OLE_MAGIC + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "está protegido por senha; salve uma cópia sem senha.",
        ),
        (";".join(["x"] * 1000).encode(), "tem 1000 colunas; o máximo são 64."),
        (b"nome;cnpj\na;1\nb\0;2\n", ", linha 3: há um byte nulo (NUL), que um CSV não pode ter."),
        (b"nome;cnpj\na\x81;1\n", ", linha 2: há um byte que não é UTF-8 nem Windows-1252."),
        (("nome;cnpj\n" + "é" * 30 + "\n").encode() + b"\xe9\n", ", linha 3: há um byte que não é UTF-8"),
        (b'nome;cnpj\na;1\nb;"2\nc;3\nd;4\n', ", linha 3: as aspas abertas aqui não fecham onde a célula termina."),
        (b'nome;cnpj\na;1\n"b;2\n"c";3\n', ", linha 3: as aspas abertas aqui não fecham onde a célula termina."),
        (b'nome;cnpj\n"a\nb";"2\nc;3\n', ", linha 3: as aspas abertas aqui não fecham onde a célula termina."),
        (b"n" * 300 + b";cnpj\n", ", linha 1: um título de coluna passa de 200 caracteres."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    csv_file: Callable[[bytes], Path], content: bytes, sentence: str
) -> None:
    said = refusal(csv_file(content))
    assert said.startswith("O arquivo clientes.csv")
    assert sentence in said
    assert "\n" not in said


def test_an_open_quote_does_not_swallow_a_large_file(csv_file: Callable[[str], Path]) -> None:
    content = f'{HEADER}\na;1;SP\n"b;2;SP\n' + "c;3;SP\n" * 1_000_000
    assert "linha 3: as aspas" in refusal(csv_file(content))


def test_a_line_without_end_is_refused(csv_file: Callable[[str], Path]) -> None:
    assert "linha 2: passa de 4 milhões" in refusal(csv_file(f"{HEADER}\n" + "x" * 5_000_000))


def test_a_cell_of_a_megabyte_is_cut_short_for_its_line_to_be_refused(csv_file: Callable[[str], Path]) -> None:
    _, rows = read(csv_file(f"{HEADER}\n{'x' * 1_000_000};1;SP\nb;2;SP\n"))
    assert [len(row.cells[0]) for row in rows] == [limits.LONGEST_CARRIED_CELL_CHARS + 1, 1]


def test_files_that_are_too_large_are_refused(tmp_path: Path) -> None:
    for name, start, size in (("a.csv", b"nome;cnpj\n", limits.LARGEST_CSV_BYTES), ("a.xlsx", b"PK\3\4", 20 * 1024**2)):
        path = tmp_path / name
        with path.open("wb") as file:
            file.write(start)
            file.truncate(size + 1)
        assert "passa de" in refusal(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cano.csv")
    assert refusal(tmp_path / "cano.csv") == "cano.csv não é um arquivo."
    assert refusal(tmp_path / "não há.csv") == "O arquivo não há.csv não existe."
    assert refusal(tmp_path) == f"{tmp_path.name} não é um arquivo."
    assert refusal(tmp_path / "a\0b.csv") == "O nome de arquivo a<U+0000>b.csv não é válido."
    assert "o nome é longo demais" in refusal(tmp_path / ("x" * 300))


def test_a_hostile_file_name_is_harmless(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2J\u202e.csv"
    path.write_bytes(b"\n")
    assert refusal(path) == "O arquivo a<U+001B>[2J<U+202E>.csv está vazio."


def test_xlsx_cells_as_text(xlsx_file: Callable[..., Path]) -> None:
    path = xlsx_file(
        (),
        ("Nome", "CNPJ", "Valor", "Data", "Sim?", "Hora"),
        (),
        (" 'São João' \n[bold]😀[/] ", 11222333000181, 1188.5, date(2026, 12, 31), True, AFTERNOON),
        ("=1+1", 1.1222333000181e18, 0.1 + 0.2, date(1900, 1, 1), False, None),
        (None, 123456789012345678, -7, 1e-7),
    )
    headers, rows = read(path)
    assert headers == ("Nome", "CNPJ", "Valor", "Data", "Sim?", "Hora")
    assert rows == [
        RawRow(4, (" 'São João' \n[bold]😀[/] ", "11222333000181", "1188,5", "2026-12-31", "Sim", "2026-01-02")),
        RawRow(5, ("0", "1,1222333000181E+18", "0,3", "1900-01-01", "Não", "")),
        RawRow(6, ("", "1,23456789012346E+17", "-7", "1E-07", "", "")),
    ]


def test_formula_errors_are_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "erros.xlsx"
    with closing(xlsxwriter.Workbook(str(path))) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("Nome", "CNPJ", "Cidade"))
        sheet.write_formula(1, 0, "=Plan2!A1&B1", None, "#REF!")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 2, '=NA()&"x"', None, "#N/A")
        sheet.write_formula(3, 0, '="Ana"', None, "Ana")
    assert read(path)[1] == [
        RawRow(2, ("#REF!", "#DIV/0!", "")),
        RawRow(3, ("", "", "#N/A")),
        RawRow(4, ("Ana", "", "")),
    ]


def test_the_first_visible_sheet_with_rows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "abas.xlsx"
    with closing(xlsxwriter.Workbook(str(path))) as book:
        book.add_worksheet("vazia")
        hidden = book.add_worksheet("oculta")
        hidden.write_row(0, 0, ("Nome", "CNPJ", "Oculta"))
        hidden.hide()
        book.add_worksheet("clientes").write_row(0, 0, ("Nome", "CNPJ"))
        book.add_worksheet("outra").write(0, 16_383, "longe")
    assert read(path) == (("Nome", "CNPJ"), [])


def test_many_rows_of_xlsx_come_in_batches(xlsx_file: Callable[..., Path]) -> None:
    path = xlsx_file(("Nome", "CNPJ"), *((f"Empresa {number}", number) for number in range(3_000)))
    with open_sheet(path) as sheet:
        rows = sheet.rows()
        next(rows)
        assert 0 < sheet.fraction < 0.5
        assert len(list(rows)) == 2_999


def test_a_cell_far_out_is_refused_before_it_costs_memory(xlsx_file: Callable[..., Path], tmp_path: Path) -> None:
    path = tmp_path / "longe.xlsx"
    with closing(xlsxwriter.Workbook(str(path))) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("Nome", "CNPJ"))
        sheet.write(1_048_575, 16_383, "x")
    assert "tem um valor na célula XFD1048576, fora das 64 primeiras colunas" in refusal(path)
    assert "tem um valor na célula BM1, fora das 64" in refusal(xlsx_file(tuple(f"c{n}" for n in range(1000))))


def test_blank_cells_far_out_that_only_have_a_format_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "formatos.xlsx"
    with closing(xlsxwriter.Workbook(str(path))) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("Nome", "CNPJ"))
        sheet.write_row(1, 0, ("Ana", "1"))
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    assert read(path)[1] == [RawRow(2, ("Ana", "1"))]


def test_a_sheet_that_would_need_too_much_memory_ends_only_the_worker(tmp_path: Path) -> None:
    path = tmp_path / "alta.xlsx"
    with closing(xlsxwriter.Workbook(str(path))) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [f"c{number}" for number in range(64)])
        sheet.write(1_048_575, 0, "x")
    assert "ocupa memória demais" in refusal(path)


def edited(path: Path, old: bytes, new: bytes) -> Path:
    """Replace something in the XML of the first sheet."""
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert old in parts[sheet]
    parts[sheet] = parts[sheet].replace(old, new, 1)
    path.write_bytes(archive(**parts))
    return path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<dimension ref="A1:B2"/>', b'<dimension ref="A1:XFD1048576"/>'),
        (b"<sheetData>", b'<!-- <c r="XFC9" t="e"/> --><sheetData>'),
        (b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'),
    ],
)
def test_what_a_sheet_only_claims_of_its_size_does_no_harm(
    xlsx_file: Callable[..., Path], old: bytes, new: bytes
) -> None:
    path = edited(xlsx_file(("Nome", "CNPJ"), ("Ana", 1)), old, new)
    assert read(path) == (("Nome", "CNPJ"), [RawRow(2, ("Ana", "1"))])


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b'r="A2"', b'r="A0"', "está danificado"),
        (b'r="A2"', b'r="AAAAAAA99999999999"', "não pôde ser lido"),
        (b'r="B2"', b'r="xfd2"', "tem 16384 colunas; o máximo são 64."),
        (b'r="B2"', b'r = "XFD1048576"', "ocupa memória demais"),
    ],
)
def test_a_sheet_made_by_hand_to_do_harm_is_refused(
    xlsx_file: Callable[..., Path], old: bytes, new: bytes, sentence: str
) -> None:
    assert sentence in refusal(edited(xlsx_file(("Nome", "CNPJ"), ("Ana", 1)), old, new))


def test_a_sheet_reads_no_other_file(xlsx_file: Callable[..., Path]) -> None:
    path = xlsx_file(("Nome", "CNPJ"), ("Ana", 1))
    edited(path, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet')
    edited(path, b'<c r="A2" t="s"><v>2</v>', b'<c r="A2" t="str"><v>&a;</v>')
    assert "está danificado" in refusal(path)


def archive(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return packed.getvalue()


def damaged(content: bytes) -> bytes:
    return content[: len(content) // 2] + b"\xff" * 40 + content[len(content) // 2 + 40 :]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (archive(**{"xl/workbook.xml": b"<x/>", "xl/a.xml": b" " * 30_000_000}), "descompactado ocuparia 29 MiB"),
        (
            archive(**{"xl/workbook.xml": b"<x/>", "a": os.urandom(3_000_000), "b": b"\0" * 210 * 1024**2}),
            "descompactado ocuparia 213 MiB",
        ),
        (archive(**{"word/document.xml": b"<x/>"}), "é um arquivo compactado sem planilha do Excel dentro."),
        (archive(**{"xl/workbook.bin": b"x"}), "está no formato binário do Excel (.xlsb)"),
        (archive(**{"mimetype": b"x", "content.xml": b"<x/>"}), "está no formato ODS do LibreOffice"),
        (archive(**{"xl/workbook.xml": b"<x/>"}), "está danificado e não abre como XLSX."),
        (archive(**{"xl/workbook.xml": b"<x/>"})[:-30], "está danificado e não abre como XLSX."),
        (damaged(archive(**{"xl/workbook.xml": os.urandom(4096)})), "está danificado e não abre como XLSX."),
        (b"PK\3\4" + b"lixo" * 100, "está danificado e não abre como XLSX."),
        (b"PK\5\6" + b"\0" * 18, "é um arquivo compactado sem planilha do Excel dentro."),
    ],
    ids=["ratio", "bomb", "docx", "xlsb", "ods", "hollow", "cut", "damaged", "rubbish", "no-parts"],
)  # fmt: skip
def test_an_archive_that_is_no_honest_xlsx_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "planilha.csv"
    path.write_bytes(content)
    assert sentence in refusal(path)


def test_an_archive_that_lies_about_its_size_is_refused(xlsx_file: Callable[..., Path]) -> None:
    path = xlsx_file(("Nome", "CNPJ"), ("a" * 30_000, "1"))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as file:
        size = file.getinfo("xl/sharedStrings.xml").file_size
    claimed = size.to_bytes(4, "little")
    at = content.rindex(claimed)
    content[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(content)
    assert "está danificado" in refusal(path)


def test_an_encrypted_archive_says_that_it_has_a_password(xlsx_file: Callable[..., Path]) -> None:
    path = xlsx_file(("Nome", "CNPJ"))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    assert "está protegido por senha" in refusal(path)


def test_a_worker_that_dies_is_told_apart(csv_file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = csv_file(HEADER)
    for code, sentence in (
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "leva tempo demais"),
        ("import os; os.abort()", "ocupa memória demais"),
        ("raise SystemExit(3)", "o programa que abre planilhas parou"),
        ("print('[\"rows\",1,[]]')", "o programa que abre planilhas parou"),
        ("import sys; sys.stdout.write('x' * 2000)", "o programa que abre planilhas parou"),
    ):
        monkeypatch.setattr(reading, "_BOOT", code)
        monkeypatch.setattr(limits, "LONGEST_MESSAGE_BYTES", 1_000)
        assert sentence in refusal(path)


def test_the_worker_starts_from_any_folder_and_obeys_no_environment(
    csv_file: Callable[[str], Path], tmp_path: Path
) -> None:
    path = csv_file(f"{HEADER}\na;1;SP\n")
    (tmp_path / "json.py").write_text("raise SystemExit('importou a pasta corrente')")
    script = (
        "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path;"
        "from caz_tui.data.sheets.reading import open_sheet; print(len(list(open_sheet(Path(sys.argv[1])).rows())))"
    )
    root = str(Path(caz_tui.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, str(path), root],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PYTHONSTARTUP": str(tmp_path / "json.py")},
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"1\n"
