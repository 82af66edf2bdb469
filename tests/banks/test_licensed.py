"""The profiles of banks that let only licensed third parties in, as they stand in their files."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from bankview.banks import all_banks
from bankview.paths import resource

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.banks import Bank

FILES = sorted(path for path in resource("banks").glob("bpce-*.toml") if "sandbox" not in path.stem)
LICENSED = [bank for bank in all_banks() if bank.licensed]


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def file(request: pytest.FixtureRequest) -> Path:
    """Each bank of the BPCE group."""
    found: Path = request.param
    return found


@pytest.fixture
def profile(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


def test_every_bank_of_the_group_is_there() -> None:
    assert len(FILES) == 27
    assert "bpce-17515" in {path.stem for path in FILES}


def test_a_bank_of_the_group_is_called_and_found_by_its_code(
    file: Path, profile: dict[str, Any]
) -> None:
    assert profile["id"] == file.stem
    (code,) = re.fullmatch(r"bpce-(\d{5})", file.stem).groups()  # type: ignore[union-attr]
    host = f"https://www.{code}.live.api.89c3.com/stet/psd2"
    assert profile["api"] == f"{host}/v1.4.2"
    assert profile["oauth"]["authorization_endpoint"] == f"{host}/oauth/authorize"
    assert profile["oauth"]["token_endpoint"] == f"{host}/oauth/token"


def test_a_bank_of_the_group_wants_a_licence_and_a_certificate(profile: dict[str, Any]) -> None:
    assert profile["licensed"] is True
    assert profile["dialect"] == "stet"
    assert profile["oauth"]["client_authentication"] == "tls_client_auth"
    assert profile["oauth"]["scope"] == "aisp"


def test_no_more_history_is_asked_for_than_is_given(profile: dict[str, Any]) -> None:
    # The first fetch asks from a day before the first that counts.
    assert profile["history_days"] + 1 < 90


@pytest.mark.parametrize("code", ["17515", "12579"])
def test_the_groups_own_sandbox_stands_beside_its_live_banks(code: str) -> None:
    text = resource(f"banks/bpce-{code}-sandbox.toml").read_text("utf-8")
    assert "live" not in text
    host = f"https://www.{code}.sandbox.api.89c3.com/stet/psd2"
    profile = tomllib.loads(text)
    assert profile["api"] == f"{host}/v1.4.2"
    assert profile["oauth"]["token_endpoint"] == f"{host}/oauth/token"
    assert "sandbox" in profile["name"]


def of(id_: str) -> Bank:
    return next(bank for bank in LICENSED if bank.id == id_)


def test_the_french_banks_that_let_licensed_parties_in_are_there() -> None:
    others = {bank.id.rpartition("-")[0] for bank in LICENSED if not bank.id.startswith("bpce-")}
    assert {"la-banque", "societe", "credit", "arkea", "banque"} <= others
    assert of("cic").name == "CIC"
    assert sum(bank.id.startswith("credit-agricole-") for bank in LICENSED) == 39


@pytest.mark.parametrize("bank", LICENSED, ids=lambda bank: bank.id)
def test_a_bank_with_a_licence_asks_for_certificate_and_history_within_its_bounds(
    bank: Bank,
) -> None:
    asked = {ask.name for ask in bank.asks}
    assert {"client_id", "tls.certificate", "tls.private_key"} <= asked
    assert bank.dialect.name == "stet"
    assert bank.history_days + 1 < 90
    assert ("client_secret" in asked) == bank.client.authentication.startswith("client_secret")


def test_a_bank_without_signatures_asks_for_no_signing_key() -> None:
    bank = of("la-banque-postale")
    assert bank.signing is None
    assert "signature.private_key" not in {ask.name for ask in bank.asks}


def test_what_each_bank_signs_with_is_asked_for_by_the_name_it_goes_by_there() -> None:
    bank = of("societe-generale")
    assert bank.signing
    assert bank.signing.headers == ("client-id", "digest", "x-request-id")
    assert dict(bank.headers) == {"Client-Id": "$client_id"}
    (ask,) = [ask for ask in bank.asks if ask.name == "$KEY_ID"]
    assert not ask.secret
    assert "$client_id" not in {ask.name for ask in bank.asks}


def test_one_bank_wants_requests_for_tokens_signed_too() -> None:
    signed = {bank.id for bank in LICENSED if bank.signing and bank.signing.token_requests}
    assert signed == {"arkea-cmb"}
