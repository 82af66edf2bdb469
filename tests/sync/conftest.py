"""A small bank on loopback, a home in a folder, and a person who signs in at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pytest

from bankview.banks import Bank, Dialect, Partial
from bankview.domain.account import Account
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.oauth.registration import Client
from bankview.oauth.server import Server
from bankview.paths import Paths
from bankview.sync.front import Front
from bankview.sync.home import Home
from tests.oauth.conftest import JSON, TOKEN, AuthServer, Clock, Say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bankview.banks import Ask, Get
    from bankview.sync.front import Show


def _accounts(get: Get) -> Iterator[Account | Partial]:
    for said in get("accounts"):
        balance = Money.of(Decimal(said["balance"]), "NOK")
        yield Account(said["key"], said["name"], "NOK", said["number"], balance=balance)


def _transactions(get: Get, account: Account, since: date) -> Iterator[Transaction | Partial]:
    for said in get(f"accounts/{account.key}/rows", {"since": since.isoformat()}):
        if "partial" in said:
            yield Partial(said["partial"])
            continue
        yield Transaction(
            account.key,
            Status(said.get("status", "booked")),
            date.fromisoformat(said["day"]),
            Money.of(Decimal(said["amount"]), "NOK"),
            said["text"],
            raw=b"{}",
        )


TOY = Dialect("toy", _accounts, _transactions)


@dataclass
class ToyBank:
    """The bank, its server, and what it is told to answer."""

    server: AuthServer
    bank: Bank

    def tell_accounts(self, **balances: str) -> None:
        """Answer with accounts: name = balance; the number is made from the name."""
        said = [
            {"key": f"key-{name}", "name": name, "number": f"no-{name}", "balance": balance}
            for name, balance in balances.items()
        ]
        self.server.tell("/api/accounts", Say(200, said, JSON))

    def tell_rows(self, name: str, *rows: tuple[str, str, str], **more: Any) -> None:
        """Answer an account's rows: (day, amount, text) each."""
        said = [{"day": day, "amount": amount, "text": text, **more} for day, amount, text in rows]
        self.server.tell(f"/api/accounts/key-{name}/rows", Say(200, said, JSON))

    def fail(self, path: str, *says: Say) -> None:
        self.server.tell(path, *says)


@pytest.fixture
def toy() -> Iterator[ToyBank]:
    server = AuthServer()
    url = server.url
    oauth = Server(
        issuer=url,
        authorization_endpoint=f"{url}/authorize",
        token_endpoint=f"{url}/token",
        revocation_endpoint=f"{url}/revoke",
        insecure_http=True,
    )
    client = Client("bankview", redirect_uri="http://127.0.0.1/callback")
    bank = Bank(
        "toy", "Toy bank", "NO", TOY, f"{url}/api", oauth, client, "Europe/Oslo", 365, 90, 4, 0
    )
    made = ToyBank(server, bank)
    server.tell_token()
    server.tell("/revoke", Say(200))
    made.tell_accounts(Bruk="100.00")
    made.tell_rows("Bruk", ("2026-03-01", "-10", "Coffee"))
    yield made
    server.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


class OwnHome(Home):
    """A home that knows the toy bank."""

    toy: Bank

    def banks(self) -> tuple[Bank, ...]:
        return (self.toy,)

    def find_bank(self, bank_id: str) -> Bank | None:
        return next((bank for bank in self.banks() if bank.id == bank_id), None)


@pytest.fixture
def home(tmp_path: Path, toy: ToyBank, clock: Clock) -> Iterator[Home]:
    opened = OwnHome.open(
        Paths.of(tmp_path / "home"), "passphrase", passphrase=lambda: "open", now=clock
    )
    opened.toy = toy.bank
    opened.secrets.read("warm")
    yield opened
    opened.close()


def answer(address: str, **changes: str) -> str:
    """Return the address that the bank sends the browser to, for the one that was opened."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    said = {"code": "code-0001", "state": asked["state"], **changes}
    return f"{asked['redirect_uri']}?{urlencode(said)}"


def come_back(address: str, **changes: str) -> None:
    """Do what a browser does once the person has said yes."""
    try:
        with urlopen(answer(address, **changes)) as page:
            page.read()
    except OSError as error:
        # A busy machine comes for the page after the listener, which waits a second for it, has gone.
        if isinstance(error, HTTPError):
            raise


@dataclass
class Person:
    """Signs in at once, and remembers what was shown."""

    shown: list[Show]
    asked: list[Ask]

    def front(self, **changes: Any) -> Front:
        return replace(Front(self._ask, self.shown.append, self._browse), **changes)

    def _ask(self, ask: Ask) -> str:
        self.asked.append(ask)
        return f"my {ask.name}"

    def _browse(self, address: str) -> bool:
        # As a real browser would, from another thread: the page stays open until the sign-in has ended.
        import threading

        threading.Thread(target=come_back, args=(address,), daemon=True).start()
        return True


@pytest.fixture
def person() -> Person:
    return Person([], [])


@pytest.fixture
def token() -> dict[str, Any]:
    return dict(TOKEN)
