"""The dialog that takes rows away as a file: which kind, which rows, and its first lines as they will be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bankview.export.presets import PRESETS, Preset
from bankview.store.view import Filter
from bankview.ui import export_job
from bankview.ui.export_job import Look, Wish
from bankview.ui.icons import icon
from bankview.ui.masking import hidden_columns
from bankview.ui.measures import S1, S2, S3, S5, Type, measures
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.box import BasePane
from bankview.ui.widgets.choosing import follow_selection
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.preset_list import LAST, NAME, PresetDelegate, preset_title
from bankview.ui.widgets.preview import Preview, PreviewBox
from bankview.ui.widgets.problem import Problem
from bankview.ui.widgets.text import Picture, Text
from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from bankview.sync.home import Home
    from bankview.ui.sign_in import Runs

_SIZE, _SMALLEST, _PRESETS = (1000, 692), (760, 520), 208


@dataclass(frozen=True, slots=True)
class Shown:
    """What the window shows now: its filter, that filter in words, and what to call the file after."""

    filter: Filter
    words: str
    account: str
    #: Whether amounts are hidden.
    masked: bool = False


class ExportDialog(QDialog):
    """`saved` carries the number of rows and the path, for the window to say; `copied` the number of rows."""

    saved = Signal(int, str)
    copied = Signal(int)

    def __init__(
        self, home: Home, worker: Runs, shown: Shown, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("export-dialog")
        self.setWindowTitle(tr("Export"))
        self._home, self._worker, self._shown = home, worker, shown
        self._settings = home.settings
        self._look: Look | None = None
        self.presets = self._make_presets()
        self._title, self._about = Text("", Type.TITLE), Text("", role="second")
        self.rows = self._make_rows()
        self.pending = QCheckBox(tr("Include pending rows"))
        self.pending.setObjectName("include-pending")
        self.pending.setChecked(self._settings.include_pending)
        self.preview = Preview()
        self._first = Text("", Type.SMALL, "second")
        self._counted, self._opens, self._guard = (Text(wrap=True) for _ in range(3))
        self.problem = Problem()
        self._footer = Footer()
        self._copy = self._footer.add(tr("Copy"), "copy", Where.ActionRole)
        self._copy.setIcon(icon("copy", self.palette()))
        self._cancel = self._footer.add(tr("Cancel"), "cancel", Where.RejectRole)
        self._save = self._footer.add(tr("Save file…"), "save", Where.AcceptRole, default=True)
        self._arrange()
        self._wire()
        self._update()

    @property
    def wish(self) -> Wish:
        """What the person asks for."""
        everything = self.rows.currentIndex() == 1
        filter_ = Filter() if everything else self._shown.filter
        return Wish(self._preset.name, filter_, self.pending.isChecked())

    @property
    def _preset(self) -> Preset:
        item = self.presets.currentItem()
        return PRESETS[item.data(NAME)]

    def _make_presets(self) -> QListWidget:
        view = QListWidget()
        view.setObjectName("presets")
        view.setAccessibleName(tr("Kind of file"))
        view.setFrameShape(QListWidget.Shape.NoFrame)
        view.viewport().setAutoFillBackground(False)
        view.setItemDelegate(PresetDelegate(view))
        for preset in PRESETS.values():
            item = QListWidgetItem(preset_title(preset))
            item.setData(NAME, preset.name)
            item.setData(LAST, preset.name == self._settings.export_preset)
            view.addItem(item)
        names = list(PRESETS)
        last = self._settings.export_preset
        view.setCurrentRow(names.index(last) if last in names else 0)
        follow_selection(view)
        return view

    def _make_rows(self) -> QComboBox:
        box = QComboBox()
        box.setObjectName("rows")
        box.addItem(tr("As shown now: {words}", words=self._shown.words))
        box.addItem(tr("Every account that is not hidden, every row"))
        box.setMinimumWidth(measures(self).scaled(476))
        return box

    def _arrange(self) -> None:
        measure = measures(self)
        left = QVBoxLayout()
        left.setContentsMargins(S2, S3, S2, S3)
        left.addWidget(self.presets)
        side = QWidget()
        side.setLayout(left)
        side.setFixedWidth(measure.scaled(_PRESETS))
        panes = QHBoxLayout()
        panes.setContentsMargins(0, 0, 0, 0)
        panes.setSpacing(0)
        panes.addWidget(side)
        panes.addWidget(BasePane(self._page()), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(panes, 1)
        column.addWidget(self._footer)
        self.setMinimumSize(*map(measure.scaled, _SMALLEST))
        self.resize(*map(measure.scaled, _SIZE))

    def _page(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(S5, S5 - S1, S5, S3)
        column.setSpacing(S3)
        head = QHBoxLayout()
        head.setSpacing(S3)
        head.addWidget(self._title)
        head.addWidget(self._about, 1)
        column.addLayout(head)
        form = QFormLayout()
        form.setHorizontalSpacing(S5 + S2)
        form.setVerticalSpacing(S3)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        label = Text(tr("Rows"), role="second")
        label.setBuddy(self.rows)
        form.addRow(label, self.rows)
        form.addRow("", self.pending)
        column.addLayout(form)
        column.addSpacing(S2)
        title = QHBoxLayout()
        title.setSpacing(S2)
        title.addWidget(Text(tr("Preview"), Type.STRONG))
        title.addWidget(self._first, 1)
        column.addLayout(title)
        column.addWidget(PreviewBox(self.preview), 1)
        for name, role, text in (
            ("info", "second", self._counted),
            ("check", "credit", self._opens),
            ("shield", "second", self._guard),
        ):
            column.addWidget(_line(name, role, text))
        column.addWidget(self.problem)
        return column

    def _wire(self) -> None:
        self.presets.currentRowChanged.connect(lambda _: self._update())
        self.rows.currentIndexChanged.connect(lambda _: self._update())
        self.pending.toggled.connect(lambda _: self._update())
        self._cancel.clicked.connect(self.reject)
        self._save.clicked.connect(self._choose)
        self._copy.clicked.connect(self._on_copy)

    def _update(self) -> None:
        preset, wish = self._preset, self.wish
        self._title.setText(preset_title(preset))
        self._about.setText(tr(preset.about))
        self._opens.setText(_opens(preset))
        guarded = self._guard.parentWidget()
        if guarded:
            guarded.setVisible(preset.name == "spreadsheet")
        self._guard.setText(
            tr("A text that begins like a formula gets a leading apostrophe, so that none runs.")
        )
        self._look = None
        self._save.setEnabled(False)

        def done(found: object) -> None:
            if wish == self.wish and isinstance(found, Look):
                self._show(found)

        self._worker.run(lambda: export_job.look(self._home, wish), done, self._on_failed)

    def _show(self, found: Look) -> None:
        self._look = found
        masked = self._shown.masked
        self.preview.show_text(hidden_columns(found.text) if masked else found.text)
        shown = min(found.count, export_job.ROWS)
        self._first.setText(
            tr_n("first {shown} of {n} row", "first {shown} of {n} rows", found.count, shown=shown)
        )
        said = tr_n(
            "{n} transaction, sum {sums}.",
            "{n} transactions, sum {sums}.",
            found.count,
            sums=MASK if masked else found.sums,
        )
        if masked:
            note = tr("Amounts are hidden here; the file and the copy have them.")
            said = f"{said} {note}"
        if found.left_out:
            left_out = tr_n(
                "1 pending row is left out: it may still change.",
                "{n} pending rows are left out: they may still change.",
                found.left_out,
            )
            said = f"{said} {left_out}"
        self._counted.setText(said)
        self._save.setEnabled(True)

    def _choose(self) -> None:
        if self._look is None:
            return
        everything = self.rows.currentIndex() == 1
        account = tr("all accounts") if everything else self._shown.account
        name = export_job.file_name(account, self._look, self._preset.extension)
        dialog = QFileDialog(self, tr("Save file"), self._folder())
        dialog.setObjectName("save-dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self._preset.extension)
        dialog.setNameFilter(tr("CSV files (*.csv)"))
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: self.save_to(Path(path)))
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Write the file in the worker, and close when it is there."""
        self.problem.hide()
        self._busy(True)
        wish = self.wish

        def done(count: object) -> None:
            self.saved.emit(int(str(count)), str(path))
            self.accept()

        self._worker.run(lambda: export_job.save(self._home, wish, path), done, self._on_failed)

    def _on_copy(self) -> None:
        wish, count = self.wish, self._look.count if self._look else 0

        def done(text: object) -> None:
            QGuiApplication.clipboard().setText(str(text))
            self._copy.setText(tr("Copied"))
            self.copied.emit(count)

        self._worker.run(lambda: export_job.text(self._home, wish), done, self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        self._busy(False)
        self.problem.show_error(error)

    def _busy(self, busy: bool) -> None:
        self._save.setText(tr("Saving…") if busy else tr("Save file…"))
        for widget in (self._save, self._copy, self.presets, self.rows, self.pending):
            widget.setEnabled(not busy)

    def _folder(self) -> str:
        last = self._settings.export_folder
        if last and Path(last).is_dir():
            return last
        return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)


def _opens(preset: Preset) -> str:
    if preset.name == "spreadsheet":
        return tr("Opens by double-click on this computer; amounts arrive as numbers.")
    return tr("Every column, ISO dates and exact amounts: the same file on every computer.")


def _line(name: str, role: str, text: Text) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(S2)
    row.addWidget(Picture(name, role))
    row.addWidget(text, 1)
    return made
