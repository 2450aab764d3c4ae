"""The closed lists of the domain, and the order of a list; light enough for the first frame."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple, Self


class Labelled(StrEnum):
    """A value from a closed list: the slug is what is stored, ``label`` is what the screen shows."""

    label: str

    def __new__(cls, slug: str, label: str = "") -> Self:  # noqa: D102
        member = str.__new__(cls, slug)
        member._value_ = slug
        member.label = label
        return member


class Situation(Labelled):
    """How the client stands with Conta Azul."""

    ACTIVE = "ativo", "Ativo"
    TRIAL = "em_teste", "Em teste"
    OVERDUE = "em_atraso", "Em atraso"
    BLOCKED = "bloqueado", "Bloqueado"
    CANCELLED = "cancelado", "Cancelado"
    NOT_CONNECTED = "nao_conectado", "Não conectado"
    HIGHLY_RECOMMENDED = "muito_recomendado", "Muito recomendado"

    @property
    def is_prospect(self) -> bool:
        """Whether the portal offers to contract a plan for the client or to delete it."""
        return self in (Situation.NOT_CONNECTED, Situation.HIGHLY_RECOMMENDED)


class Payer(Labelled):
    """Who pays for the plan; a client without a plan has none."""

    CLIENT = "cliente", "Cliente"
    OFFICE = "escritorio", "Escritório"


class LicenceHistory(Labelled):
    """What has become of the client's licences so far."""

    NEVER = "nunca_teve", "Nunca teve"
    TRIAL = "em_teste", "Em teste"
    ACTIVE = "ativa", "Ativa"
    EXPIRED = "vencida", "Vencida"
    CANCELLED = "cancelada", "Cancelada"


class Charges(Labelled):
    """Charges that Conta Azul makes to the client (Cobranças CA)."""

    NONE = "sem_cobrancas", "Sem cobranças"
    UP_TO_DATE = "em_dia", "Em dia"
    OPEN = "em_aberto", "Em aberto"
    OVERDUE = "em_atraso", "Em atraso"


class PurchaseStatus(Labelled):
    """How the payment of a purchase stands."""

    PAID = "paga", "Paga"
    OPEN = "em_aberto", "Em aberto"
    OVERDUE = "vencida", "Vencida"
    CANCELLED = "cancelada", "Cancelada"


class Role(Labelled):
    """What a person may do in the portfolio."""

    ADMINISTRATOR = "administrador", "Administrador"
    ANALYST = "analista", "Analista"
    READER = "leitura", "Leitura"


class Term(Labelled):
    """For how long a plan is contracted."""

    MONTHLY = "mensal", "Mensal"
    QUARTERLY = "trimestral", "Trimestral"
    YEARLY = "anual", "Anual"

    @property
    def months(self) -> int:
        """The length in calendar months."""
        return {"mensal": 1, "trimestral": 3, "anual": 12}[self.value]


class Tab(Labelled):
    """The four tabs of Meus clientes."""

    ALL = "todos", "Todos"
    PAID_BY_CLIENT = "pagos-pelo-cliente", "Planos pagos pelo cliente"
    PAID_BY_OFFICE = "pagos-por-mim", "Planos pagos por mim"
    WITHOUT_PLAN = "sem-plano", "Sem plano contratado"


class Field(Labelled):
    """The fields of a client by slug, as files, queries, orders and the command line name them."""

    NAME = "nome", "Cliente"
    TRADE_NAME = "fantasia", "Nome fantasia"
    DOCUMENT = "documento", "CNPJ/CPF"
    SITUATION = "situacao", "Situação"
    PLAN = "plano", "Plano"
    PAYER = "pago_por", "Pago por"
    EXPIRES_ON = "vencimento", "Vencimento do plano"
    AUTO_RENEWS = "renovacao", "Renovação automática"
    LICENCE_HISTORY = "historico", "Histórico da licença"
    LAST_EXPORT = "exportacao", "Última exportação"
    CHARGES = "cobrancas", "Cobranças CA"
    EMAIL = "email", "E-mail"
    PHONE = "telefone", "Telefone"
    CITY = "cidade", "Cidade"
    STATE = "uf", "UF"
    TAGS = "etiqueta", "Etiquetas"
    NOTES = "observacoes", "Observações"
    SUPPORT_ID = "suporte", "ID de suporte"
    ARCHIVED = "arquivado", "Arquivado"
    CARTEIRA = "carteira", "Carteira"

    @property
    def attribute(self) -> str:
        """The name of the field's attribute in ``Client`` and ``ClientChanges``."""
        return _ATTRIBUTES.get(self, self.name.lower())


_ATTRIBUTES = {Field.CHARGES: "ca_charges"}
FIELD_OF_ATTRIBUTE = {field.attribute: field for field in Field}


class Attention(Labelled):
    """What on Início needs attention; each is a door to a list."""

    EXPIRING = "vencendo", "vencem em 30 dias sem renovação automática"
    CHARGES_OVERDUE = "cobrancas", "com cobranças CA em atraso"
    NOT_CONNECTED = "nao_conectados", "não conectados"
    NOT_EXPORTED = "sem_exportacao", "sem exportação há mais de 35 dias"
    RECOMMENDED = "recomendados", "muito recomendados para contratar"


class Order(NamedTuple):
    """How a list is sorted: clients without a value come last either way, ties go by name and then by id."""

    field: Field = Field.NAME
    descending: bool = False

    def reversed(self) -> Order:
        """Return the same order the other way round."""
        return Order(field=self.field, descending=not self.descending)


BY_NAME: Final = Order()
