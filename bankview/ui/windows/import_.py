"""The dialog that brings a statement file in: what it is read as, into which account, and what would come."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from bankview.errors import FileUnclearError, OtherAccountError
from bankview.store.imports import KNOWN, NEW, UNCERTAIN
from bankview.sync.decisions import SHOWN
from bankview.sync.outcome import counts_text, left_out
from bankview.sync.targets import Chosen
from bankview.ui import import_job
from bankview.ui.import_job import Halt, Look, Wish
from bankview.ui.measures import S2, S3, S5, Type, measures
from bankview.ui.models.transactions import MASK
from bankview.ui.panels.panel import choice
from bankview.ui.widgets.box import BasePane
from bankview.ui.widgets.columns_form import ColumnsForm
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.preview import Preview, PreviewBox
from bankview.ui.widgets.problem import Problem
from bankview.ui.widgets.text import Text
from bankview.words import amount_text, seen, tr

if TYPE_CHECKING:
    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction
    from bankview.sync.home import Home
    from bankview.sync.imports import Plan
    from bankview.ui.sign_in import Runs

_SIZE, _SMALLEST = (820, 600), (640, 560)
#: Milliseconds after the last letter of a name until it counts.
_TYPED = 300
#: The account that the file itself names; one that is to be made.
_NAMED, _NEW = 0, -1


class ImportDialog(QDialog):
    """`brought` carries the wish and what came of it."""

    brought = Signal(object, object)
    _read = Signal(int)

    def __init__(
        self,
        home: Home,
        worker: Runs,
        path: Path | None = None,
        parent: QWidget | None = None,
        *,
        masked: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("import-dialog")
        self.setWindowTitle(tr("Import"))
        self._home, self._worker, self._path, self._masked = home, worker, path, masked
        self._said: tuple[str, ...] = ()
        self._look: Look | None = None
        self._halt = Halt()
        self._file = Text("", Type.STRONG)
        self._choose = QPushButton(tr("Choose a file…"))
        self._choose.setObjectName("choose-file")
        self._choose.setAutoDefault(False)
        self.account = QComboBox()
        self.account.setObjectName("account")
        self.account.setAccessibleName(tr("Account"))
        self.name = QLineEdit()
        self.name.setObjectName("new-account")
        self.name.setAccessibleName(tr("Name of the new account"))
        self.name.setPlaceholderText(tr("Name of the new account"))
        self.currency = QLineEdit()
        self.currency.setObjectName("currency")
        self.currency.setAccessibleName(tr("Currency"))
        self.currency.setPlaceholderText(tr("Currency"))
        self.currency.setMaxLength(3)
        self.columns = ColumnsForm()
        self.preview = Preview()
        self._counted = Text("", wrap=True)
        self._counted.setObjectName("import-counts")
        self.kind = choice("kind", tr("Rows to look at"))
        self.kind.hide()
        self.problem = Problem()
        self.anyway = QCheckBox(tr("Import it into this account all the same"))
        self.anyway.setObjectName("anyway")
        self.anyway.hide()
        self._footer = Footer()
        self._cancel = self._footer.add(tr("Cancel"), "cancel", Where.RejectRole)
        self._bring = self._footer.add(tr("Import"), "bring", Where.AcceptRole, default=True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPED)
        self._arrange()
        self._wire()
        self._show_accounts(())
        self.look()

    def _arrange(self) -> None:
        measure = measures(self)
        form = QFormLayout()
        form.setHorizontalSpacing(S3)
        form.setVerticalSpacing(S3)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(self._label(tr("File"), self._choose), _beside(self._file, self._choose))
        place = _beside(self.account, self.name, self.currency)
        form.addRow(self._label(tr("Account"), self.account), place)
        inside = QVBoxLayout()
        inside.setContentsMargins(S5, S5, S5, S3)
        inside.setSpacing(S3)
        inside.addLayout(form)
        inside.addWidget(self.columns)
        inside.addWidget(PreviewBox(self.preview), 1)
        counted = QHBoxLayout()
        counted.setSpacing(S3)
        counted.addWidget(self._counted, 1)
        counted.addWidget(self.kind, 0, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(counted)
        inside.addWidget(self.problem)
        inside.addWidget(self.anyway)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(BasePane(inside), 1)
        column.addWidget(self._footer)
        self.setMinimumSize(*map(measure.scaled, _SMALLEST))
        self.resize(*map(measure.scaled, _SIZE))

    def _label(self, text: str, buddy: QWidget) -> Text:
        made = Text(text, role="second")
        made.setBuddy(buddy)
        self.columns.align(made)
        return made

    def _wire(self) -> None:
        self._choose.clicked.connect(self._ask)
        self.account.activated.connect(lambda _: self._on_account())
        self.name.textEdited.connect(lambda _: self._typing.start())
        self.currency.textEdited.connect(lambda _: self._typing.start())
        self._typing.timeout.connect(self.look)
        self.columns.corrected.connect(self._correct)
        self.anyway.clicked.connect(lambda _: self.look())
        self.kind.activated.connect(lambda _: self._show_rows())
        self._read.connect(self._on_read)
        self._cancel.clicked.connect(self.reject)
        self._bring.clicked.connect(self.bring)
        self.finished.connect(lambda _: self._forget())

    @property
    def wish(self) -> Wish | None:
        """What the person asks for; None before there is a file."""
        if self._path is None:
            return None
        own = int(self.account.currentData() or _NAMED)
        new = self.name.text().strip() if own == _NEW else ""
        currency = self.currency.text().strip()
        said = (*self._said, f"currency={currency}") if currency and own == _NEW else self._said
        return Wish(self._path, Chosen(max(0, own), new, self.anyway.isChecked()), said)

    def _ask(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Choose a file…"), "", tr("Statements (*)"))
        if path:
            self.take(Path(path))

    def take(self, path: Path) -> None:
        """Look at a file; what was said of the one before counts no more."""
        self._path, self._said = path, ()
        self.account.setCurrentIndex(0)
        self.anyway.setChecked(False)
        self.look()

    def _on_account(self) -> None:
        self.anyway.setChecked(False)
        if self.account.currentData() == _NEW and self._path and not self.name.text():
            self.name.setText(self._path.stem)
        self.look()

    def _correct(self, said: str) -> None:
        name = said.partition("=")[0]
        self._said = (*(one for one in self._said if one.partition("=")[0] != name), said)
        self.look()

    def look(self) -> None:
        """Read the file in the worker, and show what would come."""
        self._forget()
        wish = self.wish
        self._bring.setEnabled(False)
        self.problem.hide()
        self.kind.hide()
        self.name.setVisible(self.account.currentData() == _NEW)
        self.currency.setVisible(self.account.currentData() == _NEW)
        self._file.setText(self._path.name if self._path else "")
        if wish is None:
            self._counted.setText(
                tr(
                    "Choose a file, or let one fall on the window: CSV, OFX, QIF, camt.053 or MT940."
                )
            )
            return
        self._counted.setText(tr("Reading…"))
        self._counted.show()
        halt = self._halt = Halt()
        job = partial(import_job.look, self._home, wish, self._tell, halt)
        self._worker.run(job, partial(self._on_look, halt), self._on_failed)

    def _tell(self, done: int, whole: int) -> None:
        """Pass on how far the reading is; called in the worker."""
        self._read.emit(100 * done // max(1, whole))

    def _on_read(self, percent: int) -> None:
        if self._look is None and percent < 100:
            self._counted.setText(tr("Reading… {n} %", n=percent))

    def _on_look(self, halt: Halt, found: Look) -> None:
        if halt.asked:
            # Another file, or another account, is looked at by now.
            self._worker.run(partial(import_job.drop, self._home, found))
            return
        self._look = found
        self._show_accounts(found.accounts)
        self.columns.show_columns(found.columns)
        self._show_kinds(found.plan)
        self._show_rows()
        self._counted.setText(_counts(found.plan) if found.plan else "")
        self._counted.setVisible(found.plan is not None)
        self._bring.setEnabled(found.plan is not None and found.plan.rows > 0)
        self.problem.setVisible(found.error is not None)
        other = isinstance(found.error, OtherAccountError)
        self.anyway.setVisible(other or found.wish.chosen.anyway)
        if found.error:
            self.problem.show_error(found.error)
            self._help(found)

    def _help(self, found: Look) -> None:
        """Choose what follows from a question, where one thing alone does: a file of no known account makes one."""
        error = found.error
        unknown = isinstance(error, FileUnclearError) and error.what == "account"
        if unknown and not found.accounts and self.account.currentData() == _NAMED:
            self.account.setCurrentIndex(self.account.findData(_NEW))
            self.name.setText(found.wish.path.stem)
            self.look()

    def _show_accounts(self, accounts: tuple[Account, ...]) -> None:
        chosen = self.account.currentData()
        self.account.clear()
        self.account.addItem(tr("As the file says"), _NAMED)
        for one in accounts:
            self.account.addItem(seen(one.label), one.id)
        self.account.addItem(tr("A new account"), _NEW)
        self.account.setCurrentIndex(max(0, self.account.findData(chosen)))

    def _show_kinds(self, plan: Plan | None) -> None:
        """Let the person look at what is new, known or uncertain alone, where there is more than one of them."""
        counts = {NEW: plan.new, KNOWN: plan.known, UNCERTAIN: plan.uncertain} if plan else {}
        shown = {one.state for one in plan.shown} if plan else set[str]()
        self.kind.clear()
        self.kind.addItem(tr("All rows"), "")
        for kind, name in _names().items():
            if kind in shown:
                self.kind.addItem(f"{name} ({counts[kind]})", kind)
        self.kind.setVisible(len(shown) > 1)

    def _show_rows(self) -> None:
        found, kind = self._look, self.kind.currentData()
        if found is None:
            return
        head = f"{tr('Date'):<10}  {tr('Amount'):>14}  {tr('Description')}"
        if found.plan is None or self.kind.isHidden():
            lines = [head, *map(self._line, found.rows)]
        else:
            names = _names()
            wide = max(map(len, (tr("Status"), *names.values())))
            rows = [one for one in found.plan.shown if kind in {"", one.state}][:SHOWN]
            told = ((names[one.state], self._line(one.row)) for one in rows)
            lines = [f"{state:<{wide}}  {text}" for state, text in ((tr("Status"), head), *told)]
        self.preview.show_text("\n".join(lines))

    def _line(self, row: Transaction) -> str:
        amount = MASK if self._masked else amount_text(row.amount)
        payee = "" if row.payee in row.description else row.payee
        said = filter(None, (payee, row.description, row.reference, row.bank_id))
        return f"{row.booked_on.isoformat()}  {amount:>14}  {' · '.join(said)}"

    def bring(self) -> None:
        """Bring the rows in, and close when they are there."""
        found, self._look = self._look, None
        if found is None or found.plan is None:
            self._look = found
            return
        self._bring.setEnabled(False)
        self._bring.setText(tr("Importing…"))

        def done(plan: object) -> None:
            self.brought.emit(found.wish, plan)
            self.accept()

        job = partial(import_job.bring, self._home, found, self._halt)
        self._worker.run(job, done, self._on_failed)

    def _forget(self) -> None:
        """Stop reading, and drop what was read and is not brought in."""
        self._halt.asked = True
        found, self._look = self._look, None
        if found and found.plan:
            self._worker.run(partial(import_job.drop, self._home, found))

    def _on_failed(self, error: Exception) -> None:
        self._bring.setText(tr("Import"))
        self._counted.setText("")
        self.problem.show_error(error)


def _names() -> dict[str, str]:
    """Return what rows of each kind are called."""
    return {NEW: tr("New"), KNOWN: tr("Known"), UNCERTAIN: tr("Uncertain")}


def _counts(plan: Plan) -> str:
    """Return what would come, in words."""
    said = [counts_text(plan) + "."]
    if plan.uncertain:
        said.append(tr("Uncertain rows come in, and each asks whether it is the same as another."))
    said += left_out(plan)
    return " ".join(said)


def _beside(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(S2)
    for widget in widgets:
        row.addWidget(widget, int(not isinstance(widget, QPushButton)))
    return row
