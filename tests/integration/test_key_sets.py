"""Key sets of others: fetched when needed, kept when their owner is away, and never asked for too often."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)

from tests.support.documents import DocumentServer
from tests.support.eventually import eventually_async
from tests.support.fake_clock import FakeClock
from visavis.errors import KeysUnavailable
from visavis.key_sets import FRESH, PAUSE, RemoteKeySet, always
from visavis.web_tokens import WebTokenInvalid

OLD, NEW = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())


def key_set(**keys: EllipticCurvePrivateKey) -> dict[str, Any]:
    to_jwk = jwt.algorithms.ECAlgorithm.to_jwk
    return {"keys": [to_jwk(key.public_key(), as_dict=True) | {"kid": kid} for kid, key in keys.items()]}


@pytest.fixture
def owner() -> Iterator[DocumentServer]:
    with DocumentServer(key_set(old=OLD)) as server:
        yield server


@asynccontextmanager
async def fetching(owner: DocumentServer, clock: FakeClock) -> AsyncIterator[RemoteKeySet]:
    keys = RemoteKeySet(always(owner.url), clock.now)
    yield keys
    await keys.close()
    await keys.close()


async def test_a_set_is_asked_for_once(owner: DocumentServer) -> None:
    async with fetching(owner, FakeClock()) as keys:
        assert owner.asked == []
        assert [(await keys.find("old", "ES256")).id for _ in range(3)] == ["old"] * 3
        assert (await keys.find(None, "ES256")).id == "old"
        assert len(owner.asked) == 1


async def test_a_key_that_is_new_is_found_and_strangers_do_not_have_the_owner_asked_again_and_again(
    owner: DocumentServer,
) -> None:
    clock = FakeClock()
    async with fetching(owner, clock) as keys:
        await keys.find("old", "ES256")
        owner.content = key_set(old=OLD, new=NEW)
        for _ in range(20):
            with pytest.raises(WebTokenInvalid):
                await keys.find("stranger", "ES256")
        assert len(owner.asked) == 1
        clock.advance(PAUSE)
        assert (await keys.find("new", "ES256")).id == "new"
        with pytest.raises(WebTokenInvalid):
            await keys.find(None, "ES256")  # one of two, but which?
        assert len(owner.asked) == 2


async def test_the_last_set_goes_on_while_its_owner_is_away(owner: DocumentServer) -> None:
    clock = FakeClock()
    async with fetching(owner, clock) as keys:
        await keys.find("old", "ES256")
        owner.status = 500
        clock.advance(FRESH + 1)
        assert (await keys.find("old", "ES256")).id == "old"
        await eventually_async("the owner was asked anew", lambda: len(owner.asked) == 2)
        clock.advance(PAUSE)
        # It may be a new key: that cannot be known.
        with pytest.raises(KeysUnavailable):
            await keys.find("new", "ES256")
        assert (await keys.find("old", "ES256")).id == "old"
        owner.status, owner.content = 200, key_set(new=NEW)
        clock.advance(PAUSE)
        assert (await keys.find("new", "ES256")).id == "new"


async def test_a_key_that_was_withdrawn_is_soon_believed_no_more(owner: DocumentServer) -> None:
    clock = FakeClock()
    async with fetching(owner, clock) as keys:
        await keys.find("old", "ES256")
        owner.content = key_set(new=NEW)
        clock.advance(FRESH + 1)

        async def is_gone() -> bool:
            try:
                await keys.find("old", "ES256")
            except WebTokenInvalid:
                return True
            return False

        await eventually_async("the old key is gone", is_gone)


@pytest.mark.parametrize(
    ("content", "status", "headers"),
    [
        (b"no JSON", 200, {}),
        (b"[" * 100_000, 200, {}),
        ([], 200, {}),
        ({"keys": "x"}, 200, {}),
        (b" " * 300_000, 200, {}),
        (key_set(old=OLD), 404, {}),
        (key_set(old=OLD), 302, {"Location": "/elsewhere"}),
    ],
)
async def test_an_owner_who_answers_something_else_is_away(
    owner: DocumentServer, content: object, status: int, headers: dict[str, str]
) -> None:
    owner.content, owner.status, owner.headers = content, status, headers
    clock = FakeClock()
    async with fetching(owner, clock) as keys:
        for _ in range(3):
            with pytest.raises(KeysUnavailable):
                await keys.find("old", "ES256")
        assert len(owner.asked) == 1
        owner.content, owner.status, owner.headers = key_set(old=OLD), 200, {}
        clock.advance(PAUSE)
        assert (await keys.find("old", "ES256")).id == "old"


async def test_an_owner_who_is_not_there_is_away() -> None:
    with DocumentServer() as owner:
        url = owner.url
    keys = RemoteKeySet(always(url), FakeClock().now)
    with pytest.raises(KeysUnavailable):
        await keys.find("old", "ES256")
    await keys.close()
