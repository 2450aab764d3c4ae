"""What goes wrong with a server, in one Portuguese sentence without a word of a password."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import psycopg
from sqlalchemy.exc import DBAPIError

from caz_tui.data.errors import ServerGone, StorageError

if TYPE_CHECKING:
    from caz_tui.data.address import ServerAddress

NOT_WRITTEN: Final = "A conexão com o servidor caiu e nada foi gravado; tente de novo quando ela voltar."
PERHAPS_WRITTEN: Final = (
    "O servidor caiu no instante de gravar e não voltou a responder; confira se foi gravado antes de repetir."
)
LOST: Final = "Sem conexão com o servidor; tentando de novo. O que foi digitado continua."

# What refuses a connection comes as a text alone, in the language of the server or of the library.
_REFUSALS: Final = {
    r"translate host name|could not resolve|name or service not known|getaddrinfo|resolver":
        "O servidor {host} não foi encontrado; confira o endereço do banco.",
    r"password authentication failed|no password supplied|autenticação do tipo senha falhou|nenhuma senha":
        "O servidor {host} não aceitou o usuário ou a senha; confira o usuário do endereço e o arquivo ~/.pgpass.",
    r'(database|banco de dados) ".*" (does not exist|não existe)':
        "Não há o banco {database} no servidor {host}; peça a quem administra que o crie.",
    r'(role|user|usuário|papel|função) ".*" (does not exist|não existe)':
        "O servidor {host} não conhece o usuário; confira o usuário do endereço do banco.",
    r"pg_hba\.conf":
        "O servidor {host} não aceita conexões deste usuário ou desta máquina (pg_hba.conf).",
    r"too many (clients|connections)|remaining connection slots|muitas conexões|muitos clientes":
        "O servidor {host} não tem conexões livres; tente de novo daqui a pouco.",
    r"is starting up|is shutting down|iniciando|desligando|not yet accepting|recovery mode":
        "O servidor {host} está iniciando ou parando; tente de novo daqui a pouco.",
    r"SSL|certificate|certificado":
        "A conexão segura com o servidor {host} não foi possível; confira o sslmode e os certificados.",
    r"definition of service|service file|definição de serviço":
        "O serviço do endereço do banco não foi encontrado; confira o arquivo de serviços.",
    r"timeout|timed out|tempo":
        "O servidor {host} não respondeu a tempo; confira o endereço e a rede.",
    r"connection refused|no such file|recusada|permission denied|no route|unreachable":
        "O servidor {host} não aceitou a conexão; confira o endereço e se o PostgreSQL está no ar.",
}  # fmt: skip
_STATES: Final = {
    "25006": "O servidor de {place} está só para leitura; nada foi gravado.",
    "42501": "O usuário do banco não tem permissão em {place}; peça a quem administra.",
    "53100": "O disco do servidor está cheio; nada foi gravado.",
    "53200": "O servidor está sem memória; nada foi gravado.",
    "53300": "O servidor {host} não tem conexões livres; tente de novo daqui a pouco.",
    "55P03": "O banco {place} está ocupado por outra gravação; tente de novo.",
    "57014": "O servidor interrompeu a consulta, que demorou demais.",
}
_GONE: Final = ("08", "57P")
_ABOUT_THE_DATA: Final = "23"


def explain(error: BaseException, address: ServerAddress) -> StorageError | None:
    """Return what an error means; None for one about the data itself, or that is no database's at all."""
    cause: BaseException | None = error.orig if isinstance(error, DBAPIError) else error
    while cause is not None and not isinstance(cause, psycopg.Error):
        cause = cause.__cause__
    if cause is None:
        return None
    state = cause.sqlstate or ""
    said = {"host": _host(address), "database": address.database or "", "place": str(address)}
    if state.startswith(_ABOUT_THE_DATA):
        return None
    if state in _STATES:
        return StorageError(_STATES[state].format_map(said))
    if state.startswith(_GONE) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return ServerGone(NOT_WRITTEN)
    if isinstance(cause, psycopg.OperationalError) and not state:
        return ServerGone(_refusal(str(cause)).format_map(said))
    return StorageError(f"O banco {address} não respondeu como esperado.")


def _refusal(message: str) -> str:
    for pattern, sentence in _REFUSALS.items():
        if re.search(pattern, message, re.IGNORECASE):
            return sentence
    return "O servidor {host} não aceitou a conexão; confira o endereço do banco."


def _host(address: ServerAddress) -> str:
    if address.host is None:
        service = dict(address.options).get("service")
        return f"do serviço {service}" if service else "desta máquina"
    return f"{address.host}:{address.port}" if address.port else address.host
