"""The settings: shown as they are kept, found by words, applied and remembered at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QStyle, QWidget

from bankview.language import LANGUAGES
from bankview.settings import Settings, changed, load, save
from bankview.ui.choices import Choices
from bankview.ui.style import Look
from bankview.ui.widgets.spinner import Spinner, moves
from bankview.ui.windows.overview import Overview
from bankview.ui.windows.preferences import LOCK, Preferences, settings
from tests.ui.conftest import NOON
from tests.ui.viewing import viewer_over
from tests.ui.wearing import wear

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

pytestmark = pytest.mark.window


@pytest.fixture
def dialog(qtbot: QtBot) -> Preferences:
    made = opened(Settings(), qtbot)
    made.show()
    return made


def opened(kept: Settings, qtbot: QtBot, *, locks: bool = False) -> Preferences:
    made = Preferences(kept, locks=locks, can_lock=True)
    # Closing deletes it.
    qtbot.addWidget(made, before_close_func=lambda _: None)
    return made


@pytest.mark.parametrize("one", settings(), ids=lambda one: one.name)
def test_every_choice_is_one_that_the_file_may_hold(one: Any, qtbot: QtBot) -> None:
    if one.name == LOCK:
        return
    kind = get_type_hints(Settings)[one.name]
    if not one.choices:
        assert kind is bool
        return
    held = get_args(kind) or ("", *LANGUAGES)
    assert {value for value, _ in one.choices} == set(held)
    for value, words in one.choices:
        field = opened(changed(Settings(), **{one.name: value}), qtbot).fields[one.name]
        assert isinstance(field, QComboBox)
        assert field.currentText() == words


def test_what_is_changed_is_said_at_once(dialog: Preferences) -> None:
    heard: list[tuple[str, object]] = []
    dialog.changed.connect(lambda name, value: heard.append((name, value)))
    for name, field in dialog.fields.items():
        if isinstance(field, QComboBox):
            field.setCurrentIndex((field.currentIndex() + 1) % field.count())
        elif name != LOCK:
            field.toggle()
    assert [name for name, _ in heard] == [one.name for one in settings() if one.name != LOCK]
    assert dict(heard)["theme"] == "light"
    assert dict(heard)["background"] is False
    assert dict(heard)["lock_after"] == 30


def test_the_lock_is_asked_for_and_shown_as_it_stands(dialog: Preferences) -> None:
    heard: list[bool] = []
    dialog.lock_asked.connect(heard.append)
    field = dialog.fields[LOCK]
    assert isinstance(field, QCheckBox)
    assert not dialog.fields["lock_after"].isEnabled()
    field.toggle()
    assert heard == [True]
    dialog.show_lock(locks=False)
    assert heard == [True]
    assert not field.isChecked()
    dialog.show_lock(locks=True)
    assert dialog.fields["lock_after"].isEnabled()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lock", {LOCK, "lock_after"}),
        ("DEUTSCH", {"language"}),
        ("amounts start", {"hide_amounts"}),
        ("zzz", set()),
    ],
)
def test_a_search_leaves_what_it_finds(dialog: Preferences, typed: str, found: set[str]) -> None:
    dialog.search.setText(typed)
    assert {name for name, (_, row) in dialog.rows.items() if row.isVisible()} == found
    assert dialog.nothing.isVisible() == (not found)
    dialog.search.clear()
    assert all(row.isVisible() for _, row in dialog.rows.values())


def test_every_field_has_a_name_and_a_sentence(dialog: Preferences) -> None:
    for field in dialog.fields.values():
        assert field.accessibleName()
        assert field.accessibleDescription().endswith(".")


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    before = qapp.style().objectName()
    look = Look()
    wear(qapp, look)
    yield look
    wear(qapp, before)


def test_a_setting_is_applied_and_kept(
    worker: Worker, tmp_path: Path, look: Look, qtbot: QtBot
) -> None:
    path = tmp_path / "settings.json"
    choices = Choices(path, worker)
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    moved = look.styleHint(hint)
    choices.set("reduce_motion", True)
    assert not moves()
    choices.set("reduce_motion", False)
    assert look.styleHint(hint) == moved
    choices.set("pensions", True)
    qtbot.waitUntil(lambda: worker.idle, timeout=20_000)
    assert load(path) == choices.settings == changed(Settings(), pensions=True)


def test_the_window_begins_as_the_person_wants(
    home: Home, worker: Worker, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "settings.json"
    save(path, changed(Settings(), hide_amounts=True, start_page="overview"))
    viewer = viewer_over(home, worker, tmp_path, lambda: NOON, begin=Choices(path, worker).begin)
    qtbot.addWidget(viewer.window)
    qtbot.waitUntil(lambda: viewer.sidebar.choice() == ("page", "overview"), timeout=20_000)
    shown = viewer.stack
    qtbot.waitUntil(lambda: isinstance(shown.currentWidget(), Overview), timeout=20_000)
    assert viewer.masked
    viewer.close_ledger()


def test_the_dialog_opens_without_a_guard(worker: Worker, tmp_path: Path, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    Choices(tmp_path / "settings.json", worker).open(window)
    (dialog,) = window.findChildren(Preferences)
    assert not dialog.fields[LOCK].isEnabled()


def test_what_moves_stands_still_as_soon_as_it_is_asked_to(look: Look, qtbot: QtBot) -> None:
    spinner = Spinner()
    qtbot.addWidget(spinner)
    spinner.show()
    assert spinner.turning
    look.still = True
    qtbot.waitUntil(lambda: not spinner.turning, timeout=20_000)
