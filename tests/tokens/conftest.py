"""Homes and strict banks for tokens that a person entered."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bankview.banks import find_bank
from bankview.paths import Paths
from bankview.sync.front import Front
from tests.oauth.conftest import Clock
from tests.sync.conftest import OwnHome
from tests.tokens import akahu, fio, monobank, starling, up
from tests.tokens.strict import StrictBank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bankview.banks import Ask, Bank
    from tests.tokens.strict import Api

APIS = {api.name: api for api in (akahu.API, fio.API, monobank.API, starling.API, up.API)}


class PacedHome(OwnHome):
    """A home whose waits turn the clock."""

    waited: list[float]

    def wait(self, seconds: float) -> None:
        assert seconds >= 0
        self.waited.append(seconds)
        assert isinstance(self.now, Clock)
        self.now.turn(seconds)


@dataclass
class Told:
    """A bank, its server, and a person with a token for it."""

    api: Api
    bank: Bank
    server: StrictBank

    def front(self, **changes: str) -> Front:
        answers = {**self.api.answers, **changes}

        def ask(one: Ask) -> str:
            return answers[one.name]

        return Front(ask, lambda _: None, lambda _: False)


def _dated(function: Callable[..., Any] | None, clock: Clock) -> Any:
    """Return a dialect's function that takes the clock's day for today."""
    if function is None or "today" not in inspect.signature(function).parameters:
        return function
    return partial(function, today=lambda: clock().date())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=sorted(APIS))
def api(request: pytest.FixtureRequest) -> Api:
    """Each API in turn."""
    return APIS[request.param]


@pytest.fixture
def told(api: Api, clock: Clock) -> Iterator[Told]:
    server = StrictBank(api, clock)
    shipped = find_bank(api.name)
    assert shipped
    dialect = replace(
        shipped.dialect,
        accounts=_dated(shipped.dialect.accounts, clock),
        transactions=_dated(shipped.dialect.transactions, clock),
    )
    bank = replace(shipped, api=f"{server.url}{api.root}", dialect=dialect)
    yield Told(api, bank, server)
    server.close()


@pytest.fixture
def home(tmp_path: Path, told: Told, clock: Clock) -> Iterator[PacedHome]:
    opened = PacedHome.open(
        Paths.of(tmp_path / "home"), "passphrase", passphrase=lambda: "open", now=clock
    )
    opened.toy, opened.waited = told.bank, []
    yield opened
    opened.close()
