"""The dialog of the person's rules: their order, what each says, and what it would change before it does."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from bankview.domain.rule import Rule
from bankview.store import connections, rules, words
from bankview.ui import deeds
from bankview.ui.icons import icon
from bankview.ui.measures import S1, S2, S3, S5, Type, measures
from bankview.ui.pen import listen
from bankview.ui.reading import Lane
from bankview.ui.widgets.box import BasePane
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.problem import Problem
from bankview.ui.widgets.rule_form import Offers, RuleForm
from bankview.ui.widgets.rule_list import RuleList
from bankview.ui.widgets.rule_preview import RulePreview
from bankview.ui.widgets.text import Text
from bankview.words import tr

if TYPE_CHECKING:
    from bankview.store.rules import Preview
    from bankview.sync.home import Home
    from bankview.ui.pen import Pen
    from bankview.ui.worker import Worker

_SIZE, _SMALLEST, _LIST = (960, 660), (760, 520), 264
#: Milliseconds without a key after which a preview is made.
PAUSE = 250
#: The id of a rule that is not kept yet.
NEW = 0


class RulesDialog(QDialog):
    """What is typed stays with its rule while another one is looked at; nothing counts before it is saved."""

    def __init__(
        self,
        home: Home,
        worker: Worker,
        pen: Pen,
        *,
        masked: bool = False,
        chosen: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`chosen` is the id of the rule that is shown first."""
        super().__init__(parent)
        self.setObjectName("rules-dialog")
        self.setWindowTitle(tr("Rules"))
        self._home, self._worker, self._pen = home, worker, pen
        self._rules: tuple[Rule, ...] = ()
        self._drafts: dict[int, Rule] = {}
        self._offers = Offers()
        self._chosen = chosen
        self._lane = Lane(home)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._preview)
        self.list = RuleList()
        self.form = RuleForm()
        self.preview = RulePreview(home.now().astimezone().date(), masked=masked)
        self.problem = Problem()
        self._footer = Footer()
        self.undo = self._footer.add_left(tr("Undo"), "rule-undo")
        self.undo.setEnabled(False)
        self._close = self._footer.add(tr("Close"), "rules-close", Where.RejectRole)
        self.save = self._footer.add(tr("Save rule"), "rule-save", Where.AcceptRole, default=True)
        self._arrange()
        self._wire()
        self._read()

    def _arrange(self) -> None:
        measure = measures(self)
        left = QVBoxLayout()
        left.setContentsMargins(S2, S3, S2, S2)
        left.setSpacing(S2)
        left.addWidget(self.list, 1)
        left.addLayout(self._tools())
        side = QWidget()
        side.setLayout(left)
        side.setFixedWidth(measure.scaled(_LIST))
        page = QVBoxLayout()
        page.setContentsMargins(S5, S5 - S1, S5, S3)
        page.setSpacing(S3)
        page.addWidget(Text(tr("Rules"), Type.TITLE))
        about = tr(
            "Rows that meet all conditions of a rule get its category, its name for the payee, or both."
            " The first rule that gives one counts; what you choose for a row itself goes before all rules."
        )
        page.addWidget(Text(about, role="second", wrap=True))
        page.addSpacing(S1)
        page.addWidget(self.form)
        page.addSpacing(S2)
        page.addWidget(self.preview, 1)
        page.addWidget(self.problem)
        panes = QHBoxLayout()
        panes.setContentsMargins(0, 0, 0, 0)
        panes.setSpacing(0)
        panes.addWidget(side)
        panes.addWidget(BasePane(page), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(panes, 1)
        column.addWidget(self._footer)
        self.setMinimumSize(*map(measure.scaled, _SMALLEST))
        self.resize(*map(measure.scaled, _SIZE))

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(S1)
        self.add = _tool("plus", tr("New rule"), "rule-new", self)
        self.add.setText(tr("New rule"))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.up = _tool("chevron-up", tr("Move up (Alt+↑)"), "rule-up", self)
        self.down = _tool("chevron-down", tr("Move down (Alt+↓)"), "rule-down", self)
        self.remove = _tool("close", tr("Remove the rule (Delete)"), "rule-remove", self)
        row.addWidget(self.add)
        row.addStretch()
        for button in (self.up, self.down, self.remove):
            row.addWidget(button)
        return row

    def _wire(self) -> None:
        self.list.currentItemChanged.connect(lambda *_: self._on_chosen())
        self.list.moved.connect(self._on_moved)
        self.list.removing.connect(self._remove)
        self.add.clicked.connect(self._on_new)
        self.up.clicked.connect(lambda: self.list.move_chosen(-1))
        self.down.clicked.connect(lambda: self.list.move_chosen(1))
        self.remove.clicked.connect(lambda: self._remove(self.list.chosen))
        self.form.changed.connect(self._on_changed)
        self.save.clicked.connect(self._on_save)
        self._close.clicked.connect(self.reject)
        self.undo.clicked.connect(self._pen.undo)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self._pen.undo)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Redo), self, self._pen.redo)
        listen(self, self._pen, self._read, self.undo.setEnabled, self._on_failed)

    # -- the list ----------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._worker.run(partial(_read, self._home), self._show, self._on_failed)

    def _show(self, found: tuple[tuple[Rule, ...], Offers]) -> None:
        before = {rule.id for rule in self._rules}
        self._rules, self._offers = found
        known = {rule.id for rule in self._rules}
        fresh = known - before
        if self._chosen == NEW and NEW not in self._drafts and len(fresh) == 1:
            (self._chosen,) = fresh
        self._drafts = {own: said for own, said in self._drafts.items() if own in {*known, NEW}}
        if not self._rules:
            self._drafts.setdefault(NEW, Rule())
        self.form.offer(self._offers)
        self._show_list()

    def _show_list(self) -> None:
        shown = [self._drafts.get(rule.id, rule) for rule in self._rules]
        new = [self._drafts[NEW]] if NEW in self._drafts else []
        self.list.show_rules([*shown, *new], self._offers, self._chosen)
        self._on_chosen()

    def _on_chosen(self) -> None:
        self._chosen = self.list.chosen
        rule = self._draft()
        if rule and rule != self.form.rule:
            self.form.show_rule(rule)
        for button, place in ((self.up, 0), (self.down, len(self._rules) - 1)):
            button.setEnabled(self._chosen != NEW and self.list.currentRow() != place)
        self._preview()

    def _on_moved(self, order: tuple[int, ...]) -> None:
        kept = [own for own in order if own != NEW]
        if kept != [rule.id for rule in self._rules]:
            # Moved once more before this is written and read, it is compared with what was asked for.
            self._rules = tuple(sorted(self._rules, key=lambda rule: kept.index(rule.id)))
            self._pen.do(deeds.order_rules(kept), name=tr("order of rules"))

    def _on_new(self) -> None:
        self._drafts.setdefault(NEW, Rule())
        self._chosen = NEW
        self._show_list()
        self.form.text.setFocus()

    def _remove(self, rule_id: int | None) -> None:
        if rule_id is None:
            return
        self._drafts.pop(rule_id, None)
        if rule_id == NEW:
            self._chosen = None
            self._show_list()
        else:
            self._pen.do(deeds.remove_rule(rule_id), tr("The rule is gone."), tr("rule"))

    # -- the rule that is chosen -------------------------------------------------------------------------------------

    def _kept(self) -> Rule | None:
        return next((rule for rule in self._rules if rule.id == self._chosen), None)

    def _draft(self) -> Rule | None:
        return self._drafts.get(-1 if self._chosen is None else self._chosen) or self._kept()

    def _on_changed(self) -> None:
        if self._chosen is not None:
            self._drafts[self._chosen] = self.form.rule
            if self.form.rule == self._kept():
                del self._drafts[self._chosen]
            self._pause.start()
            self._tell()

    def _tell(self) -> bool:
        """Say what there is to save, and return whether there is something."""
        problem = self.form.problem
        changed = self.form.rule != self._kept()
        self.save.setEnabled(changed and not problem)
        if problem:
            self.preview.say(problem if changed else "")
        elif not changed:
            self.preview.say(tr("This rule is applied to all rows, and to those that come."))
        return changed and not problem

    def _preview(self) -> None:
        """Look what would change; what runs for an older question is cut short."""
        number = self._lane.take()
        if self._tell():
            rule = self.form.rule
            look = partial(self._lane.run, number, lambda db: rules.preview(db, rule))
            self._worker.run(look, partial(self._on_preview, rule), self._on_failed)

    def _on_preview(self, rule: Rule, found: Preview) -> None:
        if rule == self.form.rule and self._tell():
            self.preview.show_preview(found)

    def done(self, result: int) -> None:
        """Look no further."""
        self._pause.stop()
        self._lane.close()
        super().done(result)

    def _on_save(self) -> None:
        rule = self.form.rule
        self.problem.hide()
        self.save.setEnabled(False)
        self._drafts.pop(rule.id, None)
        self._pen.do(deeds.save_rule(rule), tr("The rule is saved."), tr("rule"))

    def _on_failed(self, error: Exception) -> None:
        self.problem.show_error(error)


def _read(home: Home) -> tuple[tuple[Rule, ...], Offers]:
    with closing(home.database()) as db:
        return rules.rules(db), Offers(connections.accounts(db), words.categories(db))


def _tool(picture: str, words: str, name: str, parent: QWidget) -> QToolButton:
    made = QToolButton()
    made.setObjectName(name)
    made.setAutoRaise(True)
    made.setIcon(icon(picture, parent.palette()))
    made.setToolTip(words)
    made.setAccessibleName(words)
    return made
