"""Why a call after the Berlin Group is refused."""

from __future__ import annotations


class RefusedError(Exception):
    """A status, one of the standard's codes, and a sentence."""

    def __init__(self, status: int, code: str, text: str) -> None:
        self.status, self.code, self.text = status, code, text
        super().__init__(text)
