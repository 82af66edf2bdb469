"""What is asked for wrongly is said in one sentence, with the right exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from bankview.__main__ import has_command
from tests.e2e.story import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("argv", "wanted"),
    [
        ([], False),
        (["--demo"], False),
        (["--home", "sync"], False),
        (["--home=sync", "--secrets", "memory"], False),
        (["--home", "T", "sync"], True),
        (["sync", "--home", "T"], True),
        (["--help"], True),
        (["--version"], True),
        (["nonsense"], True),
    ],
)
def test_a_word_that_is_no_flags_value_is_a_command(argv: list[str], wanted: bool) -> None:
    assert has_command(argv) is wanted


def test_nothing_is_imported_before_the_choice() -> None:
    code = "import bankview.__main__, sys; print(*(m for m in sys.modules if m[:8] == 'bankview'))"
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    assert sorted(out.split()) == ["bankview", "bankview.__main__"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "nonsense"),
        (["connect"], "--profile"),
        (["connect", "no-such-bank"], "No bank is called no-such-bank"),
        (["connect", "--profile", "nowhere.toml"], "no such file"),
        (["sync", "nobody"], "No connection is called nobody"),
        (["disconnect", "nobody"], "No connection is called nobody"),
        (["transactions", "--from", "yesterday"], "write one such as 2026-03-01"),
        (["transactions", "--account", "nobody"], "No account is called nobody"),
        (["export"], "--preset"),
        (["export", "--preset", "xlsx"], "spreadsheet, standard"),
        (["api", "nobody", "POST", "accounts"], "only reads"),
        (["token", "somebody", "introspect"], "No connection is called somebody"),
        (["token", "somebody", "frobnicate"], "invalid choice"),
        (["sync", "--secrets", "file"], "--secrets"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_argument_is_said_and_ends_with_2(
    command: Any, arguments: list[str], said: str
) -> None:
    ran = command.raw("--home", str(command.home), "--secrets", "memory", *arguments)
    assert ran.code == 2, ran
    assert said in ran.err
    assert ran.out == ""


def test_a_broken_profile_is_said_with_its_line(command: Any, tmp_path: Path) -> None:
    profile = tmp_path / "mine.toml"
    profile.write_text('id = "mine"\nname = 3\n')
    ran = command("connect", "--profile", str(profile))
    assert ran.code == 2
    assert (
        ran.err
        == f'{profile}, line 2: name has to be a text in quotes: {NAME}. Write name = "My bank"\n'
    )


NAME = "the bank's name as you want to see it"


def test_help_lists_every_command_and_does_not_need_a_home(command: Any) -> None:
    ran = command.raw("--help")
    assert ran.code == 0
    for name in ("banks", "connect", "sync", "export", "doctor", "sandbox"):
        assert f"\n    {name} " in ran.out
    assert not command.home.exists()


def test_banks_are_listed_and_a_broken_profile_hides_none(command: Any) -> None:
    (command.home / "banks").mkdir(parents=True)
    (command.home / "banks" / "broken.toml").write_text("id =")
    ran = command("banks", "--json")
    assert ran.code == 0
    assert len(ran.objects) == 97
    assert next(one for one in ran.objects if one["id"] == "sparebank1") == {
        "id": "sparebank1",
        "name": "SpareBank 1",
        "country": "NO",
        "dialect": "sparebank1",
        "profile": None,
    }
    assert "broken.toml, line 1: This is not TOML" in ran.err


def test_dialects_are_listed_one_a_line(command: Any) -> None:
    listed = command("banks", "--dialects").out.splitlines()
    assert listed == sorted(listed)
    assert {"financefeast", "json", "open-energy", "sparebank1"} <= {*listed}


def test_an_empty_home_has_nothing_and_says_so(command: Any) -> None:
    for name in ("accounts", "connections", "transactions"):
        assert command(name, "--json").objects == []
    ran = command("sync")
    assert (ran.code, ran.out) == (0, "")
    assert "no bank is connected" in ran.err


def test_flags_stand_before_or_after_the_name(command: Any) -> None:
    before = command.raw(*command.flags, "accounts", "--json")
    after = command.raw("accounts", "--json", *command.flags)
    assert before == after
    assert (command.home / "ledger.db").exists()


def test_the_home_may_come_from_the_environment(command: Any) -> None:
    there = type(command)(command.home, {**command.environment, "BANKVIEW_HOME": str(command.home)})
    assert there.raw("accounts", "--json", "--secrets", "passphrase").code == 0
    assert (command.home / "ledger.db").exists()


def test_a_wrong_passphrase_opens_nothing(command: Any) -> None:
    command("accounts")
    stranger = type(command)(command.home, {"BANKVIEW_PASSPHRASE": "guessed"})
    ran = stranger("accounts")
    assert (ran.code, ran.out) == (1, "")
    assert "passphrase does not fit" in ran.err


def test_a_passphrase_is_asked_for_twice_when_it_is_new_and_once_later(command: Any) -> None:
    asked = type(command)(command.home, {})
    assert asked("accounts", given="one\nanother\n").code == 2
    assert not (command.home / "ledger.db").exists()
    assert asked("accounts", given="one long one\none long one\n").code == 0
    assert asked("accounts", given="one long one\n").code == 0


def test_nobody_to_ask_is_said(command: Any) -> None:
    ran = type(command)(command.home, {})("accounts")
    assert ran.code == 2
    assert "nobody to ask" in ran.err


def test_memory_is_refused_where_a_ledger_is(command: Any) -> None:
    command("accounts")
    ran = command.raw("accounts", "--home", str(command.home), "--secrets", "memory")
    assert ran.code == 2
    assert "holds a ledger" in ran.err


def test_a_home_that_cannot_be_written_is_said(command: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = command.raw("accounts", "--home", str(tmp_path / "file" / "home"))
    assert ran.code == 2
    assert "cannot be written" in ran.err


def test_an_error_that_nobody_expected_is_one_sentence_and_a_traceback_in_the_log(
    command: Any,
) -> None:
    code = (
        "import sys, bankview.cli.accounts as one, bankview.cli.main as cli\n"
        "def broken(_): raise LookupError('client_secret=hunter2hunter2')\n"
        "one.run = broken\n"
        "sys.exit(cli.main(sys.argv[1:]))"
    )
    with command.start("accounts", *command.flags, program=("-c", code)) as process:
        _, err = process.communicate(timeout=60)
    log = command.home / "bankview.log"
    assert process.returncode == 1
    assert err == (
        f"Something in Bankview went wrong. Nothing was lost. The details are in {log}.\n"
    )
    assert "LookupError" in log.read_text()
    assert "hunter2" not in log.read_text()


def test_the_doctor_finds_what_is_needed(command: Any) -> None:
    command("accounts")
    ran = command("doctor", "--json")
    assert ran.code == 0, ran
    assert {finding["name"] for finding in ran.objects} == {
        "Keychain",
        "Ledger",
        "Should this computer be lost",
        "Browser",
        "Display",
        "Certificates",
        "Clock",
    }


def test_the_doctor_knows_a_clock_that_is_wrong(command: Any) -> None:
    """R06: what the banks' own answers said is kept, and more than two minutes is a problem."""
    clocks = command.home / "cache" / "clocks.json"
    clocks.parent.mkdir(parents=True)
    for skew, fine in ((119, True), (-121, False)):
        clocks.write_text(json.dumps({"somebank": skew}))
        found = {one["name"]: one for one in command("doctor", "--json").objects}
        assert found["Clock"]["ok"] is fine
    assert "121 seconds from the clock of somebank" in found["Clock"]["found"]


def test_the_doctor_creates_nothing(command: Any) -> None:
    command("doctor")
    assert not (command.home / "ledger.db").exists()
