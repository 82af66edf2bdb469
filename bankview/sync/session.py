"""A logged-in session: a connection's API, and the quotas that stand before it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from bankview import web
from bankview.errors import RateLimitedError
from bankview.store import connections
from bankview.sync.access import connected, log_in
from bankview.sync.claiming import rooted
from bankview.sync.kept import load_token, read_answers, save_unsaved
from bankview.sync.reach import open_api, send_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from bankview.banks import Bank
    from bankview.domain.connection import Connection
    from bankview.store.database import Database
    from bankview.sync.home import Home


@dataclass(frozen=True)
class Session:
    """A logged-in connection. `get` is what a dialect is given: counted, confined and read-only."""

    home: Home
    connection: Connection
    bank: Bank
    api: web.Api
    sender: web.Sender
    database: Database
    attended: bool
    #: What was answered, where one answer holds everything.
    _answers: dict[str, Any] = field(default_factory=dict, repr=False)

    def get(self, path: Any, params: Any = None, headers: Any = None) -> Any:
        """Return decoded JSON; see `web.Api.get`.

        Raises:
            RateLimitedError: the bank's calls an hour or a day are used up, and nothing was sent; or the bank says so.
        """
        if not self.bank.dialect.whole:
            return self._get(path, params, headers)
        question = repr((path, params))
        if question not in self._answers:
            self._answers[question] = self._get(path, params, headers)
        return self._answers[question]

    def _get(self, path: Any, params: Any, headers: Any) -> Any:
        self.count(path)
        try:
            return self.api.get(path, params, headers)
        except RateLimitedError as error:
            pace = self.bank.seconds_between_calls
            if error.retry_after is not None or not pace:
                raise
            raise RateLimitedError(error.host, pace) from None

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send a JSON body by PUT, where the dialect lists that among its writes; see `send`."""
        return self.send("PUT", path, body)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send a JSON body by POST, where the dialect lists that among its writes; see `send`."""
        return self.send("POST", path, body)

    def send(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """Return the decoded answer to one of the dialect's writes, None where it has no body.

        Raises:
            UnsafeRequestError: the dialect does not list it; nothing was sent.
            RateLimitedError: see `get`.
        """
        self.count(path)
        return send_json(self.api, method, path, body)

    def request(self, path: Any, params: Any = None) -> web.Reply:
        """Return the raw answer to a GET, whatever its status, counted like any other.

        Raises:
            RateLimitedError: see `get`.
            UnsafeRequestError: the path leaves the bank's root; nothing was sent or counted.
        """
        self.api.url(path)
        self.count(path)
        return self.api.request("GET", path, params=params)

    def count(self, path: Any) -> None:
        """Count a call about to be made, over every process of this home.

        Where the bank wants some seconds between two calls, they pass here.

        Raises:
            RateLimitedError: the bank's calls an hour or a day, or those to this endpoint without a person, are used up.
            Interrupted: the wait was cut short.
        """
        endpoint = path if isinstance(path, str) else "/".join(map(str, path))
        self._hold(self.bank.calls_per_hour, timedelta(hours=1))
        self._hold(self.bank.calls_per_day, timedelta(days=1))
        self._keep_pace()
        now = self.home.now()
        # PSD2 counts each account's balances and rows apart (EU 2018/389 Art. 36 §5), and further pages not at all.
        if self.bank.dialect.psu and not self.attended and not isinstance(path, web.Link):
            self._hold(self.bank.unattended_per_day, timedelta(days=1), endpoint)
        connections.record_call(self.database, self.connection.id, 0, endpoint, self.attended, now)

    def _keep_pace(self) -> None:
        now, pace = self.home.now(), timedelta(seconds=self.bank.seconds_between_calls)
        made = connections.calls(self.database, self.connection.id, now - pace) if pace else ()
        if made:
            # A clock that was set back makes no wait longer.
            left = min(made[-1] + pace - now, pace)
            self.home.wait(max(0.0, left.total_seconds()))

    def _hold(self, limit: int, within: timedelta, endpoint: str | None = None) -> None:
        now = self.home.now()
        attended = None if endpoint is None else False
        made = connections.calls(
            self.database, self.connection.id, now - within, endpoint=endpoint, attended=attended
        )
        if limit and len(made) >= limit:
            wait = made[-limit] + within - now
            raise RateLimitedError(self.bank.name, max(1, int(wait.total_seconds())))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.sender.session.close()
        self.database.close()


def open_session(home: Home, connection_id: str, *, attended: bool = True) -> Session:
    """Return a logged-in session of a connection, with a ledger connection of its own; use it in a `with`.

    Raises:
        UsageError: there is no such connection.
        SignInNeededError: it is disconnected, or the keychain has no token for it.
    """
    save_unsaved(home)
    db = home.database()
    try:
        connection = connected(db, connection_id)
        bank = home.bank(connection.bank_id)
        answers = read_answers(home, connection_id)
        auth = log_in(home, bank, connection_id, answers)
        if bank.dialect.entry:
            session = load_token(home, connection_id).session
            bank = replace(bank, dialect=bank.dialect.signed_in(session))
        if bank.dialect.claim:
            bank = rooted(bank, load_token(home, connection_id))
        api, sender = open_api(home, bank, answers, auth, attended=attended)
    except BaseException:
        db.close()
        raise
    return Session(home, connection, bank, api, sender, db, attended)
