"""What an authorization server's metadata is believed, and what it is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bankview.errors import BankUnavailableError, MetadataError
from bankview.oauth.server import LARGEST_METADATA, Server, discover, well_known

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.web import Sender
    from tests.oauth.conftest import AuthServer, Say

OPENID = "/.well-known/openid-configuration"
INSERTED = "/.well-known/oauth-authorization-server"


def test_a_path_in_the_issuer_moves_behind_the_well_known_part_or_stays_before_it() -> None:
    assert well_known("https://bank.example/a/b") == (
        "https://bank.example/.well-known/oauth-authorization-server/a/b",
        "https://bank.example/a/b/.well-known/openid-configuration",
    )


def test_a_slash_at_the_issuers_end_is_not_doubled() -> None:
    assert well_known("https://bank.example/") == (
        "https://bank.example/.well-known/oauth-authorization-server",
        "https://bank.example/.well-known/openid-configuration",
    )


@pytest.mark.parametrize("place", [INSERTED, OPENID])
def test_metadata_is_found_at_both_places(bank: AuthServer, sender: Sender, place: str) -> None:
    bank.tell_metadata(place)
    found = discover(Server(issuer=bank.url, insecure_http=True), sender.send)
    assert found.token_endpoint == f"{bank.url}/token"


def test_metadata_of_an_issuer_with_a_path_is_found(bank: AuthServer, sender: Sender) -> None:
    issuer = f"{bank.url}/region/north"
    bank.tell_metadata(f"{INSERTED}/region/north", issuer=issuer)
    found = discover(Server(issuer=issuer, insecure_http=True), sender.send)
    assert found.revocation_endpoint == f"{bank.url}/revoke"


@pytest.mark.parametrize("change", ["{}/", "{}/a", "{}:443", " {}", "HTTP{}"])
def test_metadata_of_another_issuer_is_refused_to_the_letter(
    bank: AuthServer, sender: Sender, change: str
) -> None:
    other = change.format(bank.url) if change != "HTTP{}" else bank.url.replace("http", "HTTP", 1)
    bank.tell_metadata(issuer=other)
    with pytest.raises(MetadataError, match="another issuer"):
        discover(Server(issuer=bank.url, insecure_http=True), sender.send)


def test_metadata_without_an_issuer_is_refused(bank: AuthServer, sender: Sender) -> None:
    bank.tell_metadata(issuer=None)
    with pytest.raises(MetadataError):
        discover(Server(issuer=bank.url, insecure_http=True), sender.send)


def test_another_issuers_document_at_the_first_place_ends_the_search(
    bank: AuthServer, sender: Sender
) -> None:
    bank.tell_metadata(INSERTED, issuer="https://evil.example")
    bank.tell_metadata(OPENID)
    with pytest.raises(MetadataError):
        discover(Server(issuer=bank.url, insecure_http=True), sender.send)
    assert not bank.at(OPENID)


def test_a_web_page_in_the_first_place_is_passed_over(
    bank: AuthServer, sender: Sender, say: type[Say]
) -> None:
    bank.tell(INSERTED, say(200, b"<!doctype html>Welcome"))
    bank.tell_metadata(OPENID)
    assert discover(Server(issuer=bank.url, insecure_http=True), sender.send).token_endpoint


def test_a_document_over_the_limit_is_not_read(bank: AuthServer, sender: Sender) -> None:
    bank.tell_metadata(padding="x" * LARGEST_METADATA)
    with pytest.raises(MetadataError, match="publishes no metadata"):
        discover(Server(issuer=bank.url, insecure_http=True), sender.send)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_down_is_unavailable_and_not_untrusted(
    bank: AuthServer, sender: Sender, say: type[Say], status: int
) -> None:
    bank.tell(INSERTED, say(status, b"", {"Retry-After": "120"}))
    with pytest.raises(BankUnavailableError) as caught:
        discover(Server(issuer=bank.url, insecure_http=True), sender.send)
    assert caught.value.retry_after == 120


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_metadata_is_not_fetched_from_where_a_redirect_points(
    bank: AuthServer, elsewhere: AuthServer, sender: Sender, say: type[Say], status: int
) -> None:
    elsewhere.tell_metadata(OPENID, issuer=bank.url)
    away = say(status, b"", {"Location": elsewhere.url + OPENID})
    bank.tell(INSERTED, away)
    bank.tell(OPENID, away)
    with pytest.raises(MetadataError):
        discover(Server(issuer=bank.url, insecure_http=True), sender.send)
    assert not elsewhere.seen


@pytest.mark.parametrize("methods", [["plain"], [], "S256", {}])
def test_a_server_without_s256_is_refused(
    bank: AuthServer, sender: Sender, methods: object
) -> None:
    bank.tell_metadata(code_challenge_methods_supported=methods)
    with pytest.raises(MetadataError, match="S256"):
        discover(Server(issuer=bank.url, insecure_http=True), sender.send)


def test_a_server_that_does_not_speak_of_pkce_is_accepted(bank: AuthServer, sender: Sender) -> None:
    bank.tell_metadata(code_challenge_methods_supported=None)
    assert discover(Server(issuer=bank.url, insecure_http=True), sender.send).token_endpoint


UNSAFE = [
    "http://bank.example/token",
    "http://127.0.0.1.bank.example/token",
    "ftp://127.0.0.1/token",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "--profile=x",
    "/token",
    "https://",
    "https://bank.example/token#part",
    "https://bank.example/token#",
    "https://me:pass@bank.example/token",
    "https://bank.example:port/token",
    "https://bank.example/\ntoken",
    "https://bank.example/to ken",
    "https://bank.example/<token>",
    "https://bänk.example/token",
    "https://[::1/token",
    7,
    ["https://bank.example/token"],
]


@pytest.mark.parametrize("address", UNSAFE)
@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "revocation_endpoint", "jwks_uri"]
)
def test_an_unsafe_endpoint_is_refused(
    bank: AuthServer, sender: Sender, name: str, address: Any
) -> None:
    bank.tell_metadata(**{name: address})
    with pytest.raises(MetadataError):
        discover(Server(issuer=bank.url, insecure_http=True), sender.send)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_plain_http_reaches_loopback_only_where_the_profile_permits_it(host: str) -> None:
    by_hand = Server(
        authorization_endpoint=f"http://{host}:1/a", token_endpoint=f"http://{host}:1/t"
    )
    with pytest.raises(MetadataError, match="https"):
        discover(by_hand, _never)
    permitted = Server(
        authorization_endpoint=f"http://{host}:1/a",
        token_endpoint=f"http://{host}:1/t",
        insecure_http=True,
    )
    assert discover(permitted, _never) == permitted


@pytest.mark.parametrize("host", ["192.0.2.1", "0.0.0.0", "127.0.0.2", "localhost.example"])
def test_plain_http_never_leaves_this_computer(host: str) -> None:
    server = Server(
        authorization_endpoint="https://bank.example/a",
        token_endpoint=f"http://{host}/t",
        insecure_http=True,
    )
    with pytest.raises(MetadataError, match="token_endpoint"):
        discover(server, _never)


def test_endpoints_by_hand_need_no_metadata() -> None:
    server = Server(
        authorization_endpoint="https://bank.example/a", token_endpoint="https://bank.example/t"
    )
    assert discover(server, _never) == server


def test_a_missing_endpoint_is_named() -> None:
    with pytest.raises(MetadataError, match="token_endpoint is not known"):
        discover(Server(authorization_endpoint="https://bank.example/a"), _never)


def test_an_endpoint_by_hand_wins_over_the_metadata(bank: AuthServer, sender: Sender) -> None:
    bank.tell_metadata()
    server = Server(issuer=bank.url, token_endpoint=f"{bank.url}/mine", insecure_http=True)
    found = discover(server, sender.send)
    assert found.token_endpoint == f"{bank.url}/mine"
    assert found.authorization_endpoint == f"{bank.url}/authorize"


def test_a_server_without_metadata_will_do_where_both_endpoints_are_known(
    known: Server, sender: Sender
) -> None:
    assert discover(known, sender.send) == known


def test_a_server_without_metadata_and_endpoints_is_refused(
    bank: AuthServer, sender: Sender
) -> None:
    with pytest.raises(MetadataError, match="publishes no metadata"):
        discover(Server(issuer=bank.url, insecure_http=True), sender.send)


def test_metadata_may_lie_at_an_address_of_its_own(bank: AuthServer, sender: Sender) -> None:
    bank.tell_metadata("/meta.json")
    server = Server(issuer=bank.url, metadata=f"{bank.url}/meta.json", insecure_http=True)
    assert discover(server, sender.send).token_endpoint == f"{bank.url}/token"


def test_metadata_at_an_address_of_its_own_is_still_compared(
    bank: AuthServer, sender: Sender
) -> None:
    bank.tell_metadata("/meta.json", issuer="https://evil.example")
    server = Server(issuer=bank.url, metadata=f"{bank.url}/meta.json", insecure_http=True)
    with pytest.raises(MetadataError, match="another issuer"):
        discover(server, sender.send)


def test_metadata_without_an_issuer_of_ours_must_lie_where_its_own_publishes_it(
    bank: AuthServer, sender: Sender
) -> None:
    bank.tell_metadata(OPENID)
    bank.tell_metadata("/meta.json")
    usual = Server(metadata=bank.url + OPENID, insecure_http=True)
    assert discover(usual, sender.send).issuer == bank.url
    with pytest.raises(MetadataError):
        discover(Server(metadata=f"{bank.url}/meta.json", insecure_http=True), sender.send)


def test_metadata_may_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "metadata.json"
    document = {
        "issuer": "https://bank.example",
        "authorization_endpoint": "https://bank.example/a",
        "token_endpoint": "https://bank.example/t",
    }
    path.write_text(json.dumps(document))
    found = discover(Server(metadata=str(path)), _never)
    assert found.token_endpoint == "https://bank.example/t"
    with pytest.raises(MetadataError, match="another issuer"):
        discover(Server(issuer="https://other.example", metadata=str(path)), _never)


@pytest.mark.parametrize("content", [None, b"", b"[1]", b"null", b"{", b"\xff"])
def test_a_metadata_file_that_is_none_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "metadata.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MetadataError, match="cannot be read"):
        discover(Server(metadata=str(path)), _never)


@pytest.mark.parametrize("issuer", ["https://bank.example?a=b", "https://bank.example#x", "bank"])
def test_an_issuer_is_an_https_address_without_query_and_fragment(issuer: str) -> None:
    with pytest.raises(MetadataError):
        discover(Server(issuer=issuer), _never)


@pytest.mark.parametrize(("said", "believed"), [(True, True), (False, False), ("true", False)])
def test_only_a_true_says_that_answers_name_their_issuer(
    bank: AuthServer, sender: Sender, said: object, believed: bool
) -> None:
    bank.tell_metadata(authorization_response_iss_parameter_supported=said)
    found = discover(Server(issuer=bank.url, insecure_http=True), sender.send)
    assert found.iss_supported is believed


def test_members_that_are_not_known_are_ignored(bank: AuthServer, sender: Sender) -> None:
    bank.tell_metadata(x_new={"deep": [1, None, 2.5]}, scopes_supported=None, service=7)
    assert discover(Server(issuer=bank.url, insecure_http=True), sender.send).token_endpoint


def _never(*_: Any, **__: Any) -> Any:
    pytest.fail("nothing is to be sent")
