"""A walk by every way that the invented bank knows, on the command line: connect, fetch, renew, ask, revoke, leave."""

from __future__ import annotations

import io
import json
import re
import shlex
import sys
import threading
import tomllib
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any

import pytest

from bankview.cli.main import main
from bankview.oauth import jwt_bearer, token_exchange
from bankview.sandbox.sparebank1_profile import PROFILES
from bankview.sandbox.visitor import answer, visit
from tests.e2e.story import Bank, exported, light_home, surroundings
from tests.sandbox_process import Person, Sandbox, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bankview.sandbox.sparebank1_profile import Profile

#: An address that a browser can open and that has everything in it.
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S+\?[^\s,]+")
ROWS = "60"
#: Starts, says nothing, and ends.
NO_BROWSER = shlex.join([sys.executable, "-SE", "-c", ""])
#: The grant types by which the next token comes as the first one did.
ANEW = {
    "client_credentials": "client_credentials",
    "jwt_bearer": jwt_bearer.GRANT,
    "token_exchange": token_exchange.GRANT,
}


class Customer:
    """Whoever sits before the screen: opens the first address on it, or types where that led."""

    def __init__(self, name: str, *, types: bool) -> None:
        self._name, self._types, self._address = name, types, ""

    def see(self, text: str) -> None:
        """Open an address, once, in a browser that goes its own way."""
        found = _ADDRESS.search(text)
        if found and not self._address:
            self._address = found[0]
            if not self._types:
                threading.Thread(target=visit, args=(self._address, self._name)).start()

    def readline(self) -> str:
        """Type the address that the browser ended at."""
        return answer(self._address, self._name) + "\n"


class Screen(io.StringIO):
    """What a command says, read by a customer."""

    def __init__(self, customer: Customer) -> None:
        super().__init__()
        self._customer = customer

    def write(self, text: str) -> int:
        self._customer.see(text)
        return super().write(text)


class Walker:
    """The command line in this process, with a home of its own and what the way's .env file says."""

    def __init__(
        self, sandbox: Sandbox, profile: Profile, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.sandbox, self.profile, self._monkeypatch = sandbox, profile, monkeypatch
        self._flags = ("--home", str(light_home(home)), "--secrets", "passphrase")
        text = sandbox.profile(profile.name).read_text("utf-8")
        self.oauth: dict[str, Any] = tomllib.loads(text)["oauth"]
        for name, value in surroundings(home).items():
            self.give(name, value)

    def give(self, name: str, value: str) -> None:
        """Put something into the environment."""
        self._monkeypatch.setenv(name, value)

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command, and return what it printed."""
        types = str(self.oauth["redirect_uri"]).startswith("https:")
        customer = Customer(self.profile.customer, types=types)
        out, err = Screen(customer), Screen(customer)
        self._monkeypatch.setattr(sys, "stdin", customer)
        with redirect_stdout(out), redirect_stderr(err):
            ended = main([*arguments, *self._flags])
        said = out.getvalue()
        assert ended == code, f"{arguments} ended with {ended}:\n{said}{err.getvalue()}"
        return said

    def connect(self, name: str) -> None:
        """Sign in by the profile of a name."""
        path = self.sandbox.profile(name)
        if path.with_suffix(".env").exists():
            given, _, value = path.with_suffix(".env").read_text("utf-8").strip().partition("=")
            self.give(given, value)
        said = self.run("connect", "--profile", str(path), "--browser", NO_BROWSER)
        assert said.split()[-1] == name

    def one(self, what: str) -> dict[str, Any]:
        """Return the one object that the bank answers with."""
        (found,) = json.loads(self.run("token", self.profile.name, what, "--json"))
        assert isinstance(found, dict)
        return found

    @property
    def subject(self) -> str:
        """The connection whose token is exchanged, or "env"."""
        return str(self.oauth.get("exchange", {}).get("subject_token_from", ""))

    @property
    def is_held(self) -> bool:
        """Whether a token is exchanged that the person holds, and that nobody renews."""
        return self.subject == "env"

    @property
    def is_anew(self) -> bool:
        """Whether the client asks for its next token as it did for the first, and nobody can take that from it."""
        return self.next_grant != "refresh_token"

    def granted(self) -> list[str]:
        """Return the grant types of the token requests since the last reset that brought one."""
        calls = self.sandbox.calls("/oauth/token")
        return [call["grant_type"] for call in calls if call["status"] == 200]

    @property
    def next_grant(self) -> str:
        """The grant type by which the next token comes."""
        grant: str = self.oauth["grant"]
        return grant if grant.startswith("urn:") else ANEW.get(grant, "refresh_token")


@pytest.fixture(scope="module")
def one_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox"), "--still", "--rows", ROWS) as sandbox:
        yield sandbox


@pytest.fixture
def walker(
    one_sandbox: Sandbox, profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Walker:
    one_sandbox.reset()
    return Walker(one_sandbox, profile, tmp_path / "T", monkeypatch)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_a_profile_goes_all_the_way(
    walker: Walker, profile: Profile, tmp_path: Path, expect_warning: Callable[[str], None]
) -> None:
    sign_in(walker)
    fetch(walker, tmp_path / "out.csv")
    renew(walker)
    ask(walker)
    if not walker.is_anew:
        expect_warning(f"{profile.name} could not be fetched: .* needs a new sign-in")
    leave(walker)
    print(f"PASS {profile.name}")


def sign_in(walker: Walker) -> None:
    """Connect: one token request, and one pushed before it where the profile does not forbid that."""
    if walker.is_held:
        walker.give("BANKVIEW_SUBJECT_TOKEN", Person(walker.sandbox).sign_in()["access_token"])
    elif walker.subject:
        walker.connect(walker.subject)
    walker.sandbox.reset()
    walker.connect(walker.profile.name)
    oauth = walker.oauth
    is_pushed = oauth["grant"] == "authorization_code" and oauth.get("par") != "never"
    assert len(walker.sandbox.calls("/oauth/par")) == is_pushed
    assert len(walker.granted()) == 1


def fetch(walker: Walker, out: Path) -> None:
    """Fetch all rows; with an access that has ended, it is got anew by itself."""
    if not walker.is_held:
        walker.sandbox.expire()
    walker.sandbox.reset()
    walker.run("sync", walker.profile.name)
    assert walker.granted()[-1:] == [walker.next_grant] * (not walker.is_held)
    walker.run("export", "--preset", "standard", "-o", str(out))
    bank = Bank(walker.sandbox.folder, walker.sandbox.issuer)
    assert sorted(exported(out.read_bytes())) == bank.books(walker.profile.customer)


def renew(walker: Walker) -> None:
    """Renew the access now."""
    walker.sandbox.reset()
    assert walker.one("refresh")["connection_id"] == walker.profile.name
    assert walker.granted() == [walker.next_grant]


def ask(walker: Walker) -> None:
    """Ask about the access, which a client that proves itself may, and who signed in, where that was asked for."""
    if walker.oauth["client_authentication"] == "none":
        walker.run("token", walker.profile.name, "introspect", code=1)
    else:
        said = walker.one("introspect")
        assert said["active"] is True
        assert said["client_id"] == walker.oauth["client_id"]
    if "openid" in walker.oauth.get("scope", ""):
        assert walker.one("userinfo")["name"] == walker.profile.customer.title()
    else:
        walker.run("token", walker.profile.name, "userinfo", code=1)


def leave(walker: Walker) -> None:
    """End the access at the bank, which leaves nothing to fetch with save by a new one, and disconnect."""
    said = walker.one("revoke")
    assert said.pop("connection_id") == walker.profile.name
    assert said
    assert set(said.values()) == {"confirmed"}
    states = {one["id"]: one["state"] for one in json.loads(walker.run("connections", "--json"))}
    assert states[walker.profile.name] == "sign_in"
    walker.run("sync", walker.profile.name, code=0 if walker.is_anew else 3)
    walker.run("disconnect", walker.profile.name)
    assert {call["status"] for call in walker.sandbox.calls("/oauth/revoke")} == {200}
    walker.run("token", walker.profile.name, "refresh", code=3)
