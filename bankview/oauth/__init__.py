"""The OAuth 2 and OpenID Connect engine; it knows the RFCs, and no bank."""
