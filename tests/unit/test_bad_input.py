"""Every bad file and every bad day of the issue: one sentence in Portuguese, a status that says no, nothing changed."""

from __future__ import annotations

import io
import os
import re
import sqlite3
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from caz_tui.data.dialects import sqlite as engine
from caz_tui.data.documents import mask
from tests.unit.program import HEADERS, JSON_KEYS, Office, Outcome, cnpj, numbered, run_program

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER_LINE = ";".join(HEADERS)
A_SENTENCE = re.compile(r"\S.*[.]")
MEBIBYTE = 1024**2


def check_refusal(outcome: Outcome, *fragments: str, status: int = 1) -> None:
    """Check that a refusal is one Portuguese sentence, and that it says what it must."""
    assert outcome.status == status
    assert outcome.out == ""
    (line,) = outcome.err.splitlines()
    assert A_SENTENCE.fullmatch(line), line
    assert len(line) < 800
    for fragment in fragments:
        assert fragment in line
    assert all(char.isprintable() for char in line)


def refused(office: Office, path: Path, *fragments: str) -> None:
    """Check that a file is refused as a whole and that nothing has changed."""
    before, files = office.content(), {name for name in office.folder.iterdir() if name != path}
    check_refusal(office.run("importar", path, "--pular-invalidas"), *fragments)
    assert office.content() == before
    assert {name for name in office.folder.iterdir() if name != path} == files


# Files that are no spreadsheet


@pytest.mark.parametrize(
    ("content", "fragment"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "não é uma planilha CSV nem XLSX (imagem)"),
        (b"\x7fELF\x02\x01\x01" + bytes(4_096), "não é uma planilha CSV nem XLSX (programa)"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "não é uma planilha CSV nem XLSX (PDF)"),
        (b"\x1f\x8b\x08\x00" + os.urandom(512), "não é uma planilha CSV nem XLSX (gzip)"),
        (b"<!DOCTYPE html><html></html>", "não é uma planilha CSV nem XLSX (HTML ou XML)"),
        (bytes(range(256)) * 16, "não é uma planilha CSV nem XLSX"),
        ("\ufeffNome;CNPJ\n".encode("utf-16"), "UTF-16"),
        (b"", "está vazio"),
        (b"\xef\xbb\xbf", "está vazio"),
        (b"\r\n \r\n;;;\r\n", "está vazio"),
        (
            "Querida Ana,\n\ntudo bem? Um abraço.\n".encode(),
            "A primeira linha não tem as colunas Razão Social e CNPJ/CPF",
        ),
        (f"Ana;{cnpj(1)};Ativo;Rio\n".encode(), "A primeira linha não tem as colunas Razão Social e CNPJ/CPF"),
        (b"a;b;c\n1;2;3\n", "As colunas encontradas são: a, b, c."),
        (f"Nome;Nome;CNPJ\nA;B;{cnpj(1)}\n".encode(), "mais de uma coluna Nome (colunas 1 e 2)"),
        (";".join(f"c{n}" for n in range(1_000)).encode(), "tem 1000 colunas; o máximo são 64"),
        (f"{HEADER_LINE}\nAna;{cnpj(1)};Ati\0vo;\n".encode(), "linha 2: há um byte nulo"),
        (
            f'{HEADER_LINE}\n"Ana;{cnpj(1)};Ativo;\n'.encode() + b"x;y\n" * 50,
            "linha 2: as aspas abertas aqui não fecham",
        ),
        (f"Nome;CNPJ\nJos\x81;{cnpj(1)}\n".encode("latin-1"), "linha 2: há um byte que não é UTF-8"),
        (f"{'x' * 300};CNPJ\n".encode(), "linha 1: um título de coluna passa de 200 caracteres"),
        (f"{HEADER_LINE}\n{'x' * (5 * MEBIBYTE)}\n".encode(), "linha 2: passa de 4 milhões de caracteres"),
        (b"PK\x03\x04" + os.urandom(600), "está danificado e não abre como XLSX"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_imported_is_refused_in_one_sentence(held: Office, content: bytes, fragment: str) -> None:
    refused(held, held.file("ruim.csv", content), fragment)


def test_files_that_are_no_files(held: Office) -> None:
    refused(held, held.folder / "nada.csv", "O arquivo nada.csv não existe.")
    (held.folder / "pasta.csv").mkdir()
    refused(held, held.folder / "pasta.csv", "pasta.csv não é um arquivo.")
    os.mkfifo(held.folder / "cano.csv")
    refused(held, held.folder / "cano.csv", "cano.csv não é um arquivo.")
    refused(held, Path("/dev/zero"), "zero não é um arquivo.")
    refused(held, held.folder / ("x" * 300), "não pôde ser aberto")


def test_the_program_itself_is_no_spreadsheet(held: Office) -> None:
    refused(held, held.file("python.xlsx", Path(sys.executable).read_bytes()[: 2 * MEBIBYTE]), "programa")


def test_a_database_is_no_spreadsheet(held: Office) -> None:
    check_refusal(held.run("importar", held.database), "banco SQLite")


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return a workbook with its parts changed."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        for name in source.namelist():
            changed.writestr(name, change(name, source.read(name)))
    return target.getvalue()


def test_a_workbook_behind_a_password(held: Office) -> None:
    parts = "EncryptionInfo".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le")
    content = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1_016) + parts + os.urandom(2_048)
    refused(held, held.file("senha.xlsx", content), "está protegido por senha; salve uma cópia sem senha.")


def test_a_workbook_of_old(held: Office) -> None:
    content = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4_096)
    refused(held, held.file("antigo.xls", content), "formato antigo do Excel (.xls)")


def test_a_zip_bomb(held: Office) -> None:
    good = workbook(HEADERS, ("Ana", cnpj(1), "Ativo", ""))
    sheet = "xl/worksheets/sheet1.xml"
    bomb = repacked(good, lambda name, part: part + b" " * (40 * MEBIBYTE) if name == sheet else part)
    assert len(bomb) < MEBIBYTE
    refused(held, held.file("bomba.xlsx", bomb), "foi recusado: descompactado ocuparia")


def test_a_zip_bomb_that_lies_about_its_size(held: Office) -> None:
    good = workbook(HEADERS, ("Ana", cnpj(1), "Ativo", ""))
    sheet = "xl/worksheets/sheet1.xml"
    bomb = bytearray(repacked(good, lambda name, part: part + b" " * (40 * MEBIBYTE) if name == sheet else part))
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        size = archive.getinfo(sheet).file_size
    claimed = size.to_bytes(4, "little")
    while (place := bomb.find(claimed)) >= 0:
        bomb[place : place + 4] = (1_000).to_bytes(4, "little")
    refused(held, held.file("bomba.xlsx", bytes(bomb)))


def test_a_zip_without_a_workbook(held: Office) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("leia-me.txt", "oi")
    refused(held, held.file("solto.xlsx", content.getvalue()), "sem planilha do Excel dentro")


def test_a_workbook_with_a_cell_at_the_end_of_the_world(held: Office) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"], book.active["XFD1048576"] = "Nome", "CNPJ", "x"
    content = io.BytesIO()
    book.save(content)
    refused(held, held.file("longe.xlsx", content.getvalue()), "XFD1048576")


def test_a_damaged_workbook(held: Office) -> None:
    good = workbook(HEADERS, *numbered(50))
    refused(held, held.file("meio.xlsx", good[: len(good) // 2]))
    refused(held, held.file("ruim.xlsx", repacked(good, lambda _name, part: part[: len(part) // 2])))


# Values


def test_a_megabyte_in_a_cell_is_a_bad_line(held: Office) -> None:
    before = held.content()
    path = held.sheet("a.csv", HEADERS, ("x" * MEBIBYTE, cnpj(30), "Ativo", ""), ("Ana", cnpj(31), "Ativo", ""))
    outcome = held.run("importar", path)
    assert outcome.status == 1
    assert "linha 2: nome " in outcome.err
    assert "a célula passa de 2000 caracteres" in outcome.err
    assert len(outcome.err) < 1_000
    assert held.content() == before
    assert held.run("importar", path, "--pular-invalidas").status == 0
    assert "Ana" in [client["nome"] for client in held.clients()]


BAD_VALUES = [
    ("CNPJ/CPF", "11.222.333/0001-82", "os dígitos verificadores do documento não conferem"),
    ("CNPJ/CPF", "LBNXQOB5000163", "os dígitos verificadores do documento não conferem"),
    ("CNPJ/CPF", "111.111.111-11", "o documento repete um só caractere e não existe"),
    ("CNPJ/CPF", "1,1222E+13", "o documento está em notação científica"),
    ("CNPJ/CPF", "12345", "o documento precisa ter 14 caracteres (CNPJ) ou 11 algarismos (CPF)"),
    ("CNPJ/CPF", "", "falta o CNPJ ou CPF"),
    ("CNPJ/CPF", "١٢٣", "o documento só pode ter letras sem acento"),
    ("Razão Social", "", "falta o nome do cliente"),
    ("Razão Social", "x" * 201, "passa de 200 caracteres"),
    ("Razão Social", "Ana\x1b[31m", "contém um caractere de controle (U+001B)"),
    ("Razão Social", "Ana\x1b]52;c;AAAA\x07", "contém um caractere de controle (U+001B)"),
    ("Razão Social", "Ana\x9b31m", "contém um caractere de controle (U+009B)"),
    ("Razão Social", "Ana\u202eanA", "contém um caractere de controle (U+202E)"),
    ("Razão Social", "Ana\u2066", "contém um caractere de controle (U+2066)"),
    ("Situação", "FELIZ", "valor desconhecido; use um de: ativo, em_teste,"),
    ("Situação", "SUSPENSO(A) - DECISÃO ADM", "valor desconhecido; use um de: ativo, em_teste,"),
    ("Vencimento do plano", "31/02/2026", "a data 31/02/2026 não existe; escreva dd/mm/aaaa"),
    ("Vencimento do plano", "2026-13-01", "a data 2026-13-01 não existe; escreva dd/mm/aaaa"),
    ("Vencimento do plano", "00/00/0000", "a data 00/00/0000 não existe; escreva dd/mm/aaaa"),
    ("Vencimento do plano", "amanhã", "não é uma data; escreva dd/mm/aaaa"),
    ("Vencimento do plano", "999999", "não existe; escreva dd/mm/aaaa"),
    ("Última exportação", "32/01/2026", "a data 32/01/2026 não existe"),
    ("Renovação automática", "talvez", "valor desconhecido; use Sim ou Não"),
    ("Histórico da licença", "eterna", "valor desconhecido; use um de: nunca_teve,"),
    ("Cobranças CA", "caras", "valor desconhecido; use um de: sem_cobrancas,"),
    ("Pago por", "ninguém", "valor desconhecido; use um de: cliente, escritorio"),
    ("E-mail", "ana@", "o e-mail não tem a forma nome@dominio.com.br"),
    ("Telefone", "123", "o telefone precisa de DDD e número"),
    ("UF", "XX", "a UF não existe"),
    ("Etiquetas", "x" * 41, "passa de 40 caracteres"),
    ("Plano", "#REF!", "a célula tem um erro de fórmula da planilha"),
]


def test_every_bad_value_is_named_with_its_line_its_field_and_what_is_allowed(held: Office) -> None:
    before = held.content()
    headers = tuple(dict.fromkeys(column for column, _, _ in BAD_VALUES))
    rows = []
    for number, (column, value, _) in enumerate(BAD_VALUES, 40):
        row = {
            **dict.fromkeys(headers, ""),
            "Razão Social": f"Empresa {number}",
            "CNPJ/CPF": cnpj(number),
            column: value,
        }
        rows.append(tuple(row[header] for header in headers))
    outcome = held.run("importar", held.sheet("a.csv", headers, *rows))
    assert outcome.status == 1
    lines = dict(re.findall(r"^linha (\d+): (.*)$", outcome.err, re.MULTILINE))
    assert len(lines) == len(BAD_VALUES)
    for number, (_, value, reason) in enumerate(BAD_VALUES, 2):
        assert reason in lines[str(number)]
        if value.isprintable() and value and len(value) < 80:
            assert f"“{value}”" in lines[str(number)]
    assert all(char.isprintable() or char == "\n" for char in outcome.err)
    assert held.content() == before


@pytest.mark.parametrize(
    "name",
    [
        "[bold]x[/]", "[/]", "[x=y", "[@click=app.quit]sair", "😀 Festas", "👩‍💻", "漢字", "<b>x</b>", "$(reboot)",
        "`id`", "{0}", "%s%n", "\\x1b[31m", "'; DROP TABLE clients; --", "a\u0301" * 50, "zalgo" + "\u0336" * 40,
    ],
)  # fmt: skip
def test_markup_emoji_and_code_are_a_text_like_any_other(held: Office, name: str) -> None:
    held.imported("a.csv", HEADERS, (name, cnpj(30), "Ativo", ""))
    (found,) = (client["nome"] for client in held.clients() if client["documento"] == cnpj(30))
    # NFC joins a letter with its accent.
    assert found == name.replace("a\u0301", "á")
    out = held.run("clientes", "documento:" + cnpj(30)).out
    assert mask(cnpj(30)) in out


def test_a_row_longer_than_its_header_is_said_without_a_field(held: Office) -> None:
    path = held.file("a.csv", f"{HEADER_LINE}\nAna;{cnpj(30)};Ativo;Rio;sobra\n")
    assert "linha 2: “sobra”: a linha tem mais células do que o cabeçalho" in held.run("importar", path).err


# Databases


COMMANDS = (
    ["clientes"],
    ["carteira", "--formato", "json"],
    ["pagamentos"],
    ["exportar", "saida.csv"],
    ["banco", "verificar"],
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("content", "fragment"),
    [
        (b"Querido banco,\n" * 200, "não é um banco do caz-tui"),
        (b"SQLite format 3\0" + b"x" * 4_080, "não é um banco do caz-tui"),
    ],
    ids=["text", "almost"],
)
def test_a_database_that_is_none(
    office: Office, words: list[str], content: bytes, fragment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(office.folder)
    path = office.file("carteira.db", content)
    check_refusal(office.run(*words), str(path), fragment)
    assert path.read_bytes() == content
    assert sorted(office.folder.iterdir()) == [path]


def test_a_database_of_another_program(office: Office) -> None:
    office.sql("CREATE TABLE receitas (id INTEGER)")
    before = office.database.read_bytes()
    check_refusal(office.run("carteira"), "não é do caz-tui")
    assert office.database.read_bytes() == before


def test_a_directory_for_a_database(office: Office) -> None:
    office.database.mkdir()
    check_refusal(office.run("carteira"), "não é um arquivo")
    check_refusal(office.run("banco", "verificar"), "Não há banco em")
    check_refusal(office.run("banco", "backup"), "Não há banco em")


def test_a_database_where_no_folder_can_be(office: Office) -> None:
    office.file("arquivo", "x")
    check_refusal(office.run("carteira", database=office.folder / "arquivo" / "x.db"), "não pode ser aberto")


def test_a_read_only_database(held: Office) -> None:
    before = held.database.read_bytes()
    held.database.chmod(0o444)
    for words in (["carteira"], ["importar", held.sheet("boas.csv", HEADERS, *numbered(3))]):
        check_refusal(held.run(*words), "está só para leitura")
    assert held.database.read_bytes() == before
    held.database.chmod(0o600)


def test_a_locked_database(held: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caz_tui.data.dialects.sqlite.BUSY_TIMEOUT_MS", 50)
    monkeypatch.setattr("caz_tui.data.files.PATIENCE_SECONDS", 0.05)
    path = held.sheet("novas.csv", HEADERS, *numbered(1, first=30))
    before = held.content()
    with closing(sqlite3.connect(held.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for words in (["carteira"], ["clientes"], ["importar", path], ["banco", "backup", held.folder / "copia.db"]):
            check_refusal(held.run(*words), "está ocupado por outro programa")
        other.execute("ROLLBACK")
    assert held.content() == before
    assert not (held.folder / "copia.db").exists()
    assert held.run("importar", path).status == 0


def test_a_database_newer_than_the_program(held: Office) -> None:
    held.sql("UPDATE alembic_version SET version_num = '9999'")
    before = held.database.read_bytes()
    for words in (["carteira"], ["banco", "migrar"], ["importar", held.sheet("boas.csv", HEADERS, *numbered(3))]):
        check_refusal(held.run(*words), "versão mais nova do caz-tui; atualize o programa")
    assert held.database.read_bytes() == before


def test_a_damaged_database_says_how_to_get_it_back(held: Office) -> None:
    held.imported("mais.csv", HEADERS, *numbered(300, first=50))
    copy = held.folder / "copia.db"
    assert held.run("banco", "backup", copy).status == 0
    content = bytearray(held.database.read_bytes())
    content[4_096 : len(content) - 4_096] = b"\xa5" * (len(content) - 8_192)
    held.database.write_bytes(content)
    check_refusal(held.run("clientes"), "está danificado; restaure uma cópia com «caz-tui banco restaurar».")
    assert held.run("banco", "restaurar", copy).status == 0
    assert len(held.clients()) == 305


def test_a_full_disk_loses_nothing(held: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = engine._prepare_connection

    def prepare_on_a_small_disk(connection: object, record: object) -> None:
        prepare(connection, record)
        pages = held.database.stat().st_size // 4_096
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"PRAGMA max_page_count={pages + 1}")
        cursor.close()

    monkeypatch.setattr(engine, "_prepare_connection", prepare_on_a_small_disk)
    before = held.content()
    path = held.sheet("novas.csv", HEADERS, *numbered(2_000, first=30))
    check_refusal(held.run("importar", path), "O disco está cheio; nada foi gravado.")
    assert held.content() == before


# The real program


def test_the_program_itself_says_it_in_one_sentence(tmp_path: Path) -> None:
    database = tmp_path / "texto.db"
    database.write_text("isto não é um banco\n" * 50)
    outcome = run_program(tmp_path, "--banco", database, "clientes")
    assert outcome == Outcome(1, "", f"O arquivo {database} não é um banco do caz-tui.\n")


def test_bad_lines_among_good_ones_stay_out_in_the_program_too(tmp_path: Path) -> None:
    sheet = tmp_path / "a.csv"
    sheet.write_bytes(
        f"{HEADER_LINE}\r\nJoão;{cnpj(1)};Ativo;São Paulo\r\nX\x1b[2J;{cnpj(2)};Ativo;\r\n".encode("cp1252")
    )
    outcome = run_program(tmp_path, "importar", sheet, "--pular-invalidas", "--formato", "json")
    assert outcome.status == 0
    assert (outcome.json["inseridas"], outcome.json["rejeitadas"]) == (1, 1)
    assert "\x1b" not in outcome.out + outcome.err
    (client,) = run_program(tmp_path, "clientes", 'cidade:"sao paulo"', "--formato", "json").json
    assert list(client) == JSON_KEYS
