"""The tool bar and the window's menu: which actions there are, what they look like, and which keys ask for them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from bankview.ui.colours import colours
from bankview.ui.icons import icon
from bankview.ui.measures import S1, S2, S3, S4, measures
from bankview.ui.plain import literal
from bankview.ui.widgets.frame import FlatBar
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QMainWindow

    from bankview.domain.connection import Connection


class Command(NamedTuple):
    """One thing to do: its name, its words, its keys, and its picture where it has a button."""

    name: str
    text: str
    keys: str = ""
    picture: str = ""
    words: bool = False
    checkable: bool = False


def _left() -> tuple[Command, ...]:
    return (
        Command("back", tr("Back"), "Alt+Left", "back"),
        Command("forward", tr("Forward"), "Alt+Right", "forward"),
        Command("update", tr("Update all"), "F5", "update", words=True),
    )


def _right() -> tuple[Command, ...]:
    return (
        Command("export", tr("Export…"), "Ctrl+E", "export", words=True),
        Command("hide", tr("Hide amounts"), "Ctrl+Shift+H", "eye", checkable=True),
        Command("panel", tr("Details"), "Ctrl+I", "panel", checkable=True),
    )


def _menu() -> tuple[Command, ...]:
    return (
        Command("connect-menu", tr("Connect a bank…"), "Ctrl+N"),
        Command("import", tr("Import a file…"), "Ctrl+O"),
        Command("keep-account", tr("New account kept by hand…")),
        Command("new-row", tr("New transaction…"), "Ctrl+T"),
        Command("demo", tr("Try with demo data")),
        Command("undo", tr("Undo what you did"), "Ctrl+Z"),
        Command("redo", tr("Redo what you undid"), "Ctrl+Shift+Z"),
        Command("go", tr("Go to…"), "Ctrl+K"),
        Command("find", tr("Search"), "Ctrl+F"),
        Command("pane", tr("Next pane"), "F6"),
        Command("keep", tr("Save this search…"), "Ctrl+S"),
        Command("everything", tr("Clear filters")),
        Command("rules", tr("Rules…"), "Ctrl+Shift+R"),
        Command("suggestions", tr("Suggestions…")),
        Command("settings", tr("Settings…"), "Ctrl+,"),
        Command("capture", tr("Send us what your bank answers…")),
        Command("stored", tr("What is stored where")),
        Command("sync-log", tr("Update log")),
        Command("http-log", tr("HTTP log")),
        Command("keys", tr("Keyboard shortcuts"), "F1"),
        Command("lock", tr("Lock now"), "Ctrl+L"),
        Command("quit", tr("Quit"), "Ctrl+Q"),
    )


class Toolbar(FlatBar):
    """`act` holds every action by its name; `update_one` asks for one bank, `theme` for an appearance."""

    update_one = Signal(str)
    theme = Signal(str)
    #: The menu is about to be shown.
    opening = Signal()
    #: What the icons were drawn for last.
    _dressed: object = None

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(tr("Toolbar"))
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setIconSize(QSize(16, 16))
        self.setFixedHeight(measures(self).toolbar)
        row = self.layout()
        assert row
        spare = measures(self).toolbar - measures(self).dialog_control
        row.setContentsMargins(S2, spare // 2, S3, spare - spare // 2)
        row.setSpacing(S1)
        self.act: dict[str, QAction] = {}
        self._window = window
        self._button(Command("sidebar", tr("Sidebar"), "Ctrl+B", "sidebar"))
        self._gap = self._space()
        for command in _left():
            if command.words:
                self._space().setFixedWidth(S4)
            self._button(command)
        self._space().setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        for command in _right():
            self._button(command)
            if command.words:
                self._space().setFixedWidth(S2)
        self.banks = self._split("update")
        self._live: Sequence[Connection] | None = None
        self.takes = self._split("export")
        #: What can be done with what is chosen; filled as the menu opens.
        self.chosen = QMenu(window)
        self._menu_button = self._window_menu()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_menu_button"):
            self.dress()
        super().changeEvent(event)

    def align(self, left: int) -> None:
        """Let what belongs to the centre pane begin at its edge, `left` pixels from the window's."""
        own = S2 + measures(self).dialog_control + 2 * S1
        self._gap.setFixedWidth(max(S4, left + 1 + S2 - own))

    def show_banks(self, live: Sequence[Connection]) -> None:
        """Offer to update each bank alone."""
        if live == self._live:
            return
        self._live = live
        self.banks.clear()
        self.banks.addAction(self.act["update"])
        self.banks.addSeparator()
        for connection in live:
            action = self.banks.addAction(literal(connection.name))
            action.triggered.connect(partial(self.update_one.emit, connection.id))

    def show_theme(self, theme: str) -> None:
        """Tick the appearance that is on."""
        found = self._window.findChild(QAction, f"theme-{theme}")
        if found:
            found.setChecked(True)

    def dress(self) -> None:
        """Draw the icons in the palette's colours; what is on shows it."""
        found = colours(self.palette())
        pictures = {
            name: (action.property("picture"), action.isCheckable() and action.isChecked())
            for name, action in self.act.items()
            if action.property("picture")
        }
        if self._dressed == (found, pictures):
            return
        self._dressed = found, pictures
        for name, (picture, chosen) in pictures.items():
            ink = found.chosen().link if chosen else None
            self.act[name].setIcon(icon(picture, self.palette(), ink))
        self._menu_button.setIcon(icon("menu", self.palette()))

    def show_masked(self, *, masked: bool) -> None:
        """Show whether amounts are hidden."""
        self.act["hide"].setProperty("picture", "eye-off" if masked else "eye")
        self.dress()

    def _space(self) -> QWidget:
        space = QWidget()
        self.addWidget(space)
        return space

    def _action(self, command: Command) -> QAction:
        action = QAction(command.text, self._window)
        action.setIconText(command.text)
        action.setShortcut(QKeySequence(command.keys))
        action.setCheckable(command.checkable)
        self.act[command.name] = action
        return action

    def _button(self, command: Command) -> None:
        action = self._action(command)
        action.setProperty("picture", command.picture)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{command.text} ({keys})")
        self.addAction(action)
        button = self.widgetForAction(action)
        assert isinstance(button, QToolButton)
        button.setObjectName(command.name)
        button.setAccessibleName(command.text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        style = Qt.ToolButtonStyle
        button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if command.words else style.ToolButtonIconOnly
        )

    def _split(self, name: str) -> QMenu:
        button = self.widgetForAction(self.act[name])
        assert isinstance(button, QToolButton)
        menu = QMenu(button)
        menu.addAction(self.act[name])
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        return menu

    def _window_menu(self) -> QToolButton:
        menu = QMenu(self._window)
        for command in _menu():
            action = self._action(command)
            self._window.addAction(action)
            menu.addAction(action)
        menu.insertMenu(self.act["keys"], self._themes())
        menu.insertMenu(self.act["go"], self.chosen)
        menu.aboutToShow.connect(self.opening)
        menu.insertSeparator(self.act["go"])
        menu.insertSeparator(self.act["quit"])
        button = QToolButton()
        button.setObjectName("menu")
        button.setAccessibleName(tr("Menu"))
        button.setToolTip(tr("Menu"))
        button.setAutoRaise(True)
        # A screen reader finds the menu of a split button only.
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        button.clicked.connect(lambda: menu.popup(button.mapToGlobal(button.rect().bottomLeft())))
        self.addWidget(button)
        return button

    def _themes(self) -> QMenu:
        menu = QMenu(tr("Appearance"), self._window)
        group = QActionGroup(menu)
        for theme, text in (
            ("system", tr("As the system")),
            ("light", tr("Light")),
            ("dark", tr("Dark")),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setObjectName(f"theme-{theme}")
            action.triggered.connect(partial(self.theme.emit, theme))
            group.addAction(action)
        return menu
