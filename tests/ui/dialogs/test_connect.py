from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListView, QPushButton, QTreeWidget

from bankview import language
from bankview.banks import Ask, Bank
from bankview.errors import ProfileError
from bankview.oauth.ways import Ways
from bankview.store import connections
from bankview.ui.models.bank_list import BankList, country_name
from bankview.ui.sign_in import SignIn
from bankview.ui.widgets.problem import Problem
from bankview.ui.widgets.text import Text
from bankview.ui.windows.connect import ConnectDialog, Offer
from tests.oauth.conftest import JSON, Say
from tests.sync.conftest import ToyBank, answer, come_back
from tests.ui.dialogs.conftest import child

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

pytestmark = [
    pytest.mark.window,
    # What the platform without a screen says of itself.
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

ASKS = (Ask("client_id", "Client ID"), Ask("client_secret", "Client secret", secret=True))
MS = 20_000


@dataclass
class Browser:
    """Opens nothing; comes back at once when told to, from a thread as a real one would."""

    opened: list[str]
    says: dict[str, str] | None = None

    def __call__(self, url: str) -> bool:
        self.opened.append(url)
        if self.says is not None:
            threading.Thread(target=come_back, args=(url,), kwargs=self.says, daemon=True).start()
        return True


@pytest.fixture
def browser() -> Browser:
    return Browser([])


@pytest.fixture
def bank(toy: ToyBank) -> Bank:
    return toy.bank


@pytest.fixture
def dialog(
    home: Home, worker: Worker, bank: Bank, browser: Browser, qtbot: QtBot
) -> Iterator[ConnectDialog]:
    def adopt(path: Path) -> Bank:
        raise ProfileError(path, 3, "dialect must be one of: sparebank1")

    others = tuple(
        replace(bank, id=f"other-{name}", name=name, country=country, asks=ASKS)
        for name, country in (("Fjordbanken", "NO"), ("Banque du Nord", "FR"))
    )
    broken = (ProfileError("my-bank.toml", 2, "name is missing"),)
    offer = Offer((bank, *others), broken, adopt, "Secret Service")
    made = ConnectDialog(offer, SignIn(home, worker, browser), None)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.reject()


def field(dialog: ConnectDialog, name: str) -> QLineEdit:
    return child(dialog, QLineEdit, name)


def button(dialog: ConnectDialog, name: str) -> QPushButton:
    return child(dialog, QPushButton, name)


def click(qtbot: QtBot, dialog: ConnectDialog, name: str) -> None:
    found = button(dialog, name)
    qtbot.waitUntil(lambda: found.isVisible() and found.isEnabled(), timeout=MS)
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def banks(dialog: ConnectDialog) -> list[str]:
    view = child(dialog, QListView, "banks")
    model = view.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def said(dialog: ConnectDialog) -> str:
    return " ".join(one.said for one in dialog.findChildren(Problem) if one.isVisible())


def test_the_banks_that_one_uses_come_first_and_licensed_ones_later(bank: Bank) -> None:
    private = replace(bank, id="b", name="B")
    licensed = replace(bank, id="a", name="A", licensed=True)
    mine = replace(bank, id="z", name="Z", licensed=True)
    broken = ProfileError("aa.toml", 2, "name is missing")
    offer = Offer((licensed, private, mine), (broken,), lambda _: bank, "", frozenset({"z"}))
    assert [line.name for line in BankList(offer.entries()).shown] == ["Z", "B", "A", "aa.toml"]


def test_countries_are_named_in_the_language_of_the_moment() -> None:
    named = []
    try:
        for tag in language.LANGUAGES:
            language.use(tag)
            named.append(country_name("NO"))
    finally:
        language.use("en")
    assert named == ["Norway", "Norge", "Norvège", "Norwegen"]


def test_the_search_has_the_focus_and_narrows_the_list(dialog: ConnectDialog, qtbot: QtBot) -> None:
    search = field(dialog, "bank-search")
    qtbot.waitUntil(lambda: dialog.focusWidget() is search, timeout=MS)
    QTest.keyClicks(search, "fjord")
    assert banks(dialog) == ["Fjordbanken"]


def test_a_broken_profile_is_shown_with_its_reason_and_cannot_be_chosen(
    dialog: ConnectDialog, qtbot: QtBot
) -> None:
    QTest.keyClicks(field(dialog, "bank-search"), "my-bank")
    view = child(dialog, QListView, "banks")
    line = view.model().index(0, 0)
    assert "name is missing" in line.data(Qt.ItemDataRole.AccessibleTextRole)
    assert not line.flags() & Qt.ItemFlag.ItemIsSelectable
    assert not button(dialog, "next").isEnabled()


def test_a_token_that_has_ended_is_asked_for_anew(dialog: ConnectDialog, bank: Bank) -> None:
    held = replace(bank, client=replace(bank.client, grant="token"), asks=(ASKS[1],))
    dialog.renew(held, "toy")
    assert field(dialog, "client_secret").isVisible()
    assert not button(dialog, "next").isEnabled()


def test_arrows_move_through_the_list_while_the_search_has_the_focus(
    dialog: ConnectDialog, qtbot: QtBot
) -> None:
    view = child(dialog, QListView, "banks")
    before = view.currentIndex().row()
    QTest.keyClick(field(dialog, "bank-search"), Qt.Key.Key_Down)
    assert view.currentIndex().row() == before + 1


def test_return_takes_the_selected_bank(dialog: ConnectDialog, qtbot: QtBot) -> None:
    search = field(dialog, "bank-search")
    QTest.keyClicks(search, "fjord")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert field(dialog, "client_id").isVisible()


def test_a_profile_that_is_wrong_says_where(dialog: ConnectDialog, tmp_path: Path) -> None:
    dialog.take_file(tmp_path / "wrong.toml")
    assert "line 3" in said(dialog)


def test_a_secret_is_not_echoed_until_the_eye_is_pressed(
    dialog: ConnectDialog, bank: Bank, qtbot: QtBot
) -> None:
    dialog.choose(replace(bank, asks=ASKS))
    secret = field(dialog, "client_secret")
    QTest.keyClicks(secret, "hush")
    assert "hush" not in secret.displayText()
    secret.actions()[0].trigger()
    assert secret.displayText() == "hush"


def test_details_go_on_only_when_every_field_is_right(
    dialog: ConnectDialog, bank: Bank, qtbot: QtBot
) -> None:
    dialog.choose(replace(bank, asks=ASKS))
    go_on = button(dialog, "next")
    QTest.keyClicks(field(dialog, "client_id"), "5f2c")
    assert not go_on.isEnabled()
    QTest.keyClicks(field(dialog, "client_secret"), "two words")
    assert not go_on.isEnabled()
    field(dialog, "client_secret").setText(" fine ")
    assert go_on.isEnabled()


def test_the_redirect_address_can_be_copied(
    dialog: ConnectDialog, bank: Bank, qtbot: QtBot
) -> None:
    dialog.choose(replace(bank, asks=ASKS))
    click(qtbot, dialog, "copy-redirect")
    assert QGuiApplication.clipboard().text() == bank.client.redirect_uri
    assert button(dialog, "copy-redirect").text() == "Copied"


def test_a_sign_in_ends_in_accounts_that_can_be_renamed_and_hidden(
    dialog: ConnectDialog,
    browser: Browser,
    toy: ToyBank,
    home: Home,
    qtbot: QtBot,
) -> None:
    toy.tell_accounts(Bruk="100.00", Spar="5.00")
    browser.says = {}
    with qtbot.waitSignal(dialog.connected, timeout=MS) as connected:
        dialog.choose(toy.bank)
    found = child(dialog, QTreeWidget, "accounts-found")
    qtbot.waitUntil(found.isVisible, timeout=MS)
    first, second = found.topLevelItem(0), found.topLevelItem(1)
    assert first is not None
    assert second is not None
    found.setCurrentItem(first)
    QTest.keyClick(found, Qt.Key.Key_F2)
    editor = child(found.viewport(), QLineEdit)
    QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "Daily")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: first.text(0) == "Daily", timeout=MS)
    found.setCurrentItem(second)
    QTest.keyClick(found, Qt.Key.Key_Space)
    assert button(dialog, "done").text() == "Show 1 account"
    with qtbot.waitSignal(dialog.accepted, timeout=MS):
        click(qtbot, dialog, "done")
    with closing(home.database()) as db:
        kept = connections.accounts(db, str(connected.args[0]))
    assert [(one.label, one.hidden) for one in kept] == [("Daily", False), ("Spar", True)]


def test_what_was_typed_reaches_the_bank_s_server(
    dialog: ConnectDialog, browser: Browser, bank: Bank, qtbot: QtBot
) -> None:
    dialog.choose(replace(bank, asks=ASKS[:1], client=replace(bank.client, client_id="")))
    QTest.keyClicks(field(dialog, "client_id"), "my-own-key")
    click(qtbot, dialog, "next")
    qtbot.waitUntil(lambda: bool(browser.opened), timeout=MS)
    assert "client_id=my-own-key" in browser.opened[0]


def test_denied_consent_is_a_sentence_and_another_try(
    dialog: ConnectDialog, browser: Browser, bank: Bank, qtbot: QtBot
) -> None:
    browser.says = {"error": "access_denied", "code": ""}
    dialog.choose(bank)
    qtbot.waitUntil(lambda: "did not give access" in said(dialog), timeout=MS)
    assert button(dialog, "next").text() == "Try again"
    browser.says = {}
    with qtbot.waitSignal(dialog.connected, timeout=MS):
        click(qtbot, dialog, "next")


def test_a_pasted_address_completes_the_sign_in_and_is_cleared(
    dialog: ConnectDialog, browser: Browser, bank: Bank, qtbot: QtBot
) -> None:
    dialog.choose(bank)
    qtbot.waitUntil(lambda: bool(browser.opened), timeout=MS)
    click(qtbot, dialog, "paste-address")
    pasted = field(dialog, "pasted-address")
    pasted.setText(answer(browser.opened[0]))
    with qtbot.waitSignal(dialog.connected, timeout=MS):
        QTest.keyClick(pasted, Qt.Key.Key_Return)
    assert pasted.text() == ""


def test_a_wrong_address_is_refused_and_the_wait_goes_on(
    dialog: ConnectDialog, browser: Browser, bank: Bank, qtbot: QtBot
) -> None:
    dialog.choose(bank)
    qtbot.waitUntil(lambda: bool(browser.opened), timeout=MS)
    click(qtbot, dialog, "paste-address")
    field(dialog, "pasted-address").setText(answer(browser.opened[0], state="another"))
    click(qtbot, dialog, "use-address")
    assert "not the address" in said(dialog)
    assert field(dialog, "pasted-address").text() == ""
    field(dialog, "pasted-address").setText(answer(browser.opened[0]))
    with qtbot.waitSignal(dialog.connected, timeout=MS):
        click(qtbot, dialog, "use-address")


def test_the_link_can_be_copied_and_opened_again(
    dialog: ConnectDialog, browser: Browser, bank: Bank, qtbot: QtBot
) -> None:
    dialog.choose(bank)
    click(qtbot, dialog, "copy-link")
    assert QGuiApplication.clipboard().text() == browser.opened[0]
    click(qtbot, dialog, "open-again")
    qtbot.waitUntil(lambda: browser.opened == [browser.opened[0]] * 2, timeout=MS)


def test_a_pushed_request_is_pushed_anew_before_it_is_opened_again(
    dialog: ConnectDialog, browser: Browser, toy: ToyBank, qtbot: QtBot
) -> None:
    told = [Say(201, {"request_uri": f"urn:x:{n}", "expires_in": 60}, JSON) for n in (1, 2)]
    toy.server.tell("/par", *told, Say(503))
    address = f"{toy.server.url}/par"
    server = replace(toy.bank.server, pushed_authorization_request_endpoint=address)
    dialog.choose(replace(toy.bank, server=server))
    click(qtbot, dialog, "open-again")
    qtbot.waitUntil(lambda: len(browser.opened) == 2, timeout=MS)
    assert [url.rpartition("%3A")[2] for url in browser.opened] == ["1", "2"]

    def copied() -> bool:
        click(qtbot, dialog, "copy-link")
        return QGuiApplication.clipboard().text() == browser.opened[1]

    qtbot.waitUntil(copied, timeout=MS)
    click(qtbot, dialog, "open-again")
    qtbot.waitUntil(lambda: bool(said(dialog)), timeout=MS)
    assert button(dialog, "open-again").isVisible()
    assert len(browser.opened) == 2


def test_what_the_bank_did_not_grant_stands_beside_the_accounts(
    dialog: ConnectDialog, browser: Browser, toy: ToyBank, qtbot: QtBot
) -> None:
    asked = ({"type": "account_information"}, {"type": "card_information"})
    toy.server.tell_token({"authorization_details": [dict(asked[0])]})
    browser.says = {}
    client = replace(toy.bank.client, ways=Ways(authorization_details=asked))
    dialog.choose(replace(toy.bank, client=client))
    found = child(dialog, QTreeWidget, "accounts-found")
    qtbot.waitUntil(found.isVisible, timeout=MS)
    assert "card_information" in child(dialog, Text, "granted-less").text()


def test_cancel_ends_the_wait_at_once(
    dialog: ConnectDialog, browser: Browser, bank: Bank, worker: Worker, qtbot: QtBot
) -> None:
    dialog.choose(bank)
    qtbot.waitUntil(lambda: bool(browser.opened), timeout=MS)
    with qtbot.waitSignal(dialog.rejected, timeout=MS):
        click(qtbot, dialog, "cancel")
    assert worker.close()


def test_a_file_that_cannot_be_taken_leaves_the_list_usable(
    dialog: ConnectDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.take_file(tmp_path / "wrong.toml")
    QTest.keyClicks(field(dialog, "bank-search"), "fjord")
    assert button(dialog, "next").isEnabled()
