"""The one folder of a restricted session: only what is in it is reached, whatever is put there meanwhile."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from caz_tui.data.documents import complete
from caz_tui.data.errors import SheetError
from caz_tui.data.query import ClientView
from caz_tui.data.sheets.atomic import replacing
from caz_tui.data.sheets.office_folder import OUTSIDE, OfficeFolder, remove
from caz_tui.data.sheets.reading import open_sheet
from caz_tui.data.sheets.records import Rejection
from caz_tui.data.sheets.rejects import write_rejections

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from caz_tui.data.service import PortfolioService

SHEET = f"Razão Social;CNPJ/CPF\nPadaria;{complete('123456780001')}\n"
SECRET = "Razão Social;CNPJ/CPF\nSegredo;1\n"
OUTSIDE_NAMES = (
    "/etc/passwd", "../fora.csv", "sub/../../fora.csv", "..", "", "/", "~/fora.csv", "~root/x.csv", "a\0b.csv", ".",
    "a/b/c/d/e/f/g/h/i.csv",
)  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a sheet in it and in a folder of it, and links to what is outside."""
    root = tmp_path / "caixa"
    (root / "sub").mkdir(parents=True)
    (tmp_path / "fora").mkdir()
    for path, text in (
        (root / "boa.csv", SHEET),
        (root / "sub" / "dentro.csv", SHEET),
        (tmp_path / "fora" / "segredo.csv", SECRET),
    ):
        path.write_text(text, encoding="utf-8")
    (root / "atalho.csv").symlink_to(tmp_path / "fora" / "segredo.csv")
    (root / "interno.csv").symlink_to("boa.csv")
    (root / "pasta").symlink_to(tmp_path / "fora")
    (root / ".oculto.csv").touch()
    os.mkfifo(root / "cano.csv")
    return root


@pytest.fixture
def folder(root: Path) -> OfficeFolder:
    return OfficeFolder(root)


def headers(folder: OfficeFolder, text: str) -> tuple[str, ...]:
    with open_sheet(folder.file(text)) as sheet:
        return sheet.headers


@pytest.mark.parametrize("text", OUTSIDE_NAMES)
def test_a_name_that_leads_out_is_refused(folder: OfficeFolder, text: str) -> None:
    with pytest.raises(SheetError, match="pasta do escritório"):
        folder.file(text)


@pytest.mark.parametrize("text", ["boa.csv", "./boa.csv", "sub/dentro.csv", "sub//dentro.csv"])
def test_what_is_in_it_is_read(folder: OfficeFolder, text: str) -> None:
    assert headers(folder, text) == ("Razão Social", "CNPJ/CPF")


@pytest.mark.parametrize("text", ["atalho.csv", "interno.csv", "pasta/segredo.csv", "boa.csv/x.csv"])
def test_no_link_is_followed_to_read(folder: OfficeFolder, text: str) -> None:
    with pytest.raises(SheetError, match="sem atalhos"):
        headers(folder, text)


@pytest.mark.parametrize(
    ("text", "reason"), [("falta.csv", "não existe"), ("falta/a.csv", "Não há pasta falta"), ("cano.csv", "não é um")]
)
def test_what_is_not_there_or_no_file_is_said(folder: OfficeFolder, text: str, reason: str) -> None:
    with pytest.raises(SheetError, match=reason):
        headers(folder, text)


def test_a_folder_that_is_itself_a_link_or_gone_is_not_opened(tmp_path: Path, root: Path) -> None:
    (tmp_path / "outra").symlink_to(root)
    for path in (tmp_path / "outra", tmp_path / "nenhuma"):
        with pytest.raises(SheetError, match="não pode ser aberta"):
            headers(OfficeFolder(path), "boa.csv")
        assert OfficeFolder(path).completions("", (".csv",)) == []


def test_a_confined_path_cannot_be_opened_by_its_name(folder: OfficeFolder) -> None:
    path = folder.file("boa.csv")
    uses: tuple[Callable[[], object], ...] = (
        path.stat,
        path.read_text,
        path.unlink,
        lambda: os.open(path, os.O_RDONLY),
    )
    for use in uses:
        with pytest.raises(TypeError):
            use()


def test_files_are_written_into_it_alone_and_for_nobody_else(folder: OfficeFolder, root: Path) -> None:
    for text in ("nova.csv", "sub/nova.csv", "boa.csv"):
        with replacing(folder.file(text)) as file:
            file.write(b"conteudo")
        assert (root / text).read_bytes() == b"conteudo"
        assert stat.S_IMODE((root / text).stat().st_mode) == 0o600
    assert not list(root.rglob("*.tmp"))


@pytest.mark.parametrize("text", ["atalho.csv", "interno.csv", "pasta/novo.csv", "pasta/segredo.csv", "cano.csv"])
def test_nothing_is_written_through_a_link(folder: OfficeFolder, root: Path, text: str) -> None:
    with pytest.raises(SheetError), replacing(folder.file(text)) as file:
        file.write(b"x")
    outside = root.parent / "fora"
    assert [path.name for path in outside.iterdir()] == ["segredo.csv"]
    assert (outside / "segredo.csv").read_text(encoding="utf-8") == SECRET
    assert (root / "boa.csv").read_text(encoding="utf-8") == SHEET


def swap_for_link(root: Path) -> None:
    (root / "sub").rename(root / "antiga")
    (root / "sub").symlink_to(root.parent / "fora")


def test_a_folder_that_becomes_a_link_while_a_file_is_written_changes_nothing(folder: OfficeFolder, root: Path) -> None:
    with replacing(folder.file("sub/segredo.csv")) as file:
        file.write(b"meu")
        swap_for_link(root)
    assert (root.parent / "fora" / "segredo.csv").read_text(encoding="utf-8") == SECRET
    assert (root / "antiga" / "segredo.csv").read_bytes() == b"meu"


def test_a_file_that_becomes_a_link_while_it_is_written_is_replaced_itself(folder: OfficeFolder, root: Path) -> None:
    with replacing(folder.file("boa.csv")) as file:
        file.write(b"meu")
        (root / "boa.csv").unlink()
        (root / "boa.csv").symlink_to(root.parent / "fora" / "segredo.csv")
    assert (root.parent / "fora" / "segredo.csv").read_text(encoding="utf-8") == SECRET
    assert not (root / "boa.csv").is_symlink()


@pytest.mark.parametrize(
    "swap",
    [
        swap_for_link,
        lambda root: ((root / "sub/dentro.csv").unlink(), (root / "sub/dentro.csv").symlink_to("/etc/passwd")),
    ],
)
def test_a_link_put_there_between_two_steps_is_seen(
    folder: OfficeFolder, root: Path, monkeypatch: pytest.MonkeyPatch, swap: Callable[[Path], object]
) -> None:
    really_open = os.open
    steps = iter((lambda: None, lambda: swap(root)) if swap is not swap_for_link else (lambda: swap(root),))

    def open_late(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        descriptor = really_open(path, flags, mode, dir_fd=dir_fd)
        next(steps, lambda: None)()
        return descriptor

    monkeypatch.setattr(os, "open", open_late)
    with pytest.raises(SheetError, match="sem atalhos"):
        headers(folder, "sub/dentro.csv")


def test_refused_lines_stay_in_it(folder: OfficeFolder, root: Path) -> None:
    rejections = [Rejection(2, "documento", "1", "não serve")]
    (root / "boa-rejeitadas.csv").symlink_to(root.parent / "fora" / "nova.csv")
    path = write_rejections(folder.file("boa.csv"), rejections)
    assert str(path) == "boa-rejeitadas-2.csv"
    assert (root / "boa-rejeitadas-2.csv").stat().st_size
    assert not (root.parent / "fora" / "nova.csv").exists()
    remove(path)
    remove(path)
    assert not (root / "boa-rejeitadas-2.csv").exists()


def test_only_what_may_be_taken_is_offered(folder: OfficeFolder) -> None:
    assert sorted(folder.completions("", (".csv",))) == ["boa.csv", "sub/"]
    assert folder.completions("B", (".csv",)) == ["boa.csv"]
    assert folder.completions("sub/", (".csv",)) == ["sub/dentro.csv"]
    for text in ("/", "/etc/", "../", "pasta/", "~/", "nada/", "\0", "."):
        assert folder.completions(text, (".csv", "passwd")) == []


async def test_a_portfolio_goes_out_and_comes_back(service: PortfolioService, folder: OfficeFolder, root: Path) -> None:
    written = await service.export_sheet(folder.file("sub/saida.csv"), ClientView())
    assert written == 297
    preview = await service.preview_sheet(folder.file("sub/saida.csv"), {})
    assert "Razão Social" in preview.headers
    assert (root / "sub" / "saida.csv").is_file()


def test_the_sentence_is_one(folder: OfficeFolder) -> None:
    assert OUTSIDE.count(".") == OUTSIDE.count("..") * 2 + 1
    with pytest.raises(SheetError) as refused:
        folder.file("../x")
    assert str(refused.value) == OUTSIDE
