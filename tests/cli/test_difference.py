"""A difference between rows and balance, on the command line."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bankview.domain.proof import Proof
from bankview.paths import Paths
from bankview.store import proofs
from bankview.sync.home import Home
from tests.e2e.story import PASSPHRASE

if TYPE_CHECKING:
    from tests.cli.conftest import Command

DIFFERS = Proof((0,), date(2026, 5, 2), -12000, datetime(2026, 5, 3, tzinfo=UTC), date(2026, 5, 3))


def test_accounts_tell_whether_their_rows_add_up(filled: Command) -> None:
    before = filled("accounts", "--json").objects
    assert {one["difference"] for one in before} <= {"0.00", None}
    account = next(one for one in before if one["difference"] == "0.00")
    home = Home.open(Paths.of(filled.home), "passphrase", passphrase=lambda: PASSPHRASE)
    with closing(home.database()) as db:
        proofs.save_proof(db, account["id"], DIFFERS)
    home.close()
    after = next(one for one in filled("accounts", "--json").objects if one["id"] == account["id"])
    assert (after["difference"], after["difference_since"]) == ("-120.00", "2026-05-03")
    said = filled("accounts").err
    assert f"{account['name']}: the rows and the bank’s balance differ by 120" in said
