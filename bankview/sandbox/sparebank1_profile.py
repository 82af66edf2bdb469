"""The profiles of Fjordbanken's customers, one for each way to sign in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.sandbox.certificates import SELF_SIGNED
from bankview.sandbox.clients import FIXED, OTHERS, PASTED
from bankview.sandbox.files import write
from bankview.sandbox.sparebank1 import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bankview.sandbox.addresses import Addresses


LOOPBACK = "http://127.0.0.1/callback"


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to sign in as one customer, as a profile file says it.

    `certificate` is the name of the pair that is shown, at the port that asks for one. `more` are further lines of its
    [oauth], `tables` further tables; `$issuer` in both stands for the issuer, `$api` for the address of the API.
    """

    customer: str
    way: str = ""
    client_id: str = "bankview"
    authentication: str = "none"
    redirect_uri: str = LOOPBACK
    grant: str = "authorization_code"
    certificate: str = ""
    more: str = ""
    tables: str = ""

    @property
    def name(self) -> str:
        """The profile's id and file name."""
        return f"sparebank1-{self.customer}{self.way and '-'}{self.way}"


#: The lines that ask who signs in.
OPENID = 'scope = "openid accounts transactions"'


def _other(way: str, grant: str, *, more: str = "", tables: str = "", as_: str = "") -> Profile:
    client, proof = as_ or way, OTHERS[as_ or way][1]
    return Profile(
        "household", way, f"bankview-{client}", proof, grant=grant, more=more, tables=tables
    )


#: The ways without a redirect. A token is exchanged that was entered, or another connection's.
OTHER_PROFILES = (
    _other("device", "device_code", more='scope = "accounts transactions"'),
    _other(
        "ciba",
        "ciba",
        more='scope = "openid accounts transactions"\n'
        'login_hint = "household"\nbinding_message = "Fjord 4711"',
    ),
    _other(
        "token-exchange",
        "token_exchange",
        tables='[oauth.exchange]\nsubject_token_from = "env"\naudience = "$issuer"',
    ),
    _other(
        "token-exchange-connection",
        "token_exchange",
        as_="token-exchange",
        tables='[oauth.exchange]\nsubject_token_from = "sparebank1-household"\n'
        'requested_token_type = "access_token"',
    ),
    _other(
        "jwt-bearer",
        "jwt_bearer",
        more='signing_key = "../signing.key"',
        tables='[oauth.assertion]\nsub = "household"\nlifetime = 60',
    ),
    _other(
        "urn",
        "urn:fjordbanken:params:oauth:grant-type:passbook",
        tables='[oauth.parameters.token]\npassbook = "4711-0001"',
    ),
    _other("client-credentials", "client_credentials"),
)


def _proving() -> tuple[Profile, ...]:
    """Return the ways to sign in as a client that proves more than a secret."""

    def made(way: str, authentication: str, certificate: str = "", more: str = "") -> Profile:
        client_id = f"bankview-{way}"
        return Profile(
            "household", way, client_id, authentication, certificate=certificate, more=more
        )

    key, dpop = 'signing_key = "../signing.key"', "dpop = true"
    return (
        made("client-secret-jwt", "client_secret_jwt"),
        made("private-key-jwt", "private_key_jwt", more=key),
        made("mtls", "tls_client_auth", "client"),
        made("self-signed", "self_signed_tls_client_auth", SELF_SIGNED),
        made("mtls-public", "none", "client"),
        made("dpop", "none", more=dpop),
        made("dpop-private-key-jwt", "private_key_jwt", more=f"{dpop}\n{key}"),
    )


def _asking() -> tuple[Profile, ...]:
    """Return the ways to ask for authorization, and to be answered."""

    def made(way: str, *lines: str, client: str = "") -> Profile:
        more = "\n".join(lines)
        return Profile("household", way, f"bankview{client and '-'}{client}", more=more)

    signed = ("jar = true", 'signing_key = "../signing.key"')
    details = '{ type = "account_information", actions = ["list_accounts", "read_transactions"] }'
    return (
        made("par", 'par = "always"', client="par"),
        made("jar", 'par = "never"', *signed, client="jar"),
        made("par-jar", 'par = "always"', *signed, client="par-jar"),
        made("rar", f"authorization_details = [{details}]"),
        made("resource", 'resource = ["$api"]'),
        made("form-post", 'response_mode = "form_post"'),
        made("jarm", 'response_mode = "query.jwt"'),
        made("jarm-form-post", 'response_mode = "form_post.jwt"'),
        Profile(
            "household",
            "fapi2",
            "bankview-fapi2",
            "tls_client_auth",
            certificate="client",
            more='profile = "fapi2"',
        ),
        Profile(
            "household",
            "fapi2-dpop",
            "bankview-fapi2-dpop",
            "private_key_jwt",
            more='profile = "fapi2"\ndpop = true\nsigning_key = "../signing.key"',
        ),
    )


#: The plain name needs no secret, so that nothing is asked; what SpareBank 1 itself wants is the way `post`.
PROFILES = (
    Profile("household", more='par = "never"\n'),
    Profile("household", "public"),
    Profile("household", "post", "bankview-post", "client_secret_post"),
    Profile("household", "basic", "bankview-basic", "client_secret_basic"),
    Profile("household", "localhost", "bankview-localhost", redirect_uri=FIXED),
    Profile("household", "paste", "bankview-paste", redirect_uri=PASTED),
    Profile("household", "openid", more=OPENID),
    Profile(
        "household",
        "introspection",
        "bankview-introspection",
        "client_secret_post",
        tables='[oauth.parameters.introspection]\nresource_server_id = "fjordbanken"',
    ),
    Profile("household", "introspection-jwt", "bankview-introspection-jwt", "client_secret_basic"),
    Profile("household", "userinfo-jwt", "bankview-userinfo-jwt", more=OPENID),
    *_proving(),
    *_asking(),
    Profile("student"),
    *OTHER_PROFILES,
)


def write_profiles(
    folder: Path, addresses: Addresses, secrets: Mapping[str, str], history_days: int
) -> None:
    """Write every profile into a folder, with an .env file beside it where its client has one of the secrets."""
    for profile in PROFILES:
        secret = secrets.get(profile.client_id.removeprefix("bankview-"))
        if secret:
            line = f"BANKVIEW_CLIENT_SECRET={secret}\n"
            write(folder / f"{profile.name}.env", line.encode())
        path = folder / f"{profile.name}.toml"
        write(path, _toml(profile, addresses, history_days).encode(), 0o644)


def _toml(profile: Profile, addresses: Addresses, history_days: int) -> str:
    issuer, pair = addresses.issuer, profile.certificate
    api = f"{addresses.certificate if pair else issuer}{ROOT}"
    more, tables = (
        f"{start}{text}\n".replace("$issuer", issuer).replace("$api", api) if text else ""
        for start, text in (("", profile.more), ("\n", profile.tables))
    )
    shown = f'certificate = "../{pair}.pem"\nprivate_key = "../{pair}.key"\n' if pair else ""
    title = f"Fjordbanken (demo), {profile.customer}{profile.way and ', '}{profile.way}"
    return f"""\
id = "{profile.name}"
name = "{title}"
country = "NO"
dialect = "sparebank1"
api = "{api}"
zone = "Europe/Oslo"
history_days = {history_days}
consent_days = 365
unattended_per_day = 10000
calls_per_hour = 100000

[oauth]
issuer = "{issuer}"
grant = "{profile.grant}"
client_id = "{profile.client_id}"
client_authentication = "{profile.authentication}"
redirect_uri = "{profile.redirect_uri}"
pkce = true
insecure_http = true
{more}
[oauth.parameters.authorization]
login_hint = "{profile.customer}"
{tables}
[tls]
ca = "../ca.pem"
{shown}"""
