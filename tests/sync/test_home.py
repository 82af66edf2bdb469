"""One home: its key, its places, and what happens when something is missing."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bankview.domain.connection import Connection
from bankview.errors import LedgerKeyError, StoreError, UsageError, WrongPassphraseError
from bankview.paths import Paths
from bankview.sentences import say
from bankview.settings import changed, save
from bankview.store import backup, connections
from bankview.sync.home import Home

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.of(tmp_path / "home")


def open_home(paths: Paths, word: str = "open sesame") -> Home:
    return Home.open(paths, "passphrase", passphrase=lambda: word)


def add(home: Home) -> None:
    with closing(home.database()) as db:
        connections.save_connection(db, Connection("toy", "toy", "Toy bank"))


def held(home: Home) -> list[str]:
    with closing(home.database()) as db:
        return [connection.id for connection in connections.connections(db)]


def test_a_home_opens_again_with_the_same_passphrase(paths: Paths) -> None:
    add(open_home(paths))
    assert held(open_home(paths)) == ["toy"]


def test_a_wrong_passphrase_opens_nothing_and_changes_nothing(paths: Paths) -> None:
    add(open_home(paths))
    before = paths.ledger.read_bytes()
    with pytest.raises(WrongPassphraseError):
        open_home(paths, "wrong")
    assert paths.ledger.read_bytes() == before


def test_the_place_need_not_be_said_twice(paths: Paths) -> None:
    add(open_home(paths))
    again = Home.open(paths, passphrase=lambda: "open sesame")
    assert again.secrets.place == "passphrase"


def test_a_lost_key_creates_and_moves_nothing(paths: Paths) -> None:
    add(open_home(paths))
    paths.vault.unlink()
    files = sorted(paths.data.rglob("*"))
    with pytest.raises(LedgerKeyError):
        open_home(paths)
    assert sorted(file for file in paths.data.rglob("*") if file != paths.vault) == [
        file for file in files if file != paths.vault
    ]


def test_the_recovery_key_opens_a_ledger_whose_key_is_lost(paths: Paths) -> None:
    home = open_home(paths)
    key = home.fresh_recovery_key
    home.recovery_key_kept()
    add(home)
    paths.vault.unlink()
    recovered = Home.recover(paths, key.lower(), "passphrase", passphrase=lambda: "another")
    assert held(recovered) == ["toy"]
    assert held(open_home(paths, "another")) == ["toy"]


def test_a_wrong_recovery_key_is_told_apart(paths: Paths) -> None:
    home = open_home(paths)
    add(home)
    other = open_home(Paths.of(paths.data.parent / "other")).fresh_recovery_key
    with pytest.raises(WrongPassphraseError):
        Home.recover(paths, other, "passphrase", passphrase=lambda: "another")


def test_the_recovery_key_is_shown_until_it_is_kept_and_never_again(paths: Paths) -> None:
    home = open_home(paths)
    assert home.fresh_recovery_key
    again = open_home(paths)
    assert again.fresh_recovery_key
    again.recovery_key_kept()
    assert not open_home(paths).fresh_recovery_key


def test_home_json_holds_no_secret(paths: Paths) -> None:
    home = open_home(paths)
    text = paths.home_file.read_text()
    assert home.fresh_recovery_key not in text
    assert home._raw_key().hex() not in text


def test_memory_leaves_no_ledger_behind(paths: Paths) -> None:
    home = Home.open(paths, "memory")
    add(home)
    assert held(home) == ["toy"]
    assert not paths.ledger.exists()
    assert not held(Home.open(paths, "memory"))


def test_memory_is_refused_where_a_ledger_lies(paths: Paths) -> None:
    open_home(paths)
    with pytest.raises(UsageError, match="--secrets memory"):
        Home.open(paths, "memory")


def test_a_damaged_ledger_is_moved_aside_and_its_backup_restored(paths: Paths) -> None:
    home = open_home(paths)
    add(home)
    with closing(home.database()) as db:
        backup.back_up(db, paths.backups, home.now().date())
    damage(paths.ledger)
    again = open_home(paths)
    assert again.damage is not None
    assert again.damage.aside is not None
    assert again.damage.aside.exists()
    assert again.damage.restored is not None
    assert held(again) == ["toy"]


def test_a_damaged_ledger_without_a_backup_begins_anew_and_says_so(paths: Paths) -> None:
    home = open_home(paths)
    add(home)
    damage(paths.ledger)
    again = open_home(paths)
    assert again.damage is not None
    assert again.damage.restored is None
    assert not held(again)


def damage(ledger: Path) -> None:
    """Overwrite everything behind the first page, as a dying disk would."""
    for part in ledger.parent.glob(f"{ledger.name}-*"):
        part.unlink()
    size = ledger.stat().st_size
    assert size > 8192
    with ledger.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))


def test_a_damaged_home_file_is_left_as_it_is(paths: Paths) -> None:
    open_home(paths)
    paths.home_file.write_text("{")
    with pytest.raises(UsageError, match="damaged"):
        open_home(paths)
    assert paths.home_file.read_text() == "{"


def test_the_folders_are_closed_to_others(paths: Paths) -> None:
    open_home(paths)
    assert paths.data.stat().st_mode & 0o077 == 0
    assert paths.home_file.stat().st_mode & 0o077 == 0


def test_pension_accounts_are_a_setting(tmp_path: Path) -> None:
    home = Home.open(Paths.of(tmp_path), "passphrase", passphrase=lambda: "open")
    plain = home.bank("sparebank1").dialect
    save(home.paths.settings, changed(home.settings, pensions=True))
    assert home.bank("sparebank1").dialect.accounts is not plain.accounts
    assert home.bank("financefeast").dialect == home.bank("financefeast").dialect.with_pensions()
    home.close()


def test_a_ledger_that_is_gone_comes_back_from_its_copy_and_it_is_said(paths: Paths) -> None:
    home = open_home(paths)
    add(home)
    with closing(home.database()) as db:
        backup.back_up(db, paths.backups, home.now().date())
    paths.ledger.unlink()
    again = open_home(paths)
    assert held(again) == ["toy"]
    assert "The ledger was gone." in str(say(again.damage or Exception()))


def test_a_new_home_has_nothing_to_say(paths: Paths) -> None:
    assert open_home(paths).damage is None


def test_a_home_that_cannot_be_made_is_said(paths: Paths) -> None:
    paths.data.parent.mkdir(parents=True, exist_ok=True)
    paths.data.write_text("a file")
    with pytest.raises(StoreError, match="the home cannot be used"):
        open_home(paths)


def test_a_damaged_ledger_opens_with_the_recovery_key_too(paths: Paths) -> None:
    home = open_home(paths)
    key = home.fresh_recovery_key
    home.recovery_key_kept()
    add(home)
    with closing(home.database()) as db:
        backup.back_up(db, paths.backups, home.now().date())
    paths.vault.unlink()
    paths.ledger.write_bytes(b"")
    recovered = Home.recover(paths, key, "passphrase", passphrase=lambda: "another")
    assert held(recovered) == ["toy"]
