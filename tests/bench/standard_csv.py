"""The Standard file of a million rows beside the sqlite3 shell's own CSV of the same columns from an unencrypted copy.

Usage: standard_csv.py [ROWS [ROUNDS]], on a virtual screen. Both take turns; then a window scrolls during an export.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import apsw
from babel import Locale

from bankview.domain.account import Account
from bankview.domain.connection import Connection
from bankview.export import file, presets
from bankview.paths import Paths
from bankview.store import connections, view
from bankview.store.database import Database
from bankview.store.schema import DAY, PENDING, STEPS
from bankview.store.view import Filter
from bankview.sync.home import Home
from bankview.ui.export_job import Wish, save
from tests.bench.figures import median, milliseconds, tell
from tests.bench.scrolling import Scrolling, tell_gaps

ROWS, ROUNDS = 1_000_000, 3
#: How often as long as the shell an export may take, from the encrypted ledger and from an unencrypted one.
GOAL, PLAIN_GOAL = 1.2, 1.0
ACCOUNTS, DAYS = 12, 3650
#: Seconds that the window scrolls alone, for comparison.
IDLE = 3
BOOKED = Filter(status="booked")

_FILL = f"""
CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :rows - 1)
  SELECT i, (:first + i * {DAYS} / :rows) * {DAY} + i % {DAY} AS id, 1 + i % {ACCOUNTS} AS account,
  'order invoice coffee rent salary' AS words FROM n;
INSERT INTO tx(id, account_id, amount, payee, description, category) SELECT id, account, i * 37 % 99999 - 70000,
  'Shop ' || i % 2000, words || ' ' || i, 'Groceries' FROM n;
INSERT INTO detail(id, account_id, text_id, value_on, counterparty, raw_text, reference, bank_id)
  SELECT id, account, lower(hex(randomblob(16))), id / {DAY}, '98765432101', 'raw ' || i, '', 'id' || i FROM n;
DROP TABLE n;
"""
_MONEY = "format('%s%d.%02d', iif({0} < 0, '-', ''), abs({0}) / 100, abs({0}) % 100)"
_DATE = "date({0} + 1721424.5)"
_SHELL = f"""
.mode csv
.headers on
SELECT a.name AS account_name, a.iban AS account_iban, a.number AS account_bban, c.name AS bank, a.currency,
  {_DATE.format(f"t.id / {DAY}")} AS booking_date, {_DATE.format("d.value_on")} AS value_date,
  {_DATE.format("d.transacted_on")} AS transaction_date, {_MONEY.format("t.amount")} AS amount,
  iif(t.id < {PENDING}, 'booked', 'pending') AS status, t.payee, d.counterparty AS counterparty_account, t.description,
  iif(d.raw_text = '', t.description, d.raw_text) AS raw_text, d.reference, t.category, w.tags, w.note AS notes,
  iif(d.balance_after IS NULL, NULL, {_MONEY.format("d.balance_after")}) AS balance_after,
  iif(d.original IS NULL, NULL, {_MONEY.format("d.original")}) AS original_amount, d.original_currency,
  d.rate AS exchange_rate, d.bank_id AS bank_transaction_id, d.text_id AS bankview_id
FROM tx t JOIN detail d ON d.id = t.id JOIN account a ON a.id = t.account_id JOIN connection c ON c.id = a.connection_id
LEFT JOIN words w ON w.account_id = d.account_id AND w.text_id = d.text_id WHERE t.id < {PENDING} ORDER BY t.id;
"""


def fill(db: Database, rows: int) -> None:
    """Put so many rows over twelve accounts and ten years into an empty ledger."""
    connections.save_connection(
        db, Connection("b", "b", "Big Bank", last_success=datetime.now(UTC))
    )
    for n in range(ACCOUNTS):
        connections.save_account(
            db, Account(f"k{n}", f"Account {n}", "NOK", f"12345600{n:03d}", connection_id="b")
        )
    with db.writing():
        for statement in _FILL.split(";\n"):
            values = {"rows": rows, "first": datetime.now(UTC).toordinal() - DAYS}
            db.run(statement, {k: v for k, v in values.items() if f":{k}" in statement})


def plain_ledger(path: Path) -> Database:
    """Return an empty ledger without encryption."""
    connection = apsw.Connection(str(path))
    for step in STEPS:
        connection.execute(step)
    return Database(connection, path)


def export(db: Database, target: Path) -> None:
    """Write the Standard file as the window and the command line do."""
    accounts = {account.id: account for account in connections.accounts(db)}
    places = accounts, dict.fromkeys(accounts, "Big Bank")
    rows, here = view.entries(db, BOOKED), Locale("en")
    file.save(target, lambda out: presets.write("standard", rows, *places, out, here))


def shell(database: Path, target: Path) -> None:
    """Write the same columns with the sqlite3 shell."""
    with target.open("wb") as out:
        subprocess.run(["sqlite3", str(database)], input=_SHELL.encode(), stdout=out, check=True)


def main(rows: int, rounds: int) -> int:
    """Measure, say it, and return 1 where the goal is missed."""
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        home = Home.open(Paths.of(folder / "home"), "passphrase", passphrase=lambda: "open")
        with closing(home.database()) as db, closing(plain_ledger(folder / "plain.db")) as plain:
            fill(db, rows)
            fill(plain, rows)
            jobs = (
                lambda: shell(folder / "plain.db", folder / "shell.csv"),
                lambda: export(db, folder / "ours.csv"),
                lambda: export(plain, folder / "plain.csv"),
            )
            took = [[milliseconds(job) for job in jobs] for _ in range(rounds)]
        window = Scrolling(home, folder)
        wish = Wish("standard", BOOKED, pending=False)
        _, idle = window.during(lambda: time.sleep(IDLE))
        _, gaps = window.during(lambda: save(home, wish, folder / "window.csv"))
        window.close()
        home.close()
    print(f"The Standard file of {rows:,} rows: {median([one[1] for one in took]) / 1e3:.1f} s")
    ratio, plain_ratio = (median([one[n] / one[0] for one in took]) for n in (1, 2))
    met = tell("Standard file beside the sqlite3 shell", ratio, GOAL)
    met &= tell("the same from an unencrypted ledger", plain_ratio, PLAIN_GOAL)
    tell_gaps("idle", idle)
    return 0 if met & tell_gaps("export", gaps, (16.0, 16.0)) else 1


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*given, *(ROWS, ROUNDS)[len(given) :]))
