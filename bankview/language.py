"""The language of the app: every sentence that a person reads passes through here."""

from __future__ import annotations


def tr(text: str, **values: object) -> str:
    """Return a sentence for people with its `{names}` filled in."""
    return text.format(**values) if values else text
