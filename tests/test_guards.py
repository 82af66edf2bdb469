"""The guards that stand around every test do stop what they are there for."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

stopped = pytest.raises(pytest.fail.Exception, match="may not leave this computer")


def test_no_test_looks_up_a_name_outside() -> None:
    with stopped:
        socket.getaddrinfo("www.sparebank1.no", 443)


def test_no_test_connects_to_an_address_outside() -> None:
    with socket.socket() as sock, stopped:
        sock.connect(("9.9.9.9", 443))


def test_no_test_sends_a_datagram_outside() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock, stopped:
        sock.sendto(b"", ("2620:fe::fe", 53))


def test_names_that_exist_nowhere_are_not_found() -> None:
    with pytest.raises(socket.gaierror):
        socket.create_connection(("bank.invalid", 443))


def test_addresses_that_lead_nowhere_lead_nowhere() -> None:
    with pytest.raises(OSError, match="unreachable"):
        socket.create_connection(("192.0.2.1", 443))


def test_this_computer_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()


def test_an_expected_warning_is_no_surprise(expect_warning: Callable[[str], None]) -> None:
    expect_warning("^WARNING bankview.x: the bank is slow$")
    logging.getLogger("bankview.x").warning("the bank is %s", "slow")


def test_an_unexpected_warning_is_one(
    request: pytest.FixtureRequest, expect_warning: Callable[[str], None]
) -> None:
    logging.getLogger("bankview.x").error("the bank is on fire")
    watcher = request.getfixturevalue("_log_warnings")
    assert watcher.verdict() == "unexpected: ERROR bankview.x: the bank is on fire"
    expect_warning("fire")
    assert watcher.verdict() == ""


def test_a_warning_that_did_not_come_is_missed(request: pytest.FixtureRequest) -> None:
    watcher = request.getfixturevalue("_log_warnings")
    watcher.expected.append("flood")
    assert watcher.verdict() == "expected, and not logged: flood"
    watcher.expected.clear()
