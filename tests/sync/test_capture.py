"""A capture of a bank's answers tells how it talks, and nothing about anybody."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from bankview import web
from bankview.banks import Partial, dialects
from bankview.sync.capture import capture, redacted
from bankview.sync.sign_in import connect
from tests.banks.conftest import CASES, SESSIONS, Recorded, recorded, spoken

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.domain.transaction import Transaction
    from tests.sync.conftest import OwnHome, Person, ToyBank

#: monobank's paths hold instants, which are made up as any number is: nothing answers to them.
TYPICAL = [case for case in CASES if case.name == "typical" and case.parent.name != "monobank"]
#: What a bank writes as a type, and in a text too. Years stay besides, and noughts.
TYPES = {"DIRECT", "CREDIT"}


def rows(bank: Recorded, dialect: Any) -> list[Transaction]:
    get = bank.api(dialect).get
    return [
        row
        for account in dialect.accounts(get)
        if not isinstance(account, Partial)
        for row in dialect.transactions(get, account, bank.since)
        if not isinstance(row, Partial)
    ]


def texts(value: Any) -> set[str]:
    """Return the words of four letters or digits and more, wherever they stand in a value."""
    if isinstance(value, dict):
        return set().union(*map(texts, value.values()))
    if isinstance(value, list):
        return set().union(*map(texts, value))
    return set(re.findall(r"[^\W_]{4,}", str(value)))


#: Fio's cells do not say what they hold, so that its currencies are made up, too.
READ_AGAIN = [case for case in TYPICAL if case.parent.name != "fio"]


@pytest.mark.parametrize("case", READ_AGAIN, ids=lambda case: case.parent.name)
def test_a_redacted_capture_is_read_as_the_banks_own_answers(case: Path) -> None:
    dialect = spoken(case.parent.name)
    bank = recorded(case)
    content = web.decode((case / "answers.json").read_bytes())
    answers = json.loads(web.encode(redacted(content["answers"], b"salt")))
    made = Recorded(answers, bank.since)
    # A session that stands in a path has another name there.
    session = redacted([{"path": SESSIONS.get(case.parent.name, "session")}], b"salt")[0]["path"]
    again = dialects()[case.parent.name].signed_in(session)
    mine, theirs = rows(bank, dialect), rows(made, again)
    assert len(mine) == len(theirs)
    for one, other in zip(mine, theirs, strict=True):
        assert (one.status, one.booked_on) == (other.status, other.booked_on)
        assert (one.amount.minor > 0, one.amount.currency) == (
            other.amount.minor > 0,
            other.amount.currency,
        )
        assert one.description == "" or one.description != other.description
    assert len({row.account_key for row in mine}) == len({row.account_key for row in theirs})


@pytest.mark.parametrize("case", TYPICAL, ids=lambda case: case.parent.name)
def test_names_numbers_and_texts_are_made_up(case: Path) -> None:
    content = web.decode((case / "answers.json").read_bytes())
    personal = texts(
        [
            [row.payee, row.description, row.counterparty_account, row.bank_id, row.reference]
            for row in rows(recorded(case), spoken(case.parent.name))
        ]
    )
    assert personal
    left = texts(redacted(content["answers"], b"salt")) & personal
    assert not {word for word in left - TYPES if not re.fullmatch(r"20\d\d|\d?0+\d?0*", word)}


def test_the_same_is_made_up_the_same_way_and_differently_each_time() -> None:
    answers = [{"path": "accounts/kQ7/x", "answer": {"key": "kQ7", "name": "Kari Fjell"}}]
    (one,), (other,) = redacted(answers, b"a"), redacted(answers, b"b")
    assert one["path"].split("/")[1] == one["answer"]["key"] != "kQ7"
    assert one != other


def test_a_capture_of_a_connection_holds_its_answers_and_no_token(
    home: OwnHome, toy: ToyBank, person: Person
) -> None:
    toy.tell_accounts(Bruk="100.00")
    connect(home, toy.bank, person.front())
    told = json.loads(capture(home, "toy"))
    assert told["dialect"] == "toy"
    assert [answer["path"].partition("/")[0] for answer in told["answers"]] == ["accounts"] * 2
    assert "Bruk" not in json.dumps(told)
    sent = toy.server.seen[-1].headers["Authorization"].removeprefix("Bearer ")
    assert sent not in json.dumps(told)
