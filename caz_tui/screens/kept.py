"""Dialogs that stay built when they are closed: what is opened again and again only has to show other things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from caz_tui.screens.base import Dialog

if TYPE_CHECKING:
    from textual.app import App

DialogT = TypeVar("DialogT", bound=Dialog[Any])


class Kept(Generic[DialogT]):
    """The place where a screen keeps a dialog."""

    def __init__(self, name: str) -> None:
        """Be empty.

        Args:
            name: under which the app knows the dialog, so that it does not remove it when it is closed.
        """
        self._name = name
        self._dialog: DialogT | None = None

    def take(self, app: App[Any]) -> DialogT | None:
        """Return the dialog, or None where it has to be built.

        One that was built for another size of the terminal, or another theme, is let go rather than made to fit.
        """
        dialog = self._dialog
        if dialog is not None and dialog.built_for != (app.size, app.theme):
            app.uninstall_screen(self._name)
            dialog.remove()
            dialog = self._dialog = None
        return dialog

    def keep(self, app: App[Any], dialog: DialogT) -> DialogT:
        """Keep a dialog that is about to be shown, if it is not kept already, and return it."""
        if dialog is not self._dialog:
            app.install_screen(dialog, self._name)
            self._dialog = dialog
        return dialog

    async def end(self) -> None:
        """End the dialog with the screen that keeps it: an app ends only those that are shown."""
        dialog, self._dialog = self._dialog, None
        if dialog is not None and dialog.is_running:
            await dialog.remove()
