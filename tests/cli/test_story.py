"""Every command on a bank that is connected."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bankview.sandbox import visitor
from tests.e2e.story import PASSPHRASE, ROOT, exported

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.story import Bank

ID = "sparebank1-household"
FIELDS = set(
    re.findall(
        r"\w+",
        """
    id account_id status booked_on value_on transacted_on amount currency payee counterparty_account description
    raw_text reference category balance_after original original_currency rate bank_id note tags checked
""",
    )
)


def test_connecting_prints_the_address_then_the_id_and_the_recovery_key_once(
    command: Any, fjordbanken: Bank
) -> None:
    ran = command.connect(fjordbanken.profile())
    assert ran.code == 0, ran
    address, id_ = ran.out.splitlines()
    assert address.startswith("http://127.0.0.1:")
    assert id_ == ID
    assert "recovery key" in ran.err
    assert re.search(r"^([0-9A-Z]{4}-){7}[0-9A-Z]{4}$", ran.err, re.MULTILINE)
    again = command.connect(fjordbanken.profile())
    assert again.out.splitlines()[-1] == ID
    assert "recovery key" not in again.err


def test_an_adopted_bank_is_connected_by_its_id(command: Any, fjordbanken: Bank) -> None:
    command.connect(fjordbanken.profile())
    assert [bank["id"] for bank in command("banks", "--json").objects][-1] == ID


def test_the_address_may_be_pasted(command: Any, fjordbanken: Bank) -> None:
    profile = str(fjordbanken.profile())
    with command.start("connect", "--profile", profile, "--paste", *command.flags) as process:
        address = visitor.answer(process.stdout.readline().strip(), "household")
        out, err = process.communicate(f"{address}\n", timeout=60)
    assert (process.returncode, out) == (0, f"{ID}\n"), err


def test_an_https_redirect_is_pasted_unasked(command: Any, fjordbanken: Bank) -> None:
    profile = str(fjordbanken.profile("sparebank1-household-paste"))
    with command.start("connect", "--profile", profile, *command.flags) as process:
        address = visitor.answer(process.stdout.readline().strip(), "household")
        out, err = process.communicate(f"{address}\n", timeout=60)
    assert (process.returncode, out) == (0, "sparebank1-household-paste\n"), err


def test_a_wrong_address_is_said(command: Any, fjordbanken: Bank) -> None:
    profile = str(fjordbanken.profile())
    ran = command(
        "connect", "--profile", profile, "--paste", given="https://bank.example/?code=1\n"
    )
    assert ran.code == 1
    assert "not the address that the bank sent you to" in ran.err


def test_a_client_secret_comes_from_the_environment(command: Any, fjordbanken: Bank) -> None:
    profile = fjordbanken.profile("sparebank1-household-post")
    name, _, value = profile.with_suffix(".env").read_text().strip().partition("=")
    assert name == "BANKVIEW_CLIENT_SECRET"
    told = type(command)(command.home, {**command.environment, name: value})
    assert told.connect(profile).code == 0
    for path in command.home.rglob("*"):
        assert path.is_dir() or value.encode() not in path.read_bytes()


def test_a_client_secret_is_asked_for_else(command: Any, fjordbanken: Bank) -> None:
    ran = command.connect(fjordbanken.profile("sparebank1-household-post"))
    assert ran.code == 2
    assert "nobody to ask: Client secret" in ran.err


def test_a_browser_that_is_not_there_ends_it(command: Any, fjordbanken: Bank) -> None:
    profile = str(fjordbanken.profile())
    ran = command("connect", "--profile", profile, "--browser", "no-such-browser-anywhere")
    assert ran.code == 1
    assert "No browser could be opened" in ran.err


def test_consent_that_is_denied_ends_with_1(command: Any, fjordbanken: Bank) -> None:
    from tests.e2e.story import App

    profile, browser = str(fjordbanken.profile()), App().as_browser() + " --deny"
    ran = command("connect", "--profile", profile, "--browser", browser)
    assert ran.code == 1
    assert "did not give access" in ran.err
    assert command("connections", "--json").objects == []


def test_an_interrupt_ends_with_130(command: Any, fjordbanken: Bank) -> None:
    profile = str(fjordbanken.profile())
    with command.start("connect", "--profile", profile, "--paste", *command.flags) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err.endswith("Stopped. Nothing was lost.\n")


def test_a_second_sync_brings_nothing_new(online: Any) -> None:
    ran = online("sync", "--json")
    assert ran.code == 0
    assert len(ran.objects) == 4
    assert {item["new"] for item in ran.objects} == {0}
    assert {item["error"] for item in ran.objects} == {None}


def test_what_is_not_due_is_not_fetched(filled: Any) -> None:
    profile = filled.home / "banks" / f"{ID}.toml"
    text = profile.read_text()
    profile.write_text(text.replace("unattended_per_day = 10000", "unattended_per_day = 4"))
    ran = filled("sync", "--scheduled")
    assert (ran.code, ran.out) == (0, f"{ID}: nothing is due yet\n")


def test_a_connection_has_its_state_and_its_quota(filled: Any) -> None:
    (found,) = filled("connections", "--json").objects
    assert (found["id"], found["state"]) == (ID, "ok")
    assert found["consent_ends"].endswith("+00:00")
    # The accounts, and a year of rows by months.
    assert found["calls_last_hour"] == 1 + 13
    assert found["runs_per_day"] == 10000


def test_accounts_have_the_fields_of_the_domain(filled: Any, fjordbanken: Bank) -> None:
    books = json.loads((fjordbanken.folder / "books" / "household.json").read_text())
    found = filled("accounts", "--json").objects
    assert {(one["number"], one["currency"], one["balance"]) for one in found} == {
        (one["number"], one["currency"], one["balance"]) for one in books["accounts"]
    }
    assert "key" not in found[0]


def test_transactions_have_the_fields_of_the_domain(filled: Any) -> None:
    found = filled("transactions", "--json", "--from", "2026-01-01").objects
    assert set(found[0]) == FIELDS
    assert all(re.fullmatch(r"-?\d+\.\d\d", row["amount"]) for row in found)
    assert [row["booked_on"] for row in found] == sorted(row["booked_on"] for row in found)


@pytest.mark.parametrize("column", ["id", "number", "iban", "name"])
def test_an_account_is_named_in_any_way(filled: Any, column: str) -> None:
    account = filled("accounts", "--json").objects[0]
    rows = filled("transactions", "--json", "--account", str(account[column])).objects
    assert rows
    assert {row["account_id"] for row in rows} == {account["id"]}


def test_filters_meet(filled: Any) -> None:
    rows = filled(
        *(
            "transactions",
            "--json",
            "--search",
            "rema",
            "--from",
            "2026-01-01",
            "--to",
            "2026-06-30",
        ),
        *("--status", "booked"),
    ).objects
    assert rows
    for row in rows:
        assert "2026-01-01" <= row["booked_on"] <= "2026-06-30"
        assert row["status"] == "booked"
        assert "rema" in f"{row['payee']} {row['description']}".lower()


def test_the_search_language_says_the_same_as_flags(filled: Any) -> None:
    flags = ("--from", "2026-01-01", "--to", "2026-06-30", "--status", "booked")
    rows = filled("transactions", "--json", *flags).objects
    wanted = [row for row in rows if "rema" in (row["payee"] or row["description"]).lower()]
    search = "payee:rema date:2026-01..2026-06 is:booked"
    assert filled("transactions", "--json", "--search", search).objects == wanted != []
    out = filled("export", "--preset", "standard", "--search", search).out
    assert len(out.splitlines()) == len(wanted) + 1


def test_a_term_that_is_not_understood_is_said_in_a_sentence(filled: Any) -> None:
    ran = filled("transactions", "--search", "date:foo")
    assert ran.code == 2
    assert "`date:foo` is not a date; write date:2026-03" in ran.err
    assert not ran.out


def test_the_export_is_the_banks_books(filled: Any, fjordbanken: Bank, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    ran = filled("export", "--preset", "standard", "-o", str(path))
    rows = exported(path.read_bytes())
    assert sorted(rows) == fjordbanken.books()
    assert ran.err == f"{len(rows)} rows saved to {path}.\n"
    assert filled("export", "--preset", "standard").out.encode() == path.read_bytes().replace(
        b"\r\n", b"\n"
    )


def test_pending_rows_are_exported_when_they_are_asked_for(filled: Any) -> None:
    text = filled("export", "--preset", "standard", "--status", "pending").out
    assert text.count(",pending,") == text.count("\n") - 1 > 0


def test_an_export_that_cannot_be_written_is_said(filled: Any, tmp_path: Path) -> None:
    ran = filled("export", "--preset", "standard", "-o", str(tmp_path / "nowhere" / "out.csv"))
    assert ran.code == 1
    assert "no such folder" in ran.err


def test_presets_are_listed(command: Any) -> None:
    names = {preset["name"] for preset in command("export", "--list", "--json").objects}
    assert names == {"standard", "spreadsheet"}


def test_a_reader_that_has_seen_enough_is_no_error(filled: Any) -> None:
    with filled.start("transactions", "--json", *filled.flags) as process:
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
    assert (process.wait(timeout=60), err) == (0, "")


def test_a_raw_call_prints_what_the_bank_says(online: Any) -> None:
    ran = online("api", ID, "GET", "accounts", "includeCurrencyAccounts=true")
    assert ran.code == 0
    assert json.loads(ran.out)["accounts"]


def test_a_raw_call_that_the_bank_refuses_is_printed_and_ends_with_1(online: Any) -> None:
    ran = online("api", ID, "GET", "accounts/no-such-account")
    assert ran.code == 1
    assert json.loads(ran.out)["errors"]


@pytest.mark.parametrize(
    "path", ["../../oauth/token", "https://evil.example/", "a?b=c", "//evil.example"]
)
def test_a_raw_call_stays_at_the_bank(filled: Any, path: str) -> None:
    ran = filled("api", ID, "GET", path)
    assert (ran.code, ran.out) == (1, "")
    assert "only at the bank's own address" in ran.err


def test_a_disconnected_bank_keeps_its_rows_and_needs_a_sign_in(online: Any) -> None:
    rows = online("transactions", "--json").objects
    assert "its transactions stay" in online("disconnect", ID).out
    assert online("connections", "--json").objects[0]["state"] == "disconnected"
    assert online("transactions", "--json").objects == rows
    ran = online("sync", ID)
    assert ran.code == 3
    assert "sign in again" in ran.err


def test_a_forgotten_bank_leaves_nothing(online: Any) -> None:
    assert "forgotten" in online("disconnect", ID, "--forget").out
    for name in ("connections", "accounts", "transactions"):
        assert online(name, "--json").objects == []


def test_the_http_log_tells_each_exchange_and_no_secret(online: Any, tmp_path: Path) -> None:
    log = tmp_path / "http.log"
    assert online("sync", "--log-http", str(log)).code == 0
    text = log.read_text()
    assert text.count("/personal/banking/transactions") == 1
    for account in online("accounts", "--json").objects:
        assert account["number"] not in text
    assert not re.search(r"[Bb]earer|accountKey=(?!\[hidden\])|access_token", text)
    assert PASSPHRASE not in text


def test_money_is_never_rounded_on_its_way(filled: Any, fjordbanken: Bank) -> None:
    rows = filled("transactions", "--json", "--status", "booked").objects
    assert sum(Decimal(row["amount"]) for row in rows) == sum(
        row.amount for row in fjordbanken.books()
    )


def test_the_installed_module_runs_from_anywhere(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bankview", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith("Bankview ")
