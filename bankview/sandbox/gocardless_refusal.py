"""Why a call to GoCardless Bank Account Data is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class RefusedError(Exception):
    """A status, a summary, and the service's own word for the kind of trouble, where it has one."""

    def __init__(
        self, status: int, summary: str, kind: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.summary, self.kind = status, summary, kind
        self.headers = headers or {}
        super().__init__(summary)

    @property
    def said(self) -> dict[str, Any]:
        """What the answer's body is."""
        kind = {"type": self.kind} if self.kind else {}
        return {
            "summary": self.summary,
            "detail": self.summary,
            "status_code": self.status,
            **kind,
        }
