"""Why a call to Enable Banking is refused."""

from __future__ import annotations


class RefusedError(Exception):
    """A status, the service's own code, and a sentence."""

    def __init__(self, status: int, code: str, message: str, detail: object = None) -> None:
        self.status, self.code, self.message, self.detail = status, code, message, detail
        super().__init__(message)
