"""The command that lists categories, rules, suggestions and what recurs, in this process over a real ledger."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bankview.cli.main import main
from bankview.domain.account import Account
from bankview.domain.connection import Connection
from bankview.domain.money import Money
from bankview.domain.rule import Rule
from bankview.domain.transaction import Status, Transaction
from bankview.paths import Paths
from bankview.store import connections, ledger, rules, words
from bankview.sync.home import Home
from tests.e2e.story import PASSPHRASE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    #: Runs the command over the ledger and returns what it printed.
    Ask = Callable[..., str]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """A ledger with an account, four months of a bill, one of them filed, and a rule."""
    monkeypatch.setenv("BANKVIEW_PASSPHRASE", PASSPHRASE)
    home = Home.open(Paths.of(tmp_path / "home"), "passphrase", passphrase=lambda: PASSPHRASE)
    today = home.now().astimezone().date()
    with closing(home), closing(home.database()) as db:
        connections.save_connection(db, Connection("bank", "bank", "Bank"))
        account = connections.save_account(
            db, Account("k", "Daily", "NOK", "1", connection_id="bank")
        )
        found = [bill(today - timedelta(days=3 + 30 * n), n, account.id) for n in range(4)]
        ledger.publish(db, account, ledger.Changes(insert=tuple(found)), home.now())
        words.change(db, account.id, found[0].id, category="housing.bills")
        rules.save(db, Rule("rent", direction="out", account_id=account.id, category="cash"))
    flags = ("--home", str(tmp_path / "home"), "--secrets", "passphrase")

    def asked(*arguments: str) -> str:
        assert main([*arguments, *flags]) == 0
        return capsys.readouterr().out

    return asked


def bill(day: date, number: int, account_id: int) -> Transaction:
    amount = Money(-30000, "NOK")
    own = {"payee": "Power", "id": f"bill-{number}", "account_id": account_id}
    return Transaction("k", Status.BOOKED, day, amount, "Power", **own)  # type: ignore[arg-type]


def objects(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)
    return found


def test_the_tree_is_listed_with_its_names(ask: Ask) -> None:
    lines = ask("categories").splitlines()
    assert lines[1].split(maxsplit=1) == ["income", "Income"]
    assert lines[-1].split(maxsplit=1) == ["transfers", "Between own accounts"]


def test_rules_are_listed_in_words_and_as_objects(ask: Ask) -> None:
    line = ask("categories", "rules").splitlines()[1]
    assert " ".join(line.split()) == "1 “rent”, money out, Daily Cash"
    (one,) = objects(ask("categories", "rules", "--json"))
    assert (one["text"], one["category"], one["category_name"]) == ("rent", "cash", "Cash")


def test_suggestions_are_listed(ask: Ask) -> None:
    (one,) = objects(ask("categories", "suggestions", "--json"))
    assert (one["payee"], one["category"], one["count"]) == ("Power", "housing.bills", 3)
    assert "Power, water and network" in ask("categories", "suggestions")


def test_what_recurs_is_listed(ask: Ask) -> None:
    assert "Every month" in ask("categories", "recurring")
    (one,) = objects(ask("categories", "recurring", "--json"))
    assert (one["payee"], one["typical"], one["monthly"]) == ("Power", "-300.00", "-300.00")
    assert (one["interval"], one["count"], one["ended"]) == ("monthly", 4, False)


def test_transactions_say_a_category_by_its_name(ask: Ask) -> None:
    said = [one["category"] for one in objects(ask("transactions", "--json"))]
    assert sorted(said) == ["", "", "", "Power, water and network"]
