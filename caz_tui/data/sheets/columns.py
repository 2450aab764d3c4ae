"""The single place that knows a header: what exports write, what imports accept, and which column feeds which field."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from caz_tui.data.choices import Field
from caz_tui.data.errors import SheetError
from caz_tui.data.sheets.cells import harmless
from caz_tui.data.text import slugify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Kind(StrEnum):
    """What the lines of a file are."""

    CLIENTS = "clientes"
    PURCHASES = "compras"
    BENEFITS = "beneficios"


class Column(NamedTuple):
    """A column that is known: what ``--mapa`` calls it, what exports write over it, and its other names as slugs."""

    slug: str
    header: str
    aliases: tuple[str, ...] = ()
    required: bool = False


EXPORT_START = "exportacao_inicio"
EXPORT_END = "exportacao_fim"

_CLIENT_COLUMNS = (
    Column("nome", "Razão Social", (
        "nome", "nome_do_cliente", "cliente", "nome_razao_social", "razao_social_nome", "nome_ou_razao_social",
        "nome_empresarial", "nome_da_empresa", "empresa", "razao", "denominacao_social", "denominacao",
    ), required=True),
    Column("fantasia", "Nome fantasia", ("fantasia", "nome_de_fantasia", "nome_comercial")),
    Column("documento", "CNPJ/CPF", (
        "documento", "cpf_cnpj", "cnpj", "cnpj_ou_cpf", "cpf_ou_cnpj", "cnpj_cpf_do_cliente", "cnpj_da_empresa",
        "cnpj_do_cliente", "n_do_cnpj", "numero_do_documento", "n_documento", "cpf",
    ), required=True),
    Column("situacao", "Situação", ("status", "situacao_do_cliente", "status_do_cliente")),
    Column("plano", "Plano", ("plano_contratado", "plano_atual", "nome_do_plano")),
    Column("pago_por", "Pago por", ("pagador", "quem_paga", "plano_pago_por", "responsavel_pelo_pagamento")),
    Column("vencimento", "Vencimento do plano", (
        "vence_em", "data_de_vencimento", "data_vencimento", "validade", "validade_do_plano",
    )),
    Column("renovacao", "Renovação automática", ("renovacao", "renova_automaticamente", "auto_renovacao")),
    Column("historico", "Histórico da licença", ("historico", "historico_de_licenca", "licenca")),
    Column(EXPORT_START, "Última exportação (início)", (
        "exportacao_inicio", "inicio_da_ultima_exportacao", "inicio_da_exportacao", "ultima_exportacao_de",
    )),
    Column(EXPORT_END, "Última exportação (fim)", (
        "exportacao_fim", "fim_da_ultima_exportacao", "fim_da_exportacao", "ultima_exportacao_ate",
    )),
    Column("exportacao", "Última exportação", ("exportacao", "data_da_ultima_exportacao", "exportado_em")),
    Column("cobrancas", "Cobranças CA", ("cobrancas", "cobranca_ca", "cobranca", "cobrancas_conta_azul")),
    Column("email", "E-mail", (
        "email", "e_mail_principal", "email_principal", "e_mail_do_cliente", "email_do_cliente", "correio_eletronico",
    )),
    Column("telefone", "Telefone", (
        "celular", "fone", "whatsapp", "telefone_principal", "telefone_celular", "telefone_comercial", "telefone_1",
    )),
    Column("cidade", "Cidade", ("municipio",)),
    Column("uf", "UF", ("estado", "sigla_uf", "unidade_federativa")),
    Column("etiqueta", "Etiquetas", ("etiqueta", "tags", "tag", "marcadores")),
    Column("observacoes", "Observações", ("observacao", "obs", "anotacoes", "notas")),
    Column("suporte", "ID de suporte", ("suporte", "id_suporte", "codigo_de_suporte")),
    Column("arquivado", "Arquivado", ("arquivada",)),
)  # fmt: skip
_PURCHASE_COLUMNS = (
    Column("compra", "Compra", ("numero_da_compra", "n_da_compra", "numero", "pedido"), required=True),
    Column("data", "Data", ("data_da_compra", "comprado_em"), required=True),
    Column("descricao", "Descrição", ("descricao_da_compra",)),
    Column("forma_pagamento", "Forma de pagamento", ("forma_pagamento", "pagamento", "meio_de_pagamento")),
    Column("situacao", "Situação", ("status", "situacao_do_pagamento"), required=True),
    Column("renovacao", "Renovação", ("data_de_renovacao", "renova_em", "proxima_renovacao")),
    Column("produto", "Produto", ("item", "nome_do_produto"), required=True),
    Column("quantidade", "Quantidade", ("qtd", "qtde", "quant"), required=True),
    Column("valor_unitario", "Valor unitário", ("preco_unitario", "valor_unit", "vlr_unitario"), required=True),
)
_BENEFIT_COLUMNS = (
    Column("beneficio", "Benefício", ("descricao_do_beneficio",), required=True),
    Column("data", "Data", ("data_do_credito", "creditado_em"), required=True),
    Column("valor", "Valor", ("valor_do_beneficio", "valor_creditado"), required=True),
)
_COLUMNS = {Kind.CLIENTS: _CLIENT_COLUMNS, Kind.PURCHASES: _PURCHASE_COLUMNS, Kind.BENEFITS: _BENEFIT_COLUMNS}
_TELLING = {Kind.PURCHASES: ("compra", "produto", "quantidade"), Kind.BENEFITS: ("beneficio", "valor")}
_SECRET_WORDS = frozenset({
    "senha", "senhas", "password", "passwords", "passwd", "pwd", "pass", "login", "logins", "usuario", "usuarios",
    "user", "users", "username", "token", "pin", "segredo", "secret", "credencial", "credenciais", "credentials",
})  # fmt: skip
_SECRET_PARTS = ("senha", "password", "passwd", "login")
_SLUGS_MEANT = {"etiquetas": "etiqueta", "tags": "etiqueta", "uf_estado": "uf", "numero": "compra"}
MAPPABLE_SLUGS = tuple(dict.fromkeys(column.slug for columns in _COLUMNS.values() for column in columns))
"""What ``--mapa`` may name in one kind of file or another."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column of a file feeds which field.

    Attributes:
        places: The place of the column, counted from 0, by the slug of the field.
        missing: The slugs of the columns without which the file cannot be imported.
    """

    kind: Kind
    headers: tuple[str, ...]
    places: Mapping[str, int]
    missing: tuple[str, ...] = ()

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headers of the columns that feed nothing, harmless to show."""
        used = set(self.places.values())
        return tuple(harmless(header) for place, header in enumerate(self.headers) if place not in used and header)

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """The slug and the header of every column that can be mapped."""
        return tuple((column.slug, column.header) for column in _COLUMNS[self.kind])


def column_of(kind: Kind, slug: str) -> Column:
    """Return the column of a kind of file that a slug names."""
    return next(column for column in _COLUMNS[kind] if column.slug == slug)


def export_columns(kind: Kind) -> tuple[Column, ...]:
    """Return the columns that exports write, in their order."""
    return tuple(column for column in _COLUMNS[kind] if column.slug != Field.LAST_EXPORT)


def kind_of(headers: Sequence[str], mapping: Mapping[str, str] | None = None) -> Kind:
    """Return what the lines of a file are, by its headers and by the fields that columns are mapped to."""
    found = {_key(header) for header in headers} | {_key(slug) for slug in mapping or ()}
    for kind, telling in _TELLING.items():
        if all({_key(slug), _key(column_of(kind, slug).header)} & found for slug in telling):
            return kind
    return Kind.CLIENTS


def recognise(headers: Sequence[str], mapping: Mapping[str, str]) -> ColumnMap:
    """Return which column feeds which field of a file that can be imported.

    Raises:
        SheetError: a required column is missing, or what ``find_columns`` raises.
    """
    found = find_columns(headers, mapping)
    if found.missing:
        names = [column_of(found.kind, slug).header for slug in found.missing]
        options = " ".join(f"--mapa {slug}=COLUNA" for slug in found.missing)
        raise SheetError(
            f"A primeira linha não tem {'a coluna' if len(names) == 1 else 'as colunas'} {_joined(names)}. "
            f"As colunas encontradas são: {_listed(headers)}. Indique as certas com {options}."
        )
    return found


def find_columns(headers: Sequence[str], mapping: Mapping[str, str]) -> ColumnMap:
    """Return which column feeds which field as far as it is known; what is mapped goes before what is recognised.

    Args:
        headers: The file's headers as they stand there.
        mapping: The header of the column by the slug of the field, as ``--mapa`` gives them.

    Raises:
        SheetError: an unknown field or column is mapped, or a column is there twice; it says what is valid.
    """
    kind = kind_of(headers, mapping)
    keys = [_key(header) for header in headers]
    places = {_mapped_slug(kind, wanted): _mapped_place(headers, keys, column) for wanted, column in mapping.items()}
    mapped = set(places)
    claimed = set(places.values())
    for column in _COLUMNS[kind]:
        if column.slug not in places:
            place = _recognised_place(column, headers, keys, claimed)
            if place is not None:
                places[column.slug] = place
                claimed.add(place)
    missing = [column.slug for column in _COLUMNS[kind] if column.required and column.slug not in places]
    return ColumnMap(kind, tuple(headers), places, (*missing, *_settle_export_columns(places, mapped)))


def is_secret(header: str) -> bool:
    """Tell whether a column holds passwords or the like, by its header; such columns are never read."""
    words = slugify(header).split("_")
    return not _SECRET_WORDS.isdisjoint(words) or any(part in "".join(words) for part in _SECRET_PARTS)


def _key(header: str) -> str:
    """Return what is compared of a header: letters and digits, so that C.N.P.J. is CNPJ."""
    return slugify(header).replace("_", "")


def meant_slug(wanted: str) -> str:
    """Return the slug that ``--mapa`` means by a name, whether or not there is such a field."""
    slug = slugify(wanted)
    return _SLUGS_MEANT.get(slug, slug)


def _mapped_slug(kind: Kind, wanted: str) -> str:
    slug = meant_slug(wanted)
    known = [column.slug for column in _COLUMNS[kind]]
    if slug not in known:
        raise SheetError(f"Campo desconhecido em --mapa: {harmless(wanted)}. Use um de: {', '.join(known)}.")
    return slug


def _mapped_place(headers: Sequence[str], keys: Sequence[str], wanted: str) -> int:
    found = [place for place, header in enumerate(headers) if header == wanted]
    if not found:
        key = _key(wanted)
        found = [place for place, other in enumerate(keys) if key and other == key]
    if not found:
        raise SheetError(f"O arquivo não tem a coluna {harmless(wanted)}. As colunas são: {_listed(headers)}.")
    if len(found) > 1:
        raise SheetError(_ambiguous(headers, found))
    if is_secret(headers[found[0]]):
        raise SheetError(f"A coluna {harmless(headers[found[0]])} parece guardar senhas e nunca é lida.")
    return found[0]


def _recognised_place(column: Column, headers: Sequence[str], keys: Sequence[str], claimed: set[int]) -> int | None:
    for name in map(_key, (column.header, column.slug, *column.aliases)):
        found = [place for place, key in enumerate(keys) if key == name and place not in claimed]
        if len(found) > 1:
            raise SheetError(_ambiguous(headers, found))
        if found and not is_secret(headers[found[0]]):
            return found[0]
    return None


def _settle_export_columns(places: dict[str, int], mapped: set[str]) -> set[str]:
    """Let the two ends of the exported period go before the single day; return the end that has no other."""
    both = {EXPORT_START, EXPORT_END}
    ends = both & places.keys()
    wants_single_day = Field.LAST_EXPORT in mapped and not both & mapped
    if Field.LAST_EXPORT in places and (len(ends) == 1 or wants_single_day):
        for slug in ends:
            del places[slug]
    elif ends:
        places.pop(Field.LAST_EXPORT, None)
        return both - ends
    return set()


def _ambiguous(headers: Sequence[str], places: Sequence[int]) -> str:
    numbers = _joined([str(place + 1) for place in places])
    return (
        f"O arquivo tem mais de uma coluna {harmless(headers[places[0]])} (colunas {numbers}); renomeie ou apague uma."
    )


def _listed(headers: Sequence[str]) -> str:
    return ", ".join(harmless(header) for header in headers if header.strip()) or "nenhuma"


def _joined(words: Sequence[str]) -> str:
    return " e ".join(filter(None, (", ".join(words[:-1]), words[-1])))
