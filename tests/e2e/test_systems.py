"""Each system in the window, from an empty home: signed in at, and shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_first_light import journey

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.story import Bank

pytestmark = [pytest.mark.window, pytest.mark.browser, pytest.mark.keyring]
#: What each system without accounts is asked: path, parameters, the field for its secret, and how many rows come.
ASKED = {
    "open-energy-household": ("json", "", "", 4),
    "financefeast-household": ("data/last", "ticker=abc.nz", "client_secret", 1),
    "financefeast-household-token": ("data/last", "ticker=abc.nz", "access_token", 1),
    "json-household": ("/", "", "", 3),
    "json-household-none": ("/", "", "", 3),
}


@pytest.fixture(autouse=True)
def _real_keyring() -> None:
    if os.environ.get("BANKVIEW_REAL_KEYRING") != "1":
        pytest.skip("needs tests/session.sh")


def test_stet_fills_the_window(household: Bank, tmp_path: Path) -> None:
    found = journey(tmp_path / "home", "with-accounts", str(household.profile("stet-household")))
    assert found["accounts"] == 4
    assert found["all"] >= len(household.books())


@pytest.mark.parametrize("name", ASKED)
def test_what_has_no_accounts_is_explored(household: Bank, tmp_path: Path, name: str) -> None:
    path, parameters, field, rows = ASKED[name]
    profile = household.profile(name)
    secrets = profile.with_suffix(".env")
    secret = secrets.read_text().strip().partition("=")[2] if field else ""
    words = (str(profile), path, parameters, secret, field)
    assert journey(tmp_path / "home", "explored", *words) == {"rows": rows, "ok": 1}
