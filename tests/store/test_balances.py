"""The balance after each row, whatever was inserted, changed or moved before."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bankview.domain.account import Account
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.store import connections, ledger, view
from bankview.store.database import open_memory
from bankview.store.view import Filter

if TYPE_CHECKING:
    from bankview.store.database import Database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FACTS = st.tuples(
    st.integers(0, 8), st.integers(-9, 9), st.one_of(st.none(), st.none(), st.integers(0, 99))
)
#: (rows to insert, (which row to change, into what), the bank's balance)
STEPS = st.tuples(
    st.lists(FACTS, max_size=4),
    st.one_of(st.none(), st.tuples(st.integers(0, 30), FACTS)),
    st.one_of(st.integers(-99, 99), st.just(None)),
)


def made(own: str, facts: Any) -> Transaction:
    day, minor, after = facts
    booked = date(2026, 1, 1) + timedelta(days=day)
    said = None if after is None else Money(after, "NOK")
    amount = Money(minor, "NOK")
    return Transaction("k", Status.BOOKED, booked, amount, own, balance_after=said, id=own)


def right(db: Database, anchor: int | None) -> list[int | None]:
    """Return every balance, newest first, by walking back through the whole account."""
    found: list[int | None] = []
    for row in view.page(db, Filter(), limit=1000):
        stored = view.transaction(db, row.rowid)
        assert stored
        said = stored.balance_after
        found.append(said.minor if said else anchor)
        anchor = None if anchor is None else anchor - row.amount
    return found


@settings(max_examples=60)
@given(st.lists(STEPS, max_size=6))
def test_balances_are_those_of_a_walk_through_the_whole_account(steps: list[Any]) -> None:
    with closing(open_memory("walk")) as db:
        account = connections.save_account(db, Account("k", "A", "NOK", connection_id="bank"))
        ids: list[str] = []
        for n, (fresh, changed, anchor) in enumerate(steps):
            insert = [made(f"{n}-{m}", facts) for m, facts in enumerate(fresh)]
            update = [made(ids[changed[0] % len(ids)], changed[1])] if changed and ids else []
            ids += [row.id for row in insert]
            account = replace(account, balance=None if anchor is None else Money(anchor, "NOK"))
            ledger.publish(db, account, ledger.Changes(tuple(insert), tuple(update)), NOON)
            shown = [row.balance for row in view.page(db, Filter(), limit=1000)]
            assert shown == right(db, anchor)
