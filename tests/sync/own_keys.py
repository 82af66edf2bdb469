"""Banks that let a person in by keys of their own, each as strict as the invented one is, on loopback and a turned clock."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from bankview.banks import find_bank
from bankview.sandbox import bunq, gocardless
from bankview.sandbox.books.shelf import Shelf
from bankview.sandbox.bunq_doors import key_of as bunq_key
from bankview.sandbox.faults import Faults
from bankview.sandbox.gocardless_tokens import SECRET_ID
from bankview.sandbox.gocardless_tokens import key_of as gocardless_key
from bankview.sandbox.messages import Port, Request
from bankview.sync.front import Front
from tests.oauth.conftest import NOON, AuthServer, Clock, Say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bankview.banks import Ask, Bank
    from bankview.sandbox.messages import Answer

TODAY = NOON.date()
#: Rows of the household, in all of its accounts.
ROWS = 900


class Served(AuthServer):
    """Serves a part of the sandbox over HTTP; `spoil` changes its answers."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self._answer = answer
        self.spoil: Callable[[str, Say], Say] = lambda _, say: say
        super().__init__()

    def next(self, path: str) -> Say:
        seen = self.seen[-1]
        headers = {name.lower(): text for name, text in seen.headers.items()}
        said = self._answer(Request(Port.API, seen.method, path, seen.query, headers, seen.body))
        assert isinstance(said.body, bytes)
        return self.spoil(path, Say(said.status, said.body, dict(said.headers)))

    def posted(self) -> list[str]:
        """Return the last parts of the paths that something was posted to, in order."""
        return [
            seen.path.strip("/").split("/", 1)[1] for seen in self.seen if seen.method == "POST"
        ]


@dataclass
class Told:
    """A bank, its server, and a person who has a key for it."""

    bank: Bank
    server: Served
    #: The service behind the server.
    service: Any
    answers: dict[str, str]

    def front(self, **changes: str) -> Front:
        answers = {**self.answers, **changes}

        def ask(one: Ask) -> str:
            return answers.get(one.name, "")

        return Front(ask, lambda _: None, self._browse)

    def _browse(self, address: str) -> bool:
        door = self.service.requisitions
        location = door.allow(door.wanted(urlsplit(address).query), "household")
        # As a real browser would, from another thread: the page stays open until the sign-in has ended.
        threading.Thread(target=lambda: urlopen(location).read(), daemon=True).start()
        return True


def told(name: str, folder: Path, clock: Clock) -> Told:
    """Return one of the banks, with an empty state in a folder."""
    books = Shelf(folder, folder, ROWS, TODAY, lambda: clock().date()).books

    def now() -> float:
        return clock().timestamp()

    def today() -> Any:
        return clock().date()

    if name == "bunq":
        service: Any = bunq.opened(folder, books["household"], now)
        root, answers = bunq.ROOT, {"client_secret": bunq_key(folder)}
    else:
        page, life = "http://127.0.0.1:1", 86_400
        service = gocardless.opened(folder, page, books, Faults(), now, today, life)
        root = gocardless.ROOT
        bank = f"{gocardless.BANK}:{gocardless.NAME}"
        answers = {"client_id": SECRET_ID, "client_secret": gocardless_key(folder)}
        answers["authorization.institution"] = bank
    server = Served(service.answer)
    shipped = find_bank(name)
    assert shipped
    rows = partial(shipped.dialect.transactions, today=today)
    dialect = replace(shipped.dialect, transactions=rows)
    return Told(
        replace(shipped, api=f"{server.url}{root}", dialect=dialect), server, service, answers
    )
