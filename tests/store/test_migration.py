"""Ledgers of every earlier schema version open with everything that was in them."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bankview.domain.rule import Rule
from bankview.errors import DiskFullError, LedgerNewerError, StoreError
from bankview.sentences import say
from bankview.store import backup, database, flows, ledger, rules
from bankview.store.database import open_ledger
from bankview.store.schema import DAY, STEPS
from tests.store.old_ledgers import FOLDER, KEY, NOON, START, facts, fill

if TYPE_CHECKING:
    from bankview.store.database import Database

OLD = sorted(FOLDER.glob("step-*.db"))


def version_of(file: Path) -> int:
    return int(file.stem.removeprefix("step-"))


@pytest.fixture(params=OLD, ids=lambda file: file.stem)
def old(request: pytest.FixtureRequest, path: Path) -> Path:
    """A ledger of an earlier version in its place, and which one."""
    shutil.copyfile(request.param, path)
    return Path(request.param)


def kept(old: Path) -> object:
    return json.loads(old.with_suffix(".json").read_text("utf-8"))


def test_the_earlier_versions_are_all_here() -> None:
    assert [version_of(file) for file in OLD] == list(range(1, len(OLD) + 1))
    assert len(OLD) >= 2


def test_an_old_ledger_opens_with_everything_that_was_in_it(old: Path, path: Path) -> None:
    with closing(open_ledger(path, KEY, check=True)) as db:
        assert db.one("PRAGMA user_version") == len(STEPS)
        assert facts(db) == kept(old)


def test_what_was_staged_by_an_old_version_stops_no_later_fetch(old: Path, path: Path) -> None:
    with closing(open_ledger(path, KEY)) as db:
        ledger.staged(db, 1)
        ledger.staged(db, 2)


def test_a_step_leads_to_the_same_tables_as_a_new_ledger(
    old: Path, path: Path, tmp_path: Path
) -> None:
    schema = "SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2"
    with (
        closing(open_ledger(path, KEY)) as db,
        closing(open_ledger(tmp_path / "new.db", KEY, create=True)) as new,
    ):
        assert db.run(schema) == new.run(schema)
        fill(new)
        assert facts(new) == kept(old)


def test_before_the_first_step_a_copy_is_made_of_what_was_there(old: Path, path: Path) -> None:
    open_ledger(path, KEY).close()
    copies = [file.name for file in (path.parent / "backups").glob("*")]
    wanted = version_of(old) + 1
    assert copies == ([f"before-step-{wanted}.db"] if wanted <= len(STEPS) else [])


def test_a_copy_of_an_old_version_is_restored_and_taken_to_this_one(old: Path, path: Path) -> None:
    folder = path.parent / "backups"
    folder.mkdir()
    kept_copy = folder / "ledger-2026-01-01.db"
    shutil.copyfile(old, kept_copy)
    path.write_bytes(b"")
    said = backup.recover(path, KEY, folder, NOON)
    assert said.restored
    with closing(open_ledger(path, KEY)) as db:
        assert facts(db) == kept(old)
    assert kept_copy.read_bytes() == old.read_bytes()


def test_without_room_for_the_copy_no_step_is_taken(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile(OLD[0], path)

    def full(*_: object) -> None:
        raise DiskFullError

    monkeypatch.setattr(database, "copy", full)
    with pytest.raises(DiskFullError):
        open_ledger(path, KEY)
    assert path.read_bytes() == OLD[0].read_bytes()


def test_a_step_that_fails_leaves_all_earlier_steps_undone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile(OLD[0], path)
    monkeypatch.setattr(database, "STEPS", (*STEPS, "SELECT nonsense"))
    with pytest.raises(StoreError, match="SQLError"):
        open_ledger(path, KEY)
    monkeypatch.setattr(database, "STEPS", STEPS[:1])
    with closing(open_ledger(path, KEY)) as db:
        assert db.one("PRAGMA user_version") == 1
        assert not db.run("SELECT * FROM sqlite_schema WHERE name = 'unreadable'")


def test_a_newer_ledger_is_refused_with_a_sentence_and_none_of_its_bytes_changes(
    path: Path,
) -> None:
    with closing(open_ledger(path, KEY, create=True)) as db:
        fill(db)
        db.run(f"PRAGMA user_version={len(STEPS) + 1}")
    before = path.read_bytes()
    with pytest.raises(LedgerNewerError) as refused:
        open_ledger(path, KEY, check=True)
    assert path.read_bytes() == before
    assert "newer Bankview" in str(say(refused.value))


def before_rules(db: Database, account: int, own: str) -> None:
    """Write a row as the version before rules did, with a note and perhaps a category of the person's."""
    row = START.toordinal() * DAY + account
    for table, values in (
        ("account", (account, "b", f"k{account}", "A", "NOK", "", "", "other", None, None, "", "", 0, 0, None, "", 0, 1)),
        ("tx", (row, account, -1, 0, "Kiosk", "Kiosk", own or "Bank", 1)),
        ("detail", (row, account, "id", None, None, "", "", "", None, None, None, "", own and "Bank", None)),
        ("words", (account, "id", "Note", "", own, 0)),
        ("doc", (row, "kiosk")),
    ):  # fmt: skip
        db.run(f"INSERT INTO {table} VALUES({','.join('?' * len(values))})", values)
    db.run("INSERT INTO search(rowid, s) VALUES(?, 'kiosk')", (row,))


def test_a_category_that_the_person_gave_before_there_were_rules_stays_the_person_s(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "STEPS", STEPS[:6])
    with closing(open_ledger(path, KEY, create=True)) as db:
        before_rules(db, 1, "Mine")
        before_rules(db, 2, "")
    monkeypatch.undo()
    with closing(open_ledger(path, KEY)) as db:
        rules.save(db, Rule("kiosk", category="food"))
        assert db.run("SELECT category FROM tx ORDER BY id") == [("Mine",), ("food",)]


def test_what_a_bank_called_a_transfer_before_classifications_were_kept_is_neither_income_nor_spending(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "STEPS", STEPS[:6])
    with closing(open_ledger(path, KEY, create=True)) as db:
        before_rules(db, 1, "")
        before_rules(db, 2, "Gifts")
        before_rules(db, 3, "")
        # A word of the person's own means what they mean by it.
        before_rules(db, 4, "Overføringer")
        db.run("UPDATE tx SET category = 'Overføringer', amount = -100 * account_id")
        db.run("UPDATE tx SET category = 'Gifts' WHERE account_id = 2")
        db.run("UPDATE tx SET category = 'Mat' WHERE account_id = 3")
    monkeypatch.undo()
    with closing(open_ledger(path, KEY)) as db:
        day = date.fromordinal(db.one("SELECT min(id) FROM tx") // DAY)
        spent = flows.flows(db, {"NOK": (1, 2, 3, 4)}, flows.Period(day, date(2100, 1, 1)))
        assert spent["NOK"].out == -900
