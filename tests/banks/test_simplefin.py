"""What is particular to SimpleFIN: instants in seconds, troubles of one bank among many, and a token that holds an address."""

from __future__ import annotations

import base64
from datetime import date
from functools import partial
from typing import Any

import pytest

from bankview import web
from bankview.banks import Partial, Skipped, dialects, find_bank
from bankview.banks.simplefin import access, accounts, claim_address, transactions
from bankview.domain.account import Account
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError, BankRefusedError, SetupTokenError, SignInNeededError
from bankview.web import BASIC

TODAY = date(2026, 3, 2)
ACCOUNT = Account("ACT-1", "Checking", "USD")
#: Noon of the last day of February, as servers give it.
NOON = 1772280000
ROW = {"id": "TRN-1", "posted": NOON, "amount": "-24.10", "description": "POS GROCER 88"}


class Asked:
    """Answers every question with the same, and remembers it."""

    def __init__(self, **answer: Any) -> None:
        self.answer = {"errlist": [], "connections": [], "accounts": [], **answer}
        self.asked: list[tuple[list[str], Any]] = []

    def __call__(self, path: Any, params: Any = None, headers: Any = None) -> Any:
        self.asked.append((path, params))
        return self.answer


def one(**more: Any) -> dict[str, Any]:
    return {"id": "ACT-1", "conn_id": "CON-1", "name": "Checking", "currency": "USD", **more}


def read(*rows: Any, **answer: Any) -> list[Any]:
    asked = Asked(accounts=[one(transactions=list(rows))], **answer)
    return list(transactions(asked, ACCOUNT, date(2026, 2, 1), today=lambda: TODAY))


def row(**more: Any) -> Transaction:
    (found,) = read({**ROW, **more})
    assert isinstance(found, Transaction)
    return found


def test_the_sign_is_in_the_amount_and_an_instant_is_in_seconds() -> None:
    found = row(transacted_at=NOON - 86_400)
    assert (str(found.amount), found.booked_on) == ("-24.10", date(2026, 2, 28))
    assert (found.transacted_on, found.bank_id) == (date(2026, 2, 27), "TRN-1")


def test_a_posted_of_zero_is_pending_and_has_no_id_that_stays() -> None:
    found = row(posted=0, transacted_at=NOON)
    assert (found.status, found.booked_on) == (Status.PENDING, date(2026, 2, 28))
    assert not found.bank_id


def test_what_is_pending_says_so_even_with_a_day_and_without_any_day_it_is_of_today() -> None:
    assert row(pending=True).status is Status.PENDING
    assert row(posted=0).booked_on == TODAY


@pytest.mark.parametrize("posted", ["1772280000", 1.5, True, -(10**18), [NOON]])
def test_what_is_no_instant_skips_its_row_and_no_other(posted: Any) -> None:
    skipped, kept = read({**ROW, "posted": posted}, ROW)
    assert isinstance(skipped, Skipped)
    assert isinstance(kept, Transaction)


def test_a_midnight_of_the_servers_is_its_own_day() -> None:
    assert row(posted=NOON - 43_200).booked_on == date(2026, 2, 28)


def test_a_merchants_code_is_a_category() -> None:
    assert row(mcc="5411").kind == "food.groceries"
    assert row(extra={"mcc": "5411", "category": "food"}).category == "Food"


def test_payee_and_memo_are_what_the_bridge_makes_of_the_banks_text() -> None:
    found = row(payee="Grocer 88", memo="weekly")
    said = (found.payee, found.description, found.reference)
    assert said == ("Grocer 88", "POS GROCER 88", "weekly")


def test_one_question_holds_everything_that_a_call_may_cover_and_is_the_same_all_day() -> None:
    ask = Asked(accounts=[one(transactions=[])])
    today = partial(accounts, today=lambda: TODAY)
    list(today(ask))
    list(transactions(ask, ACCOUNT, date(2026, 2, 27), today=lambda: TODAY))
    (first, second) = ask.asked
    assert first == second
    assert first[0] == ["accounts"]
    params = first[1]
    assert (params["version"], params["pending"]) == ("2", "1")
    assert int(params["end-date"]) - int(params["start-date"]) == 90 * 86_400
    assert int(params["end-date"]) == 1772496000


def told(answer: Asked) -> list[str]:
    found = accounts(answer, today=lambda: TODAY)
    return [item.said or item.code for item in found if isinstance(item, Partial)]


CONNECTION = {"conn_id": "CON-1", "name": "First Federal"}


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ({"code": "con.auth"}, "First Federal needs you to sign in again, at SimpleFIN Bridge."),
        ({"code": "con.new", "msg": "Closed."}, "First Federal: Closed."),
        ({"code": "con.", "message": "Closed"}, "First Federal: Closed."),
        ({"code": "con."}, "First Federal: not everything could be read."),
    ],
)
def test_a_banks_trouble_is_told_with_its_name_whatever_the_rest_of_its_code(
    trouble: dict[str, str], said: str
) -> None:
    ask = {"errlist": [{**trouble, "conn_id": "CON-1"}], "connections": [CONNECTION]}
    assert told(Asked(**ask)) == [said]
    # Where there is an account of the bank, it is told with that, and its rows are here all the same.
    partial_, kept = read(ROW, **ask)
    assert (partial_.said, type(kept)) == (said, Transaction)
    assert told(Asked(accounts=[one()], **ask)) == []


def test_an_accounts_own_trouble_is_no_other_accounts() -> None:
    errors = [{"code": "act.failed", "msg": "Try later", "account_id": "ACT-2"}]
    assert [type(item) for item in read(ROW, errlist=errors)] == [Transaction]
    assert told(Asked(errlist=errors)) == ["SimpleFIN Bridge: Try later."]


def test_what_is_about_how_we_ask_is_no_sentence_for_people() -> None:
    assert told(Asked(errlist=[{"code": "gen.api", "msg": "Capped"}])) == ["gen.api"]


def test_the_first_versions_texts_are_told_and_hide_no_account() -> None:
    ask = Asked(errors=["Connection to <b>Example CU</b>\x00 may need attention"])
    del ask.answer["errlist"], ask.answer["connections"]
    assert told(ask) == ["SimpleFIN Bridge: Connection to Example CU may need attention."]


def test_an_access_that_is_wrong_is_a_new_setup_token_and_nothing_else() -> None:
    with pytest.raises(SignInNeededError):
        told(Asked(errlist=[{"code": "gen.auth", "msg": "No credentials provided"}]))
    for status, error in ((403, SignInNeededError), (402, BankRefusedError)):
        reply = web.Reply(status, "https://bank.example/api/accounts", {}, b"Forbidden")
        api = web.Api("https://bank.example/api", lambda *_, reply=reply, **__: reply)
        with pytest.raises(error):
            list(dialects()["simplefin"].accounts(api.get))


def test_points_and_miles_are_no_money_and_take_no_other_account_with_them() -> None:
    miles = one(currency="https://air.example/miles", balance="12.5", name="Miles")
    found = list(accounts(Asked(accounts=[miles, one(id="ACT-2")]), today=lambda: TODAY))
    assert isinstance(found[0], Partial)
    assert "points or miles" in found[0].said
    assert isinstance(found[1], Account)


def test_an_account_is_called_by_its_bank_where_its_name_does_not_say_it() -> None:
    rows = [one(), one(id="ACT-2", name="First Federal Card")]
    ask = Asked(accounts=rows, connections=[CONNECTION])
    names = [item.name for item in accounts(ask, today=lambda: TODAY) if isinstance(item, Account)]
    assert names == ["First Federal Checking", "First Federal Card"]


def test_ids_of_another_server_are_one_banks_alone() -> None:
    rows = [one(id="1"), one(id="1", conn_id="CON-2")]
    ask = Asked(accounts=rows)
    keys = [item.key for item in accounts(ask, today=lambda: TODAY) if isinstance(item, Account)]
    assert keys == ["CON-1 1", "CON-2 1"]


def test_an_account_that_is_gone_meanwhile_is_told() -> None:
    (gone,) = transactions(Asked(), ACCOUNT, TODAY, today=lambda: TODAY)
    assert gone == Partial("act.failed")


CLAIM = "https://bridge.example/simplefin/claim/ÆØ".replace("ÆØ", "demo?>")
SETUP = base64.b64encode(CLAIM.encode()).decode()


@pytest.mark.parametrize(
    "entered",
    [
        SETUP,
        f"  {SETUP[:20]}\r\n{SETUP[20:]}\n",
        SETUP.rstrip("="),
        base64.urlsafe_b64encode(CLAIM.encode()).decode(),
        base64.b64encode(f"{CLAIM}\n".encode()).decode(),
    ],
)
def test_a_setup_token_is_read_however_it_was_copied(entered: str) -> None:
    assert claim_address(entered) == CLAIM


@pytest.mark.parametrize(
    "text",
    ["", "x", "ftp://bridge.example/x", "https:///x", "https://a.example/\u2028", "https://a:x/",
     "https://a.example/x y", "https://a.example/\\x", "https://a.example/x#y", "https://[::1/x",
     "https://user:pass@a.example/x"],
)  # fmt: skip
def test_a_setup_token_without_a_plain_address_is_none(text: str) -> None:
    with pytest.raises(SetupTokenError) as raised:
        claim_address(base64.b64encode(text.encode()).decode())
    assert "example" not in str(raised.value)


def test_an_access_is_split_into_its_root_and_who_logs_in() -> None:
    found = access(" https://us%2Fer:p%40ss@bridge.example:8443/simplefin/ \n")
    assert found == ("https://bridge.example:8443/simplefin", "us/er:p@ss")


@pytest.mark.parametrize(
    "answer",
    ["", "<html>", "https://a.example/x", "https://user@a.example/x", "https://:p@a.example/x"],
)
def test_an_access_without_a_login_is_none_and_is_not_repeated(answer: str) -> None:
    with pytest.raises(BadBankDataError) as raised:
        access(answer)
    assert "a.example" not in str(raised.value)


def test_the_shipped_bank_says_what_it_costs_and_keeps_its_limits() -> None:
    bank = find_bank("simplefin")
    assert bank
    assert (bank.calls_per_day, bank.dialect.token_at, bank.dialect.whole) == (24, BASIC, True)
    assert bank.history_days < 90
    assert [ask.label for ask in bank.asks] == ["Setup token"]
    assert "1.50 dollars" in bank.steps[0]
    assert bank.portal == "https://bridge.simplefin.org/simplefin/create"
