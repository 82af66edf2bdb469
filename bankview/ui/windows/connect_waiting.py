"""The connect dialog's third page: the person is at the bank, in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bankview.language import later
from bankview.oauth.grant_names import CIBA, DEVICE
from bankview.oauth.loopback import warns
from bankview.sync.front import Show, Step
from bankview.ui.colours import colours
from bankview.ui.icons import icon, paint_icon
from bankview.ui.measures import S1, S2, S3, S4, S5, S6, Type, font, measures
from bankview.ui.widgets.box import Box
from bankview.ui.widgets.copy import CopyButton
from bankview.ui.widgets.problem import Problem
from bankview.ui.widgets.spinner import Spinner, moves
from bankview.ui.widgets.text import Link, Text
from bankview.ui.windows.connect_catch import CatchOffer
from bankview.ui.windows.connect_elsewhere import ApprovalCard, CodeCard
from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from bankview.banks import Bank

_BOX = 360
_MARK = 14


@dataclass(frozen=True, slots=True)
class Stand:
    """How far the three lines have come: how many are done, and which is now."""

    opened: bool = False
    signed_in: bool = False


#: What the three lines say, by who the person approves with.
_BROWSER = (
    later("Browser opened"),
    later("Waiting for your sign-in"),
    later("Fetch your accounts"),
)
_DEVICE = (later("Code received"), later("Waiting for your sign-in"), later("Fetch your accounts"))
_ASKED = (
    later("Your bank asks you"),
    later("Waiting for your approval"),
    later("Fetch your accounts"),
)
_IN_APP = (
    later("Signed in"),
    later("Waiting for you to allow access"),
    later("Fetch your accounts"),
)
_LINES = {DEVICE: _DEVICE, CIBA: _ASKED}


class WaitingPage(QWidget):
    """What happens now, and what to do when the browser did not open or did not come back."""

    open_asked = Signal(str)
    pasted = Signal(str)
    listen_asked = Signal()
    time_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._show = Show(Step.WAITING)
        self._ends_ms = 0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._tick)
        self.problem = Problem()
        self._spinner = Spinner(32)
        self._title = Text("", Type.TITLE)
        self._said = Text("", role="second", wrap=True)
        self._lines = Lines()
        self._box = Box(self._lines)
        self._code, self._approval = CodeCard(), ApprovalCard()
        self._code.open_asked.connect(self.open_asked)
        self._ways = QWidget()
        self._paste = QWidget()
        self._field = QLineEdit()
        self._catch = CatchOffer()
        self._catch.asked.connect(self.listen_asked)
        self._catch.said.connect(self._say_instead)
        #: The address at which the answer may be caught, until that is offered.
        self._caught = ""
        self._arrange()

    def begin(self, bank: Bank) -> None:
        """Start over for a bank."""
        self.problem.hide()
        self._show = Show(Step.WAITING)
        self._lines.set_words(_LINES.get(bank.client.grant, _BROWSER))
        self._lines.set_stand(Stand())
        far = bank.browses and bank.client.redirect_uri.startswith("https:")
        title, said = _words(bank, far=far)
        self._title.setText(title if moves() else tr("Waiting…"))
        self._said.setText(tr(said, bank=bank.name))
        for widget in (self._said, self._box):
            widget.show()
        for card in (self._code, self._approval):
            card.hide()
        self._ways.setVisible(bank.browses)
        self._instead.setVisible(not far)
        for button in (self._open, self._copy):
            button.setEnabled(False)
        self._open_paste(far)
        self._caught = bank.client.redirect_uri if far and warns(bank.client.redirect_uri) else ""
        self._catch.hide()

    def show_step(self, show: Show) -> None:
        """Say where the sign-in stands now."""
        self._show = show
        fetching = show.step is Step.FETCHING
        if show.app:
            self._ask_in(show.app)
        self._show_cards(show)
        self._copy.set_content(show.url)
        self._open.setEnabled(bool(show.url))
        self._copy.setEnabled(bool(show.url))
        if show.url and self._caught:
            self._catch.offer(self._caught)
            self._caught = ""
        begun = show.browser_opened or show.step is not Step.WAITING
        self._lines.set_stand(Stand(opened=begun, signed_in=fetching))
        self._ways.setVisible(show.step is Step.WAITING)
        if fetching:
            self._field.clear()
            self._paste.hide()
            self._catch.hide()
            self.stop()
        elif not self._timer.isActive():
            self._ends_ms = 1000 * (show.seconds or show.minutes * 60)
            self._clock.start()
            self._timer.start()
            self._tick()

    def _ask_in(self, app: str) -> None:
        """Say what is to be done in the bank's own app, once the browser has done its part."""
        self._title.setText(tr("Now open {app} on your phone", app=app))
        self._said.setText(tr("Allow access there. This window continues by itself."))
        self._lines.set_words(_IN_APP)
        self._paste.hide()
        self._timer.stop()

    def _show_cards(self, show: Show) -> None:
        """Show the code where there is one to enter, which takes the place of everything else, or what to look for."""
        coded = show.step is Step.CODE
        if coded:
            self._code.fill(show)
        self._code.setVisible(coded)
        self._box.setVisible(not coded)
        self._spinner.setVisible(moves() and not coded and self._paste.isHidden())
        if show.step is Step.APPROVAL:
            self._approval.fill(show)
        else:
            self._approval.hide()

    def fail(self, error: Exception, bank: Bank) -> None:
        """Say why it did not work; what cannot be used any more goes away."""
        self.stop()
        for widget in (self._spinner, self._ways, self._code, self._approval, self._catch):
            widget.hide()
        self._paste.hide()
        self._field.clear()
        self._box.hide()
        self._said.hide()
        self._title.setText(tr("Not connected"))
        self.problem.show_error(error, bank.name)

    def refuse(self, error: Exception) -> None:
        """Say what is wrong with the address that was pasted; the wait goes on."""
        self._box.hide()
        self._catch.refuse()
        self.problem.show_error(error)

    def say_listening(self) -> None:
        """Say that the answer is caught at its address from now on."""
        self._catch.say_listening()

    def _say_instead(self, words: str) -> None:
        """Say what is to be done where the address is not pasted."""
        self.problem.hide()
        self._box.show()
        self._said.setText(words)
        self._open_paste(False)
        self._instead.show()

    def stop(self) -> None:
        """Count no more time."""
        self._timer.stop()
        self.time_changed.emit("")

    def _arrange(self) -> None:
        self._said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(S5, S2, S5, S4)
        column.setSpacing(S3)
        column.addStretch(3)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(self._spinner, 0, middle)
        column.addSpacing(S1)
        column.addWidget(self._title, 0, middle)
        column.addWidget(self._said)
        self._box.setFixedWidth(measures(self).scaled(_BOX))
        column.addWidget(self._approval)
        column.addWidget(self._box, 0, middle)
        column.addWidget(self._code)
        column.addWidget(self.problem)
        self._fill_ways()
        self._fill_paste()
        column.addWidget(self._ways)
        column.addWidget(self._paste)
        column.addWidget(self._catch)
        column.addStretch(4)

    def _fill_ways(self) -> None:
        self._open = QPushButton(tr("Open again"))
        self._open.setObjectName("open-again")
        self._open.setIcon(icon("external", self.palette()))
        self._open.setFont(font(self.font(), Type.BUTTON))
        self._open.setAutoDefault(False)
        self._open.clicked.connect(lambda: self.open_asked.emit(self._show.url))
        self._copy = CopyButton(tr("Copy link"), "copy-link")
        self._instead = Link(tr("Paste the address instead"))
        self._instead.setObjectName("paste-address")
        self._instead.clicked.connect(lambda: self._open_paste(self._paste.isHidden()))
        column = QVBoxLayout(self._ways)
        column.setContentsMargins(0, S1, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(S2)
        row.addStretch(1)
        row.addWidget(self._open)
        row.addWidget(self._copy)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._instead, 0, Qt.AlignmentFlag.AlignHCenter)

    def _fill_paste(self) -> None:
        self._field.setObjectName("pasted-address")
        self._field.setAccessibleName(tr("Address that the browser ended at"))
        self._field.setPlaceholderText(tr("The whole address that the browser ended at"))
        use = QPushButton(tr("Use address"))
        use.setObjectName("use-address")
        use.setAutoDefault(False)
        use.setMinimumHeight(measures(self).dialog_control)
        use.clicked.connect(self._use)
        self._field.returnPressed.connect(self._use)
        row = QHBoxLayout(self._paste)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(S2)
        row.addWidget(self._field, 1)
        row.addWidget(use)

    def _open_paste(self, wanted: bool) -> None:
        self._paste.setVisible(wanted)
        self._spinner.setVisible(moves() and not wanted)
        if wanted:
            self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _use(self) -> None:
        address = self._field.text().strip()
        # It holds the bank's code: it is not left lying on the screen.
        self._field.clear()
        if address:
            self.problem.hide()
            self.pasted.emit(address)

    def _tick(self) -> None:
        left = max(0, self._ends_ms - self._clock.elapsed())
        self.time_changed.emit(clock_left(left) if self._show.seconds else time_left(left))


class Lines(QWidget):
    """Browser opened, waiting for the sign-in, fetch the accounts: nothing moves when one is ticked."""

    def __init__(self) -> None:
        super().__init__()
        self._stand = Stand()
        self._words = _BROWSER
        self.setFixedHeight(3 * measures(self).scaled(S6 + S1) + S2)

    def set_words(self, words: tuple[str, str, str]) -> None:
        """Say these three things."""
        self._words = words

    def set_stand(self, stand: Stand) -> None:
        """Tick what is done."""
        self._stand = stand
        self.setAccessibleName(", ".join(words for words, _, now in self._rows() if now))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - it is small
        """Draw the three lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = (self.height() - S2) / 3
        for number, (words, done, now) in enumerate(self._rows()):
            place = QRectF(0, number * height + S1, self.width(), height)
            self._paint_line(painter, place, words, (done, now))
        painter.end()

    def _rows(self) -> tuple[tuple[str, bool, bool], ...]:
        opened, signed_in = self._stand.opened, self._stand.signed_in
        first, second, third = map(tr, self._words)
        return (
            (first, opened, not opened),
            (second, signed_in, opened and not signed_in),
            (third, False, signed_in),
        )

    def _paint_line(
        self, painter: QPainter, place: QRectF, words: str, stand: tuple[bool, bool]
    ) -> None:
        found, (done, now) = colours(self.palette()), stand
        mark = QRectF(S4 + 2, place.center().y() - _MARK / 2, _MARK, _MARK)
        if done:
            paint_icon(painter, "check", found.credit, mark)
        else:
            dot = mark.adjusted(3, 3, -3, -3)
            painter.setPen(found.accent if now else found.control)
            painter.setBrush(found.accent if now else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(dot)
        painter.setFont(font(self.font(), Type.BUTTON if now else Type.BODY))
        painter.setPen(found.text if done or now else found.second)
        place.setLeft(mark.right() + S3)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)


def _words(bank: Bank, *, far: bool) -> tuple[str, str]:
    """Return the title, and what is to be done at {bank}; `far`: its answer comes to where nothing listens."""
    grant = bank.client.grant
    if grant == DEVICE:
        return (
            tr("Enter the code at your bank"),
            later(
                "Enter it on your phone or any computer.\nSign in at {bank} there and allow reading."
            ),
        )
    if grant == CIBA:
        return (
            tr("Approve on your own device"),
            later("{bank} asks you there.\nAllow reading, and this window continues by itself."),
        )
    if far:
        return (
            tr("Finish in your browser"),
            later(
                "Sign in at {bank} and allow reading.\nThe browser then ends at a page that cannot be opened: copy its whole"
                " address to here."
            ),
        )
    if bank.browses:
        return (
            tr("Finish in your browser"),
            later(
                "Sign in at {bank} and allow reading.\nThen come back here; this window continues by itself."
            ),
        )
    return tr("Connecting"), later(
        "Bankview asks {bank} for access. Nothing is left for you to do."
    )


def clock_left(milliseconds: int) -> str:
    """Return the time that is left, to the second."""
    minutes, seconds = divmod(-(-milliseconds // 1000), 60)
    return tr("Time left {minutes}:{seconds}", minutes=minutes, seconds=f"{seconds:02}")


def time_left(milliseconds: int) -> str:
    """Return the time that is left, in words."""
    minutes = -(-milliseconds // 60_000)
    if minutes <= 1:
        return tr("Less than a minute left")
    return tr_n("{n} minute left", "{n} minutes left", minutes)
