"""What must be true of a home in which a process was killed, and after the next start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.store import backup
from tests.soak import world
from tests.soak.mortal import Mortals, replaced

if TYPE_CHECKING:
    from pathlib import Path

#: The day of the last undisturbed fetch; eight days in a row leave more copies than are kept.
FIRST, LAST = world.PAST, world.PAST + 8


def lived(mortals: Mortals, folder: Path) -> Path:
    """Return a home that was fetched each day until LAST, and exported."""
    for day in range(FIRST, LAST + 1):
        assert mortals.do(folder, day, "sync") == 0
    assert mortals.do(folder, LAST, "export") == 0
    assert world.shown(folder / "ledger.db") == world.right(LAST)
    return folder


def check_killed(folder: Path, days: tuple[int, ...]) -> None:
    """Raise unless each account is as it was on one of these days, with sound copies and no false alarm."""
    shown = world.shown(folder / "ledger.db")
    for key, found in shown.items():
        assert found in [world.right(day)[key] for day in days], f"{key} is half of two days"
    copies = sorted((folder / "backups").glob("ledger-*.db"))
    assert copies
    for copy in copies[-2:]:
        assert world.shown(copy) in [world.right(day) for day in range(FIRST, max(days) + 1)]
    assert not list(folder.glob("ledger-damaged*"))


def check_mended(mortals: Mortals, folder: Path, day: int) -> None:
    """Raise unless the next run ends well, shows everything once, and clears what the killed one left."""
    assert mortals.do(folder, day, "sync") == 0
    assert world.shown(folder / "ledger.db") == world.right(day)
    left = {file.name for file in folder.iterdir()}
    assert left <= {"backups", "banks", "locks", "home.json", "ledger.db", "out.csv"}, left
    copies = {file.name for file in (folder / "backups").iterdir()}
    assert len(copies) == backup.KEPT, copies
    assert f"ledger-{world.noon(day).date()}.db" in copies


def killed(mortals: Mortals, base: Path, folder: Path, point: str, **more: object) -> bool:
    """Kill a day's fetch at a point and see that nothing is lost; return false where it never came there."""
    replaced(folder, base)
    ended = mortals.do(folder, LAST + 1, "sync", point, **more)
    assert ended in {0, -9}
    check_killed(folder, (LAST, LAST + 1))
    check_mended(mortals, folder, LAST + 1)
    return ended == -9
