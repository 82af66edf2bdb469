"""The field for one of many banks behind one address: offered once there is a key to ask with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt

from bankview.banks import find_bank
from bankview.errors import ClientRefusedError
from bankview.ui.widgets.choice_field import ChoiceField
from bankview.ui.widgets.field import Field
from bankview.ui.widgets.file_field import FileField
from bankview.ui.widgets.text import Text
from bankview.ui.windows.connect_details import DetailsPage
from tests.ui.dialogs.conftest import child

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.banks import Bank

pytestmark = pytest.mark.window

BANKS = (("NO:DNB", "DNB (NO)"), ("FI:Nordea", "Nordea (FI)"), ("NO:Nordea", "Nordea (NO)"))


class Reads:
    """Remembers what it was asked for, and answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answer: Callable[[Any], None] = print
        self.refuse: Callable[[Exception], None] = print

    def read(self, path: Path, done: Callable[[str], None], _failed: object) -> None:
        done(path.name)

    def look_at(self, *_: object) -> None:
        raise AssertionError("there is no certificate")

    def suggest(
        self,
        _: Bank,
        answers: Mapping[str, str],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.asked.append(dict(answers))
        self.answer, self.refuse = done, failed


@pytest.fixture
def reads() -> Reads:
    return Reads()


@pytest.fixture
def page(reads: Reads, qtbot: QtBot) -> DetailsPage:
    bank = find_bank("enable-banking")
    assert bank
    made = DetailsPage(bank, "vault", reads)
    qtbot.addWidget(made)
    made.show()
    return made


def fill(page: DetailsPage, tmp_path: Path) -> ChoiceField:
    child(page, Field, "client_id").setText("app-1")
    key = child(page, FileField, "oauth.signing_key")
    key.take(tmp_path / "app-1.pem", "-----BEGIN PRIVATE KEY-----")
    return child(page, ChoiceField, "authorization.aspsp")


def test_banks_are_asked_for_once_there_is_a_key(
    page: DetailsPage, reads: Reads, tmp_path: Path
) -> None:
    child(page, Field, "client_id").setText("app-1")
    assert not reads.asked
    choice = fill(page, tmp_path)
    assert [asked["client_id"] for asked in reads.asked] == ["app-1"]
    reads.answer(BANKS)
    before = page.complete
    choice.setCurrentText("Nordea (FI)")
    assert (choice.value, choice.problem) == ("FI:Nordea", "")
    assert (before, page.complete) == (False, True)
    assert len(reads.asked) == 1


def test_a_bank_is_found_by_any_part_of_its_name(
    page: DetailsPage, reads: Reads, tmp_path: Path
) -> None:
    choice = fill(page, tmp_path)
    reads.answer(BANKS)
    completer = choice.completer()
    assert completer is not None
    completer.setCompletionPrefix("nordea")
    found = completer.completionModel()
    names = [found.index(row, 0).data() for row in range(found.rowCount())]
    assert names == ["Nordea (FI)", "Nordea (NO)"]
    assert completer.caseSensitivity() is Qt.CaseSensitivity.CaseInsensitive


def test_another_key_asks_anew_and_what_was_chosen_stays(
    page: DetailsPage, reads: Reads, tmp_path: Path
) -> None:
    choice = fill(page, tmp_path)
    reads.answer(BANKS)
    choice.setCurrentText("DNB (NO)")
    child(page, Field, "client_id").setText("app-2")
    reads.answer(BANKS[:1])
    assert choice.count() == 2
    assert choice.value == "NO:DNB"


def test_a_key_that_is_refused_is_told_beside_the_fields(
    page: DetailsPage, reads: Reads, tmp_path: Path
) -> None:
    fill(page, tmp_path)
    reads.refuse(ClientRefusedError("api.enablebanking.com", "unknown"))
    said = child(page, Text, "field-problem")
    assert said.isVisible()
    assert "Enable Banking" in said.text()
    child(page, Field, "client_id").setText("app-2")
    assert not said.isVisible()


def test_a_key_that_is_typed_is_shown_to_nobody_letter_by_letter(
    reads: Reads, qtbot: QtBot
) -> None:
    bank = find_bank("gocardless")
    assert bank
    made = DetailsPage(bank, "vault", reads)
    qtbot.addWidget(made)
    made.show()
    child(made, Field, "client_id").setText("an-id")
    for key in ("a", "a-", "a-k", "a-key"):
        child(made, Field, "client_secret").setText(key)
    assert not reads.asked
    qtbot.waitUntil(lambda: bool(reads.asked))
    assert [asked["client_secret"] for asked in reads.asked] == ["a-key"]
    reads.answer((("NORDEA_NDEAFIHH:Nordea", "Nordea (FI)"),))
    choice = child(made, ChoiceField, "authorization.institution")
    choice.setCurrentText("Nordea (FI)")
    assert choice.value == "NORDEA_NDEAFIHH:Nordea"
    assert made.complete


def test_who_enters_an_api_key_alone_is_asked_for_no_bank(reads: Reads, qtbot: QtBot) -> None:
    bank = find_bank("bunq")
    assert bank
    made = DetailsPage(bank, "vault", reads)
    qtbot.addWidget(made)
    assert [*made.fields] == ["client_secret"]
    before = made.complete
    child(made, Field, "client_secret").setText("a-key")
    assert (before, made.complete) == (False, True)
    assert not reads.asked
