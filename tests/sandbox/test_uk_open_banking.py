"""How strict the invented bank after UK Open Banking is: certificates, signed requests, consents, and nothing but reading."""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jwt
from joserfc.jwk import RSAKey

from bankview.oauth.authorization import challenge_of
from bankview.sandbox import certificates, uk_keys
from bankview.sandbox import uk_open_banking as service
from bankview.sandbox.addresses import Addresses
from bankview.sandbox.books.shelf import Shelf
from bankview.sandbox.faults import Faults
from bankview.sandbox.folder import Layout
from bankview.sandbox.messages import FORM, Port, Request
from bankview.sandbox.uk_authorization import BY_CERTIFICATE, BY_KEY
from bankview.sandbox.wanted import RefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.sandbox.messages import Answer

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
ISSUER = f"https://bank{service.ROOT}"
BACK = "http://127.0.0.1:4321/callback"
THERE = {"x-fapi-customer-ip-address": "10.0.0.1"}
WANTED = ["ReadAccountsDetail", "ReadBalances", "ReadTransactionsDetail", "ReadTransactionsDebits"]


class Lasting:
    """What takes long to make, and no test changes: keys, certificates and books."""

    def __init__(self, folder: Path) -> None:
        layout = Layout(folder)
        layout.prepare()
        certificates.prepare(folder, datetime.now(UTC))
        uk_keys.prepare(folder)
        self.key = RSAKey.import_key(json.loads((folder / uk_keys.NAME).read_bytes()))
        self.public = uk_keys.public(folder)
        self.peer, self.other_peer = der(folder / "client.pem"), der(folder / "client-b.pem")
        self.books = Shelf(layout.books, layout.state, 60_000, TODAY, lambda: TODAY).books


class Party:
    """A third party with a certificate, and the bank on a day."""

    def __init__(self, lasting: Lasting, folder: Path) -> None:
        self.now, self.token, self.version, self.client = NOW, "", "v3.1", BY_CERTIFICATE
        self.key, self.peer, self.other_peer = lasting.key, lasting.peer, lasting.other_peer
        addresses = Addresses("https://issuer", "http://pages", "https://bank")
        self.bank = service.opened(
            folder,
            lasting.public,
            addresses,
            lasting.books,
            Faults(),
            lambda: self.now,
            today=lambda: TODAY,
            life=600,
        )
        self.verifier = secrets.token_urlsafe(32)

    def send(self, request: Request) -> Answer:
        return self.bank.answer(replace(request, peer=self.peer))

    def call(
        self, method: str, path: str, body: Any = None, query: str = "", **more: str
    ) -> tuple[int, Any]:
        head = {"authorization": f"Bearer {self.token}", "x-fapi-interaction-id": str(uuid.uuid4())}
        if body is not None:
            head["content-type"] = "application/json"
        where = f"{service.ROOT}/{self.version}/aisp{path}"
        content = b"" if body is None else json.dumps(body).encode()
        answer = self.send(
            Request(Port.CERTIFICATE, method, where, query, {**head, **more}, content)
        )
        assert isinstance(answer.body, bytes)
        return answer.status, json.loads(answer.body) if answer.body else None

    def ask_token(self, **fields: str) -> tuple[int, Any]:
        form = urlencode({"client_id": self.client, **fields}).encode()
        where = f"{service.ROOT}/oauth/token"
        request = Request(Port.CERTIFICATE, "POST", where, "", {"content-type": FORM}, form)
        answer = self.send(request)
        assert isinstance(answer.body, bytes)
        return answer.status, json.loads(answer.body)

    def in_own_name(self) -> None:
        _, said = self.ask_token(grant_type="client_credentials", scope="accounts")
        self.token = said["access_token"]

    def consent(self, *permissions: str, **more: Any) -> tuple[int, Any]:
        data = {"Permissions": [*(permissions or WANTED)]}
        return self.call("POST", "/account-access-consents", {"Data": data, "Risk": {}, **more})

    def asked(self, consent: str, *, header: Any = None, **changes: Any) -> str:
        """Return the query of a request to sign in."""
        essential: dict[str, Any] = {"essential": True}
        claims = {
            "openbanking_intent_id": {"value": consent, **essential},
            "acr": {"values": ["urn:openbanking:psd2:sca"], **essential},
        }
        said = {
            "iss": self.client,
            "aud": ISSUER,
            "iat": int(self.now),
            "nbf": int(self.now),
            "exp": int(self.now) + 240,
            "client_id": self.client,
            "response_type": "code",
            "redirect_uri": BACK,
            "scope": "openid accounts",
            "state": "a-state",
            "nonce": "a-nonce",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
            "claims": {"id_token": claims},
            **({"response_mode": "query.jwt"} if self.client == BY_CERTIFICATE else {}),
            **changes,
        }
        said = {name: value for name, value in said.items() if value is not None}
        head = {"alg": "PS256", "kid": self.key.kid, "typ": "JWT", **(header or {})}
        head = {name: value for name, value in head.items() if value is not None}
        text = jwt.encode(head, said, self.key, algorithms=[head["alg"]])
        return urlencode({"client_id": self.client, "request": text})

    def signed_in(self) -> str:
        """Sign the household in, and return the consent's id."""
        self.in_own_name()
        id_: str = self.consent()[1]["Data"]["ConsentId"]
        server = self.bank.server
        location = server.allow(server.wanted(self.asked(id_)), "household")
        code = parse_qs(urlsplit(location).query)["code"][0]
        fields = {"code": code, "redirect_uri": BACK, "code_verifier": self.verifier}
        status, said = self.ask_token(grant_type="authorization_code", **fields)
        assert status == 200, said
        self.token, self.reply = said["access_token"], said
        return id_

    def account(self) -> str:
        _, said = self.call("GET", "/accounts", **THERE)
        return f"/accounts/{said['Data']['Account'][0]['AccountId']}"


def der(path: Path) -> bytes:
    return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER)


def code(said: Any) -> Any:
    return said["Errors"][0]["ErrorCode"]


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Lasting:
    return Lasting(tmp_path_factory.mktemp("uk"))


@pytest.fixture
def party(lasting: Lasting, tmp_path: Path) -> Party:
    return Party(lasting, tmp_path)


@pytest.fixture
def inside(party: Party) -> Party:
    party.signed_in()
    return party


def test_who_shows_no_certificate_is_not_heard(party: Party) -> None:
    party.peer = b""
    assert party.call("GET", "/accounts")[0] == 401


def test_a_token_is_worth_nothing_with_another_certificate(inside: Party) -> None:
    assert inside.call("GET", "/accounts", **THERE)[0] == 200
    inside.peer = inside.other_peer
    assert inside.call("GET", "/accounts", **THERE) == (401, None)
    assert inside.ask_token(grant_type="client_credentials", scope="accounts")[0] == 401


def test_a_client_proves_itself_as_it_is_registered(party: Party) -> None:
    party.client = BY_KEY
    assert party.ask_token(grant_type="client_credentials", scope="accounts")[0] == 401


def test_a_client_gets_no_more_than_consents_in_its_own_name(party: Party) -> None:
    assert party.ask_token(grant_type="client_credentials", scope="payments")[0] == 400
    party.in_own_name()
    assert party.call("GET", "/accounts") == (403, None)
    assert party.consent()[0] == 201


def test_a_person_s_token_is_none_for_consents(inside: Party) -> None:
    assert inside.consent() == (403, None)


@pytest.mark.parametrize(
    "permissions",
    [
        ("ReadBalances",),
        ("ReadAccountsDetail", "ReadTransactionsDetail"),
        ("ReadAccountsDetail", "ReadTransactionsDebits"),
        ("ReadAccountsDetail", "ReadBeneficiariesDetail"),
        ("ReadAccountsDetail", "ReadPAN"),
    ],
)
def test_permissions_that_make_no_sense_or_are_too_many_are_refused(
    party: Party, permissions: tuple[str, ...]
) -> None:
    party.in_own_name()
    status, said = party.consent(*permissions)
    assert (status, code(said)) == (400, "UK.OBIE.Field.Invalid")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"Risk": {"more": 1}}, "UK.OBIE.Field.Missing"),
        ({"Risk": None}, "UK.OBIE.Field.Missing"),
        ({"More": {}}, "UK.OBIE.Field.Missing"),
        ({"Data": {"Permissions": WANTED, "More": 1}}, "UK.OBIE.Field.Unexpected"),
        (
            {"Data": {"Permissions": WANTED, "ExpirationDateTime": "2027-02-18T12:00:00"}},
            "UK.OBIE.Field.InvalidDate",
        ),
        (
            {"Data": {"Permissions": WANTED, "ExpirationDateTime": "2026-02-18T12:00:00Z"}},
            "UK.OBIE.Field.InvalidDate",
        ),
    ],
)
def test_a_consent_is_written_to_the_letter(party: Party, data: Any, said: str) -> None:
    party.in_own_name()
    status, answer = party.consent(**data)
    assert (status, code(answer)) == (400, said)


@pytest.mark.parametrize(
    "changes",
    [
        {"claims": None},
        {"claims": {"id_token": {}}},
        {"scope": "openid"},
        {"scope": "openid accounts payments"},
        {"response_type": "code id_token"},
        {"response_mode": None},
        {"code_challenge": None, "code_challenge_method": None},
        {"aud": "https://other.example"},
        {"exp": int(NOW) + 4000},
        {"nbf": None},
        {"iss": "somebody"},
        {"redirect_uri": "https://other.example/callback"},
        {"header": {"kid": None}},
        {"header": {"alg": "RS256"}},
        {"header": {"typ": "at+jwt"}},
    ],
)
def test_a_request_is_signed_and_says_all_that_it_has_to(party: Party, changes: Any) -> None:
    party.in_own_name()
    id_ = party.consent()[1]["Data"]["ConsentId"]
    with pytest.raises(RefusedError):
        party.bank.server.wanted(party.asked(id_, **changes))
    assert party.bank.server.wanted(party.asked(id_)).institution == id_


def test_a_plain_request_is_refused(party: Party) -> None:
    plain = {"client_id": party.client, "response_type": "code", "redirect_uri": BACK}
    with pytest.raises(RefusedError):
        party.bank.server.wanted(urlencode(plain))


def test_a_request_is_for_a_consent_that_waits_and_is_the_client_s(party: Party) -> None:
    id_ = party.signed_in()
    server = party.bank.server
    for consent in (id_, str(uuid.uuid4())):
        with pytest.raises(RefusedError):
            server.wanted(party.asked(consent))
    party.in_own_name()
    declined = party.consent()[1]["Data"]["ConsentId"]
    server.decline(server.wanted(party.asked(declined)))
    said = party.call("GET", f"/account-access-consents/{declined}")[1]
    assert said["Data"]["Status"] == "Rejected"


def test_each_version_has_its_own_words(inside: Party) -> None:
    old = inside.call("GET", "/accounts", **THERE)[1]["Data"]["Account"][0]
    path = inside.account()
    rows = inside.call("GET", f"{path}/transactions", **THERE)[1]["Data"]["Transaction"]
    inside.version = "v4.0"
    new = inside.call("GET", "/accounts", **THERE)[1]["Data"]["Account"][0]
    newer = inside.call("GET", f"{path}/transactions", **THERE)[1]["Data"]["Transaction"]
    assert (old["AccountSubType"], new["AccountTypeCode"]) == ("CurrentAccount", "CACC")
    assert {row["Status"] for row in rows} <= {"Booked", "Pending", "Rejected"}
    assert {row["Status"] for row in newer} <= {"BOOK", "PDNG", "RJCT"}
    assert code(inside.call("GET", "/accounts/none", **THERE)[1]) == "U011"


def test_a_consent_that_is_withdrawn_reads_and_renews_nothing(party: Party) -> None:
    id_, mine = party.signed_in(), party.token
    party.in_own_name()
    path = f"/account-access-consents/{id_}"
    assert party.call("GET", path)[1]["Data"]["Status"] == "Authorised"
    assert party.call("DELETE", path) == (204, None)
    assert code(party.call("GET", path)[1]) == "UK.OBIE.Resource.NotFound"
    party.token = mine
    status, said = party.call("GET", "/accounts", **THERE)
    assert (status, code(said)) == (403, "UK.OBIE.Resource.InvalidConsentStatus")
    renewal = {"grant_type": "refresh_token", "refresh_token": party.reply["refresh_token"]}
    assert party.ask_token(**renewal)[1]["error"] == "invalid_grant"


def test_a_consent_that_has_ended_reads_nothing(inside: Party) -> None:
    assert inside.call("GET", "/accounts", **THERE)[0] == 200
    assert inside.bank.consents.expire_access() == 1
    assert inside.call("GET", "/accounts", **THERE)[0] == 403


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ({"x-fapi-interaction-id": "1"}, 400),
        ({"x-fapi-customer-ip-address": "here"}, 400),
        ({"accept": "text/html"}, 406),
    ],
)
def test_what_stands_above_a_call_makes_sense(inside: Party, head: Any, status: int) -> None:
    assert inside.call("GET", "/accounts", **{**THERE, **head})[0] == status


def test_the_name_of_a_call_comes_back(inside: Party) -> None:
    name = str(uuid.uuid4())
    head = {"authorization": f"Bearer {inside.token}", "x-fapi-interaction-id": name}
    where = f"{service.ROOT}/v4.0/aisp/accounts"
    answer = inside.send(Request(Port.CERTIFICATE, "GET", where, "", head))
    assert answer.headers["x-fapi-interaction-id"] == name


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/accounts", "/domestic-payments", "/accounts/x/beneficiaries"])
def test_nothing_but_reading_is_done(inside: Party, method: str, path: str) -> None:
    assert inside.call(method, path, {}, **THERE)[0] == 405


@pytest.mark.parametrize("path", ["/transactions", "/accounts/x/beneficiaries", "/party"])
def test_what_was_not_asked_for_is_not_there(inside: Party, path: str) -> None:
    assert inside.call("GET", path, **THERE)[0] == 404


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("fromBookingDateTime=2026-11-01T00:00:00Z", "UK.OBIE.Field.InvalidDate"),
        ("fromBookingDateTime=2026-11-01T00:00:00%2B01:00", "UK.OBIE.Field.InvalidDate"),
        ("toBookingDateTime=soon", "UK.OBIE.Field.InvalidDate"),
        ("dateFrom=2026-11-01", "UK.OBIE.Field.Unexpected"),
        ("page=1&page=2", "UK.OBIE.Field.Unexpected"),
    ],
)
def test_rows_are_asked_for_by_days_without_a_zone(inside: Party, query: str, said: str) -> None:
    path = f"{inside.account()}/transactions"
    assert code(inside.call("GET", path, query=query, **THERE)[1]) == said


def test_what_is_old_is_read_in_the_five_minutes_after_the_sign_in(inside: Party) -> None:
    path, old = f"{inside.account()}/transactions", "fromBookingDateTime=2026-01-01T00:00:00"
    assert inside.call("GET", path, query=old, **THERE)[0] == 200
    inside.now += service.FRESH + 1
    status, said = inside.call("GET", path, query=old, **THERE)
    assert (status, code(said)) == (403, "UK.OBIE.Reauthenticate")
    assert inside.call("GET", path, **THERE)[0] == 200


def test_no_answer_is_for_more_than_half_a_year(inside: Party) -> None:
    path = f"{inside.account()}/transactions"
    query = "fromBookingDateTime=2024-01-01T00:00:00&toBookingDateTime=2026-11-20T00:00:00"
    days = []
    while query:
        said = inside.call("GET", path, query=query, **THERE)[1]
        days += [row["BookingDateTime"][:10] for row in said["Data"]["Transaction"]]
        query = urlsplit(said["Links"].get("Next", "")).query
    assert "2026-05-18" <= min(days) < "2026-06-01"


def test_pages_follow_one_another_and_begin_with_the_last_row_again(inside: Party) -> None:
    path = f"{inside.account()}/transactions"
    said = inside.call("GET", path, **THERE)[1]
    following = said["Links"]["Next"]
    assert following.startswith(f"https://bank{service.ROOT}/v3.1/aisp{path}?")
    more = inside.call("GET", path, query=urlsplit(following).query, **THERE)[1]
    pages = [one["Data"]["Transaction"] for one in (said, more)]
    assert len(pages[0]) == service.ROWS
    assert pages[0][-1] == pages[1][0]


def test_who_is_not_there_comes_four_times_a_day_and_pages_are_free(inside: Party) -> None:
    path = f"{inside.account()}/transactions"
    assert [inside.call("GET", path)[0] for _ in range(5)] == [200, 200, 200, 200, 429]
    assert inside.call("GET", path, query="page=2")[0] == 200
    assert inside.call("GET", path, **THERE)[0] == 200
