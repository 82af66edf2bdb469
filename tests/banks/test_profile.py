"""A profile is read as its contract says, or refused with its line and what to write instead."""

from __future__ import annotations

import copy
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bankview.banks import _schema, all_banks, broken_profiles, read_profile
from bankview.banks._adopt import to_toml
from bankview.errors import ProfileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GOOD = """\
# A bank on this computer
id = "my-bank"
name = "My bank"
country = "NO"
dialect = "sparebank1"
api = "https://127.0.0.1:8443/personal/banking"
zone = "Europe/Oslo"
history_days = 365
headers = { "X-Client" = "bankview", "X-Key" = "$MY_KEY" }

[oauth]
issuer = "https://127.0.0.1:8443"
client_id = "bankview"
client_authentication = "client_secret_post"
redirect_uri = "http://localhost:8321/callback"
scope = "openid accounts"

[oauth.parameters.authorization]
finInst = "fid-smn"

[tls]
ca = "ca.pem"
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a profile, with replacements made in a good one."""
    (tmp_path / "ca.pem").write_text("not read here")

    def written(*changes: tuple[str, str], text: str = GOOD) -> Path:
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "my-bank.toml"
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        return path

    return written


def test_a_good_profile_becomes_a_bank(write: Callable[..., Path], tmp_path: Path) -> None:
    bank = read_profile(write())
    assert (bank.id, bank.name, bank.country, bank.zone) == (
        "my-bank",
        "My bank",
        "NO",
        "Europe/Oslo",
    )
    assert bank.api == "https://127.0.0.1:8443/personal/banking"
    assert bank.server.issuer == "https://127.0.0.1:8443"
    assert bank.client.scope == "openid accounts"
    assert bank.client.parameters == {"authorization": {"finInst": "fid-smn"}}
    assert bank.ca == tmp_path / "ca.pem"
    assert bank.source == tmp_path / "my-bank.toml"


def test_what_is_left_out_has_its_default(write: Callable[..., Path]) -> None:
    bank = read_profile(write(("history_days = 365\n", ""), ('zone = "Europe/Oslo"\n', "")))
    limits = (bank.history_days, bank.consent_days, bank.unattended_per_day, bank.calls_per_hour)
    assert limits == (365, 180, 4, 50)
    assert bank.zone == "Europe/Oslo"
    assert (bank.client.leeway, bank.client.lifetime_cap, bank.client.pkce) == (30, 0, True)


def test_what_only_the_person_knows_is_asked_for(write: Callable[..., Path]) -> None:
    bank = read_profile(write(('client_id = "bankview"\n', "")))
    assert [ask.name for ask in bank.asks] == ["client_id", "client_secret", "$MY_KEY"]
    assert [ask.secret for ask in bank.asks] == [False, True, True]


def test_a_public_client_is_asked_for_nothing(write: Callable[..., Path]) -> None:
    plain = write(('"client_secret_post"', '"none"'), (', "X-Key" = "$MY_KEY"', ""))
    assert read_profile(plain).asks == ()


def test_endpoints_stand_alone(write: Callable[..., Path]) -> None:
    issuer = 'issuer = "https://127.0.0.1:8443"'
    both = 'authorization_endpoint = "https://a.example/a"\ntoken_endpoint = "https://a.example/t"'
    server = read_profile(write((issuer, both))).server
    assert (server.issuer, server.token_endpoint) == ("", "https://a.example/t")


def test_loopback_may_speak_plain_http_where_the_profile_says_so(
    write: Callable[..., Path],
) -> None:
    bank = read_profile(
        write(("https://127", "http://127"), ("[oauth]", "[oauth]\ninsecure_http = true"))
    )
    assert bank.server.insecure_http
    assert bank.api.startswith("http://127.0.0.1:8443/")


def test_values_that_change_nothing_are_no_trouble(write: Callable[..., Path]) -> None:
    nothing = 'profile = ""\npar = "auto"\njar = false\ndpop = false\nresource = []\nexpires_at = "ignore"'
    assert read_profile(write(("[oauth]", f"[oauth]\n{nothing}")))


REFUSED = {
    "unknown key": ('country = "NO"', 'contry = "NO"', 4, "write country"),
    "key of another table": ('zone = "Europe/Oslo"', 'scope = ""', 7, "under [oauth]"),
    "key of the top": ('scope = "openid accounts"', 'zone = "UTC"', 16, "at the top"),
    "table": ("[tls]", "[tsl]", 21, "write tls"),
    "text for a number": ("= 365", '= "365"', 8, "Write history_days = 365"),
    "truth for a number": ("= 365", "= true", 8, "a whole number"),
    "fraction": ("= 365", "= 365.5", 8, "a whole number"),
    "number for a text": ('"NO"', "47", 4, "a text in quotes"),
    "too many days": ("= 365", "= 999999", 8, "history_days"),
    "id": ('id = "my-bank"', 'id = "../bank"', 2, "lower-case letters"),
    "id with a line break": ('id = "my-bank"', r'id = "my-bank\n"', 2, "lower-case letters"),
    "id that Windows reserves": ('id = "my-bank"', 'id = "con"', 2, "lower-case letters"),
    "shipped id": ('id = "my-bank"', 'id = "sparebank1-smn"', 2, "another id"),
    "no dialect": ('dialect = "sparebank1"', 'dialect = "klingon"', 5, 'or "sparebank1"'),
    "plain http": ("https://127.0.0.1:8443/personal", "http://127.0.0.1:8443/personal", 6, "https"),
    "http elsewhere": (
        "https://127.0.0.1:8443/personal",
        "http://bank.example/personal",
        6,
        "https",
    ),
    "look-alike": ('"https://127.0.0.1:8443"', '"http://127.0.0.1.bank.example"', 12, "issuer"),
    "user name": ('"https://127.0.0.1:8443"', '"https://127.0.0.1@bank.example"', 12, "issuer"),
    "query": ("personal/banking", "personal?x=1", 6, "without query"),
    "file address": ('"https://127.0.0.1:8443"', '"file:///etc/passwd"', 12, "issuer"),
    "zone": ('"Europe/Oslo"', '"Europe/Bergen"', 7, "no such time zone"),
    "zone as path": ('"Europe/Oslo"', '"Europe/../UTC"', 7, "zone"),
    "secret": (
        'client_id = "bankview"',
        'client_secret = "hunter2"',
        13,
        "never stands in a profile",
    ),
    "authorization header": ('"X-Client"', '"authorization"', 9, "take it out"),
    "header with a line break": ('= "bankview", "X', r'= "a\r\nb", "X', 9, "printable ASCII"),
    "header that asks oddly": ('"$MY_KEY"', '"$my-key"', 9, "$NAME"),
    "redirect elsewhere": ("http://localhost:8321", "http://bank.example", 15, "pasted back"),
    "our own parameter": ("finInst", "state", 19, "take it out"),
    "dpop without a sign-in": (
        'issuer = "',
        'dpop = true\ngrant = "token"\nissuer = "',
        12,
        "write dpop = false",
    ),
    "key client": ("client_secret_post", "private_key_jwt", 14, "write signing_key"),
    "assertion for nobody": (
        'issuer = "https://127.0.0.1:8443"\nclient_id = "bankview"\nclient_authentication = "client_secret_post"',
        'token_endpoint = "https://a.example/t"\nauthorization_endpoint = "https://a.example/a"\nclient_authentication = "client_secret_jwt"',
        14,
        'assertion_audience = "endpoint"',
    ),
    "our own assertion": ("finInst", "client_assertion", 19, "take it out"),
    "fapi": ('issuer = "', 'profile = "fapi2"\nissuer = "', 15, '"tls_client_auth"'),
    "no such authentication": ("client_secret_post", "handshake", 14, '"client_secret_basic"'),
    "half a certificate": ("[tls]", '[tls]\ncertificate = "ca.pem"', 22, "write private_key"),
    "half a signature": ("[tls]", '[signature]\nkey_id = "k"\n[tls]', 21, "private_key is missing"),
    "no file": ('"ca.pem"', '"nowhere.pem"', 22, "no such file"),
    "no server": ('issuer = "https://127.0.0.1:8443"\n', "", 11, "write issuer"),
    "missing": ('name = "My bank"\n', "", 1, 'name = "My bank"'),
    "no table": ("[oauth]", "[auth]", 11, "write oauth"),
    "not TOML": ("= 365", "=", 8, "not TOML"),
    "twice": ('country = "NO"', 'id = "x"', 4, "not TOML"),
    "cut off": ('ca = "ca.pem"', 'ca = "', 22, "not TOML"),
}


@pytest.mark.parametrize(("old", "new", "line", "instead"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_refused_with_its_line_and_what_to_write(
    write: Callable[..., Path], old: str, new: str, line: int, instead: str
) -> None:
    with pytest.raises(ProfileError) as raised:
        read_profile(write((old, new)))
    assert instead in raised.value.problem
    assert raised.value.line == line, raised.value
    assert "hunter2" not in str(raised.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="no such file"):
        read_profile(tmp_path / "none.toml")


def test_a_folder_is_no_profile(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="cannot be read"):
        read_profile(tmp_path)


@pytest.mark.parametrize(
    ("text", "why"), [("\udcff\udcfe", "no text file"), ("#" * 100_000, "too large")]
)
def test_a_file_that_is_no_text_or_no_profile_is_said(
    write: Callable[..., Path], text: str, why: str
) -> None:
    with pytest.raises(ProfileError, match=why):
        read_profile(write(text=text))


def test_a_file_from_windows_is_read(write: Callable[..., Path]) -> None:
    assert read_profile(write(text="\ufeff" + GOOD.replace("\n", "\r\n"))).id == "my-bank"


def test_a_broken_profile_hides_no_other(write: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("id = 3\n")
    (tmp_path / "notes.txt").write_text("no profile")
    write()
    assert [bank.id for bank in all_banks(tmp_path)][-1] == "my-bank"
    assert [error.line for error in broken_profiles(tmp_path)] == [1]


def test_two_profiles_of_one_id_are_one_bank_and_one_error(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    write()
    (tmp_path / "zweite.toml").write_text(GOOD)
    assert [bank.id for bank in all_banks(tmp_path)].count("my-bank") == 1
    assert "also the id" in broken_profiles(tmp_path)[0].problem


# The schema is the contract: whatever it says, the reader says.


@cache
def oracle() -> Any:
    """Return the schema's own validator; in TOML 3.0 is no whole number."""
    kind = jsonschema.Draft202012Validator
    kind.check_schema(_schema.load())
    types = kind.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    return jsonschema.validators.extend(kind, type_checker=types)(_schema.load())


def supported(part: Any, value: Any) -> bool:
    """Return whether this version does what a valid profile asks for."""
    if "x-supported" in part and value not in part["x-supported"]:
        return False
    below = part.get("properties", {})
    return not isinstance(value, dict) or all(
        supported(below[key], item) for key, item in value.items() if key in below
    )


def keys(part: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, below in part.get("properties", {}).items():
        yield (*path, name), below
        yield from keys(below, (*path, name))


BASE = {
    "id": "my-bank",
    "name": "My bank",
    "dialect": "sparebank1",
    "api": "https://bank.example",
    "oauth": {"issuer": "https://bank.example"},
}
ANYTHING = [
    "",
    " ",
    "x",
    "a\nb",
    "$NAME",
    "https://ok.example",
    "https://ok.example/path?x=1",
    "https://ok.example/#x",
    "https://u:p@ok.example",
    "http://ok.example",
    "http://127.0.0.1:8000/x",
    "http://[::1]/x",
    "http://localhost.example",
    "https://",
    "/callback",
    0,
    -1,
    3,
    10**9,
    True,
    False,
    1.5,
    [],
    ["x"],
    [{}],
    {},
    {"a": "b"},
    {"state": "x"},
    {"X-Key": "$KEY"},
    {"Host": "x"},
    {"a": 1},
    {"a": {"b": "c"}},
]
#: Keys about which the schema cannot know everything: a dialect, a zone and a file have to exist.
BEYOND = {
    ("dialect",),
    ("zone",),
    ("id",),
    ("oauth", "metadata"),
    ("oauth", "signing_key"),
    ("oauth", "assertion", "file"),
    ("tls", "ca"),
    ("tls", "certificate"),
    ("tls", "private_key"),
    ("signature", "private_key"),
}
KEYS = [(path, part) for path, part in keys(_schema.load()) if path not in BEYOND]


@st.composite
def profiles(draw: st.DrawFn) -> dict[str, Any]:
    """Return a good profile with up to three keys set to something that may be right or wrong."""
    profile: dict[str, Any] = copy.deepcopy(BASE)
    for path, part in draw(st.lists(st.sampled_from(KEYS), max_size=3)):
        choice = [*part.get("examples", ()), *part.get("enum", ()), *ANYTHING]
        holder = profile
        for name in path[:-1]:
            holder = holder.setdefault(name, {})
            if not isinstance(holder, dict):
                break
        else:
            holder[path[-1]] = copy.deepcopy(draw(st.sampled_from(choice)))
    if draw(st.booleans()) and isinstance(profile["oauth"], dict):
        profile["oauth"]["insecure_http"] = draw(st.booleans())
    return profile


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(profile=profiles())
def test_the_reader_and_the_schema_agree(tmp_path: Path, profile: dict[str, Any]) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(to_toml(profile), "utf-8")
    wanted = oracle().is_valid(profile) and supported(_schema.load(), profile)
    refusal = refused(path)
    assert wanted is (refusal is None), refusal or list(oracle().iter_errors(profile))
    assert refusal is None or refusal.line


def refused(path: Path) -> ProfileError | None:
    try:
        read_profile(path)
    except ProfileError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("path", "part"), KEYS, ids=lambda item: ".".join(item) if isinstance(item, tuple) else ""
)
def test_every_example_of_the_schema_is_valid(path: tuple[str, ...], part: Any) -> None:
    profile: dict[str, Any] = copy.deepcopy(BASE)
    if path[0] == "signature":
        about = _schema.load()["properties"]["signature"]["properties"]
        profile["signature"] = {name: below["examples"][0] for name, below in about.items()}
    for example in part.get("examples", ()):
        holder = profile
        for name in path[:-1]:
            holder = holder.setdefault(name, {})
        holder[path[-1]] = example
        assert oracle().is_valid(profile)


def test_shipped_banks_are_valid_profiles() -> None:
    import tomllib

    from bankview.paths import resource

    for path in resource("banks").glob("*.toml"):
        oracle().validate(tomllib.loads(path.read_text("utf-8")))
