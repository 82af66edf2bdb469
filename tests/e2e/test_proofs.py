"""What a bank may get wrong about tokens that are bound to a key, on the command line."""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from tests.e2e.story import App, Bank, connected_ids

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def app(tmp_path: Path) -> App:
    """The app with a home of its own and a passphrase vault."""
    return App.in_home(tmp_path / "T")


@pytest.fixture
def switch(household: Bank) -> Callable[..., Any]:
    """Return a function that turns the sandbox's own switches."""
    context = ssl.create_default_context(cafile=str(household.folder / "ca.pem"))

    def turn(method: str, place: str, **body: object) -> Any:
        content = json.dumps(body).encode() if method == "POST" else None
        request = Request(f"{household.issuer}/_sandbox/{place}", data=content, method=method)
        with urlopen(request, context=context) as reply:
            return json.loads(reply.read())

    turn("DELETE", "faults")
    turn("DELETE", "calls")
    return turn


def signed_in(app: App, household: Bank, way: str) -> tuple[App, str]:
    """Return the app with what the profile needs in its environment, and the connection's ID."""
    profile = household.profile(f"sparebank1-household-{way}")
    known = dict(app.environment)
    if (env := profile.with_suffix(".env")).exists():
        name, _, value = env.read_text("utf-8").strip().partition("=")
        known[name] = value
    app = App(app.command, app.flags, known)
    said = app.run("connect", "--profile", str(profile), "--browser", app.as_browser())
    return app, connected_ids(said)[-1]


@pytest.mark.parametrize("fault", ["nonce-once", "scheme-lowercase"])
def test_a_nonce_that_is_wanted_costs_one_request_more(
    app: App, household: Bank, switch: Callable[..., Any], fault: str
) -> None:
    switch("POST", "faults", name=fault, times=1)
    app, _ = signed_in(app, household, "dpop-private-key-jwt")
    tokens = switch("GET", "calls?path=/oauth/token")["calls"]
    assert [call["status"] for call in tokens] == [400, 200]
    calls = switch("GET", "calls?path=/personal/banking/accounts")["calls"]
    assert [call["status"] for call in calls] == [401, 200]


def test_a_nonce_that_is_wanted_without_end_ends_the_sign_in(
    app: App, household: Bank, switch: Callable[..., Any]
) -> None:
    switch("POST", "faults", name="nonce-always")
    profile = str(household.profile("sparebank1-household-dpop"))
    app.run("connect", "--profile", profile, "--browser", app.as_browser(), code=1)
    tokens = switch("GET", "calls?path=/oauth/token")["calls"]
    assert [call["status"] for call in tokens] == [400, 400]


def test_a_bearer_token_where_dpop_was_asked_for_is_never_used(
    app: App, household: Bank, switch: Callable[..., Any]
) -> None:
    switch("POST", "faults", name="bearer-instead-of-dpop", times=1)
    profile = str(household.profile("sparebank1-household-dpop"))
    app.run("connect", "--profile", profile, "--browser", app.as_browser(), code=1)
    assert switch("GET", "calls?path=/personal/banking/accounts")["count"] == 0
    assert json.loads(app.run("connections", "--json")) == []
