"""Proves an account by its balance after a sync, with what the ledger holds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bankview.store import proofs
from bankview.sync.proof import LAG_DAYS, PROVABLE, Facts, Row, prove

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from bankview.domain.account import Account
    from bankview.domain.proof import Proof
    from bankview.store.database import Database

#: Days whose balances after rows are compared with their neighbours.
LOOKED_AT = 92


def compare(
    db: Database, account: Account, now: datetime, zone: tzinfo
) -> tuple[Proof | None, bool]:
    """Compare, keep what was found, and return it, and whether its difference is news.

    Args:
        db: the ledger, right after the account's rows came into view.
        account: with the balance of this fetch.
        now: this instant.
        zone: the bank's.
    """
    if account.type not in PROVABLE or account.balance is None:
        return None, False
    today = now.astimezone(zone).date()
    since = today - timedelta(days=max(LAG_DAYS, LOOKED_AT))
    last = proofs.proofs(db).get(account.id)
    found = prove(
        last,
        Facts(
            now,
            today,
            account.balance.minor,
            proofs.sum_before(db, account.id, since),
            [Row(*each) for each in proofs.rows_from(db, account.id, since)],
            proofs.held(db, account.id),
            zone,
        ),
    )
    if found is None:
        return None, False
    if found != last:
        proofs.save_proof(db, account.id, found)
    news = found.differs and not (last and last.differs)
    return found, news


def suspected_since(db: Database, account: Account) -> date | None:
    """Return the last proven day of an account whose rows do not add up, for the next fetch to look further back.

    Once a difference is certain it has been looked for, and costs no more than any other fetch.
    """
    last = proofs.proofs(db).get(account.id)
    return last.proven_on if last and last.difference and not last.differs else None
