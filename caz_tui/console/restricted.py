"""A session that is nothing but the program: what the other end of the line may ask for, and what is believed of it.

The forced command in ``authorized_keys`` or ``sshd_config`` is the administrator's. What the client asked for arrives
in ``SSH_ORIGINAL_COMMAND``: a text, which no shell ever sees, taken apart here and read by a parser that does not know
the options of the administrator.
"""

from __future__ import annotations

import os
import pwd
import shlex
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from caz_tui.console import arguments
from caz_tui.console.output import say
from caz_tui.data.errors import StorageError
from caz_tui.data.sheets.office_folder import OfficeFolder

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import MutableMapping

ORIGINAL_COMMAND: Final = "SSH_ORIGINAL_COMMAND"
PROGRAM: Final = "caz-tui"
DEFAULT_FOLDER: Final = "caixa"
LONGEST_COMMAND_CHARS: Final = 4096

REFUSED: Final = (
    "Esta sessão só aceita «caz-tui» sozinho ou com clientes, cliente, carteira, carteiras, pagamentos, importar, "
    "exportar ou «banco verificar»."
)
_BELIEVED: Final = frozenset(
    {"TERM", "COLORTERM", "NO_COLOR", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_FPS", "ESCDELAY", "CAZ_ECONOMIA", "LANG", "PATH"}
)
"""The variables that stay: they say what the terminal can do, or were set by this program."""


def enter(forced: Namespace, environ: MutableMapping[str, str]) -> Namespace:
    """Return what a restricted session does: what the forced command says, or what the client asked for within it.

    Args:
        forced: the forced command's own options.
        environ: ``os.environ``; only what is harmless stays in it.

    Raises:
        SheetError: a file outside the office's folder is named.
        StorageError: the account has no home directory.
    """
    command = environ.get(ORIGINAL_COMMAND)
    home = _home()
    for name in [name for name in environ if name not in _BELIEVED and not name.startswith("LC_")]:
        del environ[name]
    environ["HOME"] = str(home)
    asked = forced
    if command is not None and forced.command == "desk" and forced.demo is None:
        asked = _asked_for(command)
        for name in ("banco", *arguments.SESSION_OPTIONS):
            setattr(asked, name, getattr(forced, name))
    if not _is_allowed(asked):
        _refuse()
    asked.folder = _folder(forced.pasta, home)
    if "file" in asked:
        asked.file = asked.folder.file(str(asked.file))
    return asked


def _asked_for(command: str) -> Namespace:
    """Return what a client's command asks for; leaves the program for one that is not ours."""
    try:
        if len(command) > LONGEST_COMMAND_CHARS or not command.isprintable():
            _refuse()
        words = shlex.split(command)
    except ValueError:
        _refuse()
    if words and words[0] != PROGRAM:
        _refuse()
    return arguments.parse(words[1:], arguments.GuestParser)


def _is_allowed(asked: Namespace) -> bool:
    if asked.command not in arguments.GUEST_COMMANDS:
        return False
    if asked.command == "banco":
        return asked.task in arguments.GUEST_TASKS
    return asked.demo is None or asked.demo <= arguments.DEMO_CLIENTS


def _refuse() -> NoReturn:
    say(REFUSED)
    raise SystemExit(arguments.USAGE_STATUS)


def _home() -> Path:
    # Not $HOME: a server may be told to take it from the client.
    try:
        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        raise StorageError("Esta conta não tem pasta pessoal no sistema; avise quem administra.") from None


def _folder(named: str | None, home: Path) -> OfficeFolder:
    if named is not None:
        return OfficeFolder(home / named)
    folder = home / DEFAULT_FOLDER
    # Without it everything but files works, and whoever wants a file is told.
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
    return OfficeFolder(folder)
