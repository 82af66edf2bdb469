"""What a bank knows of us, as its profile says (RFC 6749 §2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bankview.domain.secret import Secret
from bankview.oauth.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Client:
    """What a bank knows of us, as its profile says.

    `grant` is a profile's word, `authentication` one of `authentication.METHODS`; `leeway` and `lifetime_cap` are
    seconds; `parameters` are further fields by request: authorization, token, revocation. `believes_expires_at` lets
    the server's own `expires_at` count; `id_token_algorithms` are the only ones that an ID token may be signed with.
    `signing_key` is our private key for what we sign ourselves, a PEM or a JWK, and `signing_algorithm` how it signs.
    `hint` is the name and value of the one hint that says whom a backchannel request is about; `exchange` and
    `assertion` are the profile's tables of these names, `ready_assertion` an assertion that others made.
    `assertion_audience` is what an assertion of ours names: the server's issuer, or the "endpoint" that is called.
    With `dpop`, tokens are bound to a key that is made for the sign-in (RFC 9449). `ways` says how the authorization
    request is made.
    """

    client_id: str = ""
    authentication: str = "none"
    secret: Secret = field(default_factory=Secret)
    redirect_uri: str = "http://127.0.0.1/callback"
    scope: str = ""
    pkce: bool = True
    grant: str = "authorization_code"
    leeway: int = 30
    lifetime_cap: int = 0
    believes_expires_at: bool = False
    id_token_algorithms: tuple[str, ...] = ("PS256", "ES256", "RS256")
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    signing_key: Secret = field(default_factory=Secret)
    signing_algorithm: str = ""
    hint: tuple[str, str] = field(default=("", ""), repr=False)
    binding_message: str = ""
    exchange: Mapping[str, str] = field(default_factory=dict)
    assertion: Mapping[str, Any] = field(default_factory=dict)
    ready_assertion: Secret = field(default_factory=Secret)
    assertion_audience: str = "issuer"
    ways: Ways = field(default_factory=Ways)
    dpop: bool = False
