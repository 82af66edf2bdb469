"""The dialog that connects a bank: choose it, give what it asks, sign in in the browser, pick accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QDialog, QStackedWidget, QVBoxLayout, QWidget

from bankview.errors import BadRedirectError, BankviewError
from bankview.oauth.grant_names import HELD
from bankview.sync.front import Show, Step
from bankview.ui.measures import S2, Type, measures
from bankview.ui.models.bank_list import Entry, broken_entry, entry_of
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.steps import Steps
from bankview.ui.widgets.text import Text
from bankview.ui.windows.connect_accounts import AccountsPage
from bankview.ui.windows.connect_bank import BankPage
from bankview.ui.windows.connect_details import DetailsPage
from bankview.ui.windows.connect_waiting import WaitingPage
from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bankview.banks import Bank
    from bankview.errors import ProfileError
    from bankview.ui.sign_in import Found, SignIn

_WIDTH, _HEIGHT = 584, 500
BANK, DETAILS, WAITING, ACCOUNTS = range(4)


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be connected: banks, broken profiles, how a profile is taken in, and where keys are kept.

    `used` names the banks that this person is a customer of.
    """

    banks: tuple[Bank, ...]
    broken: tuple[ProfileError, ...]
    adopt: Callable[[Path], Bank]
    place: str
    used: frozenset[str] = frozenset()

    def entries(self) -> tuple[Entry, ...]:
        """Return the lines of the list."""
        usual = (entry_of(bank, bank.id in self.used) for bank in self.banks if not bank.demo)
        return (*usual, *map(broken_entry, self.broken))


class ConnectDialog(QDialog):
    """`connected` carries the connection's id as soon as its accounts are in the ledger."""

    connected = Signal(str)
    demo_asked = Signal()
    by_hand_asked = Signal()

    def __init__(self, offer: Offer, sign_in: SignIn, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("connect-dialog")
        self.setWindowTitle(tr("Connect a bank"))
        self._offer, self._sign_in = offer, sign_in
        self._bank: Bank | None = None
        self._renewed = ""
        self._over = False
        self._lacking: tuple[str, ...] = ()
        self._steps = Steps((tr("Bank"), tr("Details"), tr("Sign in"), tr("Accounts")))
        self._pages = QStackedWidget()
        self._choose = BankPage(offer.entries())
        self._details: DetailsPage | None = None
        self._no_details = QWidget()
        self._waiting = WaitingPage()
        self._accounts = AccountsPage()
        for page in (self._choose, self._no_details, self._waiting, self._accounts):
            self._pages.addWidget(page)
        self._footer = Footer()
        self._time = Text("", Type.BODY, "second")
        self._back = self._footer.add_left(tr("Back"), "back")
        self._cancel = self._footer.add(tr("Cancel"), "cancel", Where.RejectRole)
        self._next = self._footer.add(tr("Continue"), "next", Where.AcceptRole, default=True)
        self._done = self._footer.add("", "done", Where.AcceptRole)
        self._footer.left(self._time)
        self._arrange()
        self._connect_signals()
        self._go(BANK)

    def choose(self, bank: Bank) -> None:
        """Go on with a bank as if it had been picked from the list."""
        self._bank, self._renewed = bank, ""
        if not bank.asks:
            self._begin()
            return
        if self._details is None or self._details.bank is not bank:
            self._set_details(bank)
        self._go(DETAILS)

    def renew(self, bank: Bank, connection_id: str) -> None:
        """Sign in again at a bank that is connected; what it asked for is in the keychain, but for a token that has ended."""
        self.setWindowTitle(tr("Sign in at {bank}", bank=bank.name))
        if bank.client.grant == HELD:
            self.choose(bank)
            return
        self._bank, self._renewed = bank, connection_id
        self._begin()

    def take_file(self, path: Path) -> None:
        """Read a profile, and go on with its bank."""
        try:
            bank = self._offer.adopt(path)
        except BankviewError as error:
            self._choose.problem.show_error(error)
            return
        self._choose.problem.hide()
        self._choose.add(entry_of(bank))
        self.choose(bank)

    def done(self, result: int) -> None:
        """End the sign-in with the dialog."""
        self._sign_in.cancel()
        self._waiting.stop()
        super().done(result)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, S2, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._steps)
        column.addWidget(self._pages, 1)
        column.addWidget(self._footer)
        measure = measures(self)
        self.setFixedSize(measure.scaled(_WIDTH), measure.scaled(_HEIGHT))

    def _connect_signals(self) -> None:
        self._cancel.clicked.connect(self.reject)
        self._back.clicked.connect(self._on_back)
        self._next.clicked.connect(self._on_next)
        self._done.clicked.connect(self._on_done)
        self._choose.changed.connect(self._refresh)
        self._choose.chosen.connect(self._on_next)
        self._choose.file_chosen.connect(self.take_file)
        self._choose.demo_asked.connect(self._on_demo)
        self._choose.by_hand_asked.connect(self._on_by_hand)
        self._waiting.open_asked.connect(self._sign_in.open_again)
        self._waiting.pasted.connect(self._on_pasted)
        self._waiting.listen_asked.connect(self._sign_in.listen)
        self._sign_in.listens.connect(self._waiting.say_listening)
        self._waiting.time_changed.connect(self._on_time)
        self._accounts.changed.connect(self._refresh)
        self._sign_in.shown.connect(self._on_shown)
        self._sign_in.found.connect(self._on_found)
        self._sign_in.connected.connect(self.connected)
        self._sign_in.failed.connect(self._on_failed)
        self._sign_in.refused.connect(self._waiting.refuse)
        self._sign_in.kept.connect(self.accept)

    def _set_details(self, bank: Bank) -> None:
        old = self._details or self._no_details
        self._pages.removeWidget(old)
        old.setParent(None)
        self._details = DetailsPage(bank, self._offer.place, self._sign_in)
        self._details.changed.connect(self._refresh)
        self._details.portal_asked.connect(self._sign_in.open_again)
        self._details.request_asked.connect(self._on_request)
        self._pages.insertWidget(DETAILS, self._details)

    def _go(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        self._steps.set_now(page)
        self._on_time("")
        self._refresh()
        if page == BANK:
            self._choose.search.setFocus()
        elif page == DETAILS and self._details:
            self._details.start()
        elif page == WAITING:
            self._cancel.setFocus()
        else:
            self._accounts.list.setFocus()

    def _refresh(self) -> None:
        page = self._pages.currentIndex()
        failed = page == WAITING and self._over
        self._back.setVisible(page == DETAILS or (failed and not self._renewed))
        self._next.setVisible(page in {BANK, DETAILS} or failed)
        self._done.setVisible(page == ACCOUNTS)
        browses = self._bank is None or self._bank.browses
        self._next.setText(_next_text(page, browses=browses))
        self._next.setEnabled(self._may_go_on(page))
        self._done.setText(_show_text(self._accounts.ticked))
        self._done.setDefault(page == ACCOUNTS)
        self._next.setDefault(page != ACCOUNTS)

    def _may_go_on(self, page: int) -> bool:
        if page == BANK:
            return self._choose.bank is not None
        return page != DETAILS or bool(self._details and self._details.complete)

    def _begin(self) -> None:
        assert self._bank is not None
        self._over = False
        self._waiting.begin(self._bank)
        self._go(WAITING)
        asked = bool(self._bank.asks) and not self._renewed
        answers = self._details.answers if asked and self._details else {}
        self._sign_in.start(self._bank, answers, self._renewed)

    def _on_next(self) -> None:
        page = self._pages.currentIndex()
        if page == BANK and self._choose.bank:
            self.choose(self._choose.bank)
        elif page in {DETAILS, WAITING} and self._may_go_on(page):
            self._begin()

    def _on_back(self) -> None:
        page = self._pages.currentIndex()
        asked = page == WAITING and self._bank is not None and bool(self._bank.asks)
        self._go(DETAILS if asked else BANK)

    def _on_request(self) -> None:
        from bankview.ui.windows.certificate_request import (  # noqa: PLC0415 - rarely needed
            CertificateRequest,
        )

        dialog = CertificateRequest(self._sign_in.worker, self)
        details = self._details
        if details:
            dialog.made.connect(lambda key, _: details.take_file("tls.private_key", key))
        dialog.open()

    def _on_demo(self) -> None:
        for bank in self._offer.banks:
            if bank.demo:
                self.choose(bank)
                return
        self.demo_asked.emit()

    def _on_by_hand(self) -> None:
        self.reject()
        self.by_hand_asked.emit()

    def _on_pasted(self, address: str) -> None:
        try:
            self._sign_in.paste(address)
        except BadRedirectError as error:
            self._waiting.refuse(error)

    def _on_shown(self, show: Show) -> None:
        self._waiting.show_step(show)
        if show.step is Step.FETCHING:
            self._lacking = show.lacking
            self._return_focus()

    def _on_found(self, found: Found) -> None:
        assert self._bank is not None
        if not self._bank.dialect.has_accounts:
            self.accept()
            return
        self._accounts.fill(self._bank, found, self._lacking)
        self._go(ACCOUNTS)

    def _on_failed(self, error: Exception) -> None:
        assert self._bank is not None
        self._over = True
        self._pages.setCurrentIndex(WAITING)
        self._waiting.fail(error, self._bank)
        self._refresh()
        self._next.setFocus()

    def _on_time(self, words: str) -> None:
        self._time.setText(words)
        self._time.setVisible(bool(words))

    def _on_done(self) -> None:
        self._sign_in.keep(self._accounts.choices)

    def _return_focus(self) -> None:
        """Come back to the front: the browser has done its part."""
        self.raise_()
        self.activateWindow()
        QApplication.alert(self)


def _next_text(page: int, *, browses: bool) -> str:
    if page == WAITING:
        return tr("Try again")
    return tr("Continue in browser") if page == DETAILS and browses else tr("Continue")


def _show_text(count: int) -> str:
    return tr_n("Show 1 account", "Show {n} accounts", count)
