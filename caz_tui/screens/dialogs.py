"""The dialogs that actions open, each imported when it is first asked for: a list is there before any of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from caz_tui.screens.ask_line import AskLine
    from caz_tui.screens.assign_carteira import AssignCarteira
    from caz_tui.screens.client_form import ClientForm
    from caz_tui.screens.confirm import Confirm
    from caz_tui.screens.contract_plan import ContractPlan
    from caz_tui.screens.export_dialog import ExportDialog
    from caz_tui.screens.filter_panel import FilterPanel
    from caz_tui.screens.menu import Menu, MenuEntry
    from caz_tui.screens.register_export import RegisterExport
    from caz_tui.screens.views_menu import ViewsMenu, save_view

__all__ = [
    "AskLine", "AssignCarteira", "ClientForm", "Confirm", "ContractPlan", "ExportDialog", "FilterPanel", "Menu",
    "MenuEntry", "RegisterExport", "ViewsMenu", "save_view",
]  # fmt: skip

MODULES: Final = {
    "Menu": "caz_tui.screens.menu",
    "MenuEntry": "caz_tui.screens.menu",
    "FilterPanel": "caz_tui.screens.filter_panel",
    "ClientForm": "caz_tui.screens.client_form",
    "Confirm": "caz_tui.screens.confirm",
    "ContractPlan": "caz_tui.screens.contract_plan",
    "RegisterExport": "caz_tui.screens.register_export",
    "ExportDialog": "caz_tui.screens.export_dialog",
    "ViewsMenu": "caz_tui.screens.views_menu",
    "save_view": "caz_tui.screens.views_menu",
    "AskLine": "caz_tui.screens.ask_line",
    "AssignCarteira": "caz_tui.screens.assign_carteira",
}
"""Where each of them is, in the order in which they are imported ahead."""


def __getattr__(name: str) -> object:
    if name not in MODULES:
        raise AttributeError(name)
    return getattr(import_module(MODULES[name]), name)
