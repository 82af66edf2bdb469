"""The sandbox starts whole, keeps what it should between two runs, and ends when it is told."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import requests

from bankview.errors import PortBusyError, UsageError
from bankview.sandbox import sparebank1_profile
from bankview.sandbox.listening import Ports
from bankview.sandbox.running import Bank
from bankview.sandbox.wishes import Wishes
from tests.sandbox_process import DEADLINE, ROOT, Person, Sandbox, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROFILES = {written.name for written in sparebank1_profile.PROFILES}
#: The ways that show a certificate, at the port that asks for one.
SHOWN = {written.name for written in sparebank1_profile.PROFILES if written.certificate}


def profile(sandbox: Sandbox, name: str) -> dict[str, Any]:
    return tomllib.loads(sandbox.profile(name).read_text("utf-8"))


def test_everything_is_there_when_it_says_ready(sandbox: Sandbox) -> None:
    found = {path.stem for path in (sandbox.folder / "profiles").glob("sparebank1-*.toml")}
    assert found == PROFILES
    for name in ("ca.pem", "client.pem", "client.key", "books/household.json"):
        assert (sandbox.folder / name).stat().st_size > 0


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_profile_names_itself_its_issuer_and_its_authority(sandbox: Sandbox, name: str) -> None:
    written = profile(sandbox, name)
    assert written["id"] == name
    host = f"https://127.0.0.1:{sandbox.port + 2}" if name in SHOWN else sandbox.issuer
    assert written["api"] == f"{host}/personal/banking"
    assert written["oauth"]["issuer"] == sandbox.issuer
    assert written["oauth"]["insecure_http"] is True
    assert (sandbox.folder / "profiles" / written["tls"]["ca"]).samefile(sandbox.ca)


def test_a_secret_stands_in_an_env_file_and_in_no_profile(sandbox: Sandbox) -> None:
    for way in ("post", "basic", "client-secret-jwt"):
        secret = sandbox.secret(way)
        assert len(secret) > 20
        text = sandbox.profile(f"sparebank1-household-{way}").read_text("utf-8")
        assert secret not in text
    place = sandbox.folder / "profiles"
    oauth = {
        path.stem: tomllib.loads(path.read_text("utf-8"))["oauth"] for path in place.glob("*.toml")
    }
    wanting = {
        name
        for name, said in oauth.items()
        if said.get("client_authentication", "").startswith("client_secret")
        or said.get("grant") == "token"
        or name in {"bunq-household", "gocardless-household"}
    }
    assert {path.stem for path in place.glob("*.env")} == wanting


def test_a_clients_secret_is_the_same_with_each_run(tmp_path: Path) -> None:
    secrets = []
    for _ in range(2):
        with running(tmp_path, "--still") as sandbox:
            env = sandbox.profile("financefeast-household").with_suffix(".env")
            secrets.append(env.read_text("utf-8"))
    assert secrets[0] == secrets[1]
    assert secrets[0].startswith("BANKVIEW_CLIENT_SECRET=")


def test_keys_and_secrets_are_the_owners_alone(sandbox: Sandbox) -> None:
    private = [*sandbox.folder.glob("*.key"), *sandbox.folder.glob("profiles/*.env")]
    assert {path.stat().st_mode & 0o077 for path in private} == {0}


def test_the_books_are_exact_decimals(sandbox: Sandbox) -> None:
    books = sandbox.books()
    account, row = books["accounts"][0], books["transactions"][0]
    assert account.keys() == {"id", "name", "number", "currency", "balance"}
    assert row.keys() == {
        "account", "status", "booked_on", "value_on", "amount", "currency", "description",
    }  # fmt: skip
    assert all(len(r["amount"].partition(".")[2]) == 2 for r in books["transactions"])


def test_balances_are_the_sums_of_the_booked_rows(sandbox: Sandbox) -> None:
    for customer in ("household", "student"):
        books = sandbox.books(customer)
        for account in books["accounts"]:
            own = [row for row in books["transactions"] if row["account"] == account["id"]]
            booked = [row["amount"] for row in own if row["status"] == "booked"]
            whole = sum(int(amount.replace(".", "")) for amount in booked)
            assert whole == int(account["balance"].replace(".", ""))


def test_the_same_folder_and_port_keep_keys_ids_and_grants(tmp_path: Path) -> None:
    with running(tmp_path, "--still") as first:
        token = Person(first).sign_in()
        key = Person(first).get(token, "/accounts/default").json()["key"]
        first.live(5)
        before = {
            name: (tmp_path / name).read_bytes()
            for name in ("ca.pem", "client.key", "books/household.json")
        }
        secret, port = first.secret("post"), first.port
    with running(tmp_path, "--still", "--port", str(port)) as second:
        assert second.issuer == first.issuer
        assert second.secret("post") == secret
        assert {name: (tmp_path / name).read_bytes() for name in before} == before
        person = Person(second)
        assert person.get(token, "/accounts/default").json()["key"] == key
        renewed = person.refresh(token)
        assert renewed.status_code == 200
        assert person.refresh(token).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_well_when_it_is_told(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path, "--still") as sandbox:
        sandbox.process.send_signal(number)
        _, err = sandbox.process.communicate(timeout=DEADLINE)
        assert (sandbox.process.returncode, err) == (0, "")


def test_an_idle_connection_keeps_nobody_waiting(sandbox: Sandbox) -> None:
    with socket.create_connection(("127.0.0.1", sandbox.port)):
        assert sandbox.send("GET", "/.well-known/openid-configuration").status_code == 200


def test_tokens_are_short_where_life_goes_on(tmp_path: Path) -> None:
    with running(tmp_path) as sandbox:
        assert Person(sandbox).sign_in()["expires_in"] == 60


def test_faults_may_be_there_from_the_start(tmp_path: Path) -> None:
    with running(tmp_path, "--still", "--fault", "401-always", "--fault", "no-iss=2") as sandbox:
        faults = sandbox.send("GET", "/_sandbox/faults").json()
        assert faults == {"401-always": None, "no-iss": 2}


def test_rows_are_as_many_as_asked_for(tmp_path: Path) -> None:
    with running(tmp_path, "--still", "--rows", "5000") as sandbox:
        books = sandbox.books()
        assert len(books["transactions"]) == 5000
        assert len(books["accounts"]) == 12
        person = Person(sandbox)
        token = person.sign_in()
        switches = {f"include{kind}Accounts": "true" for kind in ("Currency", "CreditCard")}
        accounts = person.get(token, "/accounts", switches).json()["accounts"]
        asked = [("accountKey", account["key"]) for account in accounts]
        asked += [("fromDate", "2000-01-01")]
        assert len(person.get(token, "/transactions", asked).json()["transactions"]) == 5000


def test_a_wrong_wish_ends_with_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bankview", "sandbox", "--dir", str(tmp_path)]
    said = subprocess.run(
        [*command, "--fault", "gremlins"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert said.returncode == 2
    assert "gremlins" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    """A bank within the test's own process, not open yet."""
    made = Bank(Wishes(folder=tmp_path, still=True), tmp_path)
    yield made
    made.close()


def test_a_port_that_is_taken_is_named(bank: Bank, tmp_path: Path) -> None:
    bank.open()
    port = int(bank.issuer.rpartition(":")[2])
    with pytest.raises(PortBusyError) as caught:
        Bank(Wishes(port=port, still=True), tmp_path / "other").open()
    assert caught.value.port == port


def test_a_closed_bank_listens_no_more(bank: Bank) -> None:
    bank.open()
    bank.close()
    port = int(bank.issuer.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        pass


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("taken")
    with pytest.raises(UsageError, match="cannot be used"):
        Bank(Wishes(), file).open()


def test_all_ports_are_on_this_computer_only() -> None:
    ports = Ports()
    addresses = {listener.socket.getsockname() for listener in ports._listeners}
    ports.close()
    assert addresses == {("127.0.0.1", ports.first + step) for step in range(3)}


def test_the_pages_have_no_api_and_the_api_no_pages(sandbox: Sandbox) -> None:
    pages = f"http://127.0.0.1:{sandbox.port + 1}"
    assert requests.get(f"{pages}/oauth/token", timeout=20).status_code == 404
    assert requests.get(f"{pages}/_sandbox/faults", timeout=20).status_code == 404
    assert sandbox.send("GET", "/oauth/authorize").status_code == 404


def test_what_is_kept_of_tokens_opens_nothing(person: Person) -> None:
    token = person.sign_in()
    kept = (person.sandbox.folder / "state" / "grants.json").read_text("utf-8")
    assert json.loads(kept)
    assert token["access_token"] not in kept
    assert token["refresh_token"] not in kept


#: Waits once for each of the first moments, with a signal in just that one; a moment is a line of Python.
EVERY_MOMENT = """
import signal, sys
from bankview.sandbox import running
running.LOOK = 0.001
for moment in range(1, 60):
    with running.told(signal.SIGTERM) as wait:
        left = moment
        def line(frame, event, argument):
            global left
            left -= 1
            if not left:
                signal.raise_signal(signal.SIGTERM)
            return line
        sys.settrace(line)
        wait()
        sys.settrace(None)
"""


def test_a_signal_is_heard_whenever_it_comes() -> None:
    command = [sys.executable, "-c", EVERY_MOMENT]
    subprocess.run(command, cwd=ROOT, check=True, timeout=DEADLINE)
