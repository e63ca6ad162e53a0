"""What other systems show us: API keys, and the room tokens with which they let their users in."""

from visavis.tokens.api_keys import ApiKeys, NewApiKey
from visavis.tokens.claims import MAX_LENGTH, TokenRules
from visavis.tokens.operator import OPERATOR, OperatorTokens
from visavis.tokens.room_tokens import Issuer, RoomTokens, issuer_of, room_tokens

__all__ = [
    "MAX_LENGTH",
    "OPERATOR",
    "ApiKeys",
    "Issuer",
    "NewApiKey",
    "OperatorTokens",
    "RoomTokens",
    "TokenRules",
    "issuer_of",
    "room_tokens",
]
