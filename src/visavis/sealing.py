"""Secrets that the database keeps, and that are worth nothing without the server's own."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class SealBroken(Exception):
    """It was not sealed with this server's secret, not for this purpose, or not for that name."""


def derived_key(secret: bytes, purpose: str) -> bytes:
    """32 bytes of the server's secret for one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(SHA256(), length=32, salt=None, info=f"visavis {purpose}".encode()).derive(secret)


class Seal:
    """Seals for one purpose, with AES-256-GCM.

    Args:
        secret: the server's.
    """

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._cipher = AESGCM(derived_key(secret, purpose))

    def close(self, content: bytes, name: str) -> str:
        """Seal something under a name, with which alone it can be opened."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, content, name.encode())).decode()

    def open(self, sealed: str, name: str) -> bytes:
        """
        Raises:
            SealBroken
        """
        try:
            raw = urlsafe_b64decode(sealed)
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], name.encode())
        except (ValueError, InvalidTag):
            raise SealBroken from None
