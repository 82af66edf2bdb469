"""The main pages as they are meant to look, light and dark; `make golden` takes the pictures anew."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from bankview.ui.colours import SCHEMES
from tests.screenshots import household, pages
from tests.screenshots.looks import Look
from tests.screenshots.stage import LETTERS, Stage
from tests.ui.pictures import MOST, marked, small, unlike

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

pytestmark = pytest.mark.window

KEPT = Path(__file__).with_name("golden")
FAILED = Path(__file__).parents[2] / "build" / "golden"
SIZE = (1200, 720)
PAGES = {
    "transactions": pages.details,
    "overview": pages.overview,
    "charts": pages.charts,
    "recurring": pages.recurring,
}


@pytest.fixture
def stage(drawn: QApplication, tmp_path: Path) -> Iterator[Stage]:
    with (
        closing(household.home(tmp_path / "home")) as home,
        closing(Stage(home, tmp_path)) as made,
    ):
        yield made


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_is_meant_to(name: str, stage: Stage, update_golden: bool) -> None:
    wrong: list[str] = []
    for scheme in SCHEMES[:2]:
        stage.clear()
        stage.dress(Look(scheme, SIZE))
        actual = small(stage.picture(PAGES[name](stage)).toImage())
        if update_golden:
            assert actual.save(str(KEPT / f"{name}-{scheme}.png"), quality=0)
        else:
            wrong += differences(f"{name}-{scheme}", actual)
    assert not wrong, f"{', '.join(wrong)}; the pictures are in {os.path.relpath(FAILED)}"


def differences(name: str, actual: QImage) -> list[str]:
    """Say how a picture differs from the one that is kept, and leave both to be looked at."""
    places = unlike(actual, QImage(str(KEPT / f"{name}.png")))
    if len(places) <= MOST:
        return []
    FAILED.mkdir(parents=True, exist_ok=True)
    assert actual.save(str(FAILED / f"{name}.actual.png"))
    assert marked(actual, places).save(str(FAILED / f"{name}.difference.png"))
    return [f"{name} differs in {len(places)} pixels"]


def drawn(
    words_: str = "Grünerløkka 1 204,50",
    at: float = 10.0,
    line: str = "#E5E7EA",
    ink: str = "#1A1C20",
) -> QImage:
    """Return a picture of a line of words over a hairline; the words begin at `at`."""
    made = QImage(400, 60, QImage.Format.Format_RGB32)
    made.fill(QColor("white"))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(at, 0)
    painter.setFont(QFont(LETTERS, 10))
    painter.setPen(QColor(ink))
    painter.drawText(QPoint(0, 24), words_)
    painter.resetTransform()
    painter.fillRect(QRect(0, 40, 400, 1), QColor(line))
    painter.end()
    return made


def test_the_same_picture_is_alike(qapp: QApplication) -> None:
    assert not unlike(drawn(), drawn())


def test_letters_that_are_smoothed_otherwise_are_alike(qapp: QApplication) -> None:
    assert drawn(at=10.4) != drawn()
    assert len(unlike(drawn(at=10.4), drawn())) <= MOST


@pytest.mark.parametrize(
    "other",
    [
        {"at": 14.0},
        {"words_": "Grünerløkka 1 204,60" * 2},
        {"line": "#FFFFFF"},
        {"ink": "#0A7343"},
    ],
    ids=["moved", "other words", "no line", "another colour"],
)
def test_what_a_person_would_see_is_a_difference(
    qapp: QApplication, other: dict[str, object]
) -> None:
    places = unlike(drawn(**other), drawn())  # type: ignore[arg-type]
    assert len(places) > MOST
    red = marked(drawn(), places).pixelColor(*places[0])
    assert red == QColor(Qt.GlobalColor.red)
