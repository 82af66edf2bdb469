"""A ledger full of what no bank should say, and some do: its texts, amounts, days and accounts."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bankview.domain.account import Account
from bankview.domain.connection import Connection, State
from bankview.domain.money import Money
from bankview.domain.rule import Rule
from bankview.domain.transaction import Status, Transaction
from bankview.store import connections, diary, ledger, rules, saved, words

if TYPE_CHECKING:
    from bankview.store.database import Database
    from bankview.sync.home import Home

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOON.date()
LONG = "Endless payee without an end " * 69
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
FLAGS = "\U0001f1f3\U0001f1f4\U0001f1eb\U0001f1f7"
#: Each has a word of its own by which it is found.
TEXTS = {
    "long": LONG,
    "one word": "W" * 2000,
    "emoji": f"{FAMILY} family {FLAGS} \u2764\ufe0f",
    "arabic": "\u0645\u062a\u062c\u0631 \u0627\u0644\u0643\u062a\u0628 123",
    "hebrew": "\u05d7\u05e0\u05d5\u05ea \u05e1\u05e4\u05e8\u05d9\u05dd (Oslo)",
    "override": "paid to \u202emoc.live\u202c shop",
    "left open": "left open \u202e\u2067evil",
    "control": "bell\x07 tab\there\x1b[31m red\x00zero\x7f",
    "lines": "first line\r\nsecond line\u2028third\u2029fourth",
    "markup": "<b>bold</b> <img src='file:///etc/passwd'> <a href='https://evil.example'>x</a>",
    "entity": "&amp; Tom & Jerry &lt;3 &nbsp;",
    "script": "</span></svg><script>alert(1)</script>",
    "ampersand": "M&S && Co&",
    "percent": "100 % {name} %s %1 \\n",
    "marks": "Z\u0351\u036b\u0343\u036a\u0302a\u0351\u036b\u0343\u036a\u0302l\u0351\u036b\u0343go",
}
#: A currency of each number of decimals that there is.
CURRENCIES = {"JPY": 0, "NOK": 2, "EUR": 2, "KWD": 3, "CLF": 4}
#: Fifteen digits, in minor units.
HUGE = 999_999_999_999_999
FIRST, LAST = date(1990, 1, 2), date(2099, 12, 30)


@dataclass(frozen=True, slots=True)
class Strange:
    """What was written, for the tests to look for."""

    accounts: tuple[Account, ...]


def _id(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def row(account: Account, day: date, minor: int, text: str, **facts: object) -> Transaction:
    """Return a row whose id follows from all that is given."""
    said = {"status": Status.BOOKED, "payee": text, **facts}
    own = _id(account.id, day, minor, text, said)
    amount = Money(minor, account.currency)
    return Transaction("k", booked_on=day, amount=amount, description=text, id=own, **said)  # type: ignore[arg-type]


def account(db: Database, name: str, currency: str, number: str, **facts: object) -> Account:
    """Save an account of the strange bank."""
    said = Account(f"k{number}", name, currency, number, connection_id="odd", **facts)  # type: ignore[arg-type]
    return connections.save_account(db, said)


def publish(db: Database, where: Account, *rows: Transaction) -> None:
    """Let rows be the account's, as a sync does; pending ones as such."""
    booked = tuple(one for one in rows if one.status is Status.BOOKED)
    pending = tuple(one for one in rows if one.status is Status.PENDING)
    ledger.publish(db, where, ledger.Changes(insert=booked, pending=pending), NOON)


def fill(home: Home, others: int = 0) -> Strange:
    """Fill a home; `others` are so many more accounts without a row."""
    with closing(home.database()) as db:
        _banks(db)
        found = [
            account(db, f"{name} {TEXTS[name]}", "NOK", str(n), balance=Money(-n, "NOK"))
            for n, name in enumerate(("markup", "ampersand", "emoji", "override", "long"))
        ]
        for n, currency in enumerate(CURRENCIES):
            held = Money((-1) ** n * HUGE, currency)
            found.append(account(db, f"Vault {currency}", currency, f"9{n}", balance=held))
        found += [account(db, f"Empty {n:03}", "NOK", f"1{n:03}") for n in range(1 + others)]
        _texts(db, found[0])
        _amounts(db, found[5:10])
        _days(db, found[1])
        _own_words(db, found[0])
        _told(db)
        return Strange(connections.accounts(db))


def _banks(db: Database) -> None:
    name = f"Bank & Sons <i>AS</i> {TEXTS['override']}\n{FAMILY}"
    odd = Connection("odd", "dnb", name, last_success=NOON, created_at=NOON)
    connections.save_connection(db, odd)
    ends = replace(odd, id="odd-2", name="<h1>Ends & ends</h1>", consent_ends=NOON)
    connections.save_connection(db, replace(ends, state=State.SIGN_IN))
    connections.save_account(db, Account("z", "Second", "EUR", "77", connection_id="odd-2"))


def _texts(db: Database, where: Account) -> None:
    rows = []
    for n, text in enumerate(TEXTS.values()):
        more = {"category": text, "reference": text, "raw_text": text, "counterparty_account": text}
        day = TODAY - timedelta(days=n)
        rows.append(row(where, day, -1000 - n, text, **more))
        rows.append(row(where, day, -2000 - n, text, status=Status.PENDING))
    for months in range(6):
        day = date(2026, 11 - months, 5)
        rows.append(row(where, day, -9900, TEXTS["markup"]))
    publish(db, where, *rows)


def _amounts(db: Database, vaults: list[Account]) -> None:
    for vault in vaults:
        rows = []
        for n in range(24):
            sign, day = (-1) ** n, TODAY - timedelta(days=15 * n)
            rows.append(row(vault, day, sign * (HUGE - n), f"Vault {n % 4}"))
        publish(db, vault, *rows)


def _days(db: Database, where: Account) -> None:
    rows = [
        row(where, FIRST, -1990_00, "Long ago"),
        row(where, LAST, -2099_00, "Far ahead"),
        row(where, LAST, -2098_00, "Far ahead and pending", status=Status.PENDING),
    ]
    publish(db, where, *rows)


def _own_words(db: Database, where: Account) -> None:
    known = ledger.known(db, where.id, FIRST)
    for one in known:
        if one.status is Status.BOOKED and one.description in TEXTS.values():
            said = one.description
            words.change(db, where.id, one.id, note=said, tags=(said, "<b>tag</b> & tag"))
    rules.save(db, Rule("family", category=TEXTS["markup"], payee=f"<u>{FAMILY}</u> & <s>co</s>"))
    saved.put(db, saved.Saved("<b>Saved</b> & kept", TEXTS["markup"]))


def _told(db: Database) -> None:
    told = [
        diary.Told("odd", f"<i>{text}</i>", text, True, 3, 2, 1, 0, text) for text in TEXTS.values()
    ]
    diary.write(db, NOON, told)
