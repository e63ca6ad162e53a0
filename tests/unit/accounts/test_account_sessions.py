"""Sessions: how long they last, and what they are taken from."""

from dataclasses import replace

import pytest

from tests.support.fake_clock import FakeClock
from visavis.accounts.credentials import NOTHING, Credentials, credentials_of
from visavis.accounts.sessions import TOUCH_AFTER, Client, Lifetimes, Sessions
from visavis.errors import SessionNotFound, SignInFailed, SignInRequired, StorageUnavailable
from visavis.identity import GUEST, Account, AccountChange, Digest, Identity, Session, SessionId, digest_of
from visavis.rooms import AccountId
from visavis.storage.memory import MemoryStorage

MARA = Account(AccountId("mara"), "mara", None, "Mara", 0.0, "hash")
BROWSER = Client("192.0.2.1", "Firefox/140\0\u202e" + "x" * 500)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def storage() -> MemoryStorage:
    storage = MemoryStorage()
    await storage.add_account(MARA)
    return storage


@pytest.fixture
def sessions(storage: MemoryStorage, clock: FakeClock) -> Sessions:
    return Sessions(storage, Lifetimes(idle=1000, longest=2500), clock.now)


async def begin(sessions: Sessions, instead_of: Digest | None = None) -> Credentials:
    return Credentials(digest_of(await sessions.begin(MARA, BROWSER, instead_of=instead_of)))


async def test_who_has_signed_in_is_known_and_nobody_else(sessions: Sessions) -> None:
    credentials = await begin(sessions)
    assert await sessions.identity(credentials) == Identity(MARA.id, "Mara")
    assert await sessions.identity(NOTHING) == GUEST
    assert await sessions.identity(Credentials(digest_of("a guess"))) == GUEST
    with pytest.raises(SignInRequired):
        await sessions.get(NOTHING)


async def test_what_a_browser_says_of_itself_is_kept_short_and_harmless(sessions: Sessions) -> None:
    signed_in = await sessions.get(await begin(sessions))
    assert signed_in.session.user_agent == "Firefox/140" + "x" * 245
    assert signed_in.session.address == "192.0.2.1"


async def test_a_session_lasts_while_it_is_used_and_not_for_ever(
    sessions: Sessions, clock: FakeClock
) -> None:
    credentials = await begin(sessions)
    for _ in range(2):
        clock.advance(900)
        await sessions.get(credentials, "192.0.2.2")
    clock.advance(600)
    assert (await sessions.get(credentials)).session.address == "192.0.2.2"
    clock.advance(101)
    assert await sessions.find(credentials) is None


async def test_a_session_that_is_not_used_ends(sessions: Sessions, clock: FakeClock) -> None:
    credentials = await begin(sessions)
    clock.advance(TOUCH_AFTER - 1)
    await sessions.get(credentials, "192.0.2.2")  # too soon to be noted
    clock.advance(1000 - TOUCH_AFTER)
    assert await sessions.find(credentials) is not None
    clock.advance(1)
    assert await sessions.identity(credentials) == GUEST


async def test_each_sign_in_makes_a_new_secret_and_ends_the_session_before(sessions: Sessions) -> None:
    planted = await begin(sessions)
    own = await begin(sessions, planted.session)
    assert own != planted
    assert await sessions.find(planted) is None
    assert await sessions.find(own) is not None


async def test_a_disabled_account_is_nobody_at_once(sessions: Sessions, storage: MemoryStorage) -> None:
    credentials = await begin(sessions)
    await storage.change_account(MARA.id, AccountChange(disabled=True))
    assert await sessions.identity(credentials) == GUEST
    with pytest.raises(SignInFailed):
        await sessions.begin(MARA, BROWSER)


async def test_ones_sessions_are_listed_and_ended(sessions: Sessions) -> None:
    first, second, third = [await begin(sessions) for _ in range(3)]
    signed_in = await sessions.get(first)
    assert len(await sessions.all_of(signed_in)) == 3
    await sessions.end(signed_in, (await sessions.get(second)).session.id)
    assert await sessions.find(second) is None
    with pytest.raises(SessionNotFound):
        await sessions.end(signed_in, SessionId("of somebody else"))
    assert await sessions.end_others(signed_in) == 1
    assert await sessions.find(third) is None
    assert await sessions.all_of(signed_in) == (signed_in.session,)


async def test_while_the_database_is_away_everybody_is_a_guest(clock: FakeClock) -> None:
    class Away(MemoryStorage):
        async def session(self, digest: Digest) -> tuple[Session, Account] | None:  # noqa: ARG002
            raise StorageUnavailable

    sessions = Sessions(Away(), Lifetimes(1000, 2000), clock.now)
    assert await sessions.identity(Credentials(digest_of("secret"))) == GUEST
    with pytest.raises(StorageUnavailable):
        await sessions.find(Credentials(digest_of("secret")))


async def test_that_a_session_is_used_need_not_be_noted(clock: FakeClock) -> None:
    class Full(MemoryStorage):
        async def touch_session(self, *_: object) -> None:
            raise StorageUnavailable

    storage = Full()
    await storage.add_account(MARA)
    sessions = Sessions(storage, Lifetimes(1000, 2000), clock.now)
    credentials = await begin(sessions)
    clock.advance(500)
    assert await sessions.find(credentials, "192.0.2.2") is not None


# --- what a request brings --------------------------------------------------------------------------

HOST = {"host": "calls.example.org"}
COOKIES = "theme=dark; visavis=plain; __Host-visavis=secure; visavis-device=mark"


def test_the_cookie_is_that_of_the_scheme() -> None:
    assert credentials_of({**HOST, "cookie": COOKIES}, secure=True) == Credentials(digest_of("secure"))
    plain = credentials_of({**HOST, "cookie": COOKIES}, secure=False)
    assert plain == Credentials(digest_of("plain"), "mark")
    joined = {**HOST, "cookie": "theme=dark, visavis=plain"}
    assert credentials_of(joined, secure=False) == replace(plain, device=None)


@pytest.mark.parametrize(
    "cookie", ["", "visavis", "visavis=", "visavis=" + "x" * 513, "xvisavis=a", "Visavis=a"]
)
def test_a_request_without_the_cookie_brings_nothing(cookie: str) -> None:
    assert credentials_of({**HOST, "cookie": cookie}, secure=False) is NOTHING


@pytest.mark.parametrize(
    ("headers", "secure"),
    [
        ({"origin": "https://calls.example.org"}, True),
        ({"origin": "https://calls.example.org"}, False),  # behind a proxy that is not trusted
        ({"origin": "http://calls.example.org"}, False),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({}, True),
    ],
)
def test_our_own_pages_and_programs_bring_it(headers: dict[str, str], secure: bool) -> None:
    cookie = {"cookie": "visavis=a; __Host-visavis=a"}
    assert credentials_of({**HOST, **headers, **cookie}, secure=secure) == Credentials(digest_of("a"))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://www.calls.example.org"},
        {"origin": "https://calls.example.org:8443"},
        {"origin": "http://calls.example.org"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "file://calls.example.org"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_pages_of_others_bring_nothing(headers: dict[str, str]) -> None:
    assert credentials_of({**HOST, **headers, "cookie": "__Host-visavis=a"}, secure=True) is NOTHING
