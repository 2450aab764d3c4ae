"""Where a portfolio is kept: a file, or a database on a server, named by a URL whose password is never shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from caz_tui.data.errors import StorageError

SERVER_SCHEMES: Final = ("postgresql", "postgres", "postgresql+psycopg")
SCHEMA_OPTION: Final = "esquema"
DIRECT_OPTION: Final = "direto"
HIDDEN: Final = "***"

_FILE_SCHEME: Final = "sqlite:///"
_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_DIRECT: Final = re.compile(r"(?P<host>[^:]+|\[[^]]+\])(?::(?P<port>\d{1,5}))?")
_LIBRARY_OPTIONS: Final = frozenset(
    {
        "application_name", "channel_binding", "connect_timeout", "host", "hostaddr", "keepalives", "keepalives_idle",
        "keepalives_interval", "keepalives_count", "passfile", "port", "require_auth", "service", "sslcert",
        "sslcrl", "sslkey", "sslmode", "sslnegotiation", "sslrootcert", "target_session_attrs", "tcp_user_timeout",
    }
)  # fmt: skip
"""What is handed on to libpq as it is; anything else is a slip of the pen."""


class ServerAddress(NamedTuple):
    """A portfolio on a PostgreSQL server: a schema of a database.

    Attributes:
        host: name, address or folder of a socket; None leaves it to libpq (its service file, its environment).
        port: None for libpq's own.
        user: None for libpq's own.
        database: None for libpq's own.
        schema: the office's schema in the database; None for the one that the server settles on, ``public`` mostly.
        direct: host and port of the server itself, where ``host`` is a pooler that hands on no notifications.
        options: what else libpq is told.
        password: what the URL itself held; shown nowhere.
    """

    host: str | None = None
    port: int | None = None
    user: str | None = None
    database: str | None = None
    schema: str | None = None
    direct: tuple[str, int | None] | None = None
    options: tuple[tuple[str, str], ...] = ()
    password: str | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"

    def __str__(self) -> str:
        person = f"{quote(self.user, safe='')}@" if self.user else ""
        host = self.host or ""
        if host.startswith("/"):
            host = quote(host, safe="")
        elif ":" in host:
            host = f"[{host}]"
        port = f":{self.port}" if self.port else ""
        # Options can name files, never a secret; what tells one office from another is enough.
        office = f"?{SCHEMA_OPTION}={self.schema}" if self.schema else ""
        service = dict(self.options).get("service")
        if service and not self.host:
            office += f"{'&' if office else '?'}service={quote(service)}"
        return f"postgresql://{person}{host}{port}/{quote(self.database or '', safe='')}{office}"

    @property
    def has_password(self) -> bool:
        """Whether the URL itself held the password."""
        return self.password is not None

    def for_library(self, *, direct: bool = False) -> dict[str, str | int]:
        """Return the parameters of a connection, the password among them, for nothing but the driver.

        Args:
            direct: to the server itself, past a pooler.
        """
        host, port = (self.direct or (self.host, self.port)) if direct else (self.host, self.port)
        given = {
            "host": host,
            "port": port,
            "user": self.user,
            "dbname": self.database,
            "password": self.password,
        }
        return {**dict(self.options), **{name: value for name, value in given.items() if value is not None}}


Place = Path | ServerAddress
"""Where a portfolio is."""


def place_of(name: str) -> Place:
    """Return the place that a path or URL names.

    Raises:
        StorageError: the URL is of another kind of database, or badly written.
    """
    if name.startswith(_FILE_SCHEME):
        name = name.removeprefix(_FILE_SCHEME)
    elif "://" in name:
        scheme = name.split("://")[0]
        if scheme not in SERVER_SCHEMES:
            raise StorageError(
                f"“{masked(scheme)}” não é um banco que o caz-tui abra: use um arquivo ou postgresql://servidor/banco."
            )
        return _server(name)
    return Path(name).expanduser()


def _server(url: str) -> ServerAddress:
    try:
        parts = urlsplit(url)
        port = parts.port
        asked = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)) if parts.query else {}
    except ValueError:
        raise _badly_written("não tem a forma postgresql://usuário@servidor:porta/banco") from None
    if parts.fragment:
        raise _badly_written("tem um # que precisa ser escrito %23")
    if "password" in asked:
        raise _badly_written("não leva a senha entre as opções")
    schema = asked.pop(SCHEMA_OPTION, None)
    if schema is not None and not _SCHEMA.fullmatch(schema):
        raise _badly_written(f"precisa de um {SCHEMA_OPTION} com letras minúsculas, números e _, no máximo 63")
    direct = asked.pop(DIRECT_OPTION, None)
    unknown = sorted(asked.keys() - _LIBRARY_OPTIONS)
    if unknown:
        raise _badly_written(f"tem opções que não existem: {', '.join(unknown)}")
    return ServerAddress(
        host=asked.pop("host", None) or (unquote(parts.hostname) if parts.hostname else None),
        port=_port(asked.pop("port", None)) or port,
        user=unquote(parts.username) if parts.username else None,
        database=unquote(parts.path.removeprefix("/")) or None,
        schema=schema,
        direct=_direct(direct),
        options=tuple(sorted(asked.items())),
        password=unquote(parts.password) if parts.password else None,
    )


def _direct(text: str | None) -> tuple[str, int | None] | None:
    if text is None:
        return None
    found = _DIRECT.fullmatch(text)
    if found is None:
        raise _badly_written(f"precisa de um {DIRECT_OPTION} na forma servidor:porta")
    return found["host"].strip("[]"), _port(found["port"])


def _port(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65_536):
        raise _badly_written("tem uma porta que não existe")
    return int(text)


def _badly_written(what: str) -> StorageError:
    # Not a word of the address itself, which may hold a password in any wrong place.
    return StorageError(f"O endereço do banco {what}.")


def masked(text: str) -> str:
    """Return a text without the passwords of the URLs in it."""
    return re.sub(r"(://[^/\s:@]*):[^\s@]*@", rf"\1:{HIDDEN}@", text)


def identity(place: Place) -> str:
    """Return what tells a portfolio from every other one, the same in every session on it."""
    return str(place) if isinstance(place, ServerAddress) else str(place.absolute())
