"""Texts that a terminal, Textual or a spreadsheet program would obey, and what must never be seen of them."""

from __future__ import annotations

PAYLOADS: dict[str, str] = {
    "escape": "a\x1b[31mb",
    "title": "a\x1b]0;dono\x07b",
    "clipboard": "a\x1b]52;c;cm0gLXJm\x07b",
    "hyperlink": "a\x1b]8;;http://exemplo.test\x1b\\b",
    "device": "a\x1bPq#0\x1b\\b",
    "reset": "a\x1bcb",
    "status": "a\x1b[6nb",
    "window": "a\x1b[8;1;1tb",
    "c1-csi": "a\x9b2Jb",
    "c1-osc": "a\x9d0;dono\x9cb",
    "nul": "a\x00b",
    "backspace": "a\x08\x08b",
    "delete": "a\x7fb",
    "carriage": "a\rb",
    "bidi-override": "a\u202eb",
    "bidi-isolate": "a\u2066b\u2069",
    "bidi-mark": "a\u200fb",
    "zero-width": "a\u200b\u2060\ufeffb",
    "line-separator": "a\u2028b",
    "stacked": "a" + "\u0301" * 60 + "b",
    "closing-markup": "[/]",
    "open-markup": "[x=y",
    "bold-markup": "[bold]markup[/]",
    "action": "[@click=app.quit]q[/]",
    "variable": "$error {nome} %s \\x1b[2J",
}

FORBIDDEN = (
    "\x1b]0;dono", "\x1b]52;c;cm", "\x1b]8;;http", "\x1bPq", "\x1bc", "\x1b[6n", "\x1b[8;1;1t", "\x9b", "\x9d", "\x00",
    "\x08", "\x7f",
    "\u202e", "\u2066", "\u2069", "\u200f", "\u200b", "\u2060", "\ufeff", "\u2028", "\u0301\u0301\u0301",
)  # fmt: skip
"""What must not be on the wire."""
