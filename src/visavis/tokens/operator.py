"""Room tokens of this server's own, which it signs for its operator."""

from collections.abc import Callable

import jwt

from visavis.rooms import Role, RoomId
from visavis.sealing import derived_key
from visavis.tokens.claims import TokenRules
from visavis.web_tokens import VerificationKey, shared_key

OPERATOR = "operator"
"""The id of their key, and their issuer."""


def operator_key(secret: bytes) -> VerificationKey:
    """The key that signs them, made of the server's secret."""
    return shared_key(derived_key(secret, "room tokens"), OPERATOR)


class OperatorTokens:
    """Signs them. They make their rooms where there are none.

    Args:
        secret: the server's.
        now: seconds since the epoch.
    """

    def __init__(self, secret: bytes, rules: TokenRules, now: Callable[[], float]) -> None:
        self._key = operator_key(secret)
        self._rules = rules
        self._now = now

    def sign(self, room_id: RoomId, role: Role, name: str | None, lifetime: float) -> str:
        """
        Args:
            name: None where the bearer says it.
            lifetime: in seconds; not above that of the rules, or nobody takes the token.
        """
        now = int(self._now())
        claims = {
            "iss": OPERATOR,
            "aud": self._rules.audience,
            "iat": now,
            "exp": now + int(lifetime),
            "room": room_id,
            "role": role.value,
        }
        named = claims if name is None else claims | {"name": name}
        return jwt.encode(named, self._key.material, self._key.algorithm, headers={"kid": OPERATOR})
