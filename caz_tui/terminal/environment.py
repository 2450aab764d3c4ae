"""The environment as Textual and Rich will read it; runs before either is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    ColourSystem = Literal["standard", "256", "truecolor"]

_DUMB_TERMS: Final = frozenset({"", "dumb", "unknown"})
_TERMS_WITH_256_COLOURS: Final = frozenset(
    {"alacritty", "contour", "foot", "rio", "wezterm", "xterm-ghostty", "xterm-kitty"}
)
# GNU screen and the Linux console inherit COLORTERM from outside and cannot do what it says.
_TERMS_WITH_16_COLOURS: Final = ("linux", "screen", "screen.")

# What GNU screen erases is black, whatever the pen; so is what a VT100 erases.
_TERMS_THAT_ERASE_PLAINLY: Final = ("screen", "vt", "ansi")

FRAMES_PER_SECOND: Final = "240"
"""A frame waits for the next tick of this clock, which only runs while something is to be drawn."""

ESCAPE_MILLISECONDS: Final = "50"
"""An Esc behind which nothing has come for so long is the key; who sits behind a worse line sets ESCDELAY."""

ECONOMY: Final = "CAZ_ECONOMIA"
"""The variable that, set to 0, has every frame sent whole."""

_DANGEROUS: Final = frozenset(
    {
        "BROWSER",  # executed to open a link
        "COLUMNS",
        "LINES",  # believed before the terminal is asked for its size
        "FORCE_COLOR",
        "TTY_COMPATIBLE",
        "TTY_INTERACTIVE",
        "JUPYTER_COLUMNS",
        "JUPYTER_LINES",
        "DATABRICKS_RUNTIME_VERSION",
        "UNICODE_VERSION",
    }
)


def is_dumb(environ: Mapping[str, str]) -> bool:
    """Tell whether the terminal understands no control sequence worth sending.

    Args:
        environ: the process's variables.

    Returns:
        True when TERM is missing or says so.
    """
    return environ.get("TERM", "").strip().lower() in _DUMB_TERMS


def erases_in_colour(environ: Mapping[str, str]) -> bool:
    """Tell whether what the terminal erases takes the background of the pen.

    Args:
        environ: the process's variables.

    Returns:
        False when it does not, or when TERM leaves it open.
    """
    return not environ.get("TERM", "").strip().lower().startswith(_TERMS_THAT_ERASE_PLAINLY)


def colour_system(environ: Mapping[str, str]) -> ColourSystem | None:
    """Choose the colours to send.

    Args:
        environ: the process's variables.

    Returns:
        A Rich colour system, or None for no colours at all.
    """
    term = environ.get("TERM", "").strip().lower()
    if environ.get("NO_COLOR") or is_dumb(environ) or term.startswith(("vt1", "vt2")) or term.endswith("-mono"):
        return None
    claims_truecolor = environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}
    if term.endswith("-direct") or (claims_truecolor and not _has_16_colours(term)):
        return "truecolor"
    if "256color" in term or term in _TERMS_WITH_256_COLOURS:
        return "256"
    return "standard"


def scrub(environ: MutableMapping[str, str]) -> None:
    """Take out what would make Textual import, execute or write something, and settle the colours.

    Textual reads its variables while it is imported, so this comes first. The colours reach `App` by the two
    variables it reads anyway: `TEXTUAL_COLOR_SYSTEM`, and `NO_COLOR`, which becomes `App.no_color`.

    Args:
        environ: `os.environ`, changed in place.
    """
    colours = colour_system(environ)
    for name in [name for name in environ if name.startswith("TEXTUAL") or name in _DANGEROUS]:
        del environ[name]
    environ["TEXTUAL_COLOR_SYSTEM"] = colours or "standard"
    environ["TEXTUAL_FPS"] = FRAMES_PER_SECOND
    environ.setdefault("ESCDELAY", ESCAPE_MILLISECONDS)
    # Textual takes an empty NO_COLOR for a wish, which by its own convention it is not.
    environ.pop("NO_COLOR", None)
    if colours is None:
        environ["NO_COLOR"] = "1"


def _has_16_colours(term: str) -> bool:
    return term in _TERMS_WITH_16_COLOURS or (term.startswith("screen.") and "256color" not in term)
