"""What a person's certificate says, and what speaks against it, before a bank is asked anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bankview.banks import Bank, all_banks, credentials
from tests.banks.test_certificate import CURVE, KEY, NOW, ORGANISATION, made, unlocked_pem

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWERS = {
    "tls.certificate": made().decode(),
    "tls.private_key": unlocked_pem(KEY),
    "client_id": ORGANISATION,
}


@pytest.fixture
def bank() -> Bank:
    return next(bank for bank in all_banks() if bank.id == "bpce-17515")


def said(bank: Bank, **changes: str) -> tuple[str, ...]:
    answers: Mapping[str, str] = {
        **ANSWERS,
        **{k.replace("__", "."): v for k, v in changes.items()},
    }
    return credentials(bank, answers, {}, NOW).problems


def test_a_sound_certificate_is_read_out(bank: Bank) -> None:
    found = credentials(bank, ANSWERS, {}, NOW)
    assert found.problems == ()
    assert ORGANISATION in found.facts
    assert any("account information, funds" in fact for fact in found.facts)
    assert any(fact.startswith("ends ") for fact in found.facts)


def test_another_key_another_client_and_a_missing_role_are_said(bank: Bank) -> None:
    assert said(bank, tls__private_key=unlocked_pem(CURVE)) == (
        "The private key is not the certificate's.",
    )
    (problem,) = said(bank, client_id="PSDFR-ACPR-99999")
    assert "organisation number 12345" in problem
    (problem,) = said(bank, tls__certificate=made(statements=None).decode())
    assert "account information" in problem


def test_an_ended_certificate_is_refused_and_a_near_end_is_no_problem(bank: Bank) -> None:
    (problem,) = said(bank, tls__certificate=made(days=(-10, -1)).decode())
    assert "ended on" in problem
    near = {**ANSWERS, "tls.certificate": made(days=(-10, 20)).decode()}
    found = credentials(bank, near, {}, NOW)
    assert found.problems == ()
    assert found.soon == "The certificate ends in 20 days."


def test_what_is_no_certificate_or_no_key_is_said(bank: Bank) -> None:
    (problem,) = said(bank, tls__certificate="nonsense")
    assert "no certificate" in problem
    (problem,) = said(bank, tls__private_key="nonsense")
    assert "key" in problem


def test_a_bank_without_certificates_has_nothing_to_say(bank: Bank) -> None:
    plain = next(bank for bank in all_banks() if bank.id == "sparebank1")
    assert credentials(plain, {"client_id": "x"}, {}, NOW) == credentials(plain, {}, {}, NOW)
    assert credentials(plain, {}, {}, NOW).facts == ()


def test_only_a_licence_ties_the_client_to_the_number(bank: Bank) -> None:
    other = replace(bank, dialect=replace(bank.dialect, name="open-energy"))
    plain = made(statements=None, organisation="").decode()
    assert (
        credentials(
            other, {**ANSWERS, "tls.certificate": plain, "client_id": "x"}, {}, NOW
        ).problems
        == ()
    )
