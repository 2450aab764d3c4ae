"""The options of the command line, and argparse speaking Portuguese."""

from __future__ import annotations

import argparse
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from caz_tui import __version__
from caz_tui.console.output import say
from caz_tui.data.access import person_name
from caz_tui.data.address import masked
from caz_tui.data.choices import Order, Role, Tab

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    Commands = argparse._SubParsersAction["Parser"]  # noqa: SLF001 - argparse gives its own result no public name

FAILED_STATUS = 1
USAGE_STATUS = 2
DEMO_CLIENTS = 300
MOST_DEMO_CLIENTS = 10_000_000
SESSION_OPTIONS = ("restrito", "pasta", "usuario", "maximo_sessoes", "duracao_maxima", "bloqueio")
"""What the administrator settles in the forced command, and whoever comes by it cannot."""

GUEST_COMMANDS = (
    "desk", "clientes", "cliente", "carteira", "carteiras", "pagamentos", "importar", "exportar", "banco",
)  # fmt: skip
"""What a restricted session may do; a command that is not here is refused, whatever it does."""

GUEST_TASKS = ("verificar",)
"""The tasks of ``banco`` in a restricted session: those that change and write nothing."""
LAST_ENTRIES = 200
MOST_KEPT_COPIES = 3650
_MOST_COUNTED = 999_999_999_999
_MOST_LIMITED = 999_999
_LONGEST_ID_DIGITS = 9

# argparse takes anything that begins with a hyphen for an option; these are queries and orders.
_NEGATED_CRITERION = re.compile(r"-[^\W\d]\w*:")
_DESCENDING = re.compile(r"-[a-z_]+")
_HYPHEN = "\0"

_MESSAGES = tuple(
    (re.compile(english, re.DOTALL), portuguese)
    for english, portuguese in (
        (r"the following arguments are required: (.*)", r"falta: \1"),
        (r"unrecognized arguments: (.*)", r"não entendo: \1"),
        (r"argument (\S+): invalid choice: (['\"])(.*)\2 \(choose from (.*)\)", r"\1 não pode ser “\3”; use um de: \4"),
        (r"argument (\S+): expected one argument", r"\1 precisa de um valor"),
        (r"argument (\S+): ignored explicit argument (['\"])(.*)\2", r"\1 não leva valor: “\3”"),
        (r"argument (\S+): not allowed with argument (\S+)", r"\1 não combina com \2"),
        (r"argument (\S+): (.*)", r"\1: \2"),
    )
)
_HELP = ("-h", "--help", "--ajuda")
_CHOICES = re.compile(r"(?<=use um de: ).*", re.DOTALL)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "uso: " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """An argument parser whose help and errors are in Portuguese."""

    def __init__(self, **options: object) -> None:
        super().__init__(add_help=False, allow_abbrev=False, formatter_class=_Formatter, **options)  # type: ignore[arg-type]
        self._positionals.title = "o que dizer"
        self._optionals.title = "opções"
        self.add_argument(*_HELP, action="help", help="mostra esta ajuda e sai")

    def error(self, message: str) -> NoReturn:
        """Leave with one sentence, and where the usage is."""
        self.refuse(message, self.prog)

    def refuse(self, message: str, command: str) -> NoReturn:
        """Leave with one sentence, and where the usage of a command is."""
        say(f"caz-tui: {_in_portuguese(message)}.")
        say(f"Veja «{command} --help».")
        self.exit(USAGE_STATUS)


class GuestParser(Parser):
    """A parser for what comes from the other end of the line: nothing in it chooses database, person or folder."""

    def refuse(self, message: str, command: str) -> NoReturn:  # noqa: ARG002 - there is no help to point to
        """Leave with one sentence."""
        say(f"caz-tui: {_in_portuguese(message)}.")
        self.exit(USAGE_STATUS)


def parse(arguments: Sequence[str], parser_class: type[Parser] = Parser) -> argparse.Namespace:
    """Return what the command line asks for; ``command`` names it, ``desk`` being the full screen.

    Leaves the program for ``--help``, ``--version`` and wrong usage.
    """
    words = _protect_hyphens(arguments)
    desk = _desk_alone(words, parser_class)
    if desk is not None:
        return desk
    parser = _parser(parser_class)  # type: ignore[arg-type] # mypy asks its objects for a hash, not the class
    asked, rest = parser.parse_known_args(words)
    # What is wrong from here on is wrong with the command, and its help says more.
    command = " ".join([parser.prog, *_command_words(asked)])
    if "query" in asked and not any(word.startswith("-") for word in rest):
        # argparse gives a query up at the first option; the words behind it are as good.
        asked.query = [*asked.query, *rest]
        rest = []
    if rest:
        hint = " (se é da consulta, escreva antes um -- sozinho)" if "query" in asked else ""
        parser.refuse(f"unrecognized arguments: {' '.join(rest)}{hint}", command)
    if asked.demo is not None and asked.command != "desk":
        parser.refuse(f"argument --demo: not allowed with argument {asked.command}", command)
    if asked.pasta is not None and not asked.restrito:
        parser.refuse("argument --pasta: só vale com --restrito", command)
    if "query" in asked:
        asked.query = " ".join(asked.query).replace(_HYPHEN, "-")
    return asked


def _desk_alone(words: Sequence[str], parser_class: type[Parser]) -> argparse.Namespace | None:
    """Return what is asked for by words that are right and ask for the full screen; None for any others.

    Making the parsers of all commands takes a twentieth of the time to the first frame.
    """
    if not set(_HELP).isdisjoint(words):
        return None
    try:
        asked, rest = _without_commands(parser_class, exit_on_error=False).parse_known_args(words)
    except argparse.ArgumentError:
        return None
    return None if rest or (asked.pasta is not None and not asked.restrito) else asked


def _command_words(asked: argparse.Namespace) -> list[str]:
    """Return the words that name the command and its task, as they are typed."""
    return [] if asked.command == "desk" else [asked.command, *filter(None, [getattr(asked, "task", None)])]


def _in_portuguese(message: str) -> str:
    message = masked(message)
    for pattern, portuguese in _MESSAGES:
        if match := pattern.fullmatch(message):
            message = match.expand(portuguese)
            break
    message = _CHOICES.sub(lambda listed: listed[0].replace("'", ""), message)
    return message.replace(_HYPHEN, "-").replace(repr(_HYPHEN)[1:-1], "-")


def _protect_hyphens(arguments: Sequence[str]) -> list[str]:
    protected: list[str] = []
    for place, argument in enumerate(arguments):
        is_order = place > 0 and arguments[place - 1] == "--ordenar" and _DESCENDING.fullmatch(argument)
        hidden = bool(is_order or _NEGATED_CRITERION.match(argument))
        protected.append(_HYPHEN + argument[1:] if hidden else argument)
    return protected


@cache
def _parser(parser_class: type[Parser]) -> Parser:
    parser = _without_commands(parser_class)
    commands = parser.add_subparsers(title="comandos", metavar="COMANDO", parser_class=parser_class)
    _add_import(commands)
    _add_export(commands)
    _add_clients(commands)
    _add_one_client(commands)
    _add_summary(commands)
    _add_carteiras(commands)
    _add_payments(commands)
    if not issubclass(parser_class, GuestParser):
        _add_users(commands)
        _add_audit(commands)
    _add_database_commands(commands)
    return parser


def _without_commands(parser_class: type[Parser], **options: bool) -> Parser:
    parser = parser_class(
        prog="caz-tui",
        description="A carteira de clientes do escritório parceiro Conta Azul, no terminal.\n"
        "Sem comando, abre a tela cheia sobre o banco do escritório.",
        epilog="exemplos:\n  caz-tui --demo\n  caz-tui importar clientes.xlsx --simular\n"
        "  caz-tui clientes 'situacao:ativo vencimento:30d renovacao:nao'",
        **options,
    )
    parser.set_defaults(command="desk", banco=None, folder=None, **dict.fromkeys(SESSION_OPTIONS))
    parser.add_argument(
        "--version", "--versao", action="version", version=f"caz-tui {__version__}", help="mostra a versão"
    )
    parser.add_argument(
        "--demo", nargs="?", type=_demo_size, const=DEMO_CLIENTS, metavar="N",
        help=f"abre uma carteira de demonstração, descartada ao sair, com N clientes ({DEMO_CLIENTS})",
    )  # fmt: skip
    _add_database(parser)
    _add_session(parser)
    return parser


def _command(commands: Commands, name: str, about: str, example: str) -> Parser:
    parser: Parser = commands.add_parser(name, help=about, description=about, epilog=f"exemplo:\n  {example}")
    parser.set_defaults(command=name)
    _add_database(parser)
    return parser


def _add_database(parser: Parser) -> None:
    if isinstance(parser, GuestParser):
        return
    parser.add_argument(
        "--banco", default=argparse.SUPPRESS, metavar="BANCO",
        help="o banco do escritório, um arquivo ou postgresql://servidor/banco (ou CAZ_BANCO; sem eles, um arquivo na "
        "pasta de dados do usuário)",
    )  # fmt: skip


def _add_session(parser: Parser) -> None:
    if isinstance(parser, GuestParser):
        return
    session = parser.add_argument_group("sessões por SSH (no comando que o servidor impõe; veja docs/ssh.md)")
    session.add_argument(
        "--restrito", action="store_true", default=None,
        help="só o programa: nem shell, nem arquivos fora da pasta do escritório",
    )  # fmt: skip
    session.add_argument("--pasta", metavar="CAMINHO", help="a pasta dos arquivos de uma sessão restrita (~/caixa)")
    session.add_argument("--usuario", type=_person, metavar="NOME", help="quem usa o programa (a conta do sistema)")
    session.add_argument("--maximo-sessoes", type=_at_least_one, metavar="N", help="telas cheias abertas por pessoa")
    session.add_argument("--duracao-maxima", type=_at_least_one, metavar="MIN", help="depois disso a tela cheia fecha")
    session.add_argument(
        "--bloqueio", type=_at_least_one, metavar="MIN", help="sem teclas por esse tempo, cobre a tela"
    )


def _add_import(commands: Commands) -> None:
    parser = _command(
        commands, "importar", "Importa uma planilha CSV ou XLSX de clientes, compras ou benefícios.",
        "caz-tui importar clientes.csv --mapa nome=EMPRESA --mapa documento=CNPJ --simular",
    )  # fmt: skip
    parser.add_argument("file", type=Path, metavar="ARQUIVO", help="a planilha")
    parser.add_argument(
        "--mapa", action="append", default=[], type=_mapping, metavar="CAMPO=COLUNA",
        help="diz que coluna alimenta um campo; pode repetir",
    )  # fmt: skip
    parser.add_argument("--simular", action="store_true", help="só diz o que aconteceria; não grava nada")
    parser.add_argument(
        "--pular-invalidas", action="store_true", help="grava as linhas boas; sem isto, uma linha ruim recusa o arquivo"
    )
    parser.add_argument(
        "--completar-zeros", action="store_true", help="devolve os zeros à esquerda que a planilha tirou de documentos"
    )
    _add_format(parser, "tabela", "json")


def _add_export(commands: Commands) -> None:
    parser = _command(
        commands, "exportar", "Exporta clientes para CSV, XLSX ou JSON, conforme o nome do arquivo.",
        "caz-tui exportar vencendo.xlsx vencimento:30d --aba pagos-por-mim",
    )  # fmt: skip
    parser.add_argument("file", type=Path, metavar="ARQUIVO", help="termina em .csv, .xlsx ou .json")
    _add_view(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--compras", action="store_true", help="exporta as compras em vez dos clientes")
    what.add_argument("--beneficios", action="store_true", help="exporta os benefícios em vez dos clientes")


def _add_clients(commands: Commands) -> None:
    parser = _command(
        commands, "clientes", "Lista clientes na saída padrão.",
        "caz-tui clientes 'situacao:em_atraso uf:SP' --ordenar -vencimento --formato json",
    )  # fmt: skip
    _add_view(parser)
    parser.add_argument("--limite", type=_count, metavar="N", help="no máximo N clientes (sem isto, todos)")
    _add_format(parser, "tabela", "json", "csv")


def _add_one_client(commands: Commands) -> None:
    parser = _command(
        commands, "cliente", "Tudo que se guarda de um cliente: exportar, ou apagar os dados pessoais (LGPD).",
        "caz-tui cliente exportar 11.222.333/0001-81 --formato json",
    )  # fmt: skip
    tasks = _tasks(parser)
    export = _task(
        tasks, "exportar", "Mostra o cliente, as licenças, as compras e o histórico; fica na trilha.",
        "11.222.333/0001-81 --formato json",
    )  # fmt: skip
    export.add_argument("document", metavar="DOCUMENTO", help="o CNPJ ou CPF, com ou sem máscara")
    _add_format(export, "tabela", "json")
    erase = _task(
        tasks, "apagar-dados", "Apaga e-mail, telefone, cidade, etiquetas e observações, também da trilha.",
        "11.222.333/0001-81",
    )  # fmt: skip
    erase.add_argument("document", metavar="DOCUMENTO", help="o CNPJ ou CPF, com ou sem máscara")
    _add_unasked(erase)


def _add_carteiras(commands: Commands) -> None:
    parser = _command(
        commands, "carteiras", "As carteiras que os analistas recebem, e os clientes de cada uma.",
        "caz-tui carteiras atribuir Sul 'uf:RS,SC,PR'",
    )  # fmt: skip
    tasks = _tasks(parser)
    _add_format(_task(tasks, "listar", "Lista as carteiras."), "tabela", "json")
    create = _task(tasks, "criar", "Cria uma carteira.", "Sul")
    create.add_argument("name", metavar="NOME", help="o nome da carteira")
    _add_format(create, "tabela", "json")
    for name, about, example in (
        ("atribuir", "Põe numa carteira todos os clientes de uma consulta.", "Sul 'uf:RS,SC,PR'"),
        ("retirar", "Tira de uma carteira os clientes de uma consulta.", "Sul 'situacao:cancelado'"),
    ):
        move = _task(tasks, name, about, example)
        move.add_argument("name", metavar="NOME", help="o nome da carteira")
        move.add_argument("query", nargs="*", default=[], metavar="CONSULTA", help="quem; sem ela, todos os da guia")
        _add_tab(move)
        _add_unasked(move)
        _add_format(move, "tabela", "json")


def _add_users(commands: Commands) -> None:
    parser = _command(
        commands, "usuarios", "Quem pode abrir o banco, em que papel e com quais carteiras.",
        "caz-tui usuarios criar maria --papel analista --carteira Sul",
    )  # fmt: skip
    tasks = _tasks(parser)
    roles = [role.value for role in Role]
    _add_format(_task(tasks, "listar", "Lista os usuários."), "tabela", "json")
    create = _task(tasks, "criar", "Cria um usuário.", "maria --papel analista --carteira Sul")
    change = _task(tasks, "papel", "Muda o papel de um usuário.", "maria leitura")
    give = _task(tasks, "carteira", "Dá a um analista estas carteiras, no lugar das que tinha.", "maria Sul Norte")
    close = _task(tasks, "desativar", "Tira o acesso de um usuário; o que ele fez fica na trilha.", "maria")
    reopen = _task(tasks, "reativar", "Devolve o acesso a um usuário.", "maria")
    for task in (create, change, give, close, reopen):
        task.add_argument("name", metavar="NOME", help="a conta do sistema, ou o nome do --usuario da chave")
    create.add_argument("--papel", dest="role", required=True, choices=roles, help="o que pode fazer")
    create.add_argument(
        "--carteira", dest="carteiras", action="append", default=[], metavar="CARTEIRA",
        help="a carteira de um analista; pode repetir",
    )  # fmt: skip
    change.add_argument("role", metavar="PAPEL", choices=roles, help=", ".join(roles))
    give.add_argument("carteiras", nargs="*", default=[], metavar="CARTEIRA", help="as carteiras; nenhuma tira todas")
    for task in (create, change, give, close, reopen):
        _add_format(task, "tabela", "json")


def _tasks(parser: Parser) -> Commands:
    tasks: Commands = parser.add_subparsers(
        title="tarefas", metavar="TAREFA", parser_class=type(parser), required=True, dest="task"
    )
    return tasks


def _task(tasks: Commands, name: str, about: str, example: str = "") -> Parser:
    """Return the parser of a task; the example is what is typed behind its name."""
    task: Parser = tasks.add_parser(name, help=about, description=about)
    task.epilog = f"exemplo:\n  {task.prog} {example}".rstrip()
    _add_database(task)
    return task


def _add_unasked(parser: Parser) -> None:
    parser.add_argument("--sem-confirmar", action="store_true", help="faz sem perguntar")


def _add_summary(commands: Commands) -> None:
    parser = _command(commands, "carteira", "Mostra os números de Minha carteira.", "caz-tui carteira --formato json")
    _add_format(parser, "tabela", "json")


def _add_payments(commands: Commands) -> None:
    parser = _command(
        commands, "pagamentos", "Lista as compras, ou uma com seus itens.", "caz-tui pagamentos 2026-0214"
    )
    parser.add_argument("number", nargs="?", metavar="NUMERO", help="o número de uma compra")
    _add_format(parser, "tabela", "json", "csv")


def _add_audit(commands: Commands) -> None:
    parser = _command(
        commands, "auditoria", "Mostra quem fez o quê, e prova que nada disso foi mudado.",
        "caz-tui auditoria --quem ana --desde 01/11/2026",
    )  # fmt: skip
    parser.add_argument("--quem", dest="who", metavar="PESSOA", help="só o que essa pessoa fez")
    parser.add_argument(
        "--cliente", dest="client", type=_client, metavar="CLIENTE",
        help="só sobre esse cliente: o CNPJ ou CPF, com ou sem máscara, ou o id",
    )  # fmt: skip
    parser.add_argument("--acao", dest="action", metavar="TEXTO", help="só o que começa assim: Editou, Entrou, Saiu …")
    parser.add_argument("--desde", dest="since", type=_day, metavar="DATA", help="desde esse dia, inclusive")
    parser.add_argument("--ate", dest="until", type=_day, metavar="DATA", help="até esse dia, inclusive")
    parser.add_argument(
        "--ultimos", dest="last", type=_count, default=LAST_ENTRIES, metavar="N",
        help=f"no máximo os N mais novos ({LAST_ENTRIES})",
    )  # fmt: skip
    _add_format(parser, "tabela", "json")
    proof = parser.add_mutually_exclusive_group()
    proof.add_argument("--verificar", dest="verify", action="store_true", help="prova que a trilha está íntegra")
    proof.add_argument(
        "--ancorar", dest="anchor", type=Path, metavar="ARQUIVO", help="acrescenta a esse arquivo o selo do mais novo"
    )
    proof.add_argument(
        "--conferir", dest="compare", type=Path, metavar="ARQUIVO", help="confere a trilha com os selos desse arquivo"
    )


def _add_database_commands(commands: Commands) -> None:
    is_guest = issubclass(commands._parser_class, GuestParser)  # noqa: SLF001 - argparse does not tell it otherwise
    example = "verificar" if is_guest else "backup /media/pendrive/carteira.db"
    parser = _command(commands, "banco", "Cuida do banco.", f"caz-tui banco {example}")
    tasks = _tasks(parser)
    for name, example, about in (
        ("migrar", "", "Atualiza o banco para esta versão, depois de uma cópia."),
        ("backup", "/media/pendrive/carteira.db", "Copia o banco com outras pessoas trabalhando."),
        ("copias", "--manter 14", "Mostra as cópias diárias, e diz quantas manter e onde."),
        ("restaurar", "/media/pendrive/carteira.db", "Põe uma cópia no lugar do banco; o atual fica ao lado."),
        (
            "copiar",
            "carteira.db postgresql://servidor/escritorio",
            "Leva o escritório inteiro para outro banco, vazio, e prova que os dois são iguais.",
        ),
        ("verificar", "", "Confere se o banco está íntegro e se os números batem."),
    ):
        if is_guest and name not in GUEST_TASKS:
            continue
        task = _task(tasks, name, about, example)
        if name == "copiar":
            task.add_argument("source", metavar="ORIGEM", help="o banco de onde, um arquivo ou postgresql://…")
            task.add_argument("target", metavar="DESTINO", help="o banco para onde, ainda vazio")
        elif name == "backup":
            _add_backup(task)
        elif name == "copias":
            _add_copies(task)
        elif name == "restaurar":
            task.add_argument("file", type=Path, metavar="ARQUIVO", help="a cópia")


def _add_backup(task: argparse.ArgumentParser) -> None:
    which = task.add_mutually_exclusive_group()
    which.add_argument("file", type=Path, nargs="?", metavar="ARQUIVO", help="a cópia (um nome com a data, ao lado)")
    which.add_argument(
        "--diaria", dest="daily", action="store_true", help="a cópia de hoje, se ainda não há: para o cron"
    )


def _add_copies(task: argparse.ArgumentParser) -> None:
    task.add_argument(
        "--manter", dest="keep", type=_kept, metavar="N", help="quantas ficam, as mais novas; 0 desliga (7)"
    )
    task.add_argument(
        "--pasta", dest="folder_of_copies", type=Path, metavar="CAMINHO", help="onde ficam (copias, ao lado do banco)"
    )


def _add_view(parser: Parser) -> None:
    parser.add_argument(
        "query", nargs="*", default=[], metavar="CONSULTA", help="como na linha de busca: situacao:ativo padaria"
    )
    _add_tab(parser)
    parser.add_argument(
        "--ordenar", dest="order", type=_order, default=Order(), metavar="[-]CAMPO",
        help="o campo da ordem; com - na frente, inverte",
    )  # fmt: skip


def _add_tab(parser: Parser) -> None:
    parser.add_argument("--aba", default=Tab.ALL.value, choices=[tab.value for tab in Tab], help="a guia (todos)")


def _add_format(parser: Parser, *formats: str) -> None:
    parser.add_argument(
        "--formato", dest="format", default=formats[0], choices=formats, help=f"o formato da saída ({formats[0]})"
    )


def _demo_size(text: str) -> int:
    return _whole(text, 1, MOST_DEMO_CLIENTS)


def _order(text: str) -> Order:
    from caz_tui.data.selects import SORT_FIELDS  # noqa: PLC0415 - for those who ask for another order

    text = text.replace(_HYPHEN, "-")
    name = text.removeprefix("-").strip().lower()
    for field in SORT_FIELDS:
        if field.value == name:
            return Order(field=field, descending=text.startswith("-"))
    raise argparse.ArgumentTypeError(f"não há ordem por “{name}”; use um de: {', '.join(SORT_FIELDS)}")


def _day(text: str) -> date:
    from caz_tui.data.values import parse_date  # noqa: PLC0415 - for one command alone

    try:
        return parse_date(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _client(text: str) -> str | int:
    from caz_tui.data.documents import bare, is_valid  # noqa: PLC0415 - for one command alone

    document = bare(text)
    if is_valid(document):
        return document
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID_DIGITS:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}” não é um CNPJ, um CPF nem o id de um cliente")


def _count(text: str) -> int:
    return _whole(text, 0, _MOST_COUNTED)


def _at_least_one(text: str) -> int:
    return _whole(text, 1, _MOST_LIMITED)


def _kept(text: str) -> int:
    return _whole(text, 0, MOST_KEPT_COPIES)


def _whole(text: str, least: int, most: int) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_COUNTED))
    if not (is_number and least <= int(text) <= most):
        allowed = f"{most:,}".replace(",", ".")
        raise argparse.ArgumentTypeError(f"“{text}” não serve; use um número inteiro de {least} a {allowed}")
    return int(text)


def _person(text: str) -> str:
    try:
        return person_name(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _mapping(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not (equals and field.strip() and column.strip()):
        raise argparse.ArgumentTypeError(f"“{text}” não tem a forma campo=COLUNA")
    from caz_tui.data.sheets.columns import MAPPABLE_SLUGS, meant_slug  # noqa: PLC0415 - for one command alone

    if meant_slug(field) not in MAPPABLE_SLUGS:
        raise argparse.ArgumentTypeError(f"não há campo “{field.strip()}”; use um de: {', '.join(MAPPABLE_SLUGS)}")
    return field.strip(), column
