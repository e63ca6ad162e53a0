"""Web tokens: what is signed by a key that is pinned is read, and nothing else."""

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from visavis.web_tokens import (
    MAX_KEYS,
    KeyUnusable,
    VerificationKey,
    WebTokenInvalid,
    keys_in_pem,
    keys_in_set,
    parse,
    public_key,
    shared_key,
)

CLAIMS = {"iss": "clinic", "room": "garden"}
SECRET = b"s" * 32
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()
PAIRS: dict[str, Any] = {"RS256": RSA_KEY, "ES256": EC_KEY, "EdDSA": ED_KEY}


def read(text: str, *keys: VerificationKey) -> dict[str, Any]:
    return parse(text, 4096).verified_by(keys)


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw_token(header: object, payload: object, secret: bytes = SECRET) -> str:
    """Signed with HS256, whatever it says."""
    signed = f"{part(header)}.{part(payload)}"
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return f"{signed}.{part(algorithm.sign(signed.encode(), secret))}"


def pem(key: Any) -> bytes:
    return bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def jwk(key: Any, **more: object) -> dict[str, Any]:
    algorithms = (jwt.algorithms.RSAAlgorithm, jwt.algorithms.ECAlgorithm, jwt.algorithms.OKPAlgorithm)
    kind = next(one for one, private in zip(algorithms, PAIRS.values(), strict=True) if key is private)
    return dict(kind.to_jwk(key.public_key(), as_dict=True)) | more  # type: ignore[attr-defined]


@pytest.mark.parametrize("algorithm", PAIRS)
def test_a_token_is_read_with_the_key_that_signed_it(algorithm: str) -> None:
    signed = jwt.encode(CLAIMS, PAIRS[algorithm], algorithm, headers={"kid": "one"})
    token = parse(signed, 4096)
    assert (token.algorithm, token.key_id) == (algorithm, "one")
    assert token.verified_by([public_key(PAIRS[algorithm].public_key())]) == CLAIMS
    others = [public_key(PAIRS[other].public_key()) for other in PAIRS if other != algorithm]
    assert token.verified_by([*others, public_key(PAIRS[algorithm].public_key())]) == CLAIMS
    with pytest.raises(WebTokenInvalid):
        token.verified_by(others)


def test_a_shared_secret_reads_what_it_signed() -> None:
    signed = jwt.encode(CLAIMS, SECRET, "HS256")
    assert read(signed, shared_key(SECRET)) == CLAIMS
    with pytest.raises(WebTokenInvalid, match="signature"):
        read(signed, shared_key(b"t" * 32))


def test_a_public_key_is_never_taken_for_a_shared_secret() -> None:
    for private in PAIRS.values():
        public = pem(private.public_key())
        for secret in (public, public.strip(), public.replace(b"\n", b"")):
            with pytest.raises(WebTokenInvalid, match="algorithm"):
                read(raw_token({"alg": "HS256"}, CLAIMS, secret), public_key(private.public_key()))


def test_a_shared_secret_is_never_taken_for_a_public_key() -> None:
    for algorithm, private in PAIRS.items():
        with pytest.raises(WebTokenInvalid, match="algorithm"):
            read(jwt.encode(CLAIMS, private, algorithm), shared_key(pem(private.public_key())))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", "HS384", "HS512", "RS256"])
def test_a_token_says_nothing_of_how_it_is_to_be_read(algorithm: str) -> None:
    for signature in ("", part(b"x")):
        with pytest.raises(WebTokenInvalid):
            read(f"{part({'alg': algorithm})}.{part(CLAIMS)}.{signature}", shared_key(SECRET))
    with pytest.raises(WebTokenInvalid, match="algorithm"):
        read(raw_token({"alg": algorithm}, CLAIMS), shared_key(SECRET))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "a.b.c\n",
        "é.b.c",
        "\ud800.b.c",
        "eyJhbGciOiJIUzI1NiJ9..x",
        f"{part(b'[]')}.{part(CLAIMS)}.x",
        f"{part(b'[' * 2000)}.{part(CLAIMS)}.x",
        f"{part(CLAIMS)}.{part(CLAIMS)}.x",
        f"{part({'alg': 1})}.{part(CLAIMS)}.x",
        f"{part({'alg': 'HS256', 'kid': 1})}.{part(CLAIMS)}.x",
        f"{part({'alg': 'HS256', 'kid': 'x' * 300})}.{part(CLAIMS)}.x",
        f"{part(bytes([255]))}.{part(CLAIMS)}.x",
        raw_token({"alg": "HS256", "pad": "x" * 4096}, CLAIMS),
        raw_token({"alg": "HS256", "crit": ["exp"], "exp": 1}, CLAIMS),
        raw_token({"alg": "HS256", "typ": "visavis-ticket"}, CLAIMS),
        raw_token(b'{"alg": "HS256", "alg": "HS256"}', CLAIMS),
        raw_token(b'{"alg": "none", "alg": "HS256"}', CLAIMS),
    ],
)
def test_what_is_no_token_of_ours_is_refused_before_any_key_is_tried(text: str) -> None:
    with pytest.raises(WebTokenInvalid):
        parse(text, 4096)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b"[" * 1500,
        b'{"room": "a", "room": "b"}',
        b'{"room": "a", "\\u0072oom": "b"}',
        b'{"at": {"room": "a", "room": "b"}}',
        b'{"exp": NaN}',
        b'{"exp": Infinity}',
    ],
)
def test_a_signed_payload_is_one_plain_object(payload: bytes) -> None:
    with pytest.raises(WebTokenInvalid):
        read(raw_token({"alg": "HS256"}, payload), shared_key(SECRET))


def test_keys_that_a_token_brings_along_are_not_looked_at() -> None:
    stranger = rsa.generate_private_key(65537, 2048)
    own = dict(jwt.algorithms.RSAAlgorithm.to_jwk(stranger.public_key(), as_dict=True))
    headers = {"jwk": own, "jku": "http://localhost:1/", "x5u": "http://localhost:1/"}
    with pytest.raises(WebTokenInvalid, match="signature"):
        read(jwt.encode(CLAIMS, stranger, "RS256", headers=headers), public_key(RSA_KEY.public_key()))


# --- keys -------------------------------------------------------------------------------------------


def test_a_file_has_keys_of_several_families() -> None:
    content = b"ours:\n" + b"\n".join(pem(private.public_key()) for private in PAIRS.values())
    assert [key.algorithm for key in keys_in_pem(content)] == list(PAIRS)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ssh-ed25519 AAAA",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        pem(ec.generate_private_key(ec.SECP384R1()).public_key()),
        pem(rsa.generate_private_key(65537, 1024).public_key()),  # noqa: S505
        pem(ED_KEY.public_key()) * (MAX_KEYS + 1),
        EC_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        pem(ED_KEY.public_key()) + EC_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(content: bytes) -> None:
    with pytest.raises(KeyUnusable):
        keys_in_pem(content)


def test_a_set_gives_its_usable_keys() -> None:
    found = keys_in_set(
        {
            "keys": [
                jwk(RSA_KEY, kid="rsa", use="sig", alg="RS256"),
                jwk(EC_KEY, kid="ec"),
                jwk(ED_KEY),
                jwk(EC_KEY, kid="encrypts", use="enc"),
                jwk(RSA_KEY, kid="other algorithm", alg="RS512"),
                jwk(RSA_KEY, kid="confused", alg="HS256"),
                jwk(RSA_KEY, kid=7),
                jwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY, as_dict=True) | {"kid": "private"},
                {"kty": "oct", "k": "c2VjcmV0", "kid": "shared", "alg": "HS256"},
                {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "weak"},
                {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "no point"},
                {"kty": ["RSA"]},
                {},
                None,
                "x",
            ]
        }
    )
    assert [(key.id, key.algorithm) for key in found] == [("rsa", "RS256"), ("ec", "ES256"), (None, "EdDSA")]


def test_two_keys_of_one_id_are_both_left_out() -> None:
    keys = [jwk(RSA_KEY, kid="twice"), jwk(EC_KEY, kid="twice"), jwk(ED_KEY, kid="once")]
    assert [key.id for key in keys_in_set({"keys": keys})] == ["once"]


@pytest.mark.parametrize("document", [None, [], {}, {"keys": {}}, {"keys": [{}] * (MAX_KEYS + 1)}])
def test_what_is_no_set_is_refused(document: object) -> None:
    with pytest.raises(KeyUnusable):
        keys_in_set(document)


def test_a_secret_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(KeyUnusable):
        shared_key(b"x" * 31)


def test_a_key_does_not_show_itself() -> None:
    assert "sss" not in repr(shared_key(SECRET))
