"""A server's own words, made fit to stand in a log and before a person."""

from __future__ import annotations

import re

#: Longest code and longest sentence that are shown.
LONGEST_CODE = 80
LONGEST_SENTENCE = 200
#: Characters of an answer that is shown as it came.
LONGEST_TEXT = 2_000


def code_of(value: object) -> str:
    """Return an error code as far as it is one; RFC 6749 §5.2 lets it be any ASCII text, extensions use URIs."""
    text = value if isinstance(value, str) else ""
    return re.sub(r"[^A-Za-z0-9_.:/-]", "", text)[:LONGEST_CODE]


def sentence_of(value: object) -> str:
    """Return a description on one line, without control characters and cut; it is still the server's, not ours."""
    text = value if isinstance(value, str) else ""
    return "".join(char if char.isprintable() else " " for char in text)[:LONGEST_SENTENCE]


def text_of(value: str) -> str:
    """Return a whole answer that is no data on one line, without control characters and cut."""
    return "".join(char if char.isprintable() else " " for char in value)[:LONGEST_TEXT].strip()
