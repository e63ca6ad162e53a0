"""Web tokens that others have signed (JWT, RFC 7519), read strictly.

Each key is pinned to one algorithm when it is loaded, and a token says nothing of how it is to be read but
the name of its key: with ``none``, or with a public key taken for a shared secret, nothing can be forged
(RFC 8725, sections 2.1 and 3.1).
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

Algorithm = Literal["HS256", "RS256", "ES256", "EdDSA"]

MAX_KEYS = 100
"""Of one file or one set."""

_MIN_RSA_BITS = 2048
_MIN_SECRET_BYTES = 32
_MAX_KEY_ID = 256

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)


class WebTokenInvalid(Exception):
    """The token cannot be believed. The message says why, for whoever made it, and holds nothing of it."""


class KeyUnusable(Exception):
    """A key cannot be used to check tokens. The message is one line for the operator."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A key, and the one algorithm for which it is good. ``id``: the ``kid`` of its tokens."""

    algorithm: Algorithm
    material: Any = field(repr=False)
    id: str | None = None


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """What a token says of itself before anything of it is known to be true."""

    text: str = field(repr=False)
    algorithm: str
    key_id: str | None

    def verified_by(self, keys: Sequence[VerificationKey]) -> dict[str, Any]:
        """Its claims, once one of the keys has signed them. None of them was looked at.

        Raises:
            WebTokenInvalid
        """
        pinned = [key for key in keys if key.algorithm == self.algorithm]
        if not pinned:
            raise WebTokenInvalid("its key is not one for its algorithm")
        for key in pinned:
            try:
                payload = jwt.PyJWS().decode(self.text, key.material, algorithms=[key.algorithm])
            except jwt.InvalidTokenError:
                continue
            return _read_object(payload, "payload")
        raise WebTokenInvalid("its signature is wrong")


class _Header(msgspec.Struct):
    alg: str
    kid: str | None = None
    typ: str | None = None
    crit: Any = None


def parse(text: str, max_length: int) -> UnverifiedToken:
    """A token in the compact form (RFC 7515, section 7.1).

    Raises:
        WebTokenInvalid: it is none, or asks for something that is not known here.
    """
    if len(text) > max_length:
        raise WebTokenInvalid(f"it has more than {max_length} characters")
    if not _COMPACT.fullmatch(text):
        raise WebTokenInvalid("it is not a signed web token")
    encoded = text.partition(".")[0]
    try:
        raw = jwt.utils.base64url_decode(encoded)
    except ValueError:
        raise WebTokenInvalid("its header is not base64url") from None
    try:
        header = msgspec.convert(_read_object(raw, "header"), _Header)
    except msgspec.ValidationError:
        raise WebTokenInvalid("its header is of another form") from None
    if header.crit is not None:
        raise WebTokenInvalid("it has extensions that are not known here")
    if header.typ is not None and header.typ.upper() not in ("JWT", "AT+JWT"):
        raise WebTokenInvalid("it is of another type")
    if header.kid is not None and len(header.kid) > _MAX_KEY_ID:
        raise WebTokenInvalid("the name of its key is too long")
    return UnverifiedToken(text, header.alg, header.kid)


def _read_object(raw: bytes, part: str) -> dict[str, Any]:
    """An object in which no name stands twice: of two, others might take the other."""
    try:
        found = json.loads(raw, object_pairs_hook=_unique, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise WebTokenInvalid(f"its {part} is not JSON, or a name stands in it twice") from None
    if not isinstance(found, dict):
        raise WebTokenInvalid(f"its {part} is not an object")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


# --- keys -----------------------------------------------------------------------------------------


def shared_key(secret: bytes, key_id: str | None = None) -> VerificationKey:
    """A key for HS256.

    Raises:
        KeyUnusable: it has fewer than 32 bytes (RFC 7518, section 3.2).
    """
    if len(secret) < _MIN_SECRET_BYTES:
        raise KeyUnusable(f"a secret has {_MIN_SECRET_BYTES} bytes at the least")
    return VerificationKey("HS256", secret, key_id)


def public_key(material: object, key_id: str | None = None) -> VerificationKey:
    """A public key, pinned to the algorithm of its family.

    Raises:
        KeyUnusable: it is of another family, or too weak.
    """
    match material:
        case RSAPublicKey() if material.key_size < _MIN_RSA_BITS:
            raise KeyUnusable(f"an RSA key has {_MIN_RSA_BITS} bits at the least")
        case RSAPublicKey():
            return VerificationKey("RS256", material, key_id)
        case EllipticCurvePublicKey() if isinstance(material.curve, SECP256R1):
            return VerificationKey("ES256", material, key_id)
        case Ed25519PublicKey():
            return VerificationKey("EdDSA", material, key_id)
    raise KeyUnusable("a public key is RSA, EC on P-256, or Ed25519")


def keys_in_pem(content: bytes) -> tuple[VerificationKey, ...]:
    """The public keys of a PEM file, in the order in which they stand. Certificates will do.

    Raises:
        KeyUnusable: there is none, there are too many, or one cannot be used. A private key is refused.
    """
    blocks = [(found[1], found[0]) for found in _PEM.finditer(content)]
    if not blocks:
        raise KeyUnusable("there is no public key in it (PEM)")
    if len(blocks) > MAX_KEYS:
        raise KeyUnusable(f"it has more than {MAX_KEYS} keys")
    return tuple(_key_of(label, block) for label, block in blocks)


def _key_of(label: bytes, block: bytes) -> VerificationKey:
    if b"PRIVATE" in label:
        raise KeyUnusable("it has a private key, which belongs to whoever signs, and nowhere else")
    try:
        if label == b"CERTIFICATE":
            return public_key(load_pem_x509_certificate(block).public_key())
        return public_key(load_pem_public_key(block))
    except (ValueError, UnsupportedAlgorithm):
        raise KeyUnusable("a key in it cannot be read") from None


def keys_in_set(document: object) -> tuple[VerificationKey, ...]:
    """The usable keys of a JSON Web Key Set (RFC 7517, section 5); others are left out.

    Left out are keys that are not for signatures, that are of another algorithm or too weak, secrets and
    private keys, and those that have an id in common: it would not say which.

    Raises:
        KeyUnusable: it is no set, or too large a one.
    """
    entries = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(entries, list):
        raise KeyUnusable("it is no key set")
    if len(entries) > MAX_KEYS:
        raise KeyUnusable(f"it has more than {MAX_KEYS} keys")
    found = [key for entry in entries if (key := _key_in(entry)) is not None]
    counts = Counter(key.id for key in found if key.id is not None)
    return tuple(key for key in found if key.id is None or counts[key.id] == 1)


_TYPES: Mapping[str, Any] = {
    "RSA": jwt.algorithms.RSAAlgorithm,
    "EC": jwt.algorithms.ECAlgorithm,
    "OKP": jwt.algorithms.OKPAlgorithm,
}


def _key_in(entry: object) -> VerificationKey | None:
    if not isinstance(entry, dict) or "d" in entry or entry.get("use", "sig") != "sig":
        return None
    kind, key_id = entry.get("kty"), entry.get("kid")
    if not isinstance(kind, str) or kind not in _TYPES or not isinstance(key_id, str | None):
        return None
    try:
        key = public_key(_TYPES[kind].from_jwk(entry), key_id)
    except (jwt.PyJWTError, KeyUnusable, ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if entry.get("alg", key.algorithm) == key.algorithm else None


def only(keys: Iterable[VerificationKey], algorithm: str) -> tuple[VerificationKey, ...]:
    """The keys for one algorithm."""
    return tuple(key for key in keys if key.algorithm == algorithm)
