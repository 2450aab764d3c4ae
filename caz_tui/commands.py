"""The command registry: what a key does, where, and in which words, said once.

Bindings, the key line, the palette, the Ações menu, the help screen and the key table of the user guide are all made
from it.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from textual.binding import Binding

from caz_tui.data.access import Permission

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.binding import BindingType


class Place(Enum):
    """Where a command applies; the value is what the help calls it."""

    EVERYWHERE = "Em toda parte"
    MAIN = "Nas três telas principais"
    TABLE = "Nas tabelas"
    HOME = "Início"
    CLIENTS = "Meus clientes"
    CLIENT = "Dentro de Ações (a)"
    PAYMENTS = "Pagamentos"
    PURCHASE = "Detalhes da compra"
    DETAILS = "Detalhes do cliente"
    FILTERS = "Mais filtros"
    DIALOG = "Formulários e janelas"


class Command(NamedTuple):
    """One thing a key does.

    Attributes:
        name: the Textual action it runs, without ``action_``.
        keys: Textual's names of the keys, the first being the one that is shown.
        shown_key: how the key line and the help write the keys.
        label: a word or two for the key line.
        help: one sentence for help, palette and guide.
        place: where it applies.
        in_key_line: whether the key line has it.
        gives_way: how early the key line leaves it out where there is not room for all; 0 is last.
        line_entry: the key and the word of the key line, where it names more than this command there.
        in_palette: whether the palette offers it.
        needs: what the person's role must allow; the data service asks again.
    """

    name: str
    keys: tuple[str, ...]
    shown_key: str
    label: str
    help: str
    place: Place
    in_key_line: bool = False
    gives_way: int = 0
    line_entry: tuple[str, str] | None = None
    in_palette: bool = True
    needs: Permission = Permission.SEE

    @property
    def entry(self) -> tuple[str, str]:
        """The key and the word that the key line has for it."""
        return self.line_entry or (self.shown_key.split()[0], self.label)

    def binding(self) -> Binding:
        """Return the Textual binding of the command."""
        return Binding(",".join(self.keys), self.name, self.label, show=False)


_WORK, _ADMINISTER = Permission.WORK, Permission.ADMINISTER

COMMANDS: tuple[Command, ...] = (
    Command("go_home", ("1",), "1", "Início", "Abre o Início, com Minha carteira.", Place.EVERYWHERE),
    Command("go_clients", ("2",), "2", "Meus clientes", "Abre Clientes › Meus clientes.", Place.EVERYWHERE),
    Command("go_payments", ("3",), "3", "Pagamentos", "Abre Benefícios para parceiros › Pagamentos.", Place.EVERYWHERE),
    Command("command_palette", ("ctrl+p",), "ctrl+p", "comandos", "Procura qualquer comando, e qualquer cliente por nome ou documento; um formulário se fecha antes.", Place.EVERYWHERE, in_key_line=True, gives_way=2, in_palette=False),
    Command("help", ("question_mark", "f1"), "? f1", "ajuda", "Mostra as teclas desta tela, ou desta janela.", Place.EVERYWHERE, in_key_line=True),
    Command("leave", ("escape",), "esc", "voltar", "Fecha, limpa a busca ou volta; nunca perde o que foi digitado sem perguntar.", Place.EVERYWHERE, in_palette=False),
    Command("switch_theme", (), "", "tema", "Alterna entre o tema escuro e o claro.", Place.EVERYWHERE),
    Command("search", ("slash",), "/", "procurar", "Vai para a linha de busca; a lista muda enquanto se digita.", Place.MAIN, in_key_line=True),
    Command("leave_program", ("q",), "q", "sair", "Sai do programa.", Place.MAIN, in_key_line=True, gives_way=2),
    Command("import_sheet", ("i",), "i", "importar", "Importa uma planilha de clientes, compras ou benefícios.", Place.MAIN, needs=_ADMINISTER),
    Command("reload", ("f5",), "f5", "atualizar", "Lê de novo o que outras pessoas gravaram.", Place.MAIN),
    Command("cursor_down", ("down", "j"), "↓ j", "descer", "Desce uma linha.", Place.TABLE, in_key_line=True, gives_way=3, line_entry=("↑↓", "mover"), in_palette=False),
    Command("cursor_up", ("up", "k"), "↑ k", "subir", "Sobe uma linha.", Place.TABLE, in_palette=False),
    Command("page_down", ("pagedown",), "PgDn", "página", "Desce uma página.", Place.TABLE, in_palette=False),
    Command("page_up", ("pageup",), "PgUp", "página", "Sobe uma página.", Place.TABLE, in_palette=False),
    Command("first", ("home", "g"), "Home g", "primeira", "Vai à primeira linha.", Place.TABLE, in_palette=False),
    Command("last", ("end", "G"), "End G", "última", "Vai à última linha.", Place.TABLE, in_palette=False),
    Command("scroll_columns_right", ("right",), "→", "colunas", "Mostra as colunas à direita.", Place.TABLE, in_palette=False),
    Command("scroll_columns_left", ("left",), "←", "colunas", "Mostra as colunas à esquerda.", Place.TABLE, in_palette=False),
    Command("choose", ("enter",), "enter", "detalhes", "Abre os detalhes da linha.", Place.TABLE, in_key_line=True, in_palette=False),
    Command("actions", ("a",), "a", "ações", "Abre as Ações da linha.", Place.TABLE, in_key_line=True),
    Command("choose", ("enter",), "enter", "abrir a lista", "Abre em Meus clientes a lista que o número conta.", Place.HOME, in_key_line=True, in_palette=False),
    Command("column_right", ("right", "l"), "→ l", "à direita", "Vai à coluna da direita ou à semana seguinte.", Place.HOME, in_palette=False),
    Command("column_left", ("left", "h"), "← h", "à esquerda", "Vai à coluna da esquerda ou à semana anterior.", Place.HOME, in_palette=False),
    Command("filters", ("f",), "f", "mais filtros", "Abre Mais filtros.", Place.CLIENTS, in_key_line=True),
    Command("clear_filters", ("F",), "F", "limpar filtros", "Limpa a busca e todos os filtros.", Place.CLIENTS),
    Command("previous_tab", ("left_square_bracket",), "[", "guia anterior", "Vai à guia anterior.", Place.CLIENTS, in_key_line=True, gives_way=1, line_entry=("[ ]", "guias")),
    Command("next_tab", ("right_square_bracket",), "]", "guia seguinte", "Vai à guia seguinte.", Place.CLIENTS),
    Command("sort", ("s",), "s", "ordenar", "Ordena por outra coluna; de novo na mesma, inverte.", Place.CLIENTS, in_key_line=True),
    Command("mark", ("space",), "espaço", "marcar", "Marca ou desmarca a linha.", Place.CLIENTS, in_key_line=True, in_palette=False),
    Command("mark_all", ("asterisk",), "*", "marcar todos", "Marca ou desmarca todo o resultado.", Place.CLIENTS),
    Command("remove_chip", ("backspace",), "⌫", "tirar filtro", "Tira o último filtro.", Place.CLIENTS),
    Command("edit", ("e",), "e", "editar", "Edita o cliente da linha.", Place.CLIENTS, needs=_WORK),
    Command("contract", ("c",), "c", "contratar", "Contrata um plano para o cliente da linha.", Place.CLIENTS, needs=_WORK),
    Command("new_client", ("n",), "n", "novo cliente", "Cadastra um cliente.", Place.CLIENTS, needs=_WORK),
    Command("export_sheet", ("E",), "E", "exportar", "Exporta a lista da tela para CSV, XLSX ou JSON.", Place.CLIENTS),
    Command("assign_carteira", ("C",), "C", "pôr na carteira", "Põe numa carteira os clientes marcados, ou a lista toda.", Place.CLIENTS, needs=_ADMINISTER),
    Command("go_to_row", ("colon",), ":", "ir à linha", "Vai a uma linha pelo número.", Place.CLIENTS),
    Command("save_view", ("v",), "v", "salvar visão", "Guarda a guia, os filtros e a ordem com um nome.", Place.CLIENTS, needs=_WORK),
    Command("views", ("V",), "V", "visões", "Abre uma visão guardada.", Place.CLIENTS),
    Command("details", ("d",), "d", "ver detalhes", "Ver detalhes", Place.CLIENT),
    Command("contract", ("c",), "c", "contratar", "Contratar um plano", Place.CLIENT, needs=_WORK),
    Command("edit", ("e",), "e", "editar", "Editar", Place.CLIENT, needs=_WORK),
    Command("delete", ("x",), "x", "excluir", "Excluir", Place.CLIENT, needs=_WORK),
    Command("renew", ("r",), "r", "renovar", "Renovar ou trocar plano", Place.CLIENT, needs=_WORK),
    Command("toggle_renewal", ("t",), "t", "renovação automática", "Ligar/desligar renovação automática", Place.CLIENT, needs=_WORK),
    Command("register_export", ("p",), "p", "registrar exportação", "Registrar exportação", Place.CLIENT, needs=_WORK),
    Command("archive", ("z",), "z", "arquivar", "Arquivar", Place.CLIENT, needs=_WORK),
    Command("purchase_details", ("enter",), "enter", "ver detalhes da compra", "Ver detalhes da compra", Place.PAYMENTS, in_key_line=True),
    Command("actions", ("a",), "a", "ações", "Abre as Ações da compra.", Place.PAYMENTS, in_key_line=True),
    Command("export_purchases", ("E",), "E", "exportar", "Exporta as compras para CSV ou XLSX.", Place.PAYMENTS),
    Command("open_client", ("enter",), "enter", "abrir cliente", "Abre o cliente que usa a licença.", Place.PURCHASE, in_key_line=True),
    Command("export_purchase", ("e", "E"), "e", "exportar", "Exporta esta compra para CSV ou XLSX.", Place.PURCHASE, in_key_line=True),
    Command("edit", ("e",), "e", "editar", "Edita o cliente.", Place.DETAILS, in_key_line=True, needs=_WORK),
    Command("actions", ("a",), "a", "ações", "Abre as Ações do cliente.", Place.DETAILS, in_key_line=True),
    Command("export_dossier", ("E",), "E", "exportar os dados", "Exporta tudo que se guarda deste cliente.", Place.DETAILS),
    Command("assign_carteira", ("C",), "C", "pôr na carteira", "Põe este cliente numa carteira.", Place.DETAILS, needs=_ADMINISTER),
    Command("erase_personal_data", ("L",), "L", "apagar dados pessoais", "Apaga os dados pessoais deste cliente (LGPD).", Place.DETAILS, needs=_ADMINISTER),
    Command("apply", ("ctrl+enter", "f2"), "f2", "aplicar", "Aplica os filtros (Enter num campo também aplica).", Place.FILTERS, in_key_line=True),
    Command("clear", ("f4",), "f4", "limpar", "Limpa todos os campos.", Place.FILTERS, in_key_line=True),
    Command("confirm", ("f2",), "f2", "confirmar", "Confirma o formulário (Enter no último campo também confirma).", Place.DIALOG, in_key_line=True),
    Command("next_field", ("tab",), "tab", "próximo campo", "Vai ao próximo campo; shift+tab volta.", Place.DIALOG, in_palette=False),
)  # fmt: skip
"""Every command of the program, in the order in which help lists them."""


def commands_in(*places: Place) -> Iterator[Command]:
    """Yield the commands of some places, in the order of the registry."""
    return (command for command in COMMANDS if command.place in places)


def bindings_for(*places: Place) -> list[BindingType]:
    """Return the Textual bindings of some places."""
    return [command.binding() for command in commands_in(*places) if command.keys]


def key_table() -> str:
    """Return every key as a Markdown table in Portuguese, for the user guide."""
    lines = ["| tecla | onde | faz |", "|---|---|---|"]
    lines += [
        f"| {' '.join(f'`{key}`' for key in command.shown_key.split())} | {command.place.value} | {command.help} |"
        for command in COMMANDS
        if command.keys
    ]
    return "\n".join(lines) + "\n"
