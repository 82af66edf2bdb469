"""How a profile says the authorization request, and which keys do not go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bankview.banks import _ways, read_profile
from bankview.banks._adopt import adopt_profile
from bankview.errors import ProfileError
from bankview.oauth.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]

GOOD = """\
id = "my-bank"
name = "My bank"
dialect = "json"
api = "https://bank.example/api"

[oauth]
issuer = "https://bank.example"
client_id = "bankview"
{more}
{table}
"""
FAPI2 = 'profile = "fapi2"\nclient_authentication = "tls_client_auth"\n'
TLS = '[tls]\ncertificate = "ask"\nprivate_key = "ask"'


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(more: str = "", table: str = "", text: str = GOOD) -> Path:
        path = tmp_path / "my-bank.toml"
        path.write_text(text.format(more=more, table=table))
        return path

    return written


EVERYTHING = """\
par = "always"
jar = true
signing_key = "ask"
response_mode = "form_post.jwt"
resource = ["https://api.example/v1?x=1", "https://api.example"]
authorization_details = [{ type = "account_information", since = 2026-01-01, limit = 3 }]
"""


def test_every_key_is_read(write: Write) -> None:
    ways = read_profile(write(EVERYTHING)).client.ways
    assert (ways.par, ways.jar, ways.response_mode) == ("always", True, "form_post.jwt")
    assert ways.resource == ("https://api.example/v1?x=1", "https://api.example")
    assert ways.authorization_details[0]["type"] == "account_information"
    assert '"since":"2026-01-01"' in str(ways.fields()["authorization_details"])


def test_a_profile_that_says_nothing_leaves_it_to_the_server(write: Write) -> None:
    assert read_profile(write()).client.ways == Ways()
    assert Ways().fields() == {}


def test_a_profile_that_is_taken_in_says_the_same(write: Write, tmp_path: Path) -> None:
    before = read_profile(write(EVERYTHING)).client.ways
    after = adopt_profile(write(EVERYTHING), tmp_path / "home").client.ways
    assert after.fields() == before.fields()
    assert (after.par, after.jar) == (before.par, before.jar)


def test_a_fapi2_profile_is_one_line_beside_the_certificate(write: Write) -> None:
    client = read_profile(write(FAPI2, TLS)).client
    assert client.ways.insists
    assert client.id_token_algorithms == ("PS256", "ES256", "EdDSA", "Ed25519")


REFUSED = {
    "jar without a key": ("jar = true", "", "write signing_key"),
    "form to paste": (
        'redirect_uri = "https://a.example/cb"\nresponse_mode = "form_post"',
        "",
        'response_mode = "query"',
    ),
    "resource by http": ('resource = ["http://127.0.0.1/"]', "", "https address of an API"),
    "resource with a fragment": ('resource = ["https://a.example/#x"]', "", "without fragment"),
    "resource that is none": ('resource = ["api"]', "", "https address of an API"),
    "detail without type": ("authorization_details = [{ x = 1 }]", "", "type is missing"),
    "detail that is none": ('authorization_details = ["x"]', "", "has to be a table"),
    "unknown mode": ('response_mode = "fragment"', "", '"query.jwt"'),
    "mode by hand": (
        "",
        '[oauth.parameters.authorization]\nresponse_mode = "query"',
        "take it out",
    ),
    "fapi2 as a public client": ('profile = "fapi2"', TLS, 'write one of "private_key_jwt"'),
    "fapi2 by secret": (
        'profile = "fapi2"\nclient_authentication = "client_secret_basic"',
        TLS,
        "is less than FAPI 2.0",
    ),
    "fapi2 without par": (f'{FAPI2}par = "never"', TLS, "take par out"),
    "fapi2 without pkce": (f"{FAPI2}pkce = false", TLS, "take pkce out"),
    "fapi2 by another grant": (f'{FAPI2}grant = "client_credentials"', TLS, "authorization_code"),
    "fapi2 signed weakly": (
        f'{FAPI2}jar = true\nsigning_key = "ask"\nsigning_algorithm = "RS256"',
        TLS,
        '"PS256" or "ES256" or "EdDSA" or "Ed25519"',
    ),
    "fapi2 that believes weakly": (f'{FAPI2}id_token_algorithms = ["RS256"]', TLS, "alone"),
}


@pytest.mark.parametrize(("more", "table", "instead"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_go_together_is_refused_with_what_to_write(
    write: Write, more: str, table: str, instead: str
) -> None:
    with pytest.raises(ProfileError) as raised:
        read_profile(write(more, table))
    assert instead in raised.value.problem
    assert raised.value.line > 4


BY_HAND = GOOD.replace(
    'issuer = "https://bank.example"',
    'authorization_endpoint = "https://bank.example/a"\ntoken_endpoint = "https://bank.example/t"',
)


@pytest.mark.parametrize(
    ("more", "table"),
    [
        ('jar = true\nsigning_key = "ask"', ""),
        ('response_mode = "query.jwt"', ""),
        (FAPI2, TLS),
    ],
)
def test_what_names_the_issuer_needs_one(write: Write, more: str, table: str) -> None:
    with pytest.raises(ProfileError, match="write issuer"):
        read_profile(write(more, table, BY_HAND))


@pytest.mark.parametrize(
    ("dpop", "tls", "problems"),
    [(False, {}, 1), (True, {}, 0), (False, {"certificate": "ask"}, 0), (False, {"ca": "x"}, 1)],
)
def test_fapi2_binds_tokens_to_a_key_or_a_certificate(
    dpop: bool, tls: dict[str, str], problems: int
) -> None:
    oauth = {
        "issuer": "https://bank.example",
        "profile": "fapi2",
        "client_authentication": "private_key_jwt",
        "dpop": dpop,
    }
    found = list(_ways.problems({"oauth": oauth, "tls": tls}))
    assert len(found) == problems
    assert all("write dpop = true, or a certificate" in problem.text for problem in found)
