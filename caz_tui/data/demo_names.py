"""Words that the demonstration's companies, people and cities are invented from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from caz_tui.data.text import slugify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

T = TypeVar("T")

FEMALE_NAMES = (
    "Adriana", "Ágata", "Beatriz", "Cecília", "Débora", "Elisângela", "Fátima", "Glória", "Helena", "Inês",
    "Júlia", "Karina", "Letícia", "Luísa", "Márcia", "Nádia", "Olívia", "Patrícia", "Rosângela", "Sílvia",
    "Tânia", "Verônica",
)  # fmt: skip
MALE_NAMES = (
    "Antônio", "Ângelo", "Benício", "Cláudio", "Davi", "Everton", "Fábio", "Gérson", "Hélio", "Ítalo", "João",
    "José", "Luís", "Márcio", "Nélson", "Otávio", "Péricles", "Régis", "Sérgio", "Tomás", "Vinícius",
    "Zé Carlos",
)  # fmt: skip
SURNAMES = (
    "Abrantes", "Aguiar", "Araújo", "Assunção", "Avelar", "Baptista", "Bragança", "Brandão", "Çelik", "Calixto",
    "Camões", "Conceição", "D'Ávila", "Damião", "Estêvão", "Falcão", "Figueirêdo", "Galvão", "Gonçalves",
    "Guimarães", "Inácio", "Jordão", "Kühn", "Lourenço", "Magalhães", "Müller", "Nóbrega", "Olímpio", "Paixão",
    "Queirós", "Ramalho", "Rangel", "Sabóia", "Salomão", "Sant'Anna", "Seabra", "Tavares", "Tomé", "Uchôa",
    "Valadão", "Vasconcelos", "Ximenes", "Zanetti",
)  # fmt: skip
BUSINESSES = (
    ("Açaí", "Comércio de Alimentos"), ("Açougue", "Carnes"), ("Água Viva", "Ótica"),
    ("Agro", "Insumos Agrícolas"), ("Armazém", "Comércio Varejista"), ("Ateliê", "Confecções"),
    ("Auto Peças", "Comércio de Peças"), ("Bistrô", "Refeições"), ("Borracharia", "Serviços Automotivos"),
    ("Café", "Torrefação"), ("Cerâmica", "Indústria de Revestimentos"), ("Clínica", "Serviços Médicos"),
    ("Colégio", "Ensino Fundamental"), ("Construções", "Engenharia"), ("Cosméticos", "Indústria e Comércio"),
    ("Cutelaria", "Ferragens"), ("Distribuidora", "Bebidas"), ("Empório", "Produtos Naturais"),
    ("Estúdio", "Fotografia"), ("Farmácia", "Manipulação"), ("Floricultura", "Flores"),
    ("Frigorífico", "Alimentos"), ("Gráfica", "Impressões"), ("Hortifrúti", "Comércio de Hortaliças"),
    ("Imobiliária", "Administração de Imóveis"), ("Informática", "Soluções em Tecnologia"),
    ("Joalheria", "Joias"), ("Laboratório", "Análises Clínicas"), ("Lanchonete", "Lanches"),
    ("Laticínios", "Indústria de Queijos"), ("Livraria", "Papelaria"), ("Logística", "Transportes"),
    ("Malharia", "Têxtil"), ("Marcenaria", "Móveis Planejados"), ("Mecânica", "Manutenção Industrial"),
    ("Mercearia", "Gêneros Alimentícios"), ("Metalúrgica", "Estruturas Metálicas"), ("Moinho", "Farinhas"),
    ("Odontologia", "Serviços Odontológicos"), ("Oficina", "Reparação de Veículos"), ("Padaria", "Panificação"),
    ("Pet Shop", "Produtos Veterinários"), ("Pizzaria", "Alimentação"), ("Pousada", "Hotelaria"),
    ("Restaurante", "Gastronomia"), ("Salão", "Beleza"), ("Serralheria", "Esquadrias"),
    ("Sorveteria", "Gelados"), ("Supermercado", "Comércio Atacadista"), ("Tecelagem", "Fiação"),
    ("Vidraçaria", "Vidros"), ("Vinícola", "Bebidas Finas"),
)  # fmt: skip
QUALIFIERS = (
    "Alvorada", "Amanhecer", "Aurora", "Bela Vista", "Boa Esperança", "Bom Jardim", "Campo Belo", "Céu Azul",
    "Coração", "Cristal", "da Estação", "da Praça", "das Flores", "das Mangueiras", "do Bairro", "do Vale",
    "dos Ipês", "Esperança", "Estrela d'Oeste", "Girassol", "Horizonte", "Ipê-Amarelo", "Jacarandá", "Maracujá",
    "Monte Líbano", "Nova Aliança", "Novo Século", "Pão & Mel", "Pé de Serra", "Pérola", "Pôr do Sol",
    "Primavera", "Província", "Quatro Estações", "Raízes", "Recanto", "Ribeirão", "Sabiá", "Santa Inês",
    "Santo Antônio", "São Bento", "São João", "São José", "Sertão", "Terra Roxa", "Três Irmãs", "União",
    "Vitória-Régia",
)  # fmt: skip
LEGAL_FORMS = ("Ltda", "Ltda", "Ltda", "ME", "EPP", "S.A.")


class City(NamedTuple):
    """A city with its federative unit and area code."""

    name: str
    state: str
    area_code: str


CITIES = (
    City("São Paulo", "SP", "11"), City("São Paulo", "SP", "11"), City("São Paulo", "SP", "11"),
    City("Campinas", "SP", "19"), City("Ribeirão Preto", "SP", "16"), City("São José dos Campos", "SP", "12"),
    City("Santos", "SP", "13"), City("Rio de Janeiro", "RJ", "21"), City("Niterói", "RJ", "21"),
    City("Petrópolis", "RJ", "24"), City("Belo Horizonte", "MG", "31"), City("Uberlândia", "MG", "34"),
    City("Juiz de Fora", "MG", "32"), City("Vitória", "ES", "27"), City("Curitiba", "PR", "41"),
    City("Londrina", "PR", "43"), City("Maringá", "PR", "44"), City("Joinville", "SC", "47"),
    City("Blumenau", "SC", "47"), City("Florianópolis", "SC", "48"), City("Criciúma", "SC", "48"),
    City("Porto Alegre", "RS", "51"), City("Caxias do Sul", "RS", "54"), City("Santa Maria", "RS", "55"),
    City("Brasília", "DF", "61"), City("Goiânia", "GO", "62"), City("Cuiabá", "MT", "65"),
    City("Campo Grande", "MS", "67"), City("Salvador", "BA", "71"), City("Feira de Santana", "BA", "75"),
    City("Recife", "PE", "81"), City("Maceió", "AL", "82"), City("João Pessoa", "PB", "83"),
    City("Natal", "RN", "84"), City("Fortaleza", "CE", "85"), City("Teresina", "PI", "86"),
    City("São Luís", "MA", "98"), City("Aracaju", "SE", "79"), City("Belém", "PA", "91"),
    City("Manaus", "AM", "92"), City("Palmas", "TO", "63"), City("Porto Velho", "RO", "69"),
    City("Rio Branco", "AC", "68"), City("Macapá", "AP", "96"), City("Boa Vista", "RR", "95"),
)  # fmt: skip


class Names(NamedTuple):
    """What a client is called."""

    name: str
    trade_name: str | None


def pick(rng: Random, options: Sequence[T]) -> T:
    """Return one of some options; several times as fast as the library's own, which large portfolios feel."""
    return options[int(rng.random() * len(options))]


def between(rng: Random, first: int, end: int) -> int:
    """Return a whole number from ``first`` up to, not including, ``end``."""
    return first + int(rng.random() * (end - first))


def person(rng: Random) -> Names:
    """Return an invented person."""
    given = pick(rng, FEMALE_NAMES if rng.random() < 0.5 else MALE_NAMES)
    return Names(f"{given} {pick(rng, SURNAMES)} {pick(rng, SURNAMES)}", None)


def company(rng: Random) -> Names:
    """Return an invented company, with its trade name more often than not."""
    word, activity = pick(rng, BUSINESSES)
    form = pick(rng, LEGAL_FORMS)
    kind = rng.random()
    if kind < 0.55:
        brand = f"{word} {pick(rng, QUALIFIERS)}"
    elif kind < 0.75:
        brand = f"{word} {pick(rng, SURNAMES)}"
    elif kind < 0.9:
        brand = f"{pick(rng, SURNAMES)} & {pick(rng, SURNAMES)}"
    else:
        brand = f"Irmãos {pick(rng, SURNAMES)}"
    return Names(f"{brand} {activity} {form}", brand if rng.random() < 0.7 else None)


def email(rng: Random, names: Names) -> str:
    """Return an address in the domain that is reserved for examples."""
    host = slugify((names.trade_name or names.name).replace("'", "")).replace("_", "-")
    mailbox = pick(rng, ("contato", "financeiro", "adm", "nfe", "fiscal"))
    return f"{mailbox}@{host}.example"
