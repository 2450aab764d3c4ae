"""A restricted session on the screen: files of the one folder, and no way out of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input, OptionList

from caz_tui.app import DeskApp
from caz_tui.data.query import ClientView
from caz_tui.data.sheets.office_folder import OfficeFolder
from caz_tui.screens.confirm import Confirm
from caz_tui.screens.export_dialog import ExportDialog
from caz_tui.screens.export_purchases import ExportPurchases
from caz_tui.screens.import_dialog import COLUMNS, FILE, ImportDialog
from caz_tui.session import Session
from caz_tui.terminal.driver import DeskDriver, RestrictedDriver
from tests.ui.dialog_host import DialogHost, settled, until

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from caz_tui.data.service import PortfolioService
    from caz_tui.screens.form_dialog import FormDialog

SHEET = "Razão Social;CNPJ/CPF\nPadaria;12.ABC.345/01DE-35\n"


@pytest.fixture
def folder(tmp_path: Path) -> OfficeFolder:
    """A folder with a sheet, a link to one outside, and names that could not be shown."""
    root = tmp_path / "caixa"
    (root / "sub").mkdir(parents=True)
    (root / "boa.csv").write_text(SHEET, encoding="utf-8")
    (root / "a\x1bb.csv").touch()
    (tmp_path / "segredo.csv").write_text(SHEET, encoding="utf-8")
    (root / "atalho.csv").symlink_to(tmp_path / "segredo.csv")
    return OfficeFolder(root)


async def type_name(app: DialogHost, pilot: Pilot[None], name: str) -> None:
    """Put a name into the field and go on."""
    app.screen.query_one(Input).value = name
    await pilot.press("enter")
    await pilot.pause()


async def test_import_offers_and_takes_what_is_in_the_folder(
    empty_service: PortfolioService, folder: OfficeFolder
) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = ImportDialog(empty_service, folder)
        await app.open(dialog, pilot)
        assert "nome do arquivo na pasta caixa" in app.text()
        listed = app.screen.query_one(OptionList)
        assert [listed.get_option_at_index(place).id for place in range(listed.option_count)] == ["boa.csv", "sub/"]
        for name in ("../segredo.csv", "atalho.csv", "/etc/passwd", "~/x.csv"):
            await type_name(app, pilot, name)
            await until(pilot, lambda: "sem atalhos" in app.words())
            assert dialog.step == FILE
            app.screen.query_one(Input).value = "falta.csv"
            await type_name(app, pilot, "falta.csv")
            await until(pilot, lambda: "não existe" in app.words())
        await type_name(app, pilot, "boa.csv")
        await until(pilot, lambda: dialog.step == COLUMNS)
        assert "boa.csv" in app.text()


@pytest.mark.parametrize("kind", ["clientes", "compras"])
async def test_exports_go_into_the_folder(service: PortfolioService, folder: OfficeFolder, kind: str) -> None:
    app = DialogHost()
    async with app.run_test(size=(80, 24)) as pilot:
        dialog: FormDialog[Any] = (
            ExportDialog(service, ClientView(), folder) if kind == "clientes" else ExportPurchases(service, folder)
        )
        await app.open(dialog, pilot)
        assert app.screen.query_one(Input).value.startswith("ca" if kind == "clientes" else "co")
        for name in ("../fora.csv", "/tmp/fora.csv", "atalho.csv"):
            await type_name(app, pilot, name)
            await until(pilot, lambda: "sem atalhos" in app.words())
        await type_name(app, pilot, "boa.csv")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "pasta caixa" in app.words()
        await pilot.press("n")
        await settled(pilot)
        await type_name(app, pilot, "sub/nova.csv")
        await settled(pilot)
        assert app.results
    assert (folder.root / "sub" / "nova.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (folder.root / "boa.csv").read_text(encoding="utf-8") == SHEET


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_no_action_leads_out(service: PortfolioService, folder: OfficeFolder, tmp_path: Path) -> None:
    app = DeskApp(service, session=Session(folder=folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)  # type: ignore[arg-type]
        for action in ("screenshot", "suspend_process"):
            assert not await app.run_action(f"app.{action}")
        await pilot.press("ctrl+z")
        assert app.is_running
    assert app.driver_class is RestrictedDriver
    assert not RestrictedDriver.may_stop
    assert DeskDriver.may_stop
    assert names_in(tmp_path) == ["caixa", "demonstracao.db", "segredo.csv"]


async def test_everyday_sessions_have_the_whole_disk(service: PortfolioService) -> None:
    app = DeskApp(service)
    assert app.driver_class is DeskDriver
    assert not app.session.is_restricted
