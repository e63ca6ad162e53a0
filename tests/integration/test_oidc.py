"""Signing in at a real identity provider, one that behaves and one that does not."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.support.documents import DocumentServer
from tests.support.fake_clock import FakeClock
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, GOOD, OidcProvider
from visavis.clock import SystemClock
from visavis.errors import (
    AccountNotAllowed,
    AppError,
    ProviderAnswerInvalid,
    ProviderRefused,
    ProviderUnavailable,
    SignInStale,
)
from visavis.identity import Account, AccountChange
from visavis.key_sets import PAUSE
from visavis.oidc import Answer, Client, GroupRules, Provider, ProviderSignIn, Rules
from visavis.oidc.sign_in import LIFETIME
from visavis.rooms import AccountId
from visavis.storage.memory import MemoryStorage

BACK = "https://calls.example.org/api/v1/oidc/back"
SECRET = b"s" * 32


@pytest.fixture(scope="module")
def process() -> Iterator[OidcProvider]:
    provider = OidcProvider()
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture
def provider(process: OidcProvider) -> OidcProvider:
    process.set()
    return process


class Site:
    """Our side of it. The clocks run ahead when a test says so."""

    def __init__(self, provider: OidcProvider, rules: Rules = Rules(), **client: Any) -> None:  # noqa: B008
        self.ahead = FakeClock(0)
        self.storage = MemoryStorage()
        issuer = client.pop("issuer", provider.issuer)
        known = Client(issuer, CLIENT_ID, **({"secret": CLIENT_SECRET} | client))
        self._provider = Provider(known, self.now, self.ahead.now)
        self.sign_in = ProviderSignIn(self.storage, self._provider, rules, SECRET, self.now)

    def now(self) -> float:
        return SystemClock().now() + self.ahead.now()

    async def through(self, then: str = "/r/garden") -> tuple[Account, str]:
        """All of it, in one browser."""
        answer, cookie = await self.comes_back(then)
        return await self.sign_in.finish(answer, cookie, BACK)

    async def comes_back(self, then: str = "/") -> tuple[Answer, str]:
        """To the provider and back: its answer, and what the browser kept."""
        started = await self.sign_in.start(BACK, then)
        async with httpx.AsyncClient(verify=False) as browser:  # noqa: S501 - to plain http
            sent = await browser.get(started.address)
        assert sent.status_code == 302, sent.text
        assert sent.headers["location"].startswith(f"{BACK}?")
        said = {
            name: values[0] for name, values in parse_qs(urlsplit(sent.headers["location"]).query).items()
        }
        answer = Answer(said["state"], said.get("code"), said.get("error"), said.get("iss"))
        return answer, started.cookie


@pytest.fixture
async def site(provider: OidcProvider) -> AsyncIterator[Site]:
    site = Site(provider)
    yield site
    await site.sign_in.close()


async def refused(site: Site, kind: type[AppError]) -> None:
    """Somebody who signs in is turned away, and has no account."""
    with pytest.raises(kind):
        await site.through()
    assert await site.storage.accounts() == ()


# --- who it is --------------------------------------------------------------------------------------


async def test_somebody_who_comes_for_the_first_time_gets_an_account_and_the_same_one_ever_after(
    site: Site,
) -> None:
    account, then = await site.through()
    assert (account.name, account.email, account.user_name, account.admin) == (
        "Mara",
        "mara@example.org",
        None,
        False,
    )
    assert account.password_hash is None
    assert then == "/r/garden"
    again, _ = await site.through()
    assert again == account
    assert await site.storage.accounts() == (account,)


async def test_it_is_the_subject_that_counts_and_not_the_name(site: Site, provider: OidcProvider) -> None:
    account, _ = await site.through()
    provider.set(person=GOOD["person"] | {"email": "other@example.org", "name": "Other"})
    assert (await site.through())[0] == account
    provider.set(person=GOOD["person"] | {"sub": "mara-2"})
    other, _ = await site.through()
    assert other.id != account.id
    assert other.email is None  # which is the first one's


async def test_claims_may_stand_in_the_user_info_alone(site: Site, provider: OidcProvider) -> None:
    provider.set(only_in_user_info=["name", "email", "email_verified"])
    assert (await site.through())[0].email == "mara@example.org"


@pytest.mark.parametrize("verified", [False, None, "true"])
async def test_an_unverified_address_leads_to_nobodys_account(
    provider: OidcProvider, verified: object
) -> None:
    site = Site(provider, Rules(links_by_email=True))
    await site.storage.add_account(LOCAL)
    provider.set(person=GOOD["person"] | {"email_verified": verified})
    account, _ = await site.through()
    assert account.id != LOCAL.id
    assert account.email is None


LOCAL = Account(AccountId("local"), "mara", "mara@example.org", "Mara at home", 1.0, "hash")


async def test_a_verified_address_leads_to_an_account_only_where_the_settings_say_so(
    provider: OidcProvider,
) -> None:
    site = Site(provider)
    await site.storage.add_account(LOCAL)
    account, _ = await site.through()
    assert account.id != LOCAL.id
    linking = Site(provider, Rules(makes_accounts=False, links_by_email=True))
    await linking.storage.add_account(LOCAL)
    assert (await linking.through())[0] == LOCAL
    # From then on by the subject, whatever the address.
    provider.set(person=GOOD["person"] | {"email": "new@example.org"})
    assert (await linking.through())[0] == LOCAL


async def test_where_accounts_are_not_made_strangers_are_turned_away(provider: OidcProvider) -> None:
    await refused(Site(provider, Rules(makes_accounts=False)), AccountNotAllowed)


async def test_a_disabled_account_stays_closed(site: Site) -> None:
    account, _ = await site.through()
    await site.storage.change_account(account.id, AccountChange(disabled=True))
    with pytest.raises(AccountNotAllowed):
        await site.through()


async def test_an_account_that_was_deleted_is_made_anew(site: Site) -> None:
    account, _ = await site.through()
    await site.storage.delete_account(account.id)
    assert (await site.through())[0].id == account.id


async def test_a_try_that_was_cut_off_halfway_is_taken_up(site: Site) -> None:
    account, _ = await site.through()
    await site.storage.delete_account(account.id)
    await site.storage.add_account(account)  # and not bound
    assert (await site.through())[0] == account
    assert await site.storage.accounts() == (account,)


async def test_groups_give_and_take_the_right_to_look_after_the_server(provider: OidcProvider) -> None:
    site = Site(provider, groups=GroupRules("groups", frozenset({"staff"}), frozenset({"admins"})))
    provider.set(person=GOOD["person"] | {"groups": ["staff", "admins"]}, only_in_user_info=["groups"])
    assert (await site.through())[0].admin
    provider.set(person=GOOD["person"] | {"groups": ["staff"]})
    assert not (await site.through())[0].admin
    provider.set(person=GOOD["person"] | {"groups": ["others", "admins"]})
    with pytest.raises(AccountNotAllowed):
        await site.through()
    await site.sign_in.close()


# --- another browser, another time ------------------------------------------------------------------


async def test_an_answer_counts_once(site: Site) -> None:
    answer, cookie = await site.comes_back()
    await site.sign_in.finish(answer, cookie, BACK)
    with pytest.raises(SignInStale):
        await site.sign_in.finish(answer, cookie, BACK)


async def test_an_answer_counts_in_the_browser_in_which_it_was_asked_for(site: Site) -> None:
    answer, _ = await site.comes_back()
    _, others = await site.comes_back()
    for cookie in (None, "", "x", "é", others):
        with pytest.raises(SignInStale):
            await site.sign_in.finish(answer, cookie, BACK)


async def test_a_code_of_another_browser_is_worth_nothing(site: Site) -> None:
    stolen, _ = await site.comes_back()
    own, cookie = await site.comes_back()
    with pytest.raises(ProviderAnswerInvalid):  # the provider knows it by its verifier
        await site.sign_in.finish(replace(own, code=stolen.code), cookie, BACK)
    assert await site.storage.accounts() == ()


async def test_an_answer_that_comes_too_late_does_not_count(site: Site) -> None:
    answer, cookie = await site.comes_back()
    site.ahead.advance(LIFETIME)
    with pytest.raises(SignInStale):
        await site.sign_in.finish(answer, cookie, BACK)


async def test_what_a_browser_keeps_is_good_for_this_server_alone_and_shows_nothing(
    site: Site, provider: OidcProvider
) -> None:
    answer, cookie = await site.comes_back()
    assert answer.state not in cookie
    elsewhere = Site(provider)
    elsewhere.sign_in = ProviderSignIn(
        elsewhere.storage, elsewhere._provider, Rules(), b"t" * 32, elsewhere.now
    )
    with pytest.raises(SignInStale):
        await elsewhere.sign_in.finish(answer, cookie, BACK)


@pytest.mark.parametrize(
    "then",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "",
        "/a\r\nb",
        "/?x#y",
    ],
)
async def test_nobody_is_sent_elsewhere_afterwards(site: Site, then: str) -> None:
    assert (await site.through(then))[1] == "/"


# --- a provider that answers something else ---------------------------------------------------------


@pytest.mark.parametrize(
    "knobs",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"aud": "another"}},
        {"claims": {"aud": ["visavis", "another"]}},
        {"claims": {"aud": ["visavis", "another"], "azp": "another"}},
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"exp": 1}},
        {"claims": {"iat": 99_999_999_999}},
        {"claims": {"sub": None}},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"stranger": True},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"token_answer": [200, "{}"]},
        {"token_answer": [200, '{"id_token": 7}']},
        {"token_answer": [200, '{"id_token": "a.b.c"}']},
        {"token_answer": [400, '{"error": "invalid_grant"}']},
        {"only_in_user_info": ["name"], "user_info_sub": "somebody-else"},
    ],
)
async def test_an_answer_that_cannot_be_believed_lets_nobody_in(
    site: Site, provider: OidcProvider, knobs: dict[str, Any]
) -> None:
    provider.set(**knobs)
    await refused(site, ProviderAnswerInvalid)


async def test_a_provider_that_does_not_name_itself_is_believed_as_long_as_it_did_not_promise_to(
    site: Site, provider: OidcProvider
) -> None:
    provider.set(iss=None, has_iss_parameter=False)
    assert await site.through()
    provider.set(iss="https://evil.example", has_iss_parameter=False)
    with pytest.raises(ProviderAnswerInvalid):
        await site.through()


async def test_a_provider_may_say_no(site: Site, provider: OidcProvider) -> None:
    provider.set(error="access_denied")
    await refused(site, ProviderRefused)


@pytest.mark.parametrize("answer", [[500, ""], [200, "no JSON"], [302, "{}"], [200, "[" * 10_000]])
async def test_a_provider_that_is_out_of_order_is_away(
    site: Site, provider: OidcProvider, answer: list[object]
) -> None:
    provider.set(token_answer=answer)
    await refused(site, ProviderUnavailable)
    provider.set()
    assert await site.through()


async def test_a_provider_that_takes_the_secret_another_way_gets_it_so(
    site: Site, provider: OidcProvider
) -> None:
    provider.set(auth_methods=["client_secret_post"])
    assert await site.through()


async def test_a_wrong_secret_lets_nobody_in(provider: OidcProvider) -> None:
    await refused(Site(provider, secret="wrong"), ProviderAnswerInvalid)  # noqa: S106
    await refused(Site(provider, secret=None), ProviderAnswerInvalid)


async def test_a_provider_that_calls_itself_otherwise_is_not_the_one(provider: OidcProvider) -> None:
    await refused(Site(provider, issuer=provider.issuer + "/"), ProviderAnswerInvalid)


async def test_keys_are_changed_without_anybody_noticing(site: Site, provider: OidcProvider) -> None:
    account, _ = await site.through()
    provider.rotate()
    site.ahead.advance(PAUSE)
    assert (await site.through())[0] == account


async def test_a_provider_that_is_away_is_said_to_be_and_is_found_again() -> None:
    with DocumentServer() as away:
        away.content = {"issuer": away.url} | dict.fromkeys(
            ("authorization_endpoint", "token_endpoint", "jwks_uri"), f"{away.url}/x"
        )
        away.status = 503
        site = Site(OidcProvider(), issuer=away.url)
        for _ in range(3):
            with pytest.raises(ProviderUnavailable):
                await site.sign_in.start(BACK, "/")
        with pytest.raises(SignInStale):
            await site.sign_in.finish(Answer("x", "code"), None, BACK)
        assert len(away.asked) == 1  # not by everybody who comes
        away.status = 200
        site.ahead.advance(60)
        assert (await site.sign_in.start(BACK, "/")).address.startswith(f"{away.url}/x?")
        # Away again: what it said last will do.
        away.status = 503
        site.ahead.advance(7200)
        assert await site.sign_in.start(BACK, "/")


async def test_a_provider_that_would_have_us_ask_in_the_clear_is_not_asked() -> None:
    with DocumentServer() as careless:
        careless.content = {"issuer": careless.url} | dict.fromkeys(
            ("authorization_endpoint", "token_endpoint", "jwks_uri"), "http://id.example.org/x"
        )
        with pytest.raises(ProviderUnavailable):
            await Site(OidcProvider(), issuer=careless.url).sign_in.start(BACK, "/")
