"""Accounts that a person keeps by hand: what they hold, and their rows, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.domain.money import Money
from bankview.store import connections, imports, index, links, placing, rules, transfers
from bankview.store.placing import Ready
from bankview.store.rows import WHOLE, WHOLE_JOINS, first_of, read_whole
from bankview.store.schema import PENDING

if TYPE_CHECKING:
    from datetime import datetime

    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database


_TEXTS = "connection_id, key, name, currency, number, iban, type, owner, own_name"


def account(db: Database, account_id: int) -> Account | None:
    """Return an account that is kept by hand, None where it is none."""
    every = connections.accounts(db)
    return next((one for one in every if one.id == account_id and one.opened), None)


def opening(db: Database, own: Account) -> Money:
    """Return what an account held at the beginning of the day from which on it is kept."""
    assert own.opened
    assert own.balance
    return own.balance - Money(_since(db, own), own.currency)


def put_account(db: Database, own: Account, held: Money) -> Account:
    """Let there be an account that held this when it was opened, within a transaction; one with the id 0 is new."""
    assert own.opened
    texts = [getattr(own, name) for name in _TEXTS.split(", ")]
    db.run(
        f"INSERT INTO account(id, {_TEXTS}, position, opened) VALUES(?,?,?,?,?,?,?,?,?,?,"
        "(SELECT coalesce(max(position), 0) + 1 FROM account), ?) ON CONFLICT(id) DO UPDATE"
        " SET name = excluded.name, type = excluded.type, opened = excluded.opened",
        (own.id or None, *texts, own.opened.toordinal()),
    )
    made = account(db, own.id or db.one("SELECT last_insert_rowid()"))
    assert made
    made = hold(db, made, held)
    placing.balance(db, made, placing.NONE)
    return made


def hold(db: Database, own: Account, held: Money) -> Account:
    """Let an account have held this when it was opened, within a transaction: what it holds now follows."""
    return imports.set_balance(db, own.id, held.minor + _since(db, own))


def row(db: Database, account_id: int, text_id: str) -> Transaction | None:
    """Return a row as it stands, with the person's words; None where it is not there."""
    found = db.run(
        f"SELECT {WHOLE} FROM tx t {WHOLE_JOINS} WHERE d.text_id = ? AND d.account_id = ?",
        (text_id, account_id),
    )
    return read_whole(found[0]) if found else None


def put_row(
    db: Database, own: Account, text_id: str, wanted: Transaction | None, at: datetime
) -> None:
    """Let this be the row of an id, None for no row; what the account holds follows. Within a transaction."""
    before, held = row(db, own.id, text_id), opening(db, own)
    lowest = placing.NONE
    if before:
        lowest = _take(db, own.id, text_id)
    if wanted:
        lowest = min(lowest, _place(db, own.id, wanted.but(id=text_id)))
    transfers.renew(db, own.id, [text_id])
    days = [one.booked_on for one in (before, wanted) if one]
    if days:
        imports.settle(db, hold(db, own, held), min(days), lowest, (), at)


def _take(db: Database, account_id: int, text_id: str) -> int:
    """Take a row out of view, and return its row id; what the person wrote of it stays for its return."""
    place = "SELECT id FROM detail WHERE text_id = ? AND account_id = ?"
    lowest = int(db.one(place, (text_id, account_id)))
    index.remove(db, "SELECT ?", (lowest,))
    db.run("DELETE FROM tx WHERE id = ?", (lowest,))
    db.run(
        "DELETE FROM pair WHERE account_id = ? AND booked_id = ? AND state = 'suggested'",
        (account_id, text_id),
    )
    return lowest


def _place(db: Database, account_id: int, wanted: Transaction) -> int:
    ready = links.dressed(db, account_id, [Ready(wanted, index.text_of(wanted), b"")])
    lowest = placing.insert(db, account_id, ready)
    rules.name(db, account_id, [item.row for item in ready])
    return lowest


def _since(db: Database, own: Account) -> int:
    """Return the sum of what was booked since an account was opened, in minor units."""
    assert own.opened
    return int(
        db.one(
            f"SELECT coalesce(sum(amount), 0) FROM tx WHERE account_id = ? AND id >= ? AND id < {PENDING}",
            (own.id, first_of(own.opened)),
        )
    )
