"""What every storage promises of accounts, sessions and one-time links."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace

import pytest

from tests.contract.conftest import LASTING, Database, make_database
from visavis.errors import AccountExists, LinkInvalid
from visavis.identity import (
    Account,
    AccountChange,
    Digest,
    OneTimeLink,
    Purpose,
    Session,
    SessionId,
    digest_of,
    parse_user_name,
)
from visavis.records import CallId, Departed, Departure, Entered, NodeId
from visavis.rooms import AccountId, ParticipantId, RoomId
from visavis.storage.base import Storage

T = 1_790_000_000.25
MARA = Account(AccountId("account-m"), "mara", "mara@example.org", "Mara Ö. 🎹", T, "hash", admin=True)
JOEL = Account(AccountId("account-j"), None, "joel@example.org", "Joel", T + 1)
INES = Account(AccountId("account-i"), "ines", None, "Ines", T + 2, "another hash")

SECRET, OTHER = digest_of("secret"), digest_of("other")


def session(number: int, of: Account = MARA, at: float = T) -> Session:
    own = SessionId(f"session-{of.user_name}-{number}")
    return Session(own, of.id, at, at, at + 10, at + 100, "Firefox/140", "192.0.2.1")


def invitation(at: float = T, **changes: object) -> OneTimeLink:
    return replace(OneTimeLink(Purpose.INVITATION, at, at + 10, True, "joel@example.org"), **changes)  # type: ignore[arg-type]


def reset(of: Account = MARA, at: float = T) -> OneTimeLink:
    return OneTimeLink(Purpose.PASSWORD_RESET, at, at + 10, account_id=of.id)


async def all_at_once(*acts: Awaitable[object]) -> list[object]:
    """What each came to, or its error."""
    return await asyncio.gather(*acts, return_exceptions=True)


@pytest.fixture(params=["memory", *LASTING])
async def storage(request: pytest.FixtureRequest) -> AsyncIterator[Storage]:
    opened = make_database(request.param, request).storage()
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def known(storage: Storage) -> Storage:
    """A storage that knows all three."""
    for account in (MARA, JOEL, INES):
        await storage.add_account(account)
    return storage


# --- accounts ---------------------------------------------------------------------------------------


async def test_accounts_come_back_as_they_were_by_each_of_their_names(known: Storage) -> None:
    assert await known.accounts() == (MARA, JOEL, INES)
    for account in (MARA, JOEL, INES):
        assert await known.account(account.id) == account
        for login in filter(None, (account.user_name, account.email)):
            assert await known.account_by_login(login) == account
    assert await known.account(AccountId("nobody")) is None
    assert await known.account_by_login("nobody") is None


async def test_a_user_name_or_an_address_of_another_is_refused(known: Storage) -> None:
    new = AccountId("new")
    for taken in (
        replace(MARA, id=new, email=None, user_name=parse_user_name("mARA")),
        replace(MARA, id=new, user_name=None),
        replace(MARA, user_name="new", email="new@example.org"),
    ):
        with pytest.raises(AccountExists):
            await known.add_account(taken)
    assert await known.accounts() == (MARA, JOEL, INES)


async def test_of_many_who_take_a_name_at_once_one_gets_it(storage: Storage) -> None:
    tries = [replace(MARA, id=AccountId(f"account-{n}"), email=f"{n}@example.org") for n in range(10)]
    outcomes = await all_at_once(*(storage.add_account(account) for account in tries))
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, AccountExists) for outcome in outcomes) == 9
    assert len(await storage.accounts()) == 1


async def test_a_change_changes_what_it_names_and_nothing_else(known: Storage) -> None:
    assert await known.change_account(MARA.id, AccountChange(disabled=True))
    assert await known.account(MARA.id) == replace(MARA, disabled=True)
    assert await known.change_account(MARA.id, AccountChange(name="M", admin=False, disabled=False))
    assert await known.account(MARA.id) == replace(MARA, name="M", admin=False)
    assert await known.change_account(MARA.id, AccountChange())
    for change in (AccountChange(), AccountChange(name="M")):
        assert not await known.change_account(AccountId("nobody"), change)
    assert await known.account(INES.id) == INES


async def test_it_is_told_of_many_accounts_which_may_act(known: Storage) -> None:
    asked = [AccountId("nobody"), MARA.id, INES.id, JOEL.id]
    assert await known.who_may_act(asked) == {MARA.id, INES.id, JOEL.id}
    await known.change_account(MARA.id, AccountChange(disabled=True))
    await known.delete_account(INES.id)
    assert await known.who_may_act(asked) == {JOEL.id}
    assert await known.who_may_act([]) == frozenset()


async def test_another_password_ends_the_other_sessions_and_every_link(known: Storage) -> None:
    for number in range(3):
        await known.add_session(session(number), digest_of(str(number)))
    await known.add_session(session(0, INES), OTHER)
    await known.add_link(reset(), SECRET)
    await known.add_link(reset(INES), OTHER)
    assert await known.set_password(MARA.id, "new hash", session(1).id)
    assert await known.account(MARA.id) == replace(MARA, password_hash="new hash")
    assert await known.sessions(MARA.id) == (session(1),)
    assert await known.link(SECRET) is None
    assert await known.sessions(INES.id) == (session(0, INES),)
    assert await known.link(OTHER) is not None
    assert await known.set_password(MARA.id, "new hash", None)
    assert await known.sessions(MARA.id) == ()
    assert not await known.set_password(AccountId("nobody"), "hash", None)


async def test_a_hash_is_made_anew_unless_the_password_has_changed(known: Storage) -> None:
    await known.rehash_password(MARA.id, "hash", "stronger")
    await known.rehash_password(MARA.id, "hash", "late")
    await known.rehash_password(INES.id, "hash", "wrong")
    assert await known.account(MARA.id) == replace(MARA, password_hash="stronger")
    assert await known.account(INES.id) == INES


async def test_an_account_is_deleted_with_all_that_is_its_own(known: Storage) -> None:
    await known.add_session(session(0), SECRET)
    await known.add_link(reset(), SECRET)
    call = CallId("call")
    for who, of in (("m1", MARA), ("j", JOEL), ("m2", MARA)):
        entered = Entered(call, RoomId("room"), ParticipantId(who), of.name, T, of.id)
        await known.record(NodeId("node"), [entered])
    assert await known.delete_account(MARA.id)
    assert await known.accounts() == (JOEL, INES)
    assert await known.session(SECRET) is None
    assert await known.link(SECRET) is None
    assert await known.calls_of(MARA.id, None, 10) == ()
    (record,) = await known.calls_of(JOEL.id, None, 10)
    assert [known.account_id for known in record.attendances] == [JOEL.id, None, None]
    assert not await known.delete_account(MARA.id)
    await known.add_account(MARA)


# --- sessions ---------------------------------------------------------------------------------------


async def test_a_session_is_found_by_its_secret_with_its_account(known: Storage) -> None:
    assert await known.add_session(session(0), SECRET)
    assert await known.session(SECRET) == (session(0), MARA)
    assert await known.session(OTHER) is None
    await known.change_account(MARA.id, AccountChange(disabled=True))
    assert await known.session(SECRET) == (session(0), replace(MARA, disabled=True))


async def test_a_session_takes_the_place_of_another_and_expired_ones_are_forgotten(known: Storage) -> None:
    await known.add_session(session(0), SECRET)
    await known.add_session(session(1), OTHER, instead_of=SECRET)
    assert await known.session(SECRET) is None
    await known.add_session(session(2, INES, T + 10.5), SECRET)
    assert await known.sessions(MARA.id) == ()


async def test_no_session_for_one_who_may_not_act_or_whose_password_is_another_by_now(
    known: Storage,
) -> None:
    assert not await known.add_session(replace(session(0), account_id=AccountId("nobody")), SECRET)
    assert not await known.add_session(session(0), SECRET, proven_by="old hash")
    assert await known.add_session(session(0), SECRET, proven_by="hash")
    await known.change_account(MARA.id, AccountChange(disabled=True))
    assert not await known.add_session(session(1), OTHER, proven_by="hash")
    assert await known.sessions(MARA.id) == (session(0),)


async def test_who_signs_in_while_the_password_is_changed_has_no_session_afterwards(
    known: Storage,
) -> None:
    await all_at_once(
        *(known.add_session(session(n), digest_of(str(n)), proven_by="hash") for n in range(10)),
        known.set_password(MARA.id, "new hash", None),
        *(known.add_session(session(n), digest_of(str(n)), proven_by="hash") for n in range(10, 20)),
    )
    assert await known.sessions(MARA.id) == ()


async def test_sessions_are_listed_by_their_last_use(known: Storage) -> None:
    for number in range(3):
        await known.add_session(session(number, at=T + number), digest_of(str(number)))
    await known.touch_session(session(1).id, T + 9, T + 19, "192.0.2.2")
    used = replace(session(1, at=T + 1), seen_at=T + 9, expires_at=T + 19, address="192.0.2.2")
    assert await known.sessions(MARA.id) == (used, session(2, at=T + 2), session(0))
    assert await known.session(digest_of("1")) == (used, MARA)


async def test_a_session_that_has_ended_stays_ended(known: Storage) -> None:
    await known.add_session(session(0), SECRET)
    assert not await known.end_session(INES.id, session(0).id)
    assert await known.session(SECRET) is not None
    assert await known.end_session(MARA.id, session(0).id)
    await known.touch_session(session(0).id, T + 9, T + 19, "192.0.2.2")
    assert await known.session(SECRET) is None
    assert not await known.end_session(MARA.id, session(0).id)


async def test_all_sessions_but_one_are_ended(known: Storage) -> None:
    for number in range(3):
        await known.add_session(session(number), digest_of(str(number)))
    await known.add_session(session(0, INES), OTHER)
    assert await known.end_sessions(MARA.id, session(2).id) == 2
    assert await known.sessions(MARA.id) == (session(2),)
    assert await known.end_sessions(MARA.id) == 1
    assert await known.sessions(INES.id) == (session(0, INES),)


# --- links ------------------------------------------------------------------------------------------


async def test_a_link_is_found_by_its_secret(known: Storage) -> None:
    await known.add_link(invitation(), SECRET)
    await known.add_link(reset(), OTHER)
    assert await known.link(SECRET) == invitation()
    assert await known.link(OTHER) == reset()
    assert await known.link(Digest("none")) is None


async def test_links_that_have_expired_are_forgotten(known: Storage) -> None:
    await known.add_link(invitation(), SECRET)
    await known.add_link(invitation(T + 10.5), OTHER)
    assert await known.link(SECRET) is None


async def test_there_is_one_link_for_the_first_administrator(storage: Storage) -> None:
    await storage.add_link(invitation(), Digest("invitation"))
    await storage.add_link(invitation(purpose=Purpose.FIRST_ADMINISTRATOR), SECRET)
    await storage.add_link(invitation(purpose=Purpose.FIRST_ADMINISTRATOR), OTHER)
    assert await storage.link(SECRET) is None
    assert await storage.link(OTHER) is not None
    assert await storage.link(Digest("invitation")) is not None


async def test_of_many_who_use_an_invitation_at_once_one_gets_an_account(storage: Storage) -> None:
    await storage.add_link(invitation(), SECRET)
    tries = [replace(INES, id=AccountId(f"account-{n}"), user_name=f"name-{n}") for n in range(10)]
    outcomes = await all_at_once(*(storage.sign_up(SECRET, Purpose.INVITATION, account) for account in tries))
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, LinkInvalid) for outcome in outcomes) == 9
    assert len(await storage.accounts()) == 1
    assert await storage.link(SECRET) is None


async def test_an_invitation_is_still_good_where_the_name_was_taken(known: Storage) -> None:
    await known.add_link(invitation(), SECRET)
    new = replace(INES, id=AccountId("new"))
    with pytest.raises(AccountExists):
        await known.sign_up(SECRET, Purpose.INVITATION, new)
    assert await known.link(SECRET) == invitation()
    await known.sign_up(SECRET, Purpose.INVITATION, replace(new, user_name="new"))
    assert await known.account(new.id) == replace(new, user_name="new")


async def test_a_link_is_good_for_its_purpose_and_its_time_only(known: Storage) -> None:
    await known.add_link(invitation(), SECRET)
    await known.add_link(reset(), OTHER)
    new = Account(AccountId("new"), "new", None, "New", T + 1)
    for digest, account in (
        (OTHER, new),
        (Digest("none"), new),
        (SECRET, replace(new, created_at=T + 10)),
    ):
        with pytest.raises(LinkInvalid):
            await known.sign_up(digest, Purpose.INVITATION, account)
    with pytest.raises(LinkInvalid):
        await known.sign_up(SECRET, Purpose.FIRST_ADMINISTRATOR, new)
    for digest, at in ((SECRET, T), (Digest("none"), T), (OTHER, T + 10)):
        with pytest.raises(LinkInvalid):
            await known.reset_password(digest, "new hash", at)
    assert await known.accounts() == (MARA, JOEL, INES)
    assert await known.link(SECRET) == invitation()
    assert await known.link(OTHER) == reset()


async def test_a_password_is_reset_once_and_every_session_ends(known: Storage) -> None:
    await known.add_session(session(0), SECRET)
    await known.add_link(reset(), SECRET)
    await known.add_link(reset(), OTHER)
    outcomes = await all_at_once(*(known.reset_password(SECRET, f"hash-{n}", T) for n in range(10)))
    changed = [outcome for outcome in outcomes if isinstance(outcome, Account)]
    assert len(changed) == 1
    assert await known.account(MARA.id) == changed[0]
    assert await known.session(SECRET) is None
    with pytest.raises(LinkInvalid):
        await known.reset_password(OTHER, "later", T)


# --- one's calls ------------------------------------------------------------------------------------


async def test_ones_calls_are_listed_in_pages_by_time(known: Storage) -> None:
    for number in range(5):
        room, at = RoomId("room"), T + number
        mara = Entered(CallId(f"call-{number}"), room, ParticipantId("m"), "Mara", at, MARA.id)
        guest = Entered(CallId(f"call-{number}"), room, ParticipantId("g"), "Guest", at + 0.5)
        other = Entered(CallId(f"other-{number}"), room, ParticipantId("i"), "Ines", at, INES.id)
        await known.record(NodeId("node"), [mara, guest, other])
    first = await known.calls_of(MARA.id, None, 3)
    assert [call.id for call in first] == ["call-4", "call-3", "call-2"]
    assert [each.account_id for each in first[0].attendances] == [MARA.id, None]
    rest = await known.calls_of(MARA.id, first[-1].began_at, 3)
    assert [call.id for call in rest] == ["call-1", "call-0"]
    assert await known.calls_of(JOEL.id, None, 3) == ()


async def test_one_who_comes_back_without_a_word_of_the_account_keeps_it(known: Storage) -> None:
    came = Entered(CallId("call"), RoomId("room"), ParticipantId("m"), "Mara", T, MARA.id)
    await known.record(NodeId("node"), [came, Departed(came.call_id, came.participant_id, Departure.LOST, T)])
    await known.record(NodeId("node"), [replace(came, at=T + 1, account_id=None)])
    (record,) = await known.calls_of(MARA.id, None, 10)
    assert record.attendances[0].account_id == MARA.id
    assert record.attendances[0].departure is None


async def test_all_of_it_survives_a_restart(database: Database) -> None:
    before = database.storage()
    await before.open()
    await before.add_account(MARA)
    await before.add_session(session(0), SECRET)
    await before.add_link(reset(), OTHER)
    await before.close()
    after = database.storage()
    await after.open()
    assert await after.accounts() == (MARA,)
    assert await after.session(SECRET) == (session(0), MARA)
    assert await after.link(OTHER) == reset()
    await after.close()
