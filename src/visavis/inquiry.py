"""The doctor's question to a server that runs: what has arrived of this request?

It goes through whatever stands before the server, and so shows what that does to requests. It is signed with
the server's secret: nobody else is told, and only this server, of all that may stand at an address, answers.
"""

from collections.abc import Callable

import jwt

ARRIVAL = "/api/v1/arrival"
"""Where it is asked."""

_ALGORITHM = "HS256"
_AUDIENCE = "visavis:doctor"
_LIFETIME = 60.0
_MAX_LENGTH = 512


class Inquiries:
    """Signs and knows them.

    Args:
        secret: the signing key, at least 32 bytes (RFC 7518, section 3.2).
        now: seconds since the epoch.
    """

    def __init__(self, secret: bytes, now: Callable[[], float]) -> None:
        self._secret = secret
        self._now = now

    def sign(self) -> str:
        """For the ``Authorization`` header (RFC 6750)."""
        claims = {"aud": _AUDIENCE, "exp": self._now() + _LIFETIME}
        return "Bearer " + jwt.encode(claims, self._secret, algorithm=_ALGORITHM)

    def knows(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or len(token) > _MAX_LENGTH:
            return False
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={
                    "require": ["aud", "exp"],
                    "verify_exp": False,
                },
            )
        except jwt.InvalidTokenError:
            return False
        # Against the clock that was handed in.
        return bool(claims["exp"] > self._now())
