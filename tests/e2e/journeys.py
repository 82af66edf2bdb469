"""What a person does in the window, one journey a function. Usage: journeys.py JOURNEY [FLAGS of the app] [-- WORDS]."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from bankview.ui.widgets.sidebar_rows import KIND
from tests.e2e import hands
from tests.e2e.hands import act, click, find, leave, press, say, seen, type_into, until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.e2e.hands import Doing


def first_light(profile: str, words: str, target: str) -> Doing[None]:
    """Connect a bank from its profile, see the rows, search, export what was found, and quit."""
    yield from begin()
    yield from click("from-file")
    yield from choose_file(profile)
    accounts = yield from keep_accounts()
    yield from keep_recovery_key()
    yield from updated()
    count = yield from rows()
    found = yield from search(words)
    yield from export(target)
    say(json.dumps({"accounts": accounts, "all": count, "found": found}))
    yield from leave()


def fill(profile: str, secret: str = "", field: str = "") -> Doing[None]:
    """Connect a bank from its profile, with a secret typed where it asks for one, and see rows or the explorer."""
    yield from begin()
    yield from click("from-file")
    yield from choose_file(profile)
    if field:
        yield from type_into(field, secret)
        yield from click("next")
    yield from until(
        lambda: seen("accounts-found", QAbstractItemView) or seen("explorer", QWidget), "the bank"
    )


def with_accounts(profile: str) -> Doing[None]:
    """Connect a bank that has accounts, wait for all of them, and quit."""
    yield from fill(profile)
    accounts = yield from keep_accounts()
    yield from keep_recovery_key()
    yield from updated()
    count = yield from rows()
    say(json.dumps({"accounts": accounts, "all": count}))
    yield from leave()


def explored(profile: str, path: str, parameters: str, secret: str, field: str) -> Doing[None]:
    """Connect a system without accounts, ask it something in the explorer, and quit."""
    yield from fill(profile, secret, field)
    yield from keep_recovery_key()
    yield from type_into("explorer-path", path)
    yield from type_into("explorer-parameters", parameters)
    yield from click("explorer-send")
    table = yield from find("explorer-table", QTableView)
    count = yield from until(lambda: table.model() and table.model().rowCount(), "an answer")
    status = yield from find("explorer-status", QLabel)
    say(json.dumps({"rows": count, "ok": int(status.text().startswith("200"))}))
    yield from leave()


def brought_in(statement: str) -> Doing[None]:
    """Let a statement fall on the window, read what would come, import it, take it back, do it again, and quit."""
    yield from find("first-run", QWidget)
    window = yield from hands.reach("main-window")
    yield from act(lambda: let_fall(window, statement))
    counts, lines = yield from previewed()
    yield from click("bring")
    yield from hands.gone("import-dialog")
    count = yield from rows()
    yield from press("main-window", Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    yield from find("first-run", QWidget)
    again = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    yield from press("main-window", Qt.Key.Key_Z, again)
    yield from hands.gone("first-run")
    back = yield from rows()
    say(json.dumps({"counts": counts, "lines": lines, "rows": [count, back]}))
    yield from leave()


def chosen(statement: str) -> Doing[None]:
    """Choose a statement from the menu, read what would come, and leave it."""
    yield from rows()
    yield from press("main-window", Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    yield from click("choose-file")
    yield from choose_file(statement)
    counts, lines = yield from previewed()
    yield from click("cancel")
    yield from hands.gone("import-dialog")
    say(json.dumps({"counts": counts, "lines": lines}))
    yield from leave()


def let_fall(window: QWidget, path: str) -> None:
    """Drag a file over the window and let it fall, as the screen's server would say it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path)])
    place = window.rect().center()
    said = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    enter = QDragEnterEvent(place, *said, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(place), *said, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, drop)


def previewed() -> Doing[tuple[str, list[str]]]:
    """Wait for what would come of a statement; return it in words, and the rows as they are shown."""
    label = yield from find("import-counts", QLabel)
    yield from until(lambda: re.match(r"\d", label.text()), "the rows that would come")
    preview = yield from find("preview", QPlainTextEdit)
    return label.text(), preview.toPlainText().splitlines()[1:]


def begin() -> Doing[None]:
    """Ask to connect a bank at once, while the window is still opening its home."""
    yield from click("connect")


def come_back(target: str) -> Doing[None]:
    """Start again, see that everything is there, fetch what is new, export all, and quit."""
    count = yield from rows()
    yield from click("update")
    yield from until(lambda: "Updated" in status(), "an update")
    yield from export(target)
    say(json.dumps({"all": count}))
    yield from leave()


def part_ways() -> Doing[None]:
    """Disconnect the bank from the sidebar's menu, forget its rows, and quit."""
    yield from rows()
    tree = yield from find("accounts", QAbstractItemView)
    entries = [tree.model().index(row, 0) for row in range(tree.model().rowCount())]
    bank = tree.visualRect(next(one for one in entries if one.data(KIND) == "bank")).center()
    yield from act(lambda: tree.customContextMenuRequested.emit(bank))
    yield from choose_entry("Disconnect…")
    yield from click("forget")
    yield from click("disconnect")
    yield from until(lambda: "Disconnected" in status(), "the end of the connection")
    yield from find("first-run", QWidget)
    say(json.dumps({"confirmed": "confirmed that" in status()}))
    yield from leave()


def choose_entry(text: str) -> Doing[None]:
    """Click an entry of the menu that is open."""
    menu = yield from until(open_menu, "a menu")
    entry = next(action for action in menu.actions() if action.text() == text)
    menu.setObjectName("menu-on-screen")
    yield from click("menu-on-screen", menu.actionGeometry(entry).center())


def open_menu() -> QMenu | None:
    """Return the menu that can be seen."""
    return next(
        (m for m in QApplication.topLevelWidgets() if isinstance(m, QMenu) and m.isVisible()), None
    )


def updated() -> Doing[None]:
    """Wait until the first fetch has brought everything and said how much is new."""
    yield from until(lambda: re.search(r"· [1-9]", status()), "news in the status line")


def rows() -> Doing[int]:
    """Wait for rows and return how many there are."""
    table = yield from find("transactions", QTableView)
    return (yield from until(lambda: table.model().rowCount(), "rows"))


def search(text: str) -> Doing[int]:
    """Search for a text and return how many rows are found, fewer than before."""
    table = yield from find("transactions", QTableView)
    before = table.model().rowCount()
    yield from type_into("search", text)
    yield from until(lambda: table.model().rowCount() < before, f"fewer rows for {text}")
    yield from until(lambda: f"<b>{table.model().rowCount()}</b> of" in result(), "their sum")
    return (yield from rows())


def stop_searching() -> Doing[None]:
    """Empty the search field and wait for all the rows to come back."""
    table = yield from find("transactions", QTableView)
    before = table.model().rowCount()
    yield from type_into("search", "")
    yield from until(lambda: table.model().rowCount() > before, "all rows again")


def result() -> str:
    """Return what the line above the table says was found."""
    label = seen("result", QLabel)
    return label.text() if label else ""


def status() -> str:
    """Return what the status line says."""
    label = seen("status", QLabel)
    return label.text() if label else ""


def choose_file(path: str) -> Doing[None]:
    """Type a path into the file dialog that is open."""
    field = yield from find("fileNameEdit", QLineEdit)
    assert isinstance(field.window(), QFileDialog)
    yield from type_into("fileNameEdit", path)
    yield from press("fileNameEdit", Qt.Key.Key_Return)
    yield from hands.gone("fileNameEdit")


def keep_accounts() -> Doing[int]:
    """Wait for the accounts that the bank gave, keep them all, and return how many there are."""
    found = yield from find("accounts-found", QAbstractItemView)
    count: int = found.model().rowCount()
    yield from click("done")
    yield from hands.gone("connect-dialog")
    return count


def keep_recovery_key() -> Doing[None]:
    """Say that the recovery key is written down."""
    yield from press("recovery-kept", Qt.Key.Key_Space)
    yield from click("done")
    yield from hands.gone("recovery-dialog")


def export(target: str) -> Doing[None]:
    """Export what is shown as Standard CSV to a path."""
    yield from click("export")
    presets = yield from find("presets", QAbstractItemView)
    yield from pick(presets, "Standard")
    yield from click("save")
    yield from choose_file(target)
    yield from hands.gone("export-dialog")


def pick(view: QAbstractItemView, text: str) -> Doing[None]:
    """Click the line of a list that begins with a text."""
    model = view.model()

    def line() -> Any:
        for row in range(model.rowCount()):
            index = model.index(row, 0)
            if str(index.data() or "").startswith(text):
                return index
        return None

    index = yield from until(line, text)
    view.scrollTo(index)
    viewport = view.viewport()
    viewport.setObjectName("viewport-of-" + view.objectName())
    yield from click(viewport.objectName(), view.visualRect(index).center())


JOURNEYS: Mapping[str, Callable[..., Doing[None]]] = {
    "first-light": first_light,
    "come-back": come_back,
    "part-ways": part_ways,
    "with-accounts": with_accounts,
    "explored": explored,
    "brought-in": brought_in,
    "chosen": chosen,
}


def main(argv: list[str]) -> int:
    """Make a journey: its name, its words, then the app's flags after `--`."""
    name, *words = argv[: argv.index("--")]
    return hands.run(argv[argv.index("--") + 1 :], JOURNEYS[name](*words))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
