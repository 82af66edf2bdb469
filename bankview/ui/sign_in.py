"""A sign-in as the connect dialog sees it: started, shown, pasted into, cancelled; it runs in the worker."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from bankview.banks import credentials, pem_text
from bankview.errors import KeyFileError
from bankview.oauth.browser import open_browser
from bankview.store import connections
from bankview.sync import kept
from bankview.sync.ask import institutions
from bankview.sync.front import Attempt, Front, Show, Step
from bankview.sync.sign_in import connect
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bankview.banks import Bank, Credentials
    from bankview.domain.account import Account
    from bankview.domain.connection import Connection
    from bankview.sync.home import Home


#: Bytes of a certificate or key; chains have about ten thousand.
LARGEST = 100_000


class Runs(Protocol):
    """The worker: runs a function on a thread of its own, then a callback on the window's."""

    def run(
        self,
        function: Callable[[], object],
        done: Callable[[object], None] = ...,
        failed: Callable[[Exception], None] = ...,
    ) -> bool:
        """Start the job."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What a sign-in brought: the connection and its accounts."""

    connection: Connection
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person wants of an account: a name of their own (empty: the bank's), and whether to see it."""

    account_id: int
    own_name: str
    hidden: bool


class SignIn(QObject):
    """One sign-in at a time; starting another makes the old one's answer invalid.

    Signals: `shown` carries a `sync.front.Show`, `found` a Found, `connected` the connection's id, `kept` comes when
    the person's choices are in the ledger, `failed` carries the error, `refused` one after which the wait goes on,
    `listens` comes when an address that the browser warns of is listened at.
    """

    shown = Signal(object)
    found = Signal(object)
    connected = Signal(str)
    kept = Signal()
    failed = Signal(object)
    refused = Signal(object)
    listens = Signal()

    def __init__(
        self,
        home: Home,
        worker: Runs,
        browse: Callable[[str], bool] = open_browser,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._home, self._worker, self._browse = home, worker, browse
        self._attempt: Attempt | None = None

    def start(self, bank: Bank, answers: Mapping[str, str], renewed: str = "") -> None:
        """Begin; what the bank asks for is answered from `answers` by name.

        With `renewed`, the id of a connection, from what the keychain holds for it.
        """
        self.cancel()
        attempt = self._attempt = Attempt()
        given = dict(answers)
        front = Front(
            ask=lambda ask: given.get(ask.name, ""),
            show=self.shown.emit,
            open_browser=self._browse,
            attempt=attempt,
            opens_codes=False,
        )

        def ended(value: object) -> None:
            if attempt is self._attempt and isinstance(value, Found):
                self._attempt = None
                self.found.emit(value)
                self.connected.emit(value.connection.id)

        def failed(error: Exception) -> None:
            if attempt is self._attempt:
                self._attempt = None
                self.failed.emit(error)

        def job() -> Found:
            if renewed:
                given.update(kept.read_answers(self._home, renewed))
            return _connect(self._home, bank, front)

        self._worker.run(job, ended, failed)

    def cancel(self) -> None:
        """End the wait at once; nothing more is heard of this attempt."""
        attempt, self._attempt = self._attempt, None
        if attempt:
            attempt.stop()

    def paste(self, address: str) -> None:
        """Complete the wait with the address that the browser ended at.

        Raises:
            BadRedirectError: it is not the answer we wait for; the wait goes on.
        """
        if self._attempt:
            self._attempt.paste(address)

    def listen(self) -> None:
        """Catch the answer at an https address on this computer; `listens` says so, `refused` why not."""
        attempt = self._attempt
        if attempt:
            self._worker.run(attempt.listen, lambda _: self.listens.emit(), self.refused.emit)

    def open_again(self, url: str) -> None:
        """Open the browser at the bank's page once more, with a link that is good again."""
        attempt = self._attempt

        def job() -> str:
            address = attempt.address(url) if attempt else url
            self._browse(address)
            return address

        def opened(address: object) -> None:
            if attempt and attempt is self._attempt and address != url:
                self.shown.emit(Show(Step.WAITING, str(address), browser_opened=True))

        self._worker.run(job, opened, self.refused.emit)

    def read(
        self, path: Path, done: Callable[[str], None], failed: Callable[[Exception], None]
    ) -> None:
        """Read a certificate or key of the person's, as text."""
        self._worker.run(partial(_read, path), done, failed)  # type: ignore[arg-type]

    def look_at(
        self, bank: Bank, answers: Mapping[str, str], done: Callable[[Credentials], None]
    ) -> None:
        """Find what is to be said of a certificate and its key."""
        job = partial(credentials, bank, dict(answers), {}, self._home.now())
        self._worker.run(job, done)  # type: ignore[arg-type]

    def suggest(
        self,
        bank: Bank,
        answers: Mapping[str, str],
        done: Callable[[tuple[tuple[str, str], ...]], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Ask which banks there are behind one address."""
        job = partial(institutions, self._home, bank, dict(answers))
        self._worker.run(job, done, failed)  # type: ignore[arg-type]

    @property
    def worker(self) -> Runs:
        """What runs jobs."""
        return self._worker

    def keep(self, choices: tuple[Choice, ...]) -> None:
        """Write what the person chose to the ledger."""
        self._worker.run(
            lambda: _keep(self._home, choices),
            lambda _: self.kept.emit(),
            self.failed.emit,
        )


def _read(path: Path) -> str:
    """Return a PEM file's text; DER is written as PEM.

    Raises:
        KeyFileError: it cannot be read, or is too large to be one.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise KeyFileError(path.name, error.strerror or str(error)) from error
    if len(content) > LARGEST:
        raise KeyFileError(path.name, tr("it is too large to be a certificate or key"))
    return pem_text(content, path.name)


def _connect(home: Home, bank: Bank, front: Front) -> Found:
    id_ = connect(home, bank, front)
    with closing(home.database()) as db:
        connection = connections.connection(db, id_)
        assert connection is not None
        return Found(connection, connections.accounts(db, id_))


def _keep(home: Home, choices: tuple[Choice, ...]) -> None:
    with closing(home.database()) as db:
        for choice in choices:
            connections.rename_account(db, choice.account_id, choice.own_name)
            connections.hide_account(db, choice.account_id, choice.hidden)
