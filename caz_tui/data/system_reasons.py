"""What the operating system gives as a reason, in Portuguese: its own words come in whatever language it was set up."""

from __future__ import annotations

import errno
from typing import Final

_REASONS: Final = {
    errno.ENOENT: "a pasta não existe",
    errno.ENOTDIR: "a pasta não existe",
    errno.EEXIST: "há um arquivo no lugar da pasta",
    errno.EISDIR: "há uma pasta no lugar do arquivo",
    errno.EACCES: "sem permissão",
    errno.EPERM: "sem permissão",
    errno.EROFS: "o disco é só de leitura",
    errno.ENOSPC: "o disco está cheio",
    errno.EDQUOT: "a cota de disco acabou",
    errno.EFBIG: "o arquivo passa do tamanho permitido",
    errno.ENAMETOOLONG: "o nome é longo demais",
    errno.ELOOP: "o caminho passa por um atalho",
    errno.EIO: "o disco falhou",
    errno.EMFILE: "há arquivos abertos demais",
    errno.ENFILE: "há arquivos abertos demais",
}


def reason(error: Exception) -> str:
    """Return why something could not be done with a file or a folder, as half a sentence."""
    if not isinstance(error, OSError):
        return "o nome não é válido"
    return _REASONS.get(error.errno or 0, "o sistema recusou")
