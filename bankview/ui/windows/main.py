"""The main window's frame: painted before what it shows is imported, so that it stands at once."""

from __future__ import annotations

from PySide6.QtCore import (
    QByteArray,
    QCoreApplication,
    QDeadlineTimer,
    QEventLoop,
    QSettings,
    Signal,
)
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow

#: The version of the window's layout; another one is not restored.
LAYOUT = 2
#: Milliseconds after which a screen that shows nothing is waited for no longer.
PATIENCE = 250


class MainWindow(QMainWindow):
    """An empty window of the size that it had last."""

    closed = Signal()
    resized = Signal()
    escaped = Signal()
    #: A file was let fall on the window.
    dropped = Signal(str)
    _painted = False

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self.settings = settings
        self.setObjectName("main-window")
        self.setWindowTitle("Bankview")
        self.setMinimumSize(760, 480)
        self.setAcceptDrops(True)
        if not self.restoreGeometry(self.kept("geometry")):
            self.resize(1280, 800)

    def kept(self, name: str) -> QByteArray:
        """Return what was kept of this layout; nothing where there is none."""
        value = self.settings.value(name)
        ours = self.settings.value("layout", 0, int) == LAYOUT
        return value if ours and isinstance(value, QByteArray) else QByteArray()

    def paint(self) -> None:
        """Show the window, and return when it is on the screen."""
        self.show()
        left = QDeadlineTimer(PATIENCE)
        while not self._painted and not left.hasExpired():
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the window in its last colour until there is something to show; colours are loaded after this."""
        super().paintEvent(event)
        ground = self.settings.value("ground")
        if ground and self.centralWidget() is None:
            painter = QPainter(self)
            painter.fillRect(self.rect(), QColor(str(ground)))
            painter.end()
        self._painted = True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.resized.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        from PySide6.QtCore import Qt  # noqa: PLC0415 - its many names take longer than the frame

        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.dropped.emit(url.toLocalFile())

    def closeEvent(self, event: QCloseEvent) -> None:
        self.settings.setValue("layout", LAYOUT)
        self.settings.setValue("geometry", self.saveGeometry())
        self.settings.setValue("ground", self.palette().window().color().name())
        super().closeEvent(event)
        self.closed.emit()
