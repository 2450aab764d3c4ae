"""Why a file cannot be read, as the process that opens it says so and as people read it."""

from __future__ import annotations

from caz_tui.data.sheets import limits


class Unreadable(Exception):
    """A file is refused as a whole: a code, and the place in the file."""

    def __init__(self, code: str, **place: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.place = place


_SENTENCES = {
    "not_a_sheet": "não é uma planilha CSV nem XLSX ({what}).",
    "old_excel": "está no formato antigo do Excel (.xls); salve como .xlsx ou CSV.",
    "open_document": "está no formato ODS do LibreOffice; salve como .xlsx ou CSV.",
    "binary_excel": "está no formato binário do Excel (.xlsb); salve como .xlsx ou CSV.",
    "zip_without_sheet": "é um arquivo compactado sem planilha do Excel dentro.",
    "password": "está protegido por senha; salve uma cópia sem senha.",
    "utf16": "está em UTF-16 (“texto Unicode”); salve como CSV UTF-8.",
    "broken_xlsx": "está danificado e não abre como XLSX.",
    "bomb": (
        "foi recusado: descompactado ocuparia {unpacked_mib} MiB, e o limite é "
        f"{limits.LARGEST_UNPACKED_BYTES // 1024**2} MiB e {limits.LARGEST_UNPACKED_RATIO} vezes o tamanho do arquivo."
    ),
    "xlsx_size": "passa de {most_mib} MiB, o limite de um XLSX; salve como CSV.",
    "csv_size": "passa de {most_mib} MiB, o limite de um CSV; divida o arquivo.",
    "empty": "está vazio.",
    "columns": f"tem {{columns}} colunas; o máximo são {limits.MOST_COLUMNS}.",
    "far_cell": f"tem um valor na célula {{cell}}, fora das {limits.MOST_COLUMNS} primeiras colunas; apague-o.",
    "error_cells": "tem células demais com erro de fórmula (como #REF!); corrija a planilha.",
    "header_cell": f"linha {{line}}: um título de coluna passa de {limits.LONGEST_HEADER_CHARS} caracteres.",
    "nul": "linha {line}: há um byte nulo (NUL), que um CSV não pode ter.",
    "encoding": "linha {line}: há um byte que não é UTF-8 nem Windows-1252.",
    "open_quote": "linha {line}: as aspas abertas aqui não fecham onde a célula termina.",
    "long_line": f"linha {{line}}: passa de {limits.LONGEST_RECORD_CHARS // 1024**2} milhões de caracteres.",
    "memory": "ocupa memória demais ao ser aberto; apague linhas e colunas vazias ou salve como CSV.",
    "time": "leva tempo demais para ser aberto; divida o arquivo ou salve como CSV.",
    "died": "não pôde ser lido: o programa que abre planilhas parou.",
}


def sentence(name: str, code: str, place: dict[str, int | str]) -> str:
    """Return what a refusal says to people of the file they know by a name."""
    said = _SENTENCES[code].format_map(place)
    return f"O arquivo {name}{',' if said.startswith('linha ') else ''} {said}"
