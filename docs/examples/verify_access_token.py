"""Verifies an access token of cpor, as the service does that holds the usage data.

    pip install 'PyJWT[crypto]'
    python3 verify_access_token.py https://cpor.example.com "$TOKEN"

Prints what the token says, as JSON; the exit code is 1 when it is refused.
"""

import json
import sys

import jwt

# Keys are asked for again after this time, and at once for a key id that is not known yet.
KEYS_LIFE_SECONDS = 300
# No token lives longer; one that says otherwise is refused.
TOKEN_LIFE_SECONDS_MAX = 300


class AccessTokens:
    """The tokens of one cpor. Keep one of these: it remembers the public keys."""

    def __init__(self, base_url):
        # The issuer is the public address, exactly; keys come from there and nowhere else.
        self.issuer = base_url.rstrip("/")
        keys_url = f"{self.issuer}/.well-known/jwks.json"
        self.keys = jwt.PyJWKClient(keys_url, lifespan=KEYS_LIFE_SECONDS, timeout=5)

    def verify(self, token):
        """Returns what the token says, or raises jwt.PyJWTError."""
        # No other kind of token of the same issuer can stand in for one.
        if jwt.get_unverified_header(token).get("typ") != "cpor-access+jwt":
            raise jwt.InvalidTokenError("not an access token")
        claims = jwt.decode(
            token,
            self.keys.get_signing_key_from_jwt(token),  # By the `kid` of its header.
            algorithms=["EdDSA"],  # Never what the token itself asks for.
            issuer=self.issuer,
            audience="usage-data",
            leeway=5,
            options={"require": ["iss", "aud", "exp", "iat", "nbf", "sub"]},
        )
        if claims["exp"] - claims["iat"] > TOKEN_LIFE_SECONDS_MAX:
            raise jwt.InvalidTokenError("it lives too long")
        return claims


def may_see(claims, partner, tenant, item):
    """Whether these claims open this item's usage data of this tenant to this partner."""
    return (
        claims["partner"] == partner and claims["tenant"] == tenant and item in claims["items"]
    )


if __name__ == "__main__":
    try:
        print(json.dumps(AccessTokens(sys.argv[1]).verify(sys.argv[2])))
    except jwt.PyJWTError as error:
        sys.exit(f"refused: {error}")
