"""A bank with nothing but JSON: one list for whoever is signed in at the sandbox, and one for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bankview.sandbox.messages import Answer, Request, json_answer, text_answer

if TYPE_CHECKING:
    from bankview.sandbox.grants import Grant
    from bankview.sandbox.guard import Guard

ROOT = "/json-api"
OPEN = f"{ROOT}/open"
ROWS: list[dict[str, Any]] = [
    {"id": 1, "name": "Fjordbanken", "founded": "1847-05-01", "branches": 12, "open": True},
    {"id": 2, "name": "Sparekassen Sør", "founded": "1902-11-17", "branches": 4, "open": True},
    {"id": 3, "name": "Nordlysbanken", "founded": "1956-01-02", "branches": 0, "open": False},
]


class JsonApi:
    """Answers everything below `ROOT`."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def answer(self, request: Request) -> Answer:
        """Answer with the list: below `OPEN` to anybody, else to the holder of one of the bank's tokens."""
        path = request.path.rstrip("/")
        if path not in {ROOT, OPEN}:
            return text_answer(404, "There is nothing here.")
        return _list(request) if path == OPEN else self._guard.answer(request, _own)


def _own(request: Request, grant: Grant, _token: str) -> Answer:
    # A token that was asked for by the name of another API is none for this one (RFC 8707 §2).
    if grant.resources:
        return text_answer(401, "Unauthorized", {"WWW-Authenticate": "Bearer"})
    return _list(request)


def _list(request: Request) -> Answer:
    if request.method != "GET":
        return text_answer(405, "This is read with GET.", {"Allow": "GET"})
    return json_answer(ROWS)
