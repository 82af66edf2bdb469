"""A device's code and a backchannel request in the window, against the real bank: shown, approved, cancelled."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING, Literal

import pytest
import segno
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QTreeWidget

from bankview.paths import Paths
from bankview.sandbox import visitor
from bankview.sync.home import Home
from bankview.ui.colours import palette
from bankview.ui.sign_in import SignIn
from bankview.ui.widgets.qr import QUIET, QrCode, modules_of
from bankview.ui.windows.connect import ConnectDialog, Offer
from bankview.ui.windows.connect_elsewhere import ApprovalCard
from bankview.ui.windows.connect_waiting import clock_left
from tests.sandbox_process import running
from tests.ui.dialogs.conftest import child

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.ui.worker import Worker
    from tests.sandbox_process import Sandbox

pytestmark = [
    pytest.mark.window,
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

MS = 30_000


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox"), "--still") as running_one:
        yield running_one


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home with the bank's own clock: an ID token counts by the hour."""
    with closing(Home.open(Paths.of(tmp_path / "home"), "memory")) as made:
        yield made


@pytest.fixture
def opened() -> list[str]:
    return []


@pytest.fixture
def dialog(home: Home, worker: Worker, opened: list[str], qtbot: QtBot) -> Iterator[ConnectDialog]:
    def browse(url: str) -> bool:
        opened.append(url)
        return True

    offer = Offer((), (), home.adopt, "Secret Service")
    made = ConnectDialog(offer, SignIn(home, worker, browse), None)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.reject()


def begin_device(dialog: ConnectDialog, sandbox: Sandbox, qtbot: QtBot) -> str:
    """Choose the device's profile, and return the code once it is shown."""
    dialog.take_file(sandbox.profile("sparebank1-household-device"))
    code = child(dialog, QLabel, "user-code")
    qtbot.waitUntil(code.isVisible, timeout=MS)
    return code.text()


def begin_ciba(dialog: ConnectDialog, sandbox: Sandbox, qtbot: QtBot) -> None:
    dialog.take_file(sandbox.profile("sparebank1-household-ciba"))
    child(dialog, QLineEdit, "client_secret").setText(sandbox.secret("ciba"))
    click(qtbot, dialog, "next")
    qtbot.waitUntil(child(dialog, QLabel, "binding-message").isVisible, timeout=MS)


def click(qtbot: QtBot, dialog: ConnectDialog, name: str) -> None:
    found = child(dialog, QPushButton, name)
    qtbot.waitUntil(lambda: found.isVisible() and found.isEnabled(), timeout=MS)
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def said(dialog: ConnectDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def arrives(dialog: ConnectDialog, qtbot: QtBot) -> int:
    found = child(dialog, QTreeWidget, "accounts-found")
    qtbot.waitUntil(found.isVisible, timeout=MS)
    return found.topLevelItemCount()


def test_a_code_is_shown_with_its_address_and_approved_elsewhere(
    dialog: ConnectDialog, sandbox: Sandbox, opened: list[str], qtbot: QtBot
) -> None:
    code = begin_device(dialog, sandbox, qtbot)
    page = f"http://127.0.0.1:{sandbox.port + 1}/device"
    assert page in said(dialog)
    complete = f"{page}?user_code={code}"
    qr = child(dialog, QrCode)
    assert [list(row) for row in qr.modules] == [
        list(row) for row in segno.make(complete, error="m", micro=False).matrix
    ]
    assert page in qr.accessibleName()
    assert code in child(dialog, QLabel, "user-code").accessibleName()
    assert not opened
    thread = threading.Thread(target=visitor.answer, args=(complete,))
    thread.start()
    assert arrives(dialog, qtbot) == 4
    thread.join()


def test_code_and_link_can_be_copied_and_the_page_opened(
    dialog: ConnectDialog, sandbox: Sandbox, opened: list[str], qtbot: QtBot
) -> None:
    code = begin_device(dialog, sandbox, qtbot)
    click(qtbot, dialog, "copy-code")
    assert QGuiApplication.clipboard().text() == code
    click(qtbot, dialog, "copy-device-link")
    assert QGuiApplication.clipboard().text().endswith(f"/device?user_code={code}")
    click(qtbot, dialog, "open-device-page")
    qtbot.waitUntil(lambda: bool(opened), timeout=MS)
    assert opened[0].endswith(f"/device?user_code={code}")


def test_the_time_that_is_left_counts_down(
    dialog: ConnectDialog, sandbox: Sandbox, qtbot: QtBot
) -> None:
    begin_device(dialog, sandbox, qtbot)
    assert "Time left" in said(dialog)
    qtbot.waitUntil(lambda: "Time left 10:00" not in said(dialog), timeout=MS)
    assert "Time left 9:5" in said(dialog)


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [(600_000, "10:00"), (599_001, "10:00"), (59_000, "0:59"), (1, "0:01"), (0, "0:00")],
)
def test_time_is_told_to_the_second(milliseconds: int, words: str) -> None:
    assert clock_left(milliseconds).endswith(f" {words}")


def test_a_refusal_elsewhere_is_a_sentence_and_the_code_is_gone(
    dialog: ConnectDialog, sandbox: Sandbox, qtbot: QtBot
) -> None:
    code = begin_device(dialog, sandbox, qtbot)
    page = f"http://127.0.0.1:{sandbox.port + 1}/device?user_code={code}"
    visitor.answer(page, deny=True)
    qtbot.waitUntil(lambda: "did not give access" in said(dialog), timeout=MS)
    assert code not in said(dialog)


def test_a_backchannel_request_says_what_to_look_for_and_goes_on_by_itself(
    dialog: ConnectDialog, sandbox: Sandbox, qtbot: QtBot
) -> None:
    begin_ciba(dialog, sandbox, qtbot)
    words = said(dialog)
    assert "Fjord 4711" in words
    assert "Time left 5:00" in words or "Time left 4:5" in words
    assert not child(dialog, QPushButton, "open-again").isVisible()
    assert arrives(dialog, qtbot) == 4


def test_what_is_allowed_in_the_banks_app_is_said_after_the_browser_and_goes_on_by_itself(
    dialog: ConnectDialog, sandbox: Sandbox, opened: list[str], qtbot: QtBot
) -> None:
    profile = sandbox.profile("monzo-household")
    given = profile.with_suffix(".env").read_text("utf-8").strip()
    dialog.take_file(profile)
    child(dialog, QLineEdit, "client_secret").setText(given.partition("=")[2])
    click(qtbot, dialog, "next")
    qtbot.waitUntil(lambda: bool(opened), timeout=MS)
    assert "Finish in your browser" in said(dialog)
    thread = threading.Thread(target=visitor.visit, args=(opened[0], "household"))
    thread.start()
    qtbot.waitUntil(lambda: "Now open Monzo" in said(dialog), timeout=MS)
    words = said(dialog)
    assert "Allow access there." in words
    assert "Time left 5:00" in words or "Time left 4:5" in words
    assert not child(dialog, QPushButton, "open-again").isVisible()
    assert arrives(dialog, qtbot) == 7
    thread.join()


@pytest.mark.parametrize("begin", [begin_device, begin_ciba])
def test_cancel_ends_the_wait_at_once(
    dialog: ConnectDialog, sandbox: Sandbox, worker: Worker, qtbot: QtBot, begin: object
) -> None:
    begin(dialog, sandbox, qtbot)  # type: ignore[operator]
    with qtbot.waitSignal(dialog.rejected, timeout=MS):
        click(qtbot, dialog, "cancel")
    assert worker.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_qr_code_is_dark_on_light_with_its_quiet_zone(
    look: QApplication, qtbot: QtBot, theme: Literal["light", "dark"]
) -> None:
    look.setPalette(palette(theme))
    qr = QrCode(176)
    qtbot.addWidget(qr)
    qr.set_content("https://bank.example/device?user_code=WDJB-MJHT", "a code")
    picture = qr.grab().toImage()
    ratio, count = picture.devicePixelRatioF(), len(qr.modules)
    for row, line in enumerate(qr.modules):
        for column, dark in enumerate(line):
            middle = qr.place(row, column).center() * ratio
            colour = picture.pixelColor(int(middle.x()), int(middle.y()))
            assert colour == QColor("#000000" if dark else "#FFFFFF")
    first, last = qr.place(0, 0), qr.place(count - 1, count - 1)
    zone = QUIET * first.width()
    assert min(first.left(), first.top()) >= zone
    assert max(last.right(), last.bottom()) <= 176 - zone
    around = picture.pixelColor(int(first.left() * ratio) - 2, int(first.top() * ratio) - 2)
    assert around == QColor("#FFFFFF")


def test_what_is_too_long_for_a_code_is_not_shown(qtbot: QtBot) -> None:
    qr = QrCode(176)
    qtbot.addWidget(qr)
    qr.set_content("x" * 5000, "a code")
    assert qr.isHidden()
    assert modules_of("x" * 5000) == ()


@pytest.mark.parametrize("length", [8, 20, 40])
def test_a_code_of_any_length_finds_room(dialog: ConnectDialog, qtbot: QtBot, length: int) -> None:
    from bankview.ui.windows.connect_elsewhere import Letters

    letters = Letters("any")
    qtbot.addWidget(letters)
    letters.set_letters("W" * length, 280)
    assert letters.fontMetrics().horizontalAdvance(letters.text()) <= 280 or letters.wordWrap()


def test_without_a_message_there_is_nothing_to_compare(qtbot: QtBot) -> None:
    from bankview.sync.front import Show, Step

    card = ApprovalCard()
    qtbot.addWidget(card)
    card.fill(Show(Step.APPROVAL, seconds=60))
    assert card.isHidden()
