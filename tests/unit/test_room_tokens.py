"""Room tokens and API keys: who is let in by them, and who is not."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.fake_clock import FakeClock
from visavis.errors import (
    ApiKeyInvalid,
    ApiKeyNotFound,
    NameTooLong,
    RoomIdInvalid,
    TokenExpired,
    TokenForOtherRoom,
    TokenInvalid,
)
from visavis.identity import Grant, Identity
from visavis.rooms import Role, RoomId
from visavis.sealing import Seal, SealBroken
from visavis.settings import Settings, SettingsInvalid
from visavis.storage.memory import MemoryStorage
from visavis.tokens import (
    MAX_LENGTH,
    OPERATOR,
    ApiKeys,
    Issuer,
    NewApiKey,
    OperatorTokens,
    RoomTokens,
    TokenRules,
    issuer_of,
)
from visavis.web_tokens import keys_in_pem

SECRET = b"s" * 32
DAY = 86_400.0
RULES = TokenRules("visavis", DAY)
NOW = FakeClock().now()
GARDEN = RoomId("garden")
CLINIC_KEY = ec.generate_private_key(ec.SECP256R1())
CLINIC_PEM = CLINIC_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class Door:
    """A server's part that reads tokens, with an API key and an issuer that has a public key."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.storage = MemoryStorage()
        self.keys = ApiKeys(self.storage, SECRET, self.clock.now)
        clinic = Issuer("https://clinic.example", keys_in_pem(CLINIC_PEM), makes_rooms=True)
        self.operator = OperatorTokens(SECRET, RULES, self.clock.now)
        self.tokens = RoomTokens(self.keys, SECRET, RULES, self.clock.now, clinic)

    async def made(self) -> NewApiKey:
        return await self.keys.make("Shop", makes_rooms=False)


def signed(made: NewApiKey, secret: str | None = None, **claims: Any) -> str:
    """A token of an API key that is good, but for what is said. None leaves a claim out."""
    usual = {"iss": made.key.id, "aud": "visavis", "exp": NOW + 60, "room": "garden"} | claims
    given = {name: value for name, value in usual.items() if value is not None}
    return jwt.encode(given, secret or made.secret, "HS256", headers={"kid": made.key.id})


async def test_a_token_of_an_api_key_lets_its_bearer_into_one_room() -> None:
    door = Door()
    made = await door.made()
    token = signed(made, role="moderator", name=" Mara\u202e  B. ", sub="user-7", other=[1])
    grant = Grant(GARDEN, Role.MODERATOR, f"{made.key.id} user-7")
    assert await door.tokens.read(token, "Garden") == Identity(name="Mara B.", grant=grant)


async def test_what_a_token_does_not_say_is_the_least() -> None:
    door = Door()
    made = await door.made()
    identity = await door.tokens.read(signed(made), "garden")
    assert identity == Identity(grant=Grant(GARDEN, Role.PARTICIPANT))
    assert (await door.tokens.read(signed(made, name="\u200b"), "garden")).name is None


async def test_an_audience_may_be_one_of_several_and_a_room_spelled_otherwise() -> None:
    door = Door()
    made = await door.made()
    token = signed(made, aud=["other", "visavis"], room="Garden", nbf=NOW, iat=NOW + 20)
    assert (await door.tokens.read(token, "garden")).grant == Grant(GARDEN, Role.PARTICIPANT)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": None},
        {"iss": "someone"},
        {"iss": OPERATOR},
        {"iss": "https://clinic.example"},
        {"aud": None},
        {"aud": "another"},
        {"aud": ["visavis", 1]},
        {"aud": "visavis:ticket"},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": str(NOW + 60)},
        {"exp": True},
        {"exp": NOW + DAY + 31},
        {"exp": 1e300},
        {"exp": 10**400},
        {"nbf": NOW + 31},
        {"iat": NOW + 31},
        {"nbf": "now"},
        {"room": None},
        {"room": 7},
        {"room": ["garden"]},
        {"room": "g"},
        {"room": "gärden"},
        {"room": "garden\n"},
        {"room": "*"},
        {"role": "owner"},
        {"role": "HOST"},
        {"role": ["host"]},
        {"name": 7},
        {"name": "x" * 61},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": "x\0"},
        {"sub": 7},
    ],
)
async def test_a_token_that_says_something_else_is_refused(claims: dict[str, Any]) -> None:
    door = Door()
    with pytest.raises(TokenInvalid):
        await door.tokens.read(signed(await door.made(), **claims), "garden")


async def test_a_token_is_for_one_room() -> None:
    door = Door()
    token = signed(await door.made())
    with pytest.raises(TokenForOtherRoom):
        await door.tokens.read(token, "garden-2")
    with pytest.raises(RoomIdInvalid):
        await door.tokens.read(token, "*")


async def test_a_token_expires_to_the_second() -> None:
    door = Door()
    token = signed(await door.made())
    door.clock.advance(59.9)
    assert await door.tokens.read(token, "garden")
    door.clock.advance(0.1)
    with pytest.raises(TokenExpired):
        await door.tokens.read(token, "garden")


async def test_the_token_of_a_revoked_key_is_refused() -> None:
    door = Door()
    made = await door.made()
    await door.keys.revoke(made.key.id)
    with pytest.raises(TokenInvalid, match="kid"):
        await door.tokens.read(signed(made), "garden")


async def test_a_key_vouches_for_itself_alone() -> None:
    door = Door()
    made, other = await door.made(), await door.made()
    for token in (signed(made, other.secret), signed(made, "x" * 43), signed(made, iss=other.key.id)):
        with pytest.raises(TokenInvalid):
            await door.tokens.read(token, "garden")


# --- a key that is not shared -----------------------------------------------------------------------

CLAIMS = {"iss": "https://clinic.example", "aud": "visavis", "exp": NOW + 60, "room": "garden"}


async def test_a_token_without_the_name_of_a_key_is_tried_with_the_issuers() -> None:
    identity = await Door().tokens.read(jwt.encode(CLAIMS, CLINIC_KEY, "ES256"), "garden")
    assert identity == Identity(grant=Grant(GARDEN, Role.PARTICIPANT, makes_room=True))


def hs256(claims: dict[str, Any], secret: bytes, **header: str) -> str:
    """As somebody would who wants a public key taken for a secret, which libraries do not do any more."""
    blank = jwt.encode(claims, b"x" * 32, "HS256", headers=header).rpartition(".")[0]
    signature = hmac.digest(secret, blank.encode(), hashlib.sha256)
    return f"{blank}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def unsigned(claims: dict[str, Any], **header: str) -> str:
    return jwt.encode(claims, "", "none", headers=header)


FORGERS: list[Callable[[NewApiKey], str]] = [
    lambda _: hs256(CLAIMS, CLINIC_PEM),
    lambda _: hs256(CLAIMS, CLINIC_PEM.strip()),
    lambda _: hs256(CLAIMS, b""),
    lambda _: unsigned(CLAIMS),
    lambda _: unsigned(CLAIMS) + "x",
    lambda made: unsigned(CLAIMS | {"iss": made.key.id}, kid=made.key.id),
    lambda made: jwt.encode(CLAIMS | {"iss": made.key.id}, CLINIC_KEY, "ES256", headers={"kid": made.key.id}),
    lambda made: jwt.encode(CLAIMS, made.secret, "HS256"),
    lambda made: jwt.encode(CLAIMS, made.secret, "HS256", headers={"kid": made.key.id}),
    lambda made: jwt.encode(CLAIMS | {"iss": made.key.id}, CLINIC_KEY, "ES256"),
    lambda _: jwt.encode(CLAIMS, CLINIC_KEY, "ES256", headers={"kid": "clinic-1"}),
    lambda _: jwt.encode(CLAIMS, CLINIC_KEY, "ES256", headers={"kid": "vk_0123456789abcdef"}),
    lambda _: jwt.encode(CLAIMS, CLINIC_KEY, "ES256", headers={"kid": "vk_../../secret"}),
    lambda _: jwt.encode(CLAIMS | {"iss": OPERATOR}, SECRET, "HS256", headers={"kid": OPERATOR}),
    lambda _: jwt.encode(CLAIMS, ec.generate_private_key(ec.SECP256R1()), "ES256"),
    lambda _: "x" * (MAX_LENGTH + 1),
    lambda made: signed(made, pad="x" * MAX_LENGTH),
    lambda made: signed(made)[:-2],
    lambda _: "",
]


@pytest.mark.parametrize("forge", FORGERS)
async def test_forged_tokens_are_refused(forge: Callable[[NewApiKey], str]) -> None:
    door = Door()
    with pytest.raises(TokenInvalid):
        await door.tokens.read(forge(await door.made()), "garden")


async def test_where_no_issuer_is_set_only_api_keys_and_the_operator_sign() -> None:
    door = Door()
    tokens = RoomTokens(door.keys, SECRET, RULES, door.clock.now)
    for header in ({}, {"kid": "one"}):
        with pytest.raises(TokenInvalid, match="kid"):
            await tokens.read(jwt.encode(CLAIMS, CLINIC_KEY, "ES256", headers=header), "garden")
    assert (await tokens.read(door.operator.sign(GARDEN, Role.HOST, "Mara", 60), "garden")).name == "Mara"


async def test_the_operator_signs_tokens_that_make_rooms() -> None:
    door = Door()
    token = door.operator.sign(GARDEN, Role.HOST, None, 60)
    assert await door.tokens.read(token, "garden") == Identity(
        grant=Grant(GARDEN, Role.HOST, makes_room=True)
    )
    elsewhere = RoomTokens(door.keys, b"t" * 32, RULES, door.clock.now)
    with pytest.raises(TokenInvalid, match="signature"):
        await elsewhere.read(token, "garden")


async def test_a_token_of_the_operator_is_no_longer_than_others() -> None:
    door = Door()
    token = door.operator.sign(GARDEN, Role.HOST, None, DAY * 2)
    with pytest.raises(TokenInvalid):
        await door.tokens.read(token, "garden")


def test_a_file_of_keys_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "keys.pem"
    settings = Settings(token_issuer="https://clinic.example", token_public_keys=file)  # noqa: S106
    with pytest.raises(SettingsInvalid, match="cannot be read"):
        issuer_of(settings, FakeClock().now)
    file.write_bytes(b"nothing")
    with pytest.raises(SettingsInvalid, match="no public key"):
        issuer_of(settings, FakeClock().now)
    file.write_bytes(CLINIC_PEM)
    found = issuer_of(settings, FakeClock().now)
    assert found is not None
    assert [key.algorithm for key in found.keys] == ["ES256"]
    assert issuer_of(Settings(), FakeClock().now) is None


# --- API keys ---------------------------------------------------------------------------------------


async def test_a_key_says_whose_program_it_is() -> None:
    door = Door()
    made = await door.keys.make(" The\u202e Shop ", makes_rooms=True)
    expected = Identity(name="The Shop", api_key=made.key.id)
    assert await door.keys.identify(f"{made.key.id}.{made.secret}") == expected
    assert await door.keys.all() == (made.key,)


@pytest.mark.parametrize(
    "credential",
    [
        "",
        ".",
        "{id}",
        "{id}.",
        "{id}.x",
        "{id}.{secret}x",
        "{id}.{secret}.",
        "{id} .{secret}",
        "{id}.{secret}" + "x" * 300,
        "{id}.\ud800",
        "{id}.é",
        "x.{secret}",
        "vk_0000000000000000.{secret}",
    ],
)
async def test_a_key_with_another_secret_is_nobodys(credential: str) -> None:
    door = Door()
    made = await door.made()
    shown = credential.replace("{id}", made.key.id).replace("{secret}", made.secret)
    with pytest.raises(ApiKeyInvalid):
        await door.keys.identify(shown)


async def test_a_revoked_key_is_nobodys_and_stays_in_the_list() -> None:
    door = Door()
    made = await door.made()
    await door.keys.revoke(made.key.id)
    door.clock.advance(1)
    await door.keys.revoke(made.key.id)
    assert [key.revoked_at for key in await door.keys.all()] == [NOW]
    with pytest.raises(ApiKeyInvalid):
        await door.keys.identify(f"{made.key.id}.{made.secret}")
    with pytest.raises(ApiKeyNotFound):
        await door.keys.revoke("vk_0000000000000000")


async def test_a_stolen_database_forges_nothing() -> None:
    door = Door()
    made = await door.made()
    assert made.secret not in repr(made)
    assert made.secret not in made.key.sealed_secret
    assert made.key.sealed_secret not in repr(made)
    thief = ApiKeys(door.storage, b"t" * 32, door.clock.now)
    with pytest.raises(ApiKeyInvalid):
        await thief.identify(f"{made.key.id}.{made.secret}")
    for guess in (made.key.sealed_secret, made.key.id):
        with pytest.raises(TokenInvalid):
            await door.tokens.read(signed(made, guess.ljust(32)), "garden")


async def test_a_sealed_secret_is_good_for_its_own_key_alone() -> None:
    seal = Seal(SECRET, "api keys")
    sealed = seal.close(b"content", "one")
    assert seal.open(sealed, "one") == b"content"
    assert sealed != seal.close(b"content", "one")
    for other, name in (
        (seal, "two"),
        (Seal(SECRET, "cookies"), "one"),
        (Seal(b"t" * 32, "api keys"), "one"),
    ):
        with pytest.raises(SealBroken):
            other.open(sealed, name)
    for broken in ("", "x", "é", sealed[:-4], sealed.swapcase(), "A" * len(sealed)):
        with pytest.raises(SealBroken):
            seal.open(broken, "one")


async def test_the_name_of_a_key_is_not_too_long() -> None:
    with pytest.raises(NameTooLong):
        await Door().keys.make("x" * 61, makes_rooms=False)
