"""What others wrote is text in files, in notices and in the dialogs too."""

from __future__ import annotations

import csv
import io
import re
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtWidgets import QComboBox, QListView, QPlainTextEdit, QPushButton

from bankview.store import connections
from bankview.store.view import Filter
from bankview.ui.bars import bank_bars
from bankview.ui.sign_in import SignIn
from bankview.ui.widgets.chart import Chart
from bankview.ui.windows.connect import ConnectDialog, Offer
from bankview.ui.windows.export import ExportDialog, Shown
from bankview.ui.windows.import_ import ImportDialog
from tests.ui.strange.household import NOON, TEXTS
from tests.ui.strange.test_texts import STEERS, shown

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker

pytestmark = [pytest.mark.window, pytest.mark.usefixtures("styled")]
PATIENCE = 20_000
#: What XML 1.0 §2.2 has no place for.
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def test_a_saved_chart_is_a_picture_and_no_script(
    viewer: Viewer, qtbot: QtBot, tmp_path: Path
) -> None:
    viewer.sidebar.choose(("page", "charts"))
    qtbot.waitUntil(lambda: viewer._worker.idle, timeout=PATIENCE)
    saved = 0
    for number, chart in enumerate(viewer.window.findChildren(Chart)):
        if not chart.count():
            continue
        chart.save(tmp_path / f"{number}.svg")
        written = (tmp_path / f"{number}.svg").read_text("utf-8")
        assert not NO_XML.search(written)
        kinds = {one.tag.rpartition("}")[2] for one in ET.fromstring(written).iter()}
        assert not kinds & {"script", "a", "image", "foreignObject", "b"}
        saved += 1
    assert saved >= 3


def test_the_preview_has_a_line_a_row_and_the_file_every_text(
    home: Home, worker: Worker, qtbot: QtBot, tmp_path: Path
) -> None:
    with closing(home.database()) as db:
        first = next(one for one in connections.accounts(db) if one.name.startswith("markup"))
    dialog = ExportDialog(home, worker, Shown(Filter(account_ids=(first.id,)), "Odd", "Odd"))
    qtbot.addWidget(dialog)
    dialog.show()
    save, preview = (
        dialog.findChild(QPushButton, "save"),
        dialog.findChild(QPlainTextEdit, "preview"),
    )
    assert isinstance(save, QPushButton)
    assert isinstance(preview, QPlainTextEdit)
    qtbot.waitUntil(save.isEnabled, timeout=PATIENCE)
    lines = preview.toPlainText().strip().split("\n")
    assert not [line for line in lines if STEERS.search(line)]
    booked = len(TEXTS) + 6
    assert len(lines) == 1 + booked
    shown(dialog)
    path = tmp_path / "odd.csv"
    dialog.save_to(path)
    qtbot.waitUntil(lambda: path.exists() and not dialog.isVisible(), timeout=PATIENCE)
    read = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    assert {len(row) for row in read} == {len(read[0])}
    assert len(read) == 1 + booked


def test_a_notice_says_a_bank_s_name_as_text(viewer: Viewer) -> None:
    assert viewer._facts
    odd = tuple(
        replace(one, name=text)
        for one in viewer._facts.connections
        if one.consent_ends
        for text in TEXTS.values()
    )
    viewer.attend(bank_bars(odd, (), NOON))
    viewer.notices._show_all()
    bars = viewer.notices.bars()
    assert len(bars) == len(TEXTS)
    for bar in bars:
        assert not STEERS.search(shown(bar).replace("\n", ""))
        assert bar.width() <= viewer.centre.width()


def test_a_profile_s_own_name_is_text_in_the_list_and_on_its_page(
    home: Home, worker: Worker, qtbot: QtBot
) -> None:
    real = home.bank("sparebank1-smn")
    named = {
        name: replace(real, id=f"odd-{number}", name=text)
        for number, (name, text) in enumerate(TEXTS.items())
    }
    dialog = ConnectDialog(
        Offer(tuple(named.values()), (), lambda _: real, "Secret Service"),
        SignIn(home, worker, lambda _: True),
        None,
    )
    qtbot.addWidget(dialog)
    dialog.show()
    view = dialog.findChild(QListView, "banks")
    assert isinstance(view, QListView)
    banks = view.model()
    told = [banks.index(row, 0).data() for row in range(banks.rowCount())]
    assert len(told) >= len(TEXTS)
    assert not [text for text in told if STEERS.search(text)]
    for name in ("markup", "override", "control", "one word", "script"):
        dialog.choose(named[name])
        assert not STEERS.search(shown(dialog).replace("\n", ""))
        assert dialog.minimumSizeHint().width() <= 900
    dialog.reject()


def test_the_import_names_accounts_and_columns_as_they_are(
    home: Home, worker: Worker, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("Date;M&S;Amount\n24.11.2026;Tea;-20,00\n25.11.2026;Coffee;-30,00\n", "utf-8")
    dialog = ImportDialog(home, worker, path)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.account.count() > len(TEXTS), timeout=PATIENCE)
    boxes = dialog.findChildren(QComboBox)
    told = [box.itemText(place) for box in boxes for place in range(box.count())]
    assert {f"ampersand {TEXTS['ampersand']}", "M&S"} <= set(told)
    assert not [text for text in told if STEERS.search(text)]
    dialog.reject()
