"""What the command line says where a bank grants less than was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.cli.connect import _show
from bankview.sync.front import Show, Step

if TYPE_CHECKING:
    import pytest


def test_what_was_not_granted_is_said_by_its_type(capsys: pytest.CaptureFixture[str]) -> None:
    show = _show()
    show(Show(Step.FETCHING, lacking=("card_information",)))
    out, err = capsys.readouterr()
    assert not out
    assert "granted less than Bankview asked for: card_information." in err


def test_nothing_is_said_where_everything_was(capsys: pytest.CaptureFixture[str]) -> None:
    _show()(Show(Step.FETCHING))
    assert "granted" not in capsys.readouterr().err
