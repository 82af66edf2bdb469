"""What authorization servers publish, kept within bounds (O24)."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.errors import BankUnavailableError, MetadataError, OfflineError
from bankview.oauth.discovery_cache import (
    ANEW,
    FAILURE_LIFE,
    LARGEST,
    LONGEST_LIFE,
    SHORTEST_LIFE,
    DiscoveryCache,
    _is_sound,
    _life,
)
from bankview.oauth.server import Server, discover
from bankview.web import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.oauth.conftest import Clock

ISSUER = "https://bank.example"
PLACE = f"{ISSUER}/.well-known/oauth-authorization-server"
OPENID = f"{ISSUER}/.well-known/openid-configuration"
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
}


class Publisher:
    """Sends what it is told for each place, and remembers what was asked; other places are 404."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.says: dict[str, Reply | Exception] = {}
        self.tell(PLACE, DOCUMENT)

    def tell(self, place: str, document: Any, status: int = 200, **headers: str) -> None:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.says[place] = Reply(status, place, named, body)

    def __call__(self, _method: str, url: str, headers: Any = None) -> Reply:
        self.asked.append(url)
        said = self.says.get(url, Reply(404, url, {}, b""))
        if isinstance(said, Exception):
            raise said
        return said


@pytest.fixture
def publisher() -> Publisher:
    return Publisher()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "discovery"


@pytest.fixture
def cache(folder: Path, clock: Clock) -> DiscoveryCache:
    return DiscoveryCache(folder, clock)


def get(cache: DiscoveryCache, publisher: Publisher, place: str = PLACE, **headers: str) -> Reply:
    return cache.sender(ISSUER, publisher)("GET", place, headers=headers)


def test_a_document_is_asked_for_once_within_a_day(
    cache: DiscoveryCache, publisher: Publisher, clock: Clock
) -> None:
    first = get(cache, publisher)
    clock.turn(LONGEST_LIFE - 1)
    assert get(cache, publisher).body == first.body
    assert publisher.asked == [PLACE]
    clock.turn(1)
    get(cache, publisher)
    assert publisher.asked == [PLACE, PLACE]


def test_another_process_finds_it_in_the_file(
    cache: DiscoveryCache, publisher: Publisher, folder: Path, clock: Clock
) -> None:
    get(cache, publisher)
    again = DiscoveryCache(folder, clock)
    assert get(again, publisher).json() == DOCUMENT
    assert publisher.asked == [PLACE]


@pytest.mark.skipif(os.name != "posix", reason="Windows closes the profile's folder instead")
def test_the_files_are_the_owners_alone(
    cache: DiscoveryCache, publisher: Publisher, folder: Path
) -> None:
    before = os.umask(0)
    try:
        get(cache, publisher)
    finally:
        os.umask(before)
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "bank" not in file.name


def test_nothing_is_written_where_there_is_no_folder(
    publisher: Publisher, clock: Clock, tmp_path: Path
) -> None:
    cache = DiscoveryCache(None, clock)
    get(cache, publisher)
    get(cache, publisher)
    assert publisher.asked == [PLACE]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("said", "life"),
    [
        ("", LONGEST_LIFE),
        ("max-age=1", SHORTEST_LIFE),
        ("max-age=0", SHORTEST_LIFE),
        ("public, max-age=3600", 3600),
        ('public, Max-Age="3600"', 3600),
        ("max-age=999999999", LONGEST_LIFE),
        ("s-maxage=1", LONGEST_LIFE),
        ("no-store", SHORTEST_LIFE),
        ("no-cache, private", SHORTEST_LIFE),
        ("max-age=-5", LONGEST_LIFE),
        ("max-age=junk", LONGEST_LIFE),
    ],
)
def test_a_servers_word_on_freshness_counts_within_bounds(said: str, life: int) -> None:
    assert _life(said) == life


@given(st.text())
def test_whatever_a_server_says_stays_within_the_bounds(said: str) -> None:
    assert SHORTEST_LIFE <= _life(said) <= LONGEST_LIFE


@given(st.binary(max_size=300))
def test_whatever_a_server_sends_is_judged(body: bytes) -> None:
    assert _is_sound(body, ISSUER) in {True, False}


@pytest.mark.parametrize(
    "failure",
    [
        Reply(503, PLACE, {}, b""),
        Reply(429, PLACE, {}, b""),
        OfflineError("bank.example", "no network"),
        BankUnavailableError("bank.example", "no answer"),
    ],
    ids=repr,
)
def test_while_the_server_is_down_what_it_said_within_a_day_goes_on(
    cache: DiscoveryCache, publisher: Publisher, clock: Clock, failure: Any
) -> None:
    publisher.tell(PLACE, DOCUMENT, Cache_Control="max-age=300")
    get(cache, publisher)
    publisher.says[PLACE] = failure
    clock.turn(3600)
    assert get(cache, publisher).json() == DOCUMENT
    clock.turn(LONGEST_LIFE)
    with pytest.raises(BankUnavailableError if isinstance(failure, Reply) else type(failure)):
        discover(Server(issuer=ISSUER), cache.sender(ISSUER, publisher))


def test_a_server_that_took_its_document_away_is_believed(
    cache: DiscoveryCache, publisher: Publisher, clock: Clock
) -> None:
    publisher.tell(PLACE, DOCUMENT, Cache_Control="max-age=300")
    get(cache, publisher)
    publisher.tell(PLACE, b"", 404)
    clock.turn(301)
    assert get(cache, publisher).status == 404


def test_a_failure_is_believed_for_a_minute(
    cache: DiscoveryCache, publisher: Publisher, clock: Clock
) -> None:
    publisher.says[PLACE] = OfflineError("bank.example", "no network")
    for _ in range(3):
        with pytest.raises(OfflineError):
            get(cache, publisher)
    assert publisher.asked == [PLACE]
    clock.turn(FAILURE_LIFE)
    publisher.tell(PLACE, DOCUMENT)
    assert get(cache, publisher).status == 200


def test_who_asks_anew_is_answered_by_the_server(
    cache: DiscoveryCache, publisher: Publisher
) -> None:
    get(cache, publisher)
    publisher.tell(PLACE, {**DOCUMENT, "jwks_uri": f"{ISSUER}/jwks"})
    assert "jwks_uri" in get(cache, publisher, **ANEW).json()
    assert "jwks_uri" in get(cache, publisher).json()
    assert len(publisher.asked) == 2


def _damage(folder: Path, **changes: Any) -> None:
    (file,) = folder.iterdir()
    said = json.loads(file.read_text())
    said["discovery-1"].update(changes)
    file.write_text(json.dumps(said))


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://other.example"},
        {"location": OPENID},
        {"body": "!"},
        {"body": "e30="},
        {"at": "yesterday"},
        {"at": 1e18},
        {"at": None},
        {"life": 10**9},
        {"life": "long"},
        {"more": 1},
    ],
    ids=repr,
)
def test_a_file_that_is_damaged_or_anothers_is_ignored(
    cache: DiscoveryCache, publisher: Publisher, folder: Path, clock: Clock, changes: Any
) -> None:
    get(cache, publisher)
    _damage(folder, **changes)
    assert get(DiscoveryCache(folder, clock), publisher).json() == DOCUMENT
    assert publisher.asked == [PLACE, PLACE]


@pytest.mark.parametrize("content", [b"", b"[1]", b"null", b"{}", b"\xff", b'{"discovery-1": 1}'])
def test_a_file_that_is_none_is_ignored(
    cache: DiscoveryCache, publisher: Publisher, folder: Path, clock: Clock, content: bytes
) -> None:
    get(cache, publisher)
    next(folder.iterdir()).write_bytes(content)
    assert get(DiscoveryCache(folder, clock), publisher).json() == DOCUMENT


@pytest.mark.parametrize(
    "document",
    [
        {**DOCUMENT, "issuer": "https://other.example"},
        {"token_endpoint": "x"},
        [DOCUMENT],
        b"<html>",
        b'{"issuer": "https://bank.example", "pad": "' + b"x" * LARGEST + b'"}',
    ],
    ids=["another's", "nobody's", "list", "page", "too large"],
)
def test_what_is_no_document_of_this_issuer_is_not_kept(
    cache: DiscoveryCache, publisher: Publisher, folder: Path, document: Any
) -> None:
    publisher.tell(PLACE, document)
    get(cache, publisher)
    get(cache, publisher)
    assert len(publisher.asked) == 2
    assert not folder.exists()


def test_a_key_set_is_kept_too(cache: DiscoveryCache, publisher: Publisher) -> None:
    publisher.tell(f"{ISSUER}/jwks", {"keys": []})
    get(cache, publisher, f"{ISSUER}/jwks")
    get(cache, publisher, f"{ISSUER}/jwks")
    assert len(publisher.asked) == 1


def test_two_issuers_share_nothing(cache: DiscoveryCache, publisher: Publisher) -> None:
    get(cache, publisher)
    cache.sender("https://other.example", publisher)("GET", PLACE)
    assert len(publisher.asked) == 2


def test_a_clock_that_was_set_back_makes_nothing_fresh(
    cache: DiscoveryCache, publisher: Publisher, clock: Clock
) -> None:
    get(cache, publisher)
    clock.turn(-10)
    get(cache, publisher)
    assert len(publisher.asked) == 2


def test_a_place_without_a_document_is_not_asked_before_the_one_that_has_it(
    cache: DiscoveryCache, publisher: Publisher, clock: Clock
) -> None:
    del publisher.says[PLACE]
    publisher.tell(OPENID, DOCUMENT)
    for _ in range(3):
        fetch = cache.sender(ISSUER, publisher)
        found = discover(Server(issuer=ISSUER), fetch, knows=fetch.knows)
        assert found.token_endpoint == f"{ISSUER}/token"
        clock.turn(600)
    assert publisher.asked == [PLACE, OPENID]


def test_what_is_kept_is_checked_like_what_comes(
    cache: DiscoveryCache, publisher: Publisher
) -> None:
    publisher.tell(PLACE, {**DOCUMENT, "token_endpoint": "http://bank.example/token"})
    for _ in range(2):
        with pytest.raises(MetadataError):
            discover(Server(issuer=ISSUER), cache.sender(ISSUER, publisher))


def test_a_folder_that_cannot_be_written_costs_nothing(
    publisher: Publisher, clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = DiscoveryCache(tmp_path / "file" / "below", clock)
    assert get(cache, publisher).json() == DOCUMENT
    assert get(cache, publisher).json() == DOCUMENT
    assert len(publisher.asked) == 1
