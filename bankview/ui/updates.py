"""Fetching banks from the window: each in the worker, never one twice at a time, reports kept for the notices."""

from __future__ import annotations

import logging
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from bankview.ui.announcing import news_of

if TYPE_CHECKING:
    from bankview.sync.home import Home
    from bankview.sync.refresh import AccountReport, Report
    from bankview.ui.worker import Worker

LOG = logging.getLogger(__name__)


class Updates(QObject):
    """`began` and `ended` carry a connection's id, `failed` an error of this computer's own."""

    began = Signal(str)
    ended = Signal(str)
    failed = Signal(object)
    #: What to say of an update that ended.
    told = Signal(str)

    def __init__(self, worker: Worker, home: Home) -> None:
        super().__init__(worker)
        self._worker, self._home = worker, home
        #: While it is true nothing is fetched, and what is being fetched ends at a safe point.
        self.paused = False
        #: The last report of each connection whose update a person asked for.
        self.reports: dict[str, Report] = {}
        #: How many rows the last run of each connection brought.
        self.news: dict[str, int] = {}
        #: The accounts whose rows turned out not to add up to their balance while the window is open.
        self.differing: dict[int, AccountReport] = {}

    def all(self) -> None:
        """Fetch every bank that is connected."""
        self._worker.run(partial(_connected, self._home), self._each)

    def _each(self, ids: list[str]) -> None:
        for connection_id in ids:
            self.one(connection_id)

    def one(self, connection_id: str, *, attended: bool = True) -> None:
        """Fetch one bank; nothing happens while it is being fetched, or nothing may be."""
        if self.paused:
            return
        from bankview.sync.refresh import refresh  # noqa: PLC0415 - the window is painted first

        run = partial(
            refresh,
            self._home,
            connection_id,
            attended=attended,
            stop=lambda: self.paused or self._worker.stopping,
        )
        if self._worker.run(
            run, partial(self._on_report, attended=attended), self._on_failed, key=connection_id
        ):
            self.began.emit(connection_id)

    def _on_report(self, report: Report, *, attended: bool) -> None:
        if not attended and not report.accounts and not report.error:
            # It was not due after all: somebody else had just fetched.
            return
        # What a run by itself meets shows in the sidebar and the status line; bars answer a person.
        if attended:
            self.reports[report.connection_id] = report
        else:
            self.reports.pop(report.connection_id, None)
        self.news[report.connection_id] = report.new
        for account in report.accounts:
            if account.differs_now:
                self.differing[account.account_id] = account
            elif account.proof and not account.proof.differs:
                self.differing.pop(account.account_id, None)
        self.ended.emit(report.connection_id)
        self.told.emit(news_of(report, attended=attended))

    def _on_failed(self, error: Exception) -> None:
        if self.paused:
            return
        LOG.warning("an update ended early: %s", error)
        self.failed.emit(error)


def _connected(home: Home) -> list[str]:
    from bankview.store.connections import connections  # noqa: PLC0415 - the window is painted first

    with closing(home.database()) as db:
        return [one.id for one in connections(db) if one.is_fetched]
