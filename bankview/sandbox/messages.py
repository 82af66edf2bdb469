"""A request that came in and the answer that goes out, as values."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FORM = "application/x-www-form-urlencoded"


class Port(StrEnum):
    """Which of the three ports a request came in by."""

    API = "api"
    PAGES = "pages"
    CERTIFICATE = "certificate"


class DroppedError(Exception):
    """The connection is to be reset instead of answered."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; the names of `headers` are lower case, `peer` is the client's certificate in DER."""

    port: Port
    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    peer: bytes = field(default=b"", repr=False)

    @property
    def target(self) -> str:
        """Path and query as they were sent."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def arguments(self) -> list[tuple[str, str]]:
        """The query's names and values, in order."""
        return parse_qsl(self.query, keep_blank_values=True)

    @property
    def form(self) -> list[tuple[str, str]]:
        """The names and values of a form's body; nothing where the body is no form."""
        if self.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            return []
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @property
    def json_object(self) -> dict[str, Any] | None:
        """The JSON object in the body; None where it is none."""
        try:
            body = json.loads(self.body)
        except ValueError:
            return None
        return body if isinstance(body, dict) else None


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; a body that is no bytes is sent piece by piece as it is produced."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Return a value as a JSON answer that nobody keeps."""
    fixed = {"Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache"}
    return Answer(status, {**fixed, **(headers or {})}, json.dumps(value).encode())


def text_answer(status: int, text: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Return a plain sentence."""
    fixed = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    return Answer(status, {**fixed, **(headers or {})}, text.encode())
