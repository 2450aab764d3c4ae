from __future__ import annotations

import pytest

from caz_tui.data.choices import Field
from caz_tui.data.errors import SheetError
from caz_tui.data.sheets.columns import Kind, column_of, export_columns, find_columns, is_secret, kind_of, recognise
from caz_tui.data.text import slugify

EXPORTED = (
    "Razão Social", "Nome fantasia", "CNPJ/CPF", "Situação", "Plano", "Pago por", "Vencimento do plano",
    "Renovação automática", "Histórico da licença", "Última exportação (início)", "Última exportação (fim)",
    "Cobranças CA", "E-mail", "Telefone", "Cidade", "UF", "Etiquetas", "Observações", "ID de suporte", "Arquivado",
)  # fmt: skip
PURCHASES = (
    "Compra", "Data", "Descrição", "Forma de pagamento", "Situação", "Renovação", "Produto", "Quantidade",
    "Valor unitário",
)  # fmt: skip


def test_exports_write_the_headers_of_the_contract() -> None:
    assert tuple(column.header for column in export_columns(Kind.CLIENTS)) == EXPORTED
    assert tuple(column.header for column in export_columns(Kind.PURCHASES)) == PURCHASES
    assert tuple(column.header for column in export_columns(Kind.BENEFITS)) == ("Benefício", "Data", "Valor")


@pytest.mark.parametrize("headers", [EXPORTED, tuple(header.upper() for header in EXPORTED)])
def test_every_exported_header_feeds_its_field(headers: tuple[str, ...]) -> None:
    columns = recognise(headers, {})
    assert columns.kind is Kind.CLIENTS
    assert sorted(columns.places.values()) == list(range(len(EXPORTED)))
    assert columns.ignored == ()


def test_every_field_is_known_by_its_slug() -> None:
    # A carteira is the office's own affair: no file of the portal has it, and it is assigned by query.
    fields = [field for field in Field if field is not Field.CARTEIRA]
    columns = recognise([field.value for field in fields], {})
    assert {slug: columns.headers[place] for slug, place in columns.places.items()} == {
        field.value: field.value for field in fields
    }


@pytest.mark.parametrize(
    ("header", "slug"),
    [
        ("Razao social", "nome"),
        ("NOME", "nome"),
        ("Nome do cliente", "nome"),
        ("Cliente", "nome"),
        ("Empresa", "nome"),
        ("CNPJ", "documento"),
        ("C.N.P.J./C.P.F.", "documento"),
        ("cpf", "documento"),
        ("CPF / CNPJ", "documento"),
        ("Documento", "documento"),
        ("Status", "situacao"),
        ("Vencimento", "vencimento"),
        ("Cobranças", "cobrancas"),
        ("Email", "email"),
        ("e-mail:", "email"),
        ("Celular", "telefone"),
        ("Município", "cidade"),
        ("Estado", "uf"),
        ("Tags", "etiqueta"),
        ("etiquetas", "etiqueta"),
        ("Obs.", "observacoes"),
        ("ÚLTIMA EXPORTAÇÃO", "exportacao"),
    ],
)
def test_headers_that_people_use(header: str, slug: str) -> None:
    others = [column for column in ("Razão Social", "CNPJ/CPF") if slug not in {"nome", "documento"}]
    others += {"nome": ["CNPJ/CPF"], "documento": ["Razão Social"]}.get(slug, [])
    assert recognise([*others, header], {}).places[slug] == len(others)


def test_no_two_columns_share_a_name() -> None:
    for kind in Kind:
        names: list[str] = []
        for column in export_columns(kind):
            names += {slugify(name).replace("_", "") for name in (column.slug, column.header, *column.aliases)}
        assert len(names) == len(set(names))


def test_the_exported_header_goes_before_other_names_for_it() -> None:
    columns = recognise(["Cliente", "Razão Social", "CNPJ", "Documento"], {})
    assert columns.places == {"nome": 1, "documento": 3}
    assert columns.ignored == ("Cliente", "CNPJ")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (EXPORTED, Kind.CLIENTS),
        (PURCHASES, Kind.PURCHASES),
        (("compra", "PRODUTO", "Quantidade:"), Kind.PURCHASES),
        (("Nome", "CNPJ", "Número", "Item", "Qtd"), Kind.CLIENTS),
        (("Benefício", "Data", "Valor"), Kind.BENEFITS),
        (("Compra", "Data"), Kind.CLIENTS),
        ((), Kind.CLIENTS),
    ],
)
def test_the_kind_is_recognised_by_the_headers(headers: tuple[str, ...], kind: Kind) -> None:
    assert kind_of(headers) is kind


def test_mapped_columns_count_for_the_kind() -> None:
    mapping = {"beneficio": "O que foi", "valor": "Quanto"}
    columns = recognise(["O que foi", "Data", "Quanto"], mapping)
    assert columns.kind is Kind.BENEFITS
    assert columns.places == {"beneficio": 0, "valor": 2, "data": 1}


def test_a_mapping_goes_before_what_is_recognised() -> None:
    headers = ["Razão Social", "DENOM", "CNPJ/CPF"]
    columns = recognise(headers, {"nome": "DENOM", "Fantasia": "razao social"})
    assert columns.places == {"nome": 1, "fantasia": 0, "documento": 2}


def test_a_mapped_column_matches_exactly_before_it_matches_by_slug() -> None:
    headers = ["CNPJ", "nome", "NOME"]
    assert recognise(headers, {"nome": "NOME"}).places["nome"] == 2
    assert recognise(["CNPJ", "Denom. Social"], {"nome": "DENOM_SOCIAL"}).places["nome"] == 1


def test_tags_are_mapped_by_either_name() -> None:
    headers = ["Nome", "CNPJ", "Grupo"]
    assert recognise(headers, {"etiquetas": "Grupo"}).places == recognise(headers, {"etiqueta": "Grupo"}).places


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ({"nomes": "CNPJ"}, "Campo desconhecido em --mapa: nomes. Use um de: nome, fantasia, documento,"),
        ({"nome": "Nome\x1b[2J"}, "O arquivo não tem a coluna Nome<U+001B>[2J. As colunas são: Razão Social, CNPJ."),
        ({"nome": ""}, "O arquivo não tem a coluna "),
    ],
)
def test_a_wrong_mapping_names_what_is_valid(mapping: dict[str, str], sentence: str) -> None:
    with pytest.raises(SheetError) as raised:
        recognise(["Razão Social", "CNPJ"], mapping)
    assert str(raised.value).startswith(sentence)


def test_missing_columns_are_named_with_the_way_out() -> None:
    with pytest.raises(SheetError) as raised:
        recognise(["DENOM", "CNPJ_CIA"], {})
    assert str(raised.value) == (
        "A primeira linha não tem as colunas Razão Social e CNPJ/CPF. As colunas encontradas são: DENOM, CNPJ_CIA. "
        "Indique as certas com --mapa nome=COLUNA --mapa documento=COLUNA."
    )


def test_one_end_of_the_exported_period_is_not_enough() -> None:
    headers = ["Nome", "CNPJ", "Última exportação (fim)"]
    assert find_columns(headers, {}).missing == ("exportacao_inicio",)
    with pytest.raises(
        SheetError, match=r"não tem a coluna Última exportação \(início\)\. .*--mapa exportacao_inicio="
    ):
        recognise(headers, {})


def test_what_is_known_of_a_file_that_cannot_be_imported_yet() -> None:
    found = find_columns(["DENOM", "CNPJ"], {})
    assert found.places == {"documento": 1}
    assert found.missing == ("nome",)
    assert found.ignored == ("DENOM",)
    assert found.fields[0] == ("nome", "Razão Social")


def test_both_ends_of_the_exported_period_go_before_the_single_day() -> None:
    headers = ["Nome", "CNPJ", "Última exportação", "Última exportação (fim)", "Última exportação (início)"]
    assert recognise(headers, {}).places == {"nome": 0, "documento": 1, "exportacao_fim": 3, "exportacao_inicio": 4}
    assert recognise(headers[:4], {}).places == {"nome": 0, "documento": 1, "exportacao": 2}
    mapping = {"exportacao": "Última exportação"}
    assert recognise(headers, mapping).places == {"nome": 0, "documento": 1, "exportacao": 2}


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(SheetError, match=r"mais de uma coluna Telefone \(colunas 3 e 4\)"):
        recognise(["Nome", "CNPJ", "Telefone", "TELEFONE"], {})


@pytest.mark.parametrize("header", ["Senha", "SENHA DO PORTAL", "password", "Login e-CAC", "Usuário", "SenhaGov"])
def test_columns_of_passwords_are_never_read(header: str) -> None:
    assert is_secret(header)
    assert recognise(["Nome", "CNPJ", header], {}).ignored == (header,)
    with pytest.raises(SheetError, match="nunca é lida"):
        recognise(["Nome", "CNPJ", header], {"observacoes": header})


def test_a_column_is_found_by_its_slug() -> None:
    assert column_of(Kind.CLIENTS, "uf").header == "UF"
