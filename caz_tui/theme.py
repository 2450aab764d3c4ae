"""The two themes: one accent, three meanings and greys, legible in any number of colours."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="caz-escuro",
    primary="#2687E9",
    secondary="#8fa3b8",
    accent="#2687E9",
    success="#4cb782",
    warning="#e0a23b",
    error="#e5604d",
    foreground="#d7dde4",
    background="#11161c",
    surface="#11161c",
    panel="#1a2129",
    boost="#1f2832",
    dark=True,
    variables={
        # Textual takes a theme's boost for transparent once the panel has a colour of its own.
        "boost": "#1f2832",
        "muted": "#8494a5",
        # Reversed, so that the cursor is there without colours too.
        "input-cursor-text-style": "reverse",
        "input-cursor-foreground": "#d7dde4",
        "input-cursor-background": "#11161c",
        "input-selection-background": "#2687E9 40%",
        "border": "#33414f",
        "border-blurred": "#33414f",
        "scrollbar": "#33414f",
        "scrollbar-hover": "#48596b",
        "scrollbar-active": "#2687E9",
        "scrollbar-background": "#11161c",
        "scrollbar-background-hover": "#11161c",
        "scrollbar-background-active": "#11161c",
        "scrollbar-corner-color": "#11161c",
    },
)

LIGHT = Theme(
    name="caz-claro",
    primary="#0b5fb8",
    secondary="#55677a",
    accent="#0b5fb8",
    success="#1d7a48",
    warning="#8a5a00",
    error="#b3261e",
    foreground="#1b2530",
    background="#ffffff",
    surface="#ffffff",
    panel="#eef2f6",
    boost="#e3e9ef",
    dark=False,
    variables={
        "boost": "#e3e9ef",
        "muted": "#5b6b7b",
        "input-cursor-text-style": "reverse",
        "input-cursor-foreground": "#1b2530",
        "input-cursor-background": "#ffffff",
        "input-selection-background": "#0b5fb8 30%",
        "border": "#b9c4cf",
        "border-blurred": "#b9c4cf",
        "scrollbar": "#b9c4cf",
        "scrollbar-hover": "#93a2b1",
        "scrollbar-active": "#0b5fb8",
        "scrollbar-background": "#ffffff",
        "scrollbar-background-hover": "#ffffff",
        "scrollbar-background-active": "#ffffff",
        "scrollbar-corner-color": "#ffffff",
    },
)
