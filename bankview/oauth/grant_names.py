"""The grants as profiles name them: what each needs of the server, and whether a person takes part."""

from __future__ import annotations

CODE, DEVICE, CIBA = "authorization_code", "device_code", "ciba"
CREDENTIALS, JWT_BEARER, EXCHANGE = "client_credentials", "jwt_bearer", "token_exchange"
#: A token that the person entered, and no login at all.
HELD, NONE = "token", "none"
#: No OAuth: a page of the service's own opens a session, and each call is signed by a key of the person's.
SESSION = "session"

#: The grants in which a person allows what is read.
BY_PERSON = frozenset({CODE, DEVICE, CIBA, SESSION})
#: What a grant needs besides the token endpoint, by its name in the metadata.
_ENDPOINTS = {
    CODE: "authorization_endpoint",
    DEVICE: "device_authorization_endpoint",
    CIBA: "backchannel_authentication_endpoint",
}


def endpoints(grant: str) -> tuple[str, ...]:
    """Return the endpoints, by their names in the metadata, that a grant needs."""
    own = _ENDPOINTS.get(grant)
    return ("token_endpoint", own) if own else ("token_endpoint",)


def is_anew(grant: str) -> bool:
    """Tell whether a new token can be asked for without the person, whenever one is needed."""
    return grant not in BY_PERSON | {HELD, NONE}
