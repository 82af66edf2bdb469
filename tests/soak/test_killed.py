"""Killed with SIGKILL at each named point of sync, backup, migration, repair and export: nothing lost, nothing twice."""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bankview.store.database import open_ledger
from tests.soak import world
from tests.soak.aftermath import LAST, check_mended, killed, lived
from tests.soak.mortal import Mortals, replaced
from tests.store import old_ledgers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs fork and SIGKILL")

SYNC = (
    "call counted",
    "account saved",
    "unfinished dropped",
    "forgotten",
    "staged",
    "unreadable kept",
    "pending replaced",
    "updated",
    "inserted",
    "indexed",
    "balanced",
    "settled",
    "published",
    "connection saved",
)
BACKUP = ("copied", "verified", "on the disk", "moved", "removed", "backed up")
REPAIR = ("sound copy found", "on the disk", "moved aside", "moved", "removed")
EXPORT = ("exported", "file moved", "folder synced")
WHEN = ("before", "after")


@pytest.fixture(scope="module")
def mortals() -> Iterator[Mortals]:
    made = Mortals()
    yield made
    made.close()


@pytest.fixture(scope="module")
def base(mortals: Mortals, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with nine days of life in it."""
    return lived(mortals, tmp_path_factory.mktemp("base"))


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("point", [*SYNC, *BACKUP])
def test_a_fetch_that_was_killed(
    mortals: Mortals, base: Path, tmp_path: Path, when: str, point: str
) -> None:
    deaths = [killed(mortals, base, tmp_path / "home", f"{when} {point}", count=n) for n in (1, 2)]
    assert deaths[0], "the process never came there"


def test_a_fetch_that_was_killed_between_any_two_statements(
    mortals: Mortals, base: Path, tmp_path: Path
) -> None:
    counts = range(1, 400, 19)
    deaths = [killed(mortals, base, tmp_path / "home", "before statement", count=n) for n in counts]
    assert sum(deaths) > 5
    assert not deaths[-1], "there are more statements than were tried"


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("point", ["migrated", "copied", "moved", "statement"])
def test_a_migration_that_was_killed(
    mortals: Mortals, tmp_path: Path, when: str, point: str
) -> None:
    oldest = old_ledgers.FOLDER / "step-1.db"
    kept = json.loads(oldest.with_suffix(".json").read_text("utf-8"))
    deaths = 0
    for count in range(1, 40, 4) if point == "statement" else (1,):
        home = tmp_path / str(count)
        home.mkdir()
        shutil.copyfile(oldest, home / "ledger.db")
        deaths += mortals.do(home, 0, "start", f"{when} {point}", count=count) == -9
        assert mortals.do(home, 0, "start") == 0
        with closing(open_ledger(home / "ledger.db", world.KEY, check=True)) as db:
            found = old_ledgers.facts(db)
            found["connections"] = [one for one in found["connections"] if one[0] != "world"]
        assert found == kept
        assert not list(home.rglob("*.new*"))
        assert not list(home.glob("ledger-damaged*"))
    assert deaths


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("point", REPAIR)
def test_a_repair_that_was_killed(
    mortals: Mortals, base: Path, tmp_path: Path, when: str, point: str
) -> None:
    deaths = 0
    for count in (1, 2, 3):
        home = replaced(tmp_path / "home", base)
        damaged = (base / "ledger.db").read_bytes()[:20_000]
        (home / "ledger.db").write_bytes(damaged)
        (home / "ledger.db-wal").write_bytes(b"torn")
        deaths += mortals.do(home, LAST, "start", f"{when} {point}", count=count) == -9
        assert mortals.do(home, LAST, "start") == 0
        assert world.shown(home / "ledger.db") == world.right(LAST)
        aside = [file for file in home.glob("ledger-damaged*") if file.suffix == ".db"]
        assert damaged in [file.read_bytes() for file in aside]
        for file in home.glob("ledger-damaged*"):
            file.unlink()
        check_mended(mortals, home, LAST + 1)
    assert deaths


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("point", [*EXPORT, "statement"])
def test_an_export_that_was_killed(
    mortals: Mortals, base: Path, tmp_path: Path, when: str, point: str
) -> None:
    home = replaced(tmp_path / "home", base)
    assert mortals.do(home, LAST + 1, "sync") == 0
    old = (home / "out.csv").read_bytes()
    count = 6 if point == "statement" else 1
    assert mortals.do(home, LAST + 1, "export", f"{when} {point}", count=count) == -9
    left = (home / "out.csv").read_bytes()
    assert mortals.do(home, LAST + 1, "export") == 0
    new = (home / "out.csv").read_bytes()
    assert new.count(b"\r\n") > old.count(b"\r\n")
    assert left in {old, new}
    assert not list(home.glob("ledger-damaged*"))
