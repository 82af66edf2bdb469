"""What a browser and a person see of each way to ask and to be answered, on the command line."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from bankview.sandbox.visitor import answer
from tests.e2e.story import ROOT, App, Bank, bank, connected_ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def app(tmp_path: Path) -> App:
    """The app with a home of its own and a passphrase vault."""
    return App.in_home(tmp_path / "T")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """A bank whose faults are this module's alone."""
    with bank(App(), tmp_path_factory.mktemp("own"), "--still", "--rows", "60") as running:
        yield running


@pytest.fixture
def spoilt(own: Bank) -> Iterator[Bank]:
    """The same, with neither faults nor a past."""
    for switch in ("faults", "calls"):
        control(own, "DELETE", switch)
    yield own
    control(own, "DELETE", "faults")


def control(at: Bank, method: str, switch: str, **told: Any) -> Any:
    with requests.Session() as session:
        session.trust_env = False
        reply = session.request(
            method,
            f"{at.issuer}/_sandbox/{switch}",
            json=told or None,
            verify=str(at.folder / "ca.pem"),
            timeout=60,
        )
    assert reply.status_code == 200, reply.text
    return reply.json()


def called(at: Bank, path: str) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = control(at, "GET", "calls")["calls"]
    return [call for call in calls if call["path"] == path]


def connect(app: App, at: Bank, way: str, browser: str = "", code: int = 0) -> str:
    profile = at.profile(f"sparebank1-household-{way}")
    return app.run(
        "connect",
        "--profile",
        str(profile),
        "--browser",
        browser or app.as_browser(),
        code=code,
    )


def test_the_browser_sees_nothing_of_a_pushed_request(
    app: App, spoilt: Bank, tmp_path: Path
) -> None:
    seen = tmp_path / "url"
    script = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])"
    browser = shlex.join([sys.executable, "-c", script, str(seen), "%s"])
    command = ("connect", "--profile", str(spoilt.profile("sparebank1-household-par")))
    with app.process(*command, "--browser", browser) as process:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        url = next(line.strip() for line in lines if line.startswith("http"))
        process.terminate()
        process.communicate(timeout=60)
    assert set(parse_qs(urlsplit(url).query)) == {"client_id", "request_uri"}


def test_an_answer_that_is_not_signed_as_agreed_leaves_nothing_behind(
    app: App, spoilt: Bank
) -> None:
    control(spoilt, "POST", "faults", name="jarm-alg-none", times=1)
    connect(app, spoilt, "jarm", code=1)
    assert not called(spoilt, "/oauth/token")
    assert json.loads(app.run("connections", "--json")) == []


def test_a_signed_answer_can_be_pasted(app: App, spoilt: Bank) -> None:
    profile = spoilt.profile("sparebank1-household-jarm")
    command = ["connect", "--profile", str(profile), "--paste"]
    browser = ["--browser", shlex.join([sys.executable, "-c", ""])]
    with app.process(*command, *browser, stdin=subprocess.PIPE) as process:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        url = next(line.strip() for line in lines if line.startswith("http"))
        came = answer(url)
        assert set(parse_qs(urlsplit(came).query)) == {"response"}
        out, err = process.communicate(f"{came}\n", timeout=60)
    assert process.returncode == 0, err
    assert connected_ids(out)[-1] == "sparebank1-household-jarm"


def test_a_form_cannot_be_pasted_and_the_app_says_so(app: App, spoilt: Bank) -> None:
    profile = spoilt.profile("sparebank1-household-form-post")
    with app.process("connect", "--profile", str(profile), "--paste") as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2, err
    assert "leave out --paste" in err
    assert not called(spoilt, "/oauth/par")


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
@pytest.mark.parametrize("way", ["form-post", "jarm-form-post"])
def test_a_real_browser_goes_the_whole_way(app: App, spoilt: Bank, way: str) -> None:
    chromium = shlex.join([sys.executable, str(ROOT / "tests/e2e/chromium.py"), "%s"])
    name = connected_ids(connect(app, spoilt, way, chromium))[-1]
    assert name == f"sparebank1-household-{way}"
