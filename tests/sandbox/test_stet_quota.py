"""While nobody is there, STET's bank answers four times a day, and remembers that across a restart."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest

from tests.sandbox_process import Sandbox, running
from tests.stet_party import ThirdParty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox whose quota nobody has touched."""
    with running(tmp_path / "fresh", "--still") as sandbox:
        yield sandbox


def test_four_times_a_day_each_and_pages_for_nothing(fresh: Sandbox) -> None:
    third = ThirdParty(fresh).sign_in("aisp extended_transaction_history")
    current, savings, *_ = third.consent()
    for _ in range(6):
        third.get("accounts")
    third.address = ""
    for path in ("accounts", f"accounts/{current['resourceId']}/balances"):
        for _ in range(4):
            third.get(path)
        refused = third.call(path)
        assert (refused.status_code, refused.json()["status"]) == (429, 429)
        assert 0 < int(refused.headers["Retry-After"]) <= 25 * 3600
    target = current["_links"]["transactions"]["href"]
    for _ in range(4):
        assert len(list(islice(third.pages(target), 6))) == 6
    assert third.call(target).status_code == 429
    assert third.call(savings["_links"]["transactions"]["href"]).status_code == 200
    third.token = third.refresh().json()
    assert third.call("accounts").status_code == 429
    third.address = "2001:db8::7"
    assert third.call("accounts").status_code == 200
    third.sign_in(customer="student").address = ""
    assert third.call("accounts").status_code == 200


def test_counts_consents_and_grants_outlive_a_restart(tmp_path: Path) -> None:
    with running(tmp_path, "--still") as sandbox:
        third = ThirdParty(sandbox).sign_in()
        listed = third.consent()
        third.address = ""
        for _ in range(4):
            third.get("accounts")
        seal = (tmp_path / "qseal.pem").read_bytes()
    with running(tmp_path, "--still") as sandbox:
        again = ThirdParty(sandbox, token=third.token, address="")
        assert again.call("accounts").status_code == 429
        again.address = "192.0.2.7"
        assert again.accounts() == listed
        assert again.refresh().status_code == 200
        assert (tmp_path / "qseal.pem").read_bytes() == seal
