"""What is particular to STET PSD2: consents, ways of saying nothing, forms of date, and what else the bank knows."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from bankview import web
from bankview.banks import Cursor, Partial, Skipped, dialects
from bankview.banks._read import Row
from bankview.banks.stet import (
    Beneficiary,
    beneficiaries,
    consents,
    funds_confirmation,
    identity,
    overdraft,
    owners,
)
from bankview.domain.account import Account
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import (
    BadBankDataError,
    BankRefusedError,
    BankUnavailableError,
    RateLimitedError,
    SignInNeededError,
    UsageError,
)

DIALECT = dialects()["stet"]
ROOT = "https://bank.example/stet/psd2/v1.4.2"
IBAN = "FR7630006000011234567890189"
ACCOUNT = Account("A1", "Compte", "EUR", iban=IBAN)
SINCE = date(2026, 1, 1)


class Bank:
    """Answers each path with a status and a body in turn, the last one again and again."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {
            path.replace("__", "/").replace("_", "-"): told for path, told in answers.items()
        }
        self.asked: list[str] = []
        self.written: list[tuple[str, str, Any]] = []

    def send(self, method: str, url: str, **options: Any) -> web.Reply:
        path = url.removeprefix(f"{ROOT}/")
        query = "&".join(f"{name}={value}" for name, value in (options.get("params") or {}).items())
        self.asked.append(f"{path}?{query}" if query else path)
        if method != "GET":
            self.written.append((method, path, options["json"]))
        told = self.answers[path]
        status, body = told.pop(0) if len(told) > 1 else told[0]
        coded = b"" if body is None else json.dumps(body).encode()
        return web.Reply(status, url, {}, coded)

    @property
    def api(self) -> web.Api:
        return web.Api(ROOT, self.send, headers=DIALECT.headers, writes=DIALECT.writes)

    def put(self, path: str, body: Any) -> Any:
        reply = web.check(self.api.request("PUT", path, json=body))
        return reply.json() if reply.body else None

    def post(self, path: str, body: Any) -> Any:
        return web.check(self.api.request("POST", path, json=body)).json()

    def accounts(self) -> list[Account | Partial]:
        return list(DIALECT.accounts(self.api.get))

    def rows(self, account: Account = ACCOUNT) -> list[Transaction | Partial]:
        found: list[Transaction | Partial] = []
        for one in DIALECT.transactions(self.api.get, account, SINCE):
            if isinstance(one, Skipped):
                # What cannot be read is skipped with its reason.
                raise BadBankDataError("row", one.why)
            assert not isinstance(one, Cursor)
            found.append(one)
        return found


def row(**more: Any) -> dict[str, Any]:
    amount = {"currency": "EUR", "amount": "1.00"}
    found = {"transactionAmount": amount, "creditDebitIndicator": "DBIT", "status": "BOOK"}
    return {**found, "bookingDate": "2026-03-02", **more}


def only(**more: Any) -> Transaction:
    (found,) = Bank(accounts__A1__transactions=[(200, {"transactions": [row(**more)]})]).rows()
    assert isinstance(found, Transaction)
    return found


def test_a_bank_may_be_told_of_a_consent_and_asked_for_funds_and_nothing_else() -> None:
    assert DIALECT.writes == (("PUT", "/consents"), ("POST", "/funds-confirmations"))


# Accounts


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, None),
        (204, None),
        (404, {"status": 404, "error": "Not Found", "message": "NAAC"}),
        (403, {"accounts": [], "_links": {}}),
        (404, {"accounts": [], "_links": {}}),
        (200, {"accounts": []}),
    ],
)
def test_every_way_of_saying_no_accounts_is_none(status: int, body: Any) -> None:
    assert Bank(accounts=[(status, body)]).accounts() == []


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, {"error": "NO_CONSENTS", "message": "No consent"}, SignInNeededError),
        (403, {"status": 403, "error": "Forbidden", "message": "no"}, BankRefusedError),
        (403, {"status": 403, "message": "NAAC"}, BankRefusedError),
        (404, {"status": 404, "message": "no such path"}, BankRefusedError),
        (401, {"errorMessage": "Invalid token in authorization header"}, SignInNeededError),
        (429, {"status": 429, "message": "Daily limit reached"}, RateLimitedError),
        (500, {"code": "303001", "message": "suspended"}, BankUnavailableError),
        (200, {}, BadBankDataError),
    ],
)
def test_every_other_refusal_is_an_error(status: int, body: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Bank(accounts=[(status, body)]).accounts()


def listed(**more: Any) -> Account:
    account = {"resourceId": "A1", "accountId": {"iban": IBAN}, "name": "x", "_links": {}, **more}
    (found,) = Bank(accounts=[(200, {"accounts": [account]})]).accounts()
    assert isinstance(found, Account)
    return found


def balance(kind: str, amount: str, name: str = "", currency: str = "EUR") -> dict[str, Any]:
    money = {"currency": currency, "amount": amount}
    return {"name": name, "balanceType": kind, "balanceAmount": money}


@pytest.mark.parametrize(
    ("kinds", "available"),
    [
        (["VALU", "OTHR", "instant", "ITAV", "XPCD"], "5.00"),
        (["VALU", "OTHR", "instant", "ITAV"], "4.00"),
        (["VALU", "OTHR", "instant"], "3.00"),
        (["VALU", "OTHR"], "1.00"),
        (["OTHR", "CLBD"], "None"),
    ],
)
def test_what_is_available_is_the_best_that_the_bank_says(kinds: list[str], available: str) -> None:
    balances = [
        balance("OTHR", f"{n}.00", "Solde INSTANTANÉ")
        if kind == "instant"
        else balance(kind, f"{n}.00")
        for n, kind in enumerate(kinds, 1)
    ]
    assert str(listed(balances=balances).available) == available


def test_the_booked_balance_is_no_other() -> None:
    assert listed(balances=[balance("XPCD", "1.00")]).balance is None
    assert listed(balances=[balance("OTHR", "1.00")]).balance is None
    assert listed(balances=[balance("CLBD", "0.00")]).balance == Money(0, "EUR")


@pytest.mark.parametrize(
    ("more", "currency"),
    [
        ({"currency": "chf"}, "CHF"),
        ({"accountId": {"iban": IBAN, "currency": "GBP"}}, "GBP"),
        ({"balances": [balance("CLBD", "1", currency="USD")]}, "USD"),
        ({}, "EUR"),
    ],
)
def test_the_currency_is_where_the_bank_puts_it(more: dict[str, Any], currency: str) -> None:
    assert listed(**more).currency == currency


def test_a_card_number_is_never_whole() -> None:
    other = {"identification": "4970 1011 2222 3333", "schemeName": "CPAN"}
    assert listed(accountId={"other": other}).number == "4970XXXXXXXX3333"


def test_without_any_links_the_rows_are_asked_for() -> None:
    assert listed(_links=None).key == "A1"
    assert listed(_links={}).key == "A1#"


def test_rows_that_are_not_given_are_not_asked_for() -> None:
    bank = Bank()
    assert bank.rows(listed(_links={})) == [Partial("no link to transactions")]
    assert bank.asked == []


# Transactions


def test_the_start_is_a_day_early_and_the_end_is_open() -> None:
    bank = Bank(accounts__A1__transactions=[(204, None)])
    assert bank.rows() == []
    assert bank.asked == ["accounts/A1/transactions?dateFrom=2025-12-31T00:00:00Z"]


def test_a_form_of_date_that_is_refused_is_followed_by_the_next() -> None:
    bad = (400, {"status": 400, "message": "dateFrom"})
    bank = Bank(accounts__A1__transactions=[bad, bad, bad, (200, {"transactions": [row()]})])
    assert len(bank.rows()) == 1
    assert [asked.partition("=")[2] for asked in bank.asked] == [
        "2025-12-31T00:00:00Z",
        "2025-12-31",
        "2025-12-31T00:00:00",
        "2025-12-31T00:00:00.000Z",
    ]


def test_a_bank_that_refuses_every_form_has_refused() -> None:
    bank = Bank(accounts__A1__transactions=[(400, {"error": "first"}), (400, {"error": "later"})])
    with pytest.raises(BankRefusedError) as caught:
        bank.rows()
    assert caught.value.code == "first"
    assert len(bank.asked) == 4


def test_another_refusal_is_not_asked_again() -> None:
    bank = Bank(accounts__A1__transactions=[(403, {"error": "Forbidden"})])
    with pytest.raises(BankRefusedError):
        bank.rows()
    assert len(bank.asked) == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02T00:00:00+0100", "2026-03-02"),
        ("2026-07-02T00:00:00+0200", "2026-07-02"),
        ("2026-03-01T23:00:00Z", "2026-03-02"),
        ("2026-03-02T00:00:00.000+01:00", "2026-03-02"),
        ("2026-03-02 00:00:00", "2026-03-02"),
        (1772406000000, "2026-03-02"),
    ],
)
def test_a_day_in_every_form_is_the_banks_day(text: Any, day: str) -> None:
    assert only(bookingDate=text).booked_on.isoformat() == day


def test_a_row_without_any_day_is_named() -> None:
    with pytest.raises(BadBankDataError, match=r"transactions\[0\]\.bookingDate: is missing"):
        only(bookingDate="")


def test_the_day_that_cannot_be_read_is_named() -> None:
    with pytest.raises(BadBankDataError, match=r"transactions\[0\]\.valueDate: is no date"):
        only(bookingDate=None, valueDate="soon")


@pytest.mark.parametrize("indicator", [None, "", "DEBIT", "dbit"])
def test_a_row_without_a_sign_is_refused(indicator: Any) -> None:
    with pytest.raises(BadBankDataError, match="creditDebitIndicator"):
        only(creditDebitIndicator=indicator)


def test_a_row_in_another_currency_is_refused() -> None:
    with pytest.raises(BadBankDataError, match=r"transactionAmount\.currency: is not the account"):
        only(transactionAmount={"currency": "USD", "amount": "1"})


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("BOOK", Status.BOOKED),
        ("book", Status.BOOKED),
        ("PDNG", Status.PENDING),
        ("OTHR", Status.PENDING),
        ("FUTR", Status.PENDING),
        ("HOLD", Status.PENDING),
        (None, Status.PENDING),
    ],
)
def test_only_what_is_booked_counts(status: Any, found: Status) -> None:
    assert only(status=status).status is found


# Consents

BARE = {"accountId": {"iban": IBAN}, "name": "x", "cashAccountType": "CACC", "currency": "EUR"}
CARD = {"accountId": {"other": {"identification": "49701", "schemeName": "CPAN", "issuer": "B"}}}
OPEN = {**BARE, "_links": {"transactions": {"href": "/accounts/A1/transactions"}}}


def test_a_bank_that_links_to_nothing_is_told_of_all_accounts() -> None:
    bank = Bank(accounts=[(200, {"accounts": [BARE, CARD]})], consents=[(201, None)])
    assert DIALECT.consent
    DIALECT.consent(bank.api.get, bank.put)
    ids = [{"iban": IBAN}, CARD["accountId"]]
    body = {
        "balances": ids,
        "transactions": ids,
        "trustedBeneficiaries": False,
        "psuIdentity": True,
    }
    assert bank.written == [("PUT", "consents", body)]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"accounts": [BARE, OPEN]}),
        (200, {"accounts": [{**BARE, "_links": {"balances": "/accounts/A1/balances"}}]}),
        (200, {"accounts": []}),
        (204, None),
        (404, {"message": "NAAC"}),
        (403, {"error": "NO_CONSENTS"}),
    ],
)
def test_a_consent_that_is_there_is_not_replaced(status: int, body: Any) -> None:
    bank = Bank(accounts=[(status, body)])
    assert DIALECT.consent
    DIALECT.consent(bank.api.get, bank.put)
    assert bank.written == []


@pytest.mark.parametrize(
    ("status", "raised"), [(404, False), (405, False), (400, True), (403, True)]
)
def test_a_bank_without_consents_is_left_alone(status: int, raised: bool) -> None:
    bank = Bank(accounts=[(200, {"accounts": [BARE]})], consents=[(status, {})])
    assert DIALECT.consent
    try:
        DIALECT.consent(bank.api.get, bank.put)
    except BankRefusedError:
        assert raised
    else:
        assert not raised


def test_a_consent_names_accounts_as_the_bank_does() -> None:
    area = {"areaId": "1", "areaLabel": "CA Paris"}
    rows = [
        Row({"accountId": {"iban": IBAN, "currency": "EUR", "area": area, "workspace": "w"}}),
        Row({"accountId": {}}),
        Row({"accountId": {"currency": "EUR"}}),
        Row({}),
    ]
    ids = [{"iban": IBAN, "currency": "EUR", "area": area}]
    assert consents(rows)["balances"] == consents(rows)["transactions"] == ids


# Funds


def confirmed(answer: Any, account: Account = ACCOUNT, minor: int = 2000) -> tuple[bool, Any]:
    bank = Bank(funds_confirmations=[(200, answer)])
    money = Money(minor, "EUR")
    found = funds_confirmation(bank.post, account, money, payee="M" * 90, new_id=lambda: "R" * 40)
    return found, bank.written[0]


@pytest.mark.parametrize("result", [True, False])
def test_funds_are_there_or_not(result: bool) -> None:
    found, written = confirmed({"request": {}, "result": result, "_links": {}})
    assert found is result
    body = {
        "paymentCoverageRequestId": "R" * 35,
        "payee": "M" * 70,
        "instructedAmount": {"currency": "EUR", "amount": "20.00"},
        "accountId": {"iban": IBAN},
    }
    assert written == ("POST", "funds-confirmations", body)


@pytest.mark.parametrize("answer", [{}, {"result": None}, {"result": "perhaps"}, {"result": 1}])
def test_an_answer_without_a_result_is_no_answer(answer: Any) -> None:
    with pytest.raises(BadBankDataError, match="result"):
        confirmed(answer)


def test_funds_are_asked_for_an_iban_and_an_amount() -> None:
    with pytest.raises(UsageError, match="IBAN"):
        confirmed({"result": True}, Account("A1", "Carte", "EUR", number="4970XXXXXXXX1234"))
    with pytest.raises(UsageError, match="above zero"):
        confirmed({"result": True}, minor=0)


# Persons


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ({"identities": [{"fullName": "MARTIN LEA", "firstName": "LEA"}]}, ("MARTIN LEA",)),
        ({"identities": [{"firstName": "LEA", "lastName": "MARTIN"}, {}]}, ("LEA MARTIN",)),
        ({"company": {"name": "Martin SAS"}}, ("Martin SAS",)),
        ({}, ()),
    ],
)
def test_owners_have_names(answer: Any, names: tuple[str, ...]) -> None:
    bank = Bank(accounts__A1__owners=[(200, answer)])
    assert owners(bank.api.get, ACCOUNT) == names


def test_nobody_is_no_owner() -> None:
    closed = Account("A1#", "x", "EUR")
    assert owners(Bank(accounts__A1__owners=[(204, None)]).api.get, closed) == ()


def test_an_overdraft_is_money_or_none() -> None:
    said = {"overdrafts": {"allowedAmount": {"currency": "EUR", "amount": 500.0}}}
    bank = Bank(accounts__A1__overdrafts=[(200, said), (200, {"overdrafts": {}})])
    assert overdraft(bank.api.get, ACCOUNT) == Money(50000, "EUR")
    assert overdraft(bank.api.get, ACCOUNT) is None


@pytest.mark.parametrize(
    "answer", [{"connectedPsu": "MARTIN LEA"}, {"identity": {"fullName": "MARTIN LEA"}}]
)
def test_the_person_has_a_name_in_every_version(answer: Any) -> None:
    assert identity(Bank(end_user_identity=[(200, answer)]).api.get) == "MARTIN LEA"


def test_beneficiaries_come_with_name_iban_and_trust() -> None:
    person = {"id": "B1", "isTrusted": True, "creditor": {"name": "Syndic Exemple"}}
    rows = [
        {**person, "creditorAccount": {"iban": "FR76 1010 7001 0112 3456 7890 129"}},
        {"creditor": {"name": "CAF"}},
    ]
    bank = Bank(trusted_beneficiaries=[(200, {"beneficiaries": rows})])
    assert list(beneficiaries(bank.api.get)) == [
        Beneficiary("Syndic Exemple", "FR7610107001011234567890129", True),
        Beneficiary("CAF", "", False),
    ]
