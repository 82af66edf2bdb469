"""What the last comparison of rows and balance said of each account, and the rows for the next."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from bankview.domain.proof import Proof
from bankview.store.rows import first_of
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from bankview.store.database import Database

_PROOF = "openings, proven_on, difference, noticed, first_day"


def proofs(db: Database) -> dict[int, Proof]:
    """Return the last comparison of each account that has one."""
    return {own: _proof(*rest) for own, *rest in db.run(f"SELECT account_id, {_PROOF} FROM proof")}


def _proof(openings: str, proven: int, *rest: Any) -> Proof:
    difference, noticed, first = rest
    return Proof(
        tuple(json.loads(openings)),
        date.fromordinal(proven),
        difference,
        None if noticed is None else datetime.fromtimestamp(noticed, UTC),
        None if first is None else date.fromordinal(first),
    )


def save_proof(db: Database, account_id: int, proof: Proof) -> None:
    """Keep an account's comparison in the place of the last one."""
    p = proof
    with db.writing():
        db.run(
            f"INSERT OR REPLACE INTO proof(account_id, {_PROOF}) VALUES(?,?,?,?,?,?)",
            (
                account_id,
                json.dumps(p.openings),
                p.proven_on.toordinal(),
                p.difference,
                p.noticed and p.noticed.timestamp(),
                p.first_day and p.first_day.toordinal(),
            ),
        )


def shift(db: Database, account_id: int, minor: int) -> None:
    """Say what an account held before its first row anew, within a transaction: older rows of this sum came, or went."""
    found = db.one("SELECT openings FROM proof WHERE account_id = ?", (account_id,))
    if found and minor:
        openings = [one - minor for one in json.loads(found)]
        db.run(
            "UPDATE proof SET openings = ? WHERE account_id = ?", (json.dumps(openings), account_id)
        )


def sum_before(db: Database, account_id: int, day: date) -> int:
    """Return the sum of an account's booked rows before a day, in minor units."""
    return int(
        db.one(
            "SELECT coalesce(sum(amount), 0) FROM tx WHERE account_id = ? AND id < ?",
            (account_id, first_of(day)),
        )
    )


def rows_from(db: Database, account_id: int, day: date) -> list[tuple[date, int, int | None]]:
    """Return day, amount and balance after of an account's booked rows from a day on, in the ledger's order."""
    found = db.run(
        "SELECT t.id, t.amount, d.balance_after FROM tx t JOIN detail d ON d.id = t.id"
        f" WHERE t.account_id = ? AND t.id >= ? AND t.id < {PENDING} ORDER BY t.id",
        (account_id, first_of(day)),
    )
    return [(date.fromordinal(own // DAY), amount, after) for own, amount, after in found]


def held(db: Database, account_id: int) -> list[int]:
    """Return the amounts of an account's pending rows, oldest first."""
    sql = f"SELECT amount FROM tx WHERE account_id = ? AND id >= {PENDING} ORDER BY id"
    return [amount for (amount,) in db.run(sql, (account_id,))]
