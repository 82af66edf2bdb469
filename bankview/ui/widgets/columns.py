"""Which columns a table shows, in which order: what the person chose, as far as there is room."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu

from bankview.ui.models.transactions import BESIDE, USUAL, Column, title

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QTableView

    from bankview.ui.models.transactions import TransactionsModel

#: Pixels that payees keep: other columns give way before, the last one first.
LEAST_PAYEE = 150
#: Pixels that they keep beside the usual columns: where amounts are as long as those of no person, these give way too.
LEAST_BESIDE_USUAL = 100
#: The usual columns that do, the first one first.
YIELDING = (Column.BALANCE, Column.CATEGORY)
#: Columns that stay.
ALWAYS = frozenset({Column.PAYEE, Column.AMOUNT})


class Columns(QObject):
    """Knows what is chosen, by kind of view; a menu on the header chooses, and its heads are moved by the mouse."""

    #: Other columns are wanted, or in another order.
    changed = Signal()

    def __init__(self, table: QTableView, rows: TransactionsModel) -> None:
        super().__init__(table)
        self._table, self._rows, self._header = table, rows, table.horizontalHeader()
        self._settings: QSettings | None = None
        self._kind = ""
        self._quiet = False
        self._lacking: frozenset[Column] = frozenset()
        self._widths: dict[Column, int] = {}
        self.chosen: tuple[Column, ...] = USUAL
        self._shown: list[Column] = []
        self._header.setSectionsMovable(True)
        self._header.setFirstSectionMovable(True)
        self._header.sectionMoved.connect(self._on_moved)
        self._header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._header.customContextMenuRequested.connect(self._open_menu)
        table.viewport().installEventFilter(self)

    def remember(self, settings: QSettings) -> None:
        """Keep what is chosen here from now on."""
        self._settings = settings

    def set_kind(self, kind: str) -> None:
        """Show what was chosen for a kind of view: all accounts, a bank, or one account."""
        if kind != self._kind:
            self._kind = kind
            kept = self._settings.value(f"columns/{kind}") if self._settings else None
            self._take(_read(kept))

    def choose(self, columns: Sequence[Column]) -> None:
        """Show these columns, in this order, and remember them."""
        self._take(columns)
        self._keep()

    def leave_out(self, lacking: Collection[Column]) -> None:
        """Leave out columns that there is no room for, or nothing to show in."""
        self._lacking = frozenset(lacking)
        self.arrange()

    def menu(self) -> QMenu:
        """Return the menu with a tick at each column that is chosen."""
        made = QMenu(self._header)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column in Column:
            action = made.addAction(title(column))
            action.setCheckable(True)
            action.setChecked(column in self.chosen)
            action.setEnabled(column not in ALWAYS)
            action.setData(column)
            action.toggled.connect(lambda on, column=column: self._toggle(column, on=on))
        return made

    def _open_menu(self, place: QPoint) -> None:
        self.menu().popup(self._header.mapToGlobal(place))

    def _toggle(self, column: Column, *, on: bool) -> None:
        rest = [one for one in self.chosen if one is not column]
        self.choose([*rest, column] if on else rest)

    def _take(self, columns: Sequence[Column]) -> None:
        self.chosen = tuple(columns)
        self._quiet = True
        rest = [column for column in Column if column not in columns]
        for place, column in enumerate([*columns, *rest]):
            self._header.moveSection(self._header.visualIndex(column), place)
        self._quiet = False
        self.arrange()
        self.changed.emit()

    def _on_moved(self, *_: int) -> None:
        if not self._quiet:
            order = [Column(self._header.logicalIndex(place)) for place in range(len(Column))]
            self.chosen = tuple(column for column in order if column in self.chosen)
            self._keep()
            self._table.viewport().update()

    def _keep(self) -> None:
        if self._settings:
            names = [column.name.lower() for column in self.chosen]
            self._settings.setValue(f"columns/{self._kind}", json.dumps(names))

    def widen(self, column: Column, width: int) -> None:
        """Make a column so wide, whether it is shown or not."""
        if self._widths.get(column) != width:
            self._widths[column] = width
            self._table.setColumnWidth(column, width)

    def arrange(self) -> None:
        """Show what is chosen as far as payees keep their room; what a person added gives way first, the last first."""
        shown = [column for column in self.chosen if column not in self._lacking]
        added = [column for column in reversed(shown) if column not in USUAL]
        self._yield(shown, added, LEAST_PAYEE)
        usual = [column for column in YIELDING if column in shown]
        self._yield(shown, usual, LEAST_BESIDE_USUAL)
        self._rows.wants_more = any(column in BESIDE for column in self.chosen)
        if shown == self._shown:
            return
        self._shown = shown
        for column in Column:
            # Each change lays the whole table out.
            if self._header.isSectionHidden(column) is (column in shown):
                self._header.setSectionHidden(column, column not in shown)

    def _yield(self, shown: list[Column], yielding: Sequence[Column], least: int) -> None:
        """Take columns from those that are shown, until payees have their room."""
        room = self._table.viewport().width() - least
        for column in yielding:
            others = (self._widths.get(one, 0) for one in shown if one is not Column.PAYEE)
            if sum(others) <= room:
                break
            shown.remove(column)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        """Arrange the columns anew in another width."""
        if event.type() == QEvent.Type.Resize:
            self.arrange()
        return False


def _read(kept: object) -> tuple[Column, ...]:
    """Return the columns that were kept; the usual ones where that is nothing of ours."""
    try:
        names = json.loads(kept) if isinstance(kept, str) else []
        found = dict.fromkeys(Column[name.upper()] for name in names)
    except (ValueError, KeyError, AttributeError):
        return USUAL
    return tuple(found) if found.keys() >= ALWAYS else USUAL
