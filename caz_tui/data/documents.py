"""CNPJ and CPF: normal form, check digits, mask.

A CNPJ is twelve characters (digits or, since July 2026, capital letters) and two check digits; each character
counts as its ASCII code less 48, weighted 2 to 9 from the right, modulus 11 (Instrução Normativa RFB 2.229/2024).
A CPF is nine digits and two check digits, weighted 2 upwards from the right, modulus 11.
"""

from __future__ import annotations

import re
from operator import mul

CNPJ_LENGTH = 14
CPF_LENGTH = 11

_MASK_CHARACTERS = str.maketrans("", "", " .-/")
_CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}", re.ASCII)
_CPF = re.compile(r"[0-9]{11}", re.ASCII)
_SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?E[+-]?[0-9]+", re.ASCII)
_LONGEST_CNPJ_WEIGHT = 9
_LONGEST_CPF_WEIGHT = 11
# From the left, for the second check digit; the first one leaves out the first of them.
_CNPJ_WEIGHTS = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_CPF_WEIGHTS = (11, 10, 9, 8, 7, 6, 5, 4, 3, 2)
_DIGITS = "0123456789"
_ZERO_FIRST = tuple(f"0{digit}" for digit in _DIGITS)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGIT_OF_REST = "00987654321"


def bare(text: str) -> str:
    """Return the text without mask characters and in capitals, whether or not it is a document."""
    return text.translate(_MASK_CHARACTERS).upper()


def is_valid(document: str) -> bool:
    """Tell whether a bare document is a CNPJ or CPF with the right check digits."""
    if _CPF.fullmatch(document):
        return _check_digits(document[:9], _CPF_WEIGHTS) == document[9:] and len(set(document)) > 1
    if _CNPJ.fullmatch(document):
        return _check_digits(document[:12], _CNPJ_WEIGHTS) == document[12:] and len(set(document)) > 1
    return False


def parse_document(text: str) -> str:
    """Return the bare, upper-case document written in a text, masked or not.

    Raises:
        ValueError: it is neither a CNPJ nor a CPF; the sentence says what is wrong.
    """
    document = bare(text)
    if not text.isascii():
        raise ValueError("o documento só pode ter letras sem acento, algarismos e a máscara")
    if is_valid(document):
        return document
    if _SCIENTIFIC.fullmatch(text.strip().upper()):
        raise ValueError(
            "o documento está em notação científica e perdeu algarismos; formate a coluna como texto na planilha"
        )
    padded = _with_leading_zeros(document)
    if len(padded) == 1:
        raise ValueError(f"o documento perdeu os zeros à esquerda; seria {mask(padded[0])}")
    if padded:
        cpf, cnpj = map(mask, padded)
        raise ValueError(
            f"o documento perdeu os zeros à esquerda e pode ser o CPF {cpf} ou o CNPJ {cnpj}; escreva-o inteiro"
        )
    if _CPF.fullmatch(document) or _CNPJ.fullmatch(document):
        if len(set(document)) == 1:
            raise ValueError("o documento repete um só caractere e não existe")
        raise ValueError("os dígitos verificadores do documento não conferem")
    raise ValueError("o documento precisa ter 14 caracteres (CNPJ) ou 11 algarismos (CPF)")


def restore_leading_zeros(document: str) -> str | None:
    """Return the bare document with the leading zeros a spreadsheet took from it.

    None when no check digits hold then, or when they hold both as a CPF and as a CNPJ.
    """
    padded = _with_leading_zeros(document)
    return padded[0] if len(padded) == 1 else None


def _with_leading_zeros(document: str) -> list[str]:
    """Return the CPF and the CNPJ, if they are any, that a bare document is with zeros before it."""
    if not (document.isascii() and document.isdigit()):
        return []
    candidates = [document.zfill(length) for length in (CPF_LENGTH, CNPJ_LENGTH) if len(document) < length]
    return [candidate for candidate in candidates if is_valid(candidate)]


def mask(document: str) -> str:
    """Return a bare document as people write it: ``12.ABC.345/01DE-35`` or ``529.982.247-25``."""
    if len(document) == CNPJ_LENGTH:
        return f"{document[:2]}.{document[2:5]}.{document[5:8]}/{document[8:12]}-{document[12:]}"
    if len(document) == CPF_LENGTH:
        return f"{document[:3]}.{document[3:6]}.{document[6:9]}-{document[9:]}"
    return document


def complete(base: str) -> str:
    """Return a bare CNPJ or CPF base (12 characters or 9 digits) with its two check digits."""
    return base + _check_digits(base, _CPF_WEIGHTS if len(base) == CPF_LENGTH - 2 else _CNPJ_WEIGHTS)


def may_have_lookalikes(document: str) -> bool:
    """Tell whether another document made of digits alone could differ from this one in one place.

    A changed digit moves both sums off their remainders, so both documents can only be valid when both check digits
    are zero, which stands for two remainders; only the first digit of a CPF weighs 11, thus nothing, in its second sum.
    Letters have their equals modulo 11 and always can.
    """
    return not document.isdigit() or document.endswith("00" if len(document) == CNPJ_LENGTH else _ZERO_FIRST)


def lookalikes(document: str) -> tuple[str, ...]:
    """Return every valid document that differs from a bare one in exactly one character."""
    length = len(document) - 2
    longest = _LONGEST_CPF_WEIGHT if len(document) == CPF_LENGTH else _LONGEST_CNPJ_WEIGHT
    alphabet = _DIGITS if len(document) == CPF_LENGTH else _DIGITS + _LETTERS
    first = [2 + (length - 1 - place) % (longest - 1) for place in range(length)]
    second = [2 + (length - place) % (longest - 1) for place in range(length)]
    values = [ord(char) - 48 for char in document[:length]]
    first_sum = sum(map(int.__mul__, values, first))
    second_sum = sum(map(int.__mul__, values, second)) + 2 * int(document[-2])
    wanted = document[-2:]
    found = []
    for place in range(length):
        for char in alphabet:
            change = ord(char) - 48 - values[place]
            if (
                change
                and _DIGIT_OF_REST[(first_sum + change * first[place]) % 11] == wanted[0]
                and _DIGIT_OF_REST[(second_sum + change * second[place]) % 11] == wanted[1]
            ):
                found.append(document[:place] + char + document[place + 1 :])
    return tuple(other for other in found if is_valid(other))


def _check_digits(base: str, weights: tuple[int, ...]) -> str:
    values = [code - 48 for code in base.encode()]
    first = _DIGIT_OF_REST[sum(map(mul, values, weights[1:])) % 11]
    values.append(int(first))
    return first + _DIGIT_OF_REST[sum(map(mul, values, weights)) % 11]
