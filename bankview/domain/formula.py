"""Texts that a spreadsheet would run as a formula, and the apostrophe that keeps it from that."""

from __future__ import annotations

import re

#: What a spreadsheet reads as the beginning of a formula, also behind blanks and quotes (OWASP, CWE-1236).
_FORMULA = re.compile("[ '\"]*[=+\\-@\t\r\n\0＝＋－＠]")
_NUMBER = re.compile(r"[ '\"]*[-+]?\d+([.,]\d+)?")


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; `unguarded` gives it back."""
    return f"'{text}" if _is_formula(text) else text


def unguarded(text: str) -> str:
    """Return what `guarded` was given."""
    return text[1:] if text.startswith("'") and _is_formula(text[1:]) else text


def _is_formula(text: str) -> bool:
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)
