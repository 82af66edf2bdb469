"""The window's composition root: options in, a window over one home out."""

from __future__ import annotations

import argparse
import faulthandler
import logging
import os
import sys
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, QProcess, QSettings, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QCheckBox, QInputDialog, QMessageBox

from bankview import options
from bankview.paths import Paths
from bankview.ui import colours
from bankview.ui.demo import Demo
from bankview.ui.icons import APP_ID
from bankview.ui.instance import Instance
from bankview.ui.style import Look
from bankview.ui.widgets.empty import FirstRun
from bankview.ui.widgets.notice import Notice, NoticeStack
from bankview.ui.windows.main import MainWindow
from bankview.ui.worker import Worker
from bankview.words import say, tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bankview.sync.home import Home
    from bankview.sync.refresh import Report
    from bankview.sync.sign_in import Disconnected
    from bankview.ui.poller import Poller
    from bankview.ui.windows.connect import ConnectDialog

LOG = logging.getLogger(__name__)


def now() -> datetime:
    """Return this instant in UTC."""
    return datetime.now(UTC)


def parser() -> argparse.ArgumentParser:
    """Return the window's own flags; commands have their own."""
    made = argparse.ArgumentParser(
        "bankview", parents=[options.shared()], description=tr("Your bank accounts in one window.")
    )
    made.add_argument(
        "--demo", action="store_true", help=tr("try it with an invented bank; nothing is kept")
    )
    return made


def main(argv: Sequence[str]) -> int:
    """Open the window and return the exit code."""
    arguments = parser().parse_args(list(argv))
    app = start(arguments)
    if app is None:
        return 0
    app.qt.exec()
    return app.quit()


def start(arguments: argparse.Namespace) -> App | None:
    """Build the app without running its event loop; None where another window of this home was raised."""
    qt = QApplication.instance() or QApplication(["bankview"])
    assert isinstance(qt, QApplication)
    qt.setApplicationName("bankview")
    qt.setApplicationDisplayName("Bankview")
    qt.setDesktopFileName(APP_ID)
    qt.setStyle(Look())
    colours.dress(qt)
    demo = Demo() if getattr(arguments, "demo", False) else None
    paths = Paths.of(demo.home if demo else options.home_of(arguments))
    instance = Instance(paths.data)
    if not instance.claim():
        return None
    place = "memory" if demo else getattr(arguments, "secrets", None)
    app = App(qt, paths, place, instance, demo)
    app.begin(getattr(arguments, "log_http", None))
    return app


class App(QObject):
    """Owns the window, the worker and the home, and carries what the window asks for to `sync`."""

    def __init__(
        self,
        qt: QApplication,
        paths: Paths,
        place: str | None,
        instance: Instance,
        demo: Demo | None,
    ) -> None:
        super().__init__()
        self.qt, self._paths, self._place, self._instance, self._demo = (
            qt,
            paths,
            place,
            instance,
            demo,
        )
        self.worker = Worker()
        self.home: Home | None = None
        self._poller: Poller | None = None
        self._version = 0
        self._reports: dict[str, Report] = {}
        self._dismissed: set[str] = set()
        self._problem: Exception | None = None
        self._passphrase = os.environ.get("BANKVIEW_PASSPHRASE")
        self.theme: Literal["system", "light", "dark"] = "system"
        paths.config.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.window = MainWindow(
            self.worker, QSettings(str(paths.window), QSettings.Format.IniFormat), now
        )
        self.empty = FirstRun(tr("your keychain"))
        self.window.set_empty_page(self.empty)
        self.notices = NoticeStack()
        self.window.notices.addWidget(self.notices)
        self._wire()

    def _wire(self) -> None:
        self.window.connect_bank.connect(self.connect_bank)
        self.window.update_asked.connect(lambda _: self.update_all())
        self.window.export_asked.connect(self.export)
        self.window.demo_asked.connect(self.open_demo)
        self.window.account_asked.connect(self._on_account)
        self.window.closed.connect(self.qt.quit)
        self.empty.connect_asked.connect(self.connect_bank)
        self.empty.demo_asked.connect(self.open_demo)
        self.empty.open_asked.connect(self.connect_bank)
        self.notices.acted.connect(self._on_notice)
        self.notices.dismissed.connect(self._on_dismissed)
        self._instance.raised.connect(self.raise_window)
        self.qt.styleHints().colorSchemeChanged.connect(
            lambda _: colours.dress(self.qt, self.theme)
        )

    def begin(self, http_log: str | None) -> None:
        """Show the frame, then open the home in the worker."""
        self.window.show()
        self.window.say(tr("Opening…"))
        self.worker.run(
            partial(self._prepare, http_log), lambda _: self.open_home(), self._on_no_home
        )

    def _prepare(self, http_log: str | None) -> None:
        from pathlib import Path  # noqa: PLC0415

        from bankview import log  # noqa: PLC0415

        self._paths.create()
        log.install(self._paths.log, http_log=Path(http_log) if http_log else None)
        faulthandler.enable((self._paths.state / "crash.log").open("w"))
        _install_hooks()

    def open_home(self) -> None:
        """Open the home in the worker; what is in the way becomes a notice."""
        self.worker.run(self._open, self._on_home, self._on_no_home, key="home")

    def _open(self) -> tuple[Home, Path | None]:
        from bankview.sync.home import Home  # noqa: PLC0415 - the frame is painted before this is imported

        home = Home.open(self._paths, self._place, passphrase=lambda: self._passphrase)
        return home, self._demo.start() if self._demo else None

    def _on_home(self, opened: tuple[Home, Path | None]) -> None:
        from bankview.ui.poller import Poller  # noqa: PLC0415

        self.home, profile = opened
        self._problem = None
        if profile:
            self.home.adopt(profile, demo=True)
        self.empty.set_keychain(self.home.secrets.label)
        self.window.set_home(self.home)
        self._version = self.window.data_version()
        self._poller = Poller(self.worker, self.home)
        self._poller.look.connect(self._look)
        self._poller.due.connect(lambda connection: self.update(connection, attended=False))
        self._poller.tick()
        self._notices()

    def _on_no_home(self, error: Exception) -> None:
        self._problem = error
        self.window.say(str(say(error)))
        self._notices()

    def _look(self) -> None:
        """Show what the command line, or another worker, has committed."""
        version = self.window.data_version()
        if version != self._version:
            self._version = version
            self.window.reload()
            self._notices()

    def raise_window(self) -> None:
        """Bring the window to the front."""
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def update_all(self) -> None:
        """Fetch every bank now."""
        if self.home is None:
            return self.open_home()
        from bankview.store.connections import connections  # noqa: PLC0415

        def ids(home: Home) -> list[str]:
            with closing(home.database()) as db:
                return [
                    connection.id
                    for connection in connections(db)
                    if connection.state != "disconnected"
                ]

        home = self.home
        self._dismissed.clear()
        self.worker.run(lambda: ids(home), self._update_each)
        return None

    def _update_each(self, found: list[str]) -> None:
        for connection_id in found:
            self.update(connection_id)

    def update(self, connection_id: str, *, attended: bool = True) -> None:
        """Fetch one bank; never twice at a time."""
        if self.home is None:
            return
        from bankview.sync.refresh import refresh  # noqa: PLC0415

        run = partial(
            refresh, self.home, connection_id, attended=attended, stop=lambda: self.worker.stopping
        )
        if (
            self.worker.run(
                run, self._on_report, partial(self._on_failed, connection_id), key=connection_id
            )
            and attended
        ):
            self.window.say(tr("Updating…"))

    def _on_report(self, report: Report) -> None:
        self._reports[report.connection_id] = report
        self.window.note_news(report.connection_id, report.new)
        self.window.reload()
        self._notices()

    def _on_failed(self, connection_id: str, error: Exception) -> None:
        LOG.warning("%s could not be updated: %s", connection_id, error)
        self.window.say(str(say(error)))

    def _notices(self) -> None:
        shown: list[Notice] = []
        if self._problem:
            said = say(self._problem)
            shown.append(
                Notice(
                    "home",
                    "attention",
                    "key",
                    said.title,
                    said.detail,
                    said.button,
                    dismissible=False,
                )
            )
        if self.home and self.home.damage:
            said = say(self.home.damage)
            shown.append(Notice("damage", "attention", "warning", said.title, said.detail))
        for report in self._reports.values():
            if report.error:
                said = say(report.error, report.bank_name)
                attention = said.action == "sign_in"
                shown.append(
                    Notice(
                        f"report:{report.connection_id}",
                        "attention" if attention else "notice",
                        "warning" if attention else "server",
                        said.title,
                        said.detail,
                        said.button,
                        dismissible=not attention,
                    )
                )
        self.notices.show_notices(
            tuple(notice for notice in shown if notice.id not in self._dismissed)
        )

    def _on_dismissed(self, notice: str) -> None:
        self._dismissed.add(notice)
        if notice == "damage" and self.home:
            self.home.damage = None
        self._notices()

    def _on_notice(self, notice: str) -> None:
        if notice == "home":
            self._solve_home()
        elif notice.startswith("report:"):
            connection = notice.removeprefix("report:")
            report = self._reports.pop(connection)
            if report.error and say(report.error).action == "sign_in":
                self._sign_in_again(connection)
            else:
                self.update(connection)
            self._notices()

    def quit(self) -> int:
        """Stop everything and return 0 within six seconds, whatever hangs."""
        self._instance.close()
        if self._demo:
            self._demo.close()
        home, self.home = self.home, None
        if home:
            home.stop()
        ended = self.worker.close()
        self.window.close_ledger()
        if not ended:
            # A keychain prompt or a broken driver: nothing of ours is open any more.
            os._exit(0)
        if home:
            home.close()
        return 0

    def connect_bank(self) -> None:
        """Open the dialog that connects a bank."""
        dialog = self._connect_dialog()
        if dialog:
            dialog.open()

    def _connect_dialog(self) -> ConnectDialog | None:
        if self.home is None:
            self.open_home()
            return None
        from bankview.banks import broken_profiles  # noqa: PLC0415 - the window is painted first
        from bankview.ui.sign_in import SignIn  # noqa: PLC0415
        from bankview.ui.windows.connect import ConnectDialog, Offer  # noqa: PLC0415

        home = self.home
        offer = Offer(
            home.banks(), broken_profiles(home.paths.banks), home.adopt, home.secrets.label
        )
        dialog = ConnectDialog(offer, SignIn(home, self.worker, parent=self), self.window)
        dialog.connected.connect(self._on_connected)
        dialog.demo_asked.connect(self.open_demo)
        dialog.finished.connect(lambda _: self.window.reload())
        return dialog

    def _on_connected(self, connection_id: str) -> None:
        self._reports.pop(connection_id, None)
        self.window.reload()
        self.update(connection_id)
        self._notices()

    def open_demo(self) -> None:
        """Start another Bankview, over a home that is thrown away."""
        command = [] if getattr(sys, "frozen", False) else ["-m", "bankview"]
        QProcess.startDetached(sys.executable, [*command, "--demo"])

    def export(self) -> None:
        """Open the export dialog."""

    def _on_account(self, what: str, which: object) -> None:
        """Do what the sidebar's menu asks for."""
        if isinstance(which, int):
            self._change_account(what, which)
        elif what == "update":
            self.update(str(which))
        elif what == "sign_in":
            self._sign_in_again(str(which))
        elif what == "disconnect":
            self._disconnect(str(which))

    def _change_account(self, what: str, account_id: int) -> None:
        assert self.home
        name = ""
        if what == "rename":
            name, wanted = QInputDialog.getText(
                self.window, tr("Rename"), tr("Name (empty: the bank's own)")
            )
            if not wanted:
                return
        change = partial(_change, self.home, what, account_id, name)
        self.worker.run(change, lambda _: self.window.reload(), self.window.failed)

    def _disconnect(self, connection_id: str) -> None:
        """Ask, then end access at the bank; the rows stay unless the person ticks that they go too."""
        home = self.home
        assert home
        box = QMessageBox(self.window)
        box.setObjectName("disconnect-dialog")
        box.setText(tr("Disconnect {bank}?", bank=connection_id))
        box.setInformativeText(
            tr("Access ends at the bank. The rows stay here unless you forget them too.")
        )
        forget = QCheckBox(tr("Forget its accounts and rows too"))
        forget.setObjectName("forget")
        box.setCheckBox(forget)
        yes = box.addButton(tr("Disconnect"), QMessageBox.ButtonRole.AcceptRole)
        yes.setObjectName("disconnect")
        keep = box.addButton(tr("Keep"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)

        def ended(_: object) -> None:
            if box.clickedButton() is yes:
                from bankview.sync.sign_in import disconnect  # noqa: PLC0415

                run = partial(disconnect, home, connection_id, forget=forget.isChecked())
                self.worker.run(run, self._on_disconnected, self.window.failed)

        box.finished.connect(ended)
        box.open()

    def _on_disconnected(self, ended: Disconnected) -> None:
        self.window.reload()
        self._notices()
        if not ended.confirmed:
            self.window.say(
                tr("Disconnected here. The bank did not confirm; check its portal too.")
            )

    def _sign_in_again(self, connection_id: str) -> None:
        """Renew a connection in place."""
        dialog = self._connect_dialog()
        if dialog is None or self.home is None:
            return
        from bankview.store.connections import connection  # noqa: PLC0415

        with closing(self.home.database()) as db:
            found = connection(db, connection_id)
        if found:
            dialog.renew(self.home.bank(found.bank_id), connection_id)
            dialog.open()

    def _solve_home(self) -> None:
        """Help over what keeps the home from opening."""
        self.open_home()


def _change(home: Home, what: str, account_id: int, name: str) -> None:
    """Keep the person's word on an account; runs in a worker."""
    from bankview.store import connections  # noqa: PLC0415 - the window is painted first

    with closing(home.database()) as db:
        if what == "rename":
            connections.rename_account(db, account_id, name)
        elif what in {"hide", "show"}:
            connections.hide_account(db, account_id, what == "hide")
        else:
            mine = {account.id: account for account in connections.accounts(db)}
            family = [
                a.id for a in mine.values() if a.connection_id == mine[account_id].connection_id
            ]
            connections.move_account(
                db, account_id, family.index(account_id) + (-1 if what == "up" else 1)
            )


def _install_hooks() -> None:
    """Log what nobody caught; the window stays."""

    def uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        LOG.critical("uncaught", exc_info=(kind, error, trace))

    def message(kind: QtMsgType, _: object, text: str) -> None:
        level = (
            logging.INFO if kind in {QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg} else logging.WARNING
        )
        logging.getLogger("qt").log(level, text)

    sys.excepthook = uncaught
    qInstallMessageHandler(message)
