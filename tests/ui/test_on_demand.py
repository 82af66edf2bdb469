"""What a bank is asked on demand from the window: details, funds, more of a row; and a certificate that ends."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton

from bankview.domain.connection import Connection
from bankview.domain.money import Money
from bankview.errors import BankUnavailableError, UsageError
from bankview.store import connections
from bankview.sync.refresh import refresh
from bankview.sync.sign_in import connect
from bankview.ui import bars
from bankview.ui.affairs import Affairs
from bankview.ui.windows.about import About
from bankview.ui.windows.certificate_request import CertificateRequest
from bankview.ui.windows.funds import Funds
from tests.sync import conftest as bank
from tests.ui.viewing import viewer_over

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.domain.account import Account
    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker
    from tests.sync.conftest import OwnHome, Person, ToyBank

pytestmark = pytest.mark.window
PATIENCE = 20_000

clock, home, person, toy = bank.clock, bank.home, bank.person, bank.toy


@pytest.fixture
def connected(home: OwnHome, toy: ToyBank, person: Person) -> OwnHome:
    """A home whose bank says more on demand."""
    home.toy = replace(
        toy.bank,
        dialect=replace(
            toy.bank.dialect,
            about=lambda _get, account: iter([("Interest rate", "3.15"), ("Of", account.name)]),
            details=lambda _get, _account, row: iter([("Archive", f"no {row.amount.minor}")]),
            person=lambda _get: iter([("Signed in as", "Kari"), ("Nothing", "")]),
        ),
    )
    toy.bank = home.toy
    connect(home, home.toy, person.front())
    refresh(home, "toy")
    return home


@pytest.fixture
def viewer(connected: OwnHome, worker: Worker, qtbot: QtBot, tmp_path: Path) -> Iterator[Viewer]:
    made = viewer_over(connected, worker, tmp_path, connected.now)
    qtbot.addWidget(made.window)
    qtbot.waitUntil(lambda: made.transactions.model.rowCount() > 0, timeout=PATIENCE)
    yield made
    made.close_ledger()


def dialog_of(viewer: Viewer, kind: type[QDialog], qtbot: QtBot) -> QDialog:
    found: list[QDialog] = []

    def there() -> bool:
        found[:] = [one for one in viewer.window.findChildren(kind) if one.isVisible()]
        return bool(found)

    qtbot.waitUntil(there, timeout=PATIENCE)
    return found[0]


def account_of(home: OwnHome) -> Account:
    with closing(home.database()) as db:
        return connections.accounts(db)[0]


def test_an_accounts_details_are_known_at_once_and_then_asked_for(
    viewer: Viewer, connected: OwnHome, worker: Worker, qtbot: QtBot
) -> None:
    Affairs(worker, connected, viewer).act("about", account_of(connected).id)
    dialog = dialog_of(viewer, About, qtbot)
    assert isinstance(dialog, About)
    qtbot.waitUntil(lambda: ("Interest rate", "3.15") in dialog.lines, timeout=PATIENCE)
    shown = dict(dialog.lines)
    assert (shown["Bank"], shown["Number"], shown["Of"]) == ("Toy bank", "no-Bruk", "Bruk")


def test_a_banks_details_say_who_is_signed_in(
    viewer: Viewer, connected: OwnHome, worker: Worker, qtbot: QtBot
) -> None:
    Affairs(worker, connected, viewer).act("about", "toy")
    dialog = dialog_of(viewer, About, qtbot)
    assert isinstance(dialog, About)
    qtbot.waitUntil(lambda: ("Signed in as", "Kari") in dialog.lines, timeout=PATIENCE)
    assert "Nothing" not in dict(dialog.lines)


def test_more_of_a_row_comes_with_a_click(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.window.resize(1280, 800)
    qtbot.waitUntil(viewer.drawer.isVisible, timeout=PATIENCE)
    viewer.table.selectRow(0)

    def more() -> QPushButton | None:
        return viewer.detail.findChild(QPushButton, "more-from-bank")

    # Offered as soon as what the bank can say is known, also of a row that was chosen before.
    qtbot.waitUntil(lambda: more() is not None, timeout=PATIENCE)
    button = more()
    assert button
    button.click()
    qtbot.waitUntil(lambda: more() is None, timeout=PATIENCE)
    words = {
        label.text() for label in viewer.detail.findChildren(type(viewer.transactions.nothing))
    }
    assert "no -1000" in words


def test_an_amount_is_covered_or_not_and_a_failure_is_said(
    worker: Worker, connected: OwnHome, qtbot: QtBot
) -> None:
    asked: list[Money] = []

    def ask(money: Money) -> bool:
        asked.append(money)
        if money.minor == 1:
            raise BankUnavailableError("bank.example", "answered 503")
        return money.minor <= 25_000

    dialog = Funds(account_of(connected), ask, worker)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.send.isEnabled()
    for typed, said in (("250", "Yes"), ("250,01", "No")):
        dialog.amount.clear()
        QTest.keyClicks(dialog.amount, typed)
        QTest.mouseClick(dialog.send, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(dialog.send.isEnabled, timeout=PATIENCE)
        assert dialog.answer.text().startswith(said)
    assert asked == [Money(25_000, "NOK"), Money(25_001, "NOK")]
    dialog.amount.setText("0,01")
    QTest.mouseClick(dialog.send, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.problem.isVisible, timeout=PATIENCE)
    for wrong in ("", "0", "-", "1,005", "abc"):
        dialog.amount.setText(wrong)
        assert not dialog.send.isEnabled(), wrong


def test_a_key_and_its_request_are_made_beside_each_other_and_overwrite_nothing(
    worker: Worker, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = CertificateRequest(worker)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.fields["common_name"].setText("Kari Fjell")
    dialog.kind.setCurrentText("EC P-256")
    with qtbot.waitSignal(dialog.made, timeout=PATIENCE):
        dialog.make(tmp_path / "bank.key")
    assert (tmp_path / "bank.key").stat().st_mode & 0o077 == 0
    assert b"CERTIFICATE REQUEST" in (tmp_path / "bank.csr").read_bytes()
    before = (tmp_path / "bank.key").read_bytes()
    dialog.make(tmp_path / "bank.key")
    qtbot.waitUntil(dialog.problem.isVisible, timeout=PATIENCE)
    assert (tmp_path / "bank.key").read_bytes() == before


def test_a_certificate_that_ends_has_a_bar_of_its_bank() -> None:
    mine, other = Connection("a", "a", "Arkéa"), Connection("b", "b", "B")
    (bar,) = bars.certificate_bars([mine, other], {"a": "The certificate ends in 20 days."})
    assert (bar.id, bar.kind, bar.button) == ("certificate:a", "soon", "Replace…")
    assert "Arkéa" in bar.detail


def test_a_bank_that_is_gone_is_said(
    viewer: Viewer, connected: OwnHome, worker: Worker, qtbot: QtBot
) -> None:
    affairs = Affairs(worker, connected, viewer)
    with qtbot.waitSignal(affairs.failed, timeout=PATIENCE) as failed:
        affairs.act("about", "nobody")
    assert isinstance((failed.args or [None])[0], UsageError)
