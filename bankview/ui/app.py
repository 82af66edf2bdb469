"""The window's composition root: ties window, worker and one home together."""

from __future__ import annotations

import gc
import os
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from bankview.sentences import say
from bankview.ui import bars, colours, hooks
from bankview.ui.choices import Choices
from bankview.ui.door import Door
from bankview.ui.icons import app_icon
from bankview.ui.windows.viewer import Viewer
from bankview.ui.worker import Worker
from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

    from bankview.log.http import Recent
    from bankview.paths import Paths
    from bankview.sync.home import Home
    from bankview.sync.imports import Plan
    from bankview.sync.schedule import Upcoming
    from bankview.ui.affairs import Affairs
    from bankview.ui.demo import Demo
    from bankview.ui.guard import Guard
    from bankview.ui.import_job import Wish
    from bankview.ui.instance import Instance
    from bankview.ui.updates import Updates
    from bankview.ui.windows.http_log import HttpLog
    from bankview.ui.windows.main import MainWindow


def now() -> datetime:
    """Return this instant in UTC."""
    return datetime.now(UTC)


def _load() -> None:
    """Import what the window needs once its rows are on screen."""
    from bankview.sync import certificates  # noqa: F401, PLC0415
    from bankview.ui import affairs, guard, poller, updates  # noqa: F401, PLC0415


class App(QObject):
    """Ties the window, the worker and one home together; each of its parts does its own work."""

    def __init__(
        self,
        qt: QApplication,
        window: MainWindow,
        paths: Paths,
        place: str | None,
        instance: Instance,
        demo: Demo | None,
    ) -> None:
        super().__init__()
        self.window = window
        self.qt, self._paths, self._instance, self._demo = qt, paths, instance, demo
        self.home: Home | None = None
        self.worker = Worker()
        self._choices = Choices(paths.settings, self.worker)
        self._choices.dress(qt)
        self.viewer = Viewer(window, self.worker, now)
        self._door = Door(self.worker, paths, place, self.window)
        self._unfurnished: Home | None = None
        self._updates: Updates | None = None
        self._affairs: Affairs | None = None
        self._guard: Guard | None = None
        self._problem: Exception | None = None
        self._dismissed: set[str] = set()
        self._ending: dict[str, str] = {}
        self._recent: Recent | None = None
        self._http_log: HttpLog | None = None
        self._version = 0
        self._dropped: list[Path] = []
        self._wished: Callable[[Affairs], None] | None = None
        self._wire()
        self._choices.begin(self.viewer)
        # What is there by now stays, and is looked at by no later collection.
        gc.freeze()

    def _wire(self) -> None:
        self.viewer.connect_bank.connect(self._connect_bank)
        self.viewer.demo_asked.connect(self.open_demo)
        self.viewer.file_asked.connect(self._open_file)
        self.viewer.update_asked.connect(self._update)
        self.viewer.log_asked.connect(self.show_http_log)
        self.viewer.lock_asked.connect(lambda: self._guard.lock_now() if self._guard else None)
        self.viewer.export_asked.connect(self._export)
        self.viewer.import_asked.connect(self._import)
        self.window.dropped.connect(self._take_file)
        self.viewer.account_asked.connect(self._act)
        self.viewer.shown.connect(self._show_bars)
        self.viewer.read.connect(self._on_read)
        self.viewer.theme_asked.connect(partial(self._choices.set, "theme"))
        self.viewer.settings_asked.connect(lambda: self._choices.open(self.window))
        self._choices.failed.connect(self._say_error)
        self._choices.chosen.connect(lambda deed: self.viewer.do(deed, tr("setting")))
        self.window.closed.connect(self.qt.quit)
        self.viewer.notices.acted.connect(self._on_bar)
        self.viewer.notices.dismissed.connect(self._on_dismissed)
        self._instance.raised.connect(self.raise_window)
        self._door.opened.connect(self._on_home)
        self._door.shut.connect(self._on_shut)
        self.qt.styleHints().colorSchemeChanged.connect(
            lambda _: colours.dress(self.qt, self._choices.settings.theme)
        )

    def begin(self, http_log: str | None) -> None:
        """Show the frame; logs, keychain and ledger follow in the worker."""
        self.window.show()
        self.viewer.say(tr("Opening…"))
        prepare = partial(self._prepare, Path(http_log) if http_log else None)
        self.worker.run(prepare, self._begin_home, self._on_shut)

    def _prepare(self, http_log: Path | None) -> Recent:
        from bankview import log  # noqa: PLC0415 - the window is painted first
        from bankview.log.http import Recent  # noqa: PLC0415 - the window is painted first

        self._paths.create()
        recent = Recent()
        log.install(self._paths.log, http_log=http_log, recent=recent)
        return recent

    def _begin_home(self, recent: Recent) -> None:
        self._recent = recent
        hooks.install(self._paths.state / "crash.log", self._say_error, self)
        self._door.open()

    def _on_home(self, home: Home) -> None:
        self.home = home
        if self._demo:
            # The demo bank is there before anybody can ask for it.
            start = partial(self._start_demo, self._demo, home)
            self.worker.run(start, lambda _: self._settle(home), self._on_shut)
        else:
            self._settle(home)

    def _settle(self, home: Home) -> None:
        """Show what is there; what talks to banks is loaded after it."""
        self._problem = None
        self.viewer.set_home(home)
        self._version = self.viewer.data_version()
        self._unfurnished = home

    def _on_read(self) -> None:
        """Load the rest once the rows are painted: until then it would take its time from them."""
        home, self._unfurnished = self._unfurnished, None
        if home:
            load = partial(self.worker.run, _load, lambda _: self._furnish(home), self._say_error)
            QTimer.singleShot(0, load)

    def _furnish(self, home: Home) -> None:
        from bankview.ui.affairs import Affairs  # noqa: PLC0415 - loaded by now
        from bankview.ui.announcing import announce  # noqa: PLC0415 - loaded by now
        from bankview.ui.guard import Guard  # noqa: PLC0415 - loaded by now
        from bankview.ui.poller import Poller  # noqa: PLC0415 - loaded by now
        from bankview.ui.updates import Updates  # noqa: PLC0415 - loaded by now

        self._updates = Updates(self.worker, home)
        self._updates.began.connect(lambda _: self.viewer.say(tr("Updating…")))
        self._updates.ended.connect(self._on_updated)
        self._updates.told.connect(partial(announce, self.window))
        self._updates.failed.connect(self._say_error)
        self._affairs = Affairs(self.worker, home, self.viewer)
        self._affairs.connected.connect(self._on_connected)
        self._affairs.changed.connect(self.viewer.reload)
        self._affairs.said.connect(self.viewer.tell)
        self._affairs.failed.connect(self._say_error)
        self._affairs.demo_asked.connect(self.open_demo)
        self.viewer.saving.connect(self._affairs.save_answer)
        self._instance.listen()
        self.window.setWindowIcon(app_icon())
        poller = Poller(self.worker, home)
        poller.look.connect(self._look)
        poller.due.connect(self._on_due)
        poller.scheduled.connect(self._on_schedule)
        poller.tick()
        self._guard = Guard(self.worker, home, self.viewer, self._updates, poller)
        self._guard.setting.said.connect(self.viewer.tell)
        self._guard.failed.connect(self._say_error)
        self._guard.setting.changed.connect(self._affairs.offer_recovery_key)
        self._guard.watch(self._choices.settings.lock_after)
        self._choices.guard = self._guard
        self._look_at_certificates(home)
        wished, self._wished = self._wished, None
        if wished:
            wished(self._affairs)

    def _look_at_certificates(self, home: Home) -> None:
        from bankview.sync.certificates import (  # noqa: PLC0415 - the window is painted first
            ending_certificates,
        )

        def done(ending: dict[str, str]) -> None:
            self._ending = ending
            self._show_bars()

        self.worker.run(partial(ending_certificates, home), done, self._say_error)

    @staticmethod
    def _start_demo(demo: Demo, home: Home) -> None:
        home.adopt(demo.start(), demo=True)

    def _on_schedule(self, runs: tuple[Upcoming, ...]) -> None:
        self.viewer.note_next(runs if self._choices.settings.background else ())

    def _on_due(self, connection_id: str) -> None:
        if self._updates and self._choices.settings.background:
            self._updates.one(connection_id, attended=False)

    def _on_shut(self, error: Exception) -> None:
        self._problem = error
        self.viewer.say(str(say(error)))
        self._show_bars()

    def _say_error(self, error: BaseException) -> None:
        self.viewer.tell(str(say(error)))

    def _look(self) -> None:
        """Show what the command line, or another worker, has committed."""
        version = self.viewer.data_version()
        if version != self._version:
            self._version = version
            self.viewer.reload()

    def raise_window(self) -> None:
        """Bring the window to the front."""
        self.window.showNormal() if self.window.isMinimized() else self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def _connect_bank(self) -> None:
        self._wish(lambda affairs: affairs.connect_bank())

    def _wish(self, wish: Callable[[Affairs], None]) -> None:
        """Do what a person asks for; the last click before everything is loaded counts as soon as it is."""
        if self._affairs:
            wish(self._affairs)
        else:
            self._wished = wish
            self._open()

    def _open(self) -> None:
        """Try once more to open a home that could not be opened."""
        if self.home is None:
            self._door.open()

    def _open_file(self) -> None:
        from PySide6.QtWidgets import QFileDialog  # noqa: PLC0415 - rarely needed

        path, _ = QFileDialog.getOpenFileName(
            self.window, tr("Open a file"), "", tr("Bank profile (*.toml)")
        )
        if path:
            self._wish(lambda affairs: affairs.take_file(Path(path)))

    def open_demo(self) -> None:
        """Start another Bankview, over a home that is thrown away."""
        from PySide6.QtCore import QProcess  # noqa: PLC0415 - rarely needed

        command = [] if getattr(sys, "frozen", False) else ["-m", "bankview"]
        QProcess.startDetached(sys.executable, [*command, "--demo"])

    def show_http_log(self) -> None:
        """Show what was asked of the banks since the start, in a window that stays beside this one."""
        from bankview.ui.windows.http_log import HttpLog  # noqa: PLC0415 - rarely needed

        if self._recent is None:
            return
        if self._http_log is None:
            self._http_log = HttpLog(self._recent, self.window)
            self._http_log.failed.connect(self._say_error)
        self._http_log.show()
        self._http_log.raise_()
        self._http_log.activateWindow()

    def _act(self, what: str, which: object) -> None:
        if what == "explore":
            self.viewer.explore(str(which))
        elif what != "update":
            self._wish(lambda affairs: affairs.act(what, which))
        elif self._updates:
            self._updates.one(str(which))

    def _update(self) -> None:
        self._dismissed.clear()
        self._updates.all() if self._updates else self._wish(lambda _: self._update())

    def _on_connected(self, connection_id: str) -> None:
        if self._updates:
            self._updates.reports.pop(connection_id, None)
            self._updates.one(connection_id)
        if self.home:
            self._look_at_certificates(self.home)
        self.viewer.choose_once_there(connection_id)

    def _on_updated(self, connection_id: str) -> None:
        if self._updates:
            self.viewer.note_news(connection_id, self._updates.news[connection_id])
        self.viewer.reload()

    def _export(self) -> None:
        if self.home is None:
            return
        from bankview.ui.windows.export import ExportDialog  # noqa: PLC0415 - not needed before

        dialog = ExportDialog(self.home, self.worker, self.viewer.shown_now(), self.window)
        dialog.saved.connect(self._on_saved)
        dialog.copied.connect(
            lambda rows: self.viewer.tell(tr_n("{n} row copied.", "{n} rows copied.", rows))
        )
        dialog.open()

    def _take_file(self, path: str) -> None:
        """Bring in a file that was let fall on the window; several one after the other."""
        self._dropped.append(Path(path))
        if len(self._dropped) == 1:
            self._import(self._dropped[0])

    def _import(self, path: Path | None = None) -> None:
        if self.home is None:
            self._dropped.clear()
            return
        from bankview.ui.windows.import_ import ImportDialog  # noqa: PLC0415 - not needed before

        masked = self.viewer.masked
        dialog = ImportDialog(self.home, self.worker, path, self.window, masked=masked)
        dialog.brought.connect(self._on_brought)
        dialog.finished.connect(lambda _: self._on_imported())
        dialog.open()

    def _on_imported(self) -> None:
        """Go on with the next file that was let fall."""
        del self._dropped[:1]
        if self._dropped:
            self._import(self._dropped[0])

    def _on_brought(self, wish: Wish, plan: Plan) -> None:
        from bankview.ui.import_job import noted  # noqa: PLC0415 - not needed before

        if self.home:
            count = plan.new + plan.uncertain
            name = tr("import of {file}", file=plan.file)
            self.viewer.do(noted(self.home, wish, plan), name)
            self.viewer.tell(tr_n("{n} row came in.", "{n} rows came in.", count))

    def _on_saved(self, rows: int, path: str) -> None:
        self.viewer.say_saved(rows, Path(path))

    def _show_bars(self) -> None:
        shown = [bars.home_bar(self._problem)] if self._problem else []
        if self.home and self.home.damage:
            shown.append(bars.damage_bar(self.home.damage))
        reports = self._updates.reports.values() if self._updates else ()
        shown += bars.bank_bars(self.viewer.connections, reports, now())
        shown += bars.certificate_bars(self.viewer.connections, self._ending)
        differing = self._updates.differing.values() if self._updates else ()
        today = now().astimezone().date()
        shown += bars.difference_bars(differing, today, masked=self.viewer.masked)
        self.viewer.attend(tuple(bar for bar in shown if bar.id not in self._dismissed))

    def _on_dismissed(self, bar: str) -> None:
        self._dismissed.add(bar)
        self._show_bars()

    def _on_bar(self, bar: str) -> None:
        kind, _, connection_id = bar.partition(":")
        if kind == "home" and self._problem:
            self._door.help(self._problem)
        elif kind in {"sign-in", "renew"} and self._affairs:
            self._affairs.sign_in_again(connection_id)
        elif kind == "certificate" and self._affairs:
            self._affairs.connect_again(connection_id)
        elif kind == "update" and self._updates:
            self._updates.reports.pop(connection_id, None)
            self._show_bars()
            self._updates.one(connection_id)

    def quit(self) -> int:
        """Stop everything and return 0 within six seconds, whatever hangs."""
        self._instance.close()
        if self._demo:
            self._demo.stop()
        if self.home:
            self.home.stop()
        ended = self.worker.close()
        self.viewer.close_ledger()
        self.window.settings.sync()
        if self._demo:
            self._demo.remove()
        if not ended:
            # A keychain that waits for its prompt, or a driver: nothing of ours is open any more.
            os._exit(0)
        if self.home:
            self.home.close()
        return 0
