"""An account kept by hand, in the window: made, written into, changed, and all of it taken back."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication

from bankview.domain.money import Money
from bankview.store import connections
from bankview.sync import imports
from bankview.sync.targets import Chosen
from bankview.ui.affairs import Affairs
from bankview.ui.widgets.text import Link
from bankview.ui.windows.by_hand import AccountForm, RowForm

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker

    Until = Callable[[Callable[[], object]], None]

pytestmark = pytest.mark.window
MS = 20_000


@pytest.fixture
def until(viewer: Viewer, worker: Worker, home: Home, qtbot: QtBot) -> Until:
    """The wait until something is so, over a window that does what its menus ask for."""
    affairs = Affairs(worker, home, viewer)
    viewer.account_asked.connect(affairs.act)
    return lambda see: qtbot.waitUntil(lambda: bool(see()), timeout=MS)


def form(kind: type[AccountForm | RowForm]) -> AccountForm | RowForm | None:
    found = (one for one in QApplication.topLevelWidgets() if isinstance(one, kind))
    return next((one for one in found if one.isVisible()), None)


def fill(made: AccountForm | RowForm, **said: str) -> None:
    """Type into fields, and save."""
    for name, text in said.items():
        getattr(made, name).setText(text)
    made._save()


def keep(viewer: Viewer, until: Until) -> int:
    """Make an account of 100 kroner, which is chosen then, and return its id."""
    viewer.act["keep-account"].trigger()
    until(lambda: form(AccountForm))
    made = form(AccountForm)
    assert made
    fill(made, name="Cash", currency="nok", held="100")
    until(lambda: len(viewer._facts.accounts) == 2)  # type: ignore[union-attr]
    own = viewer._facts.accounts[-1].id  # type: ignore[union-attr]
    assert viewer.sidebar.choice() == ("account", own)
    until(lambda: viewer.transactions.model.rowCount() == 0)
    return own


def write(viewer: Viewer, until: Until) -> None:
    """Write a row of 30 kroner out, and choose it."""
    viewer.act["new-row"].trigger()
    until(lambda: form(RowForm))
    made = form(RowForm)
    assert made
    fill(made, amount="30,00", payee="Coffee bar")
    until(lambda: viewer.transactions.model.rowCount() == 1)
    viewer.table.selectRow(0)
    until(lambda: viewer.detail.findChild(Link, "delete-row"))


def held(home: Home) -> Money | None:
    with closing(home.database()) as db:
        return connections.accounts(db)[-1].balance


def _holds(home: Home, minor: int) -> bool:
    return held(home) == Money(minor, "NOK")


def test_an_account_is_made_and_written_into_and_all_is_taken_back(
    viewer: Viewer, home: Home, until: Until
) -> None:
    keep(viewer, until)
    write(viewer, until)
    assert held(home) == Money(70_00, "NOK")
    link = viewer.detail.findChild(Link, "change-row")
    assert isinstance(link, Link)
    link.click()
    until(lambda: form(RowForm))
    made = form(RowForm)
    assert isinstance(made, RowForm)
    assert (made.amount.text(), made.payee.text()) == ("30.00", "Coffee bar")
    made.side.setCurrentIndex(1)
    fill(made, amount="12.50")
    until(lambda: held(home) == Money(112_50, "NOK"))
    until(lambda: viewer.detail.row and viewer.detail.row.amount.minor == 12_50)
    gone = viewer.detail.findChild(Link, "delete-row")
    assert isinstance(gone, Link)
    gone.click()
    until(lambda: viewer.transactions.model.rowCount() == 0)
    for minor in (112_50, 70_00, 100_00):
        viewer.act["undo"].trigger()
        until(partial(_holds, home, minor))
    viewer.act["undo"].trigger()
    until(lambda: len(viewer._facts.accounts) == 1)  # type: ignore[union-attr]


def test_what_a_bank_sent_is_not_changed_by_hand(viewer: Viewer, until: Until) -> None:
    until(lambda: viewer.transactions.model.rowCount() == 30)
    viewer.table.selectRow(0)
    until(lambda: viewer.detail.row)
    assert viewer.detail.findChild(Link, "change-row") is None
    viewer.act["new-row"].trigger()
    until(lambda: "by hand" in viewer._state.text())


def test_what_a_file_brought_into_it_is_not_changed_by_hand(
    viewer: Viewer, home: Home, until: Until, tmp_path: Path
) -> None:
    own = keep(viewer, until)
    path = tmp_path / "rows.csv"
    path.write_text("Date;Text;Amount\n24.11.2026;Tea;-1,50\n")
    imports.commit(home, imports.prepare(home, path, Chosen(own)))
    viewer.reload()
    until(lambda: viewer.transactions.model.rowCount() == 1)
    viewer.table.selectRow(0)
    until(lambda: viewer.detail.row)
    assert viewer.detail.findChild(Link, "change-row") is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": " "}, "a name"),
        ({"currency": "kr"}, "three letters"),
        ({"held": "much"}, "much is no amount"),
        ({"held": "1,234"}, "1,234 is no amount"),
    ],
    ids=str,
)
def test_an_account_that_makes_no_sense_is_not_made(
    viewer: Viewer, qtbot: QtBot, said: dict[str, str], told: str
) -> None:
    made = AccountForm(viewer._today())
    qtbot.addWidget(made)
    made.show()
    with qtbot.assertNotEmitted(made.made):
        fill(made, **{"name": "Cash", "currency": "NOK", "held": "0", **said})
    assert told in made.problem.said
    assert made.isVisible()


@pytest.mark.parametrize(
    ("said", "told"),
    [({"amount": ""}, "no amount"), ({"amount": "1.005"}, "no amount"), ({"payee": ""}, "payee")],
    ids=str,
)
def test_a_row_that_makes_no_sense_is_not_written(
    viewer: Viewer, until: Until, qtbot: QtBot, said: dict[str, str], told: str
) -> None:
    keep(viewer, until)
    account = viewer._facts.accounts[-1]  # type: ignore[union-attr]
    made = RowForm(account, viewer._today())
    qtbot.addWidget(made)
    made.show()
    with qtbot.assertNotEmitted(made.written):
        fill(made, **{"amount": "1", "payee": "Kiosk", **said})
    assert told in made.problem.said


def test_what_is_owed_has_a_minus(viewer: Viewer, qtbot: QtBot) -> None:
    made = AccountForm(viewer._today())
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.made, timeout=MS) as told:
        fill(made, name="Card", currency="EUR", held="\N{MINUS SIGN}1 250,50")
    assert told.args
    own, owed = told.args[0]
    assert (own.opened, owed) == (viewer._today(), Money(-1250_50, "EUR"))
