"""Why a call to bunq is refused."""

from __future__ import annotations


class RefusedError(Exception):
    """A status and a sentence; bunq has no codes."""

    def __init__(self, status: int, why: str) -> None:
        self.status, self.why = status, why
        super().__init__(why)
