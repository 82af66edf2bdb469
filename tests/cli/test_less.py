"""What the command line says where a bank grants less than was asked for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bankview.cli.connect import _show
from bankview.cli.sync import complain
from bankview.sync.front import Show, Step
from bankview.sync.refresh import Report

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


def test_what_a_service_says_of_one_of_its_banks_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = ("First Federal: Some rows are missing.",)
    complain(Report("simplefin", "SimpleFIN Bridge", told=told), date(2026, 3, 2))
    assert capsys.readouterr().err == f"SimpleFIN Bridge: {told[0]}\n"


def test_what_is_allowed_in_the_banks_own_app_is_said_with_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _show()(Show(Step.APPROVAL, minutes=5, seconds=300, app="Monzo"))
    out, err = capsys.readouterr()
    assert not out
    assert err == "Now open Monzo on your phone and allow access there, within 5 minutes.\n"
