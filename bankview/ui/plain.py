"""Texts that others wrote, as controls take them that read signs of their own into texts."""

from __future__ import annotations

import re
import textwrap

from bankview.language import seen

#: Letters of a line of a tool tip, and its lines.
_WIDE, _LINES = 80, 8
#: What is no word of any language, and the parts of it that a line of a pane has room for.
_ENDLESS, _PART = re.compile(r"\S{25,}"), re.compile(r".{10}(?=.)")


def literal(text: str) -> str:
    """Return what a button or a menu shows as `text`, without taking an ampersand in it for a key."""
    return seen(text).replace("&", "&&")


def shorten(text: str, most: int) -> str:
    """Return a text, or so many letters of it and an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def breakable(text: str) -> str:
    """Return a text whose words are none too long for a narrow pane: a label breaks lines between words alone."""
    return _ENDLESS.sub(lambda word: _PART.sub("\\g<0>\u200b", word[0]), text)


def hint(text: str) -> str:
    """Return a text as a tool tip: not as wide as the screen, and not as high."""
    said = seen(text)
    return "\n".join(
        textwrap.wrap(said, _WIDE, max_lines=_LINES, placeholder="…", break_on_hyphens=False)
        if len(said) > _WIDE
        else [said]
    )
