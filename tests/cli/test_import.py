"""The command that brings in statement files, in this process over a real ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bankview.cli.main import main
from tests.e2e.story import PASSPHRASE

if TYPE_CHECKING:
    from collections.abc import Callable

    #: Runs the command and returns its exit code, what it printed, and what it said beside it.
    Ask = Callable[..., tuple[int, str, str]]

STATEMENTS = Path(__file__).parents[1] / "files" / "statements"


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """The command over a home of its own."""
    monkeypatch.setenv("BANKVIEW_PASSPHRASE", PASSPHRASE)
    flags = ("--home", str(tmp_path / "home"), "--secrets", "passphrase")

    def asked(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, *flags])
        said = capsys.readouterr()
        return code, said.out, said.err

    return asked


def test_a_statement_comes_in_is_known_again_and_goes(ask: Ask) -> None:
    path = str(STATEMENTS / "no-camt02.xml")
    code, _, err = ask("import", path)
    assert (code, "12345678903" in err, "--new" in err) == (1, True, True)
    code, out, err = ask("import", path, "--new", "Brukskonto")
    assert code == 0
    assert out.splitlines()[0] == "Brukskonto: 1 row: 1 new, 0 known, 0 uncertain"
    assert "1 row is not booked yet" in err
    assert "0 new, 1 known" in ask("import", path)[1]
    (row,) = json.loads(ask("transactions", "--json")[1])
    assert (row["amount"], row["counterparty_account"]) == ("-1204.00", "98765432109")
    newest, oldest = json.loads(ask("import", "--list", "--json")[1])
    assert (oldest["new"], newest["known"]) == (1, 1)
    code, out, _ = ask("import", "--undo", str(oldest["id"]))
    assert (code, out) == (0, "Taken back: 1 row is gone.\n")
    assert json.loads(ask("transactions", "--json")[1]) == []


def test_a_preview_says_what_would_come_and_changes_nothing(ask: Ask) -> None:
    code, out, err = ask(
        "import", str(STATEMENTS / "de-sparkasse.csv"), "--new", "Giro", "--preview"
    )
    assert (code, out) == (0, "Giro: 3 rows: 3 new, 0 known, 0 uncertain\n")
    assert "cp1252, day first, decimal comma, date=Buchungstag" in err
    assert json.loads(ask("accounts", "--json")[1]) == []


def test_what_is_not_clear_is_asked_with_the_flag_that_answers_it(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("Date,Text,Amount\n03/04/2026,One,-1.50\n04/05/2026,Two,bad\nthe,end,\n")
    made = (str(path), "--new", "Mine", "--mapping", "currency=GBP", "--json")
    code, _, err = ask("import", *made)
    assert (code, "03/04/2026" in err, "order=dmy" in err) == (1, True, True)
    code, out, err = ask("import", *made, "--mapping", "order=dmy")
    (part,) = json.loads(out)
    assert (code, part["new"], part["unread"]) == (0, 1, 1)
    assert "line 3: bad is no amount" in err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("rows.csv", "--list"),
        ("rows.csv", "--account", "nobody"),
        ("--undo", "7"),
        (str(STATEMENTS / "de-dkb.csv"), "--new", "x", "--mapping", "nonsense=1"),
        (str(STATEMENTS / "de-dkb.csv"), "--new", "x", "--mapping", "amount=Nonsense"),
        (str(STATEMENTS / "de-dkb.csv"), "--new", "x", "--mapping", "order=never"),
        (str(STATEMENTS / "us-ofx1.ofx"), "--new", "x", "--mapping", "order=dmy"),
    ],
    ids=str,
)
def test_a_wrong_use_is_said(ask: Ask, arguments: tuple[str, ...]) -> None:
    code, out, err = ask("import", *arguments)
    assert (code, out) == (2, "")
    assert err


def test_a_file_that_is_not_there_is_said(ask: Ask) -> None:
    code, _, err = ask("import", "nowhere.csv")
    assert (code, "nowhere.csv cannot be read" in err) == (1, True)
