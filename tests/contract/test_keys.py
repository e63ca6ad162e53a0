"""What every storage promises of API keys, and of identities at providers."""

import asyncio
from dataclasses import replace

from tests.contract.conftest import Database
from visavis.identity import Account, ApiKey, ApiKeyId, ProviderIdentity
from visavis.rooms import AccountId
from visavis.storage.base import Storage

T = 1_790_000_000.25
SHOP = ApiKey(ApiKeyId("vk_0000000000000001"), "Shop Ö. 🎹", "sealed==", makes_rooms=True, created_at=T)
CLINIC = ApiKey(ApiKeyId("vk_0000000000000000"), "", "x" * 200, makes_rooms=False, created_at=T + 1)
MARA = Account(AccountId("mara-1"), "mara", "mara@example.org", "Mara", T)
JONAS = Account(AccountId("jonas-1"), "jonas", None, "Jonas", T)
AT_HOME = ProviderIdentity("https://id.example.org/" + "r" * 400, "S" * 255)


async def test_a_key_comes_back_as_it_was(storage: Storage) -> None:
    for key in (CLINIC, SHOP):
        await storage.add_api_key(key)
    assert await storage.api_key(SHOP.id) == SHOP
    assert await storage.api_keys() == (SHOP, CLINIC)
    assert await storage.api_key(ApiKeyId("vk_0000000000000002")) is None


async def test_a_key_is_revoked_once_and_stays_known(storage: Storage) -> None:
    await storage.add_api_key(SHOP)
    await storage.add_api_key(CLINIC)
    assert await storage.revoke_api_key(SHOP.id, T + 60)
    assert await storage.revoke_api_key(SHOP.id, T + 90)
    assert not await storage.revoke_api_key(ApiKeyId("vk_0000000000000002"), T + 60)
    assert await storage.api_keys() == (replace(SHOP, revoked_at=T + 60), CLINIC)


async def test_keys_and_bindings_survive_a_restart(database: Database) -> None:
    before = database.storage()
    await before.open()
    await before.add_api_key(SHOP)
    await before.add_account(MARA)
    assert await before.bind_account(AT_HOME, MARA.id)
    await before.close()
    after = database.storage()
    await after.open()
    assert await after.api_keys() == (SHOP,)
    assert await after.account_bound_to(AT_HOME) == MARA
    await after.close()


async def test_an_identity_leads_to_the_account_to_which_it_was_bound(storage: Storage) -> None:
    await storage.add_account(MARA)
    await storage.add_account(JONAS)
    assert await storage.account_bound_to(AT_HOME) is None
    assert await storage.bind_account(AT_HOME, MARA.id)
    assert await storage.account_bound_to(AT_HOME) == MARA
    assert not await storage.bind_account(AT_HOME, JONAS.id)
    assert not await storage.bind_account(AT_HOME, MARA.id)
    assert await storage.account_bound_to(AT_HOME) == MARA


async def test_an_identity_is_its_issuer_and_its_subject_to_the_letter(storage: Storage) -> None:
    await storage.add_account(MARA)
    assert await storage.bind_account(AT_HOME, MARA.id)
    others = [
        replace(AT_HOME, subject="s" * 255),
        replace(AT_HOME, subject=AT_HOME.subject + " "),
        replace(AT_HOME, issuer=AT_HOME.issuer + "/"),
        ProviderIdentity(AT_HOME.subject, AT_HOME.issuer),
    ]
    assert [await storage.account_bound_to(other) for other in others] == [None] * 4


async def test_nothing_is_bound_to_an_account_that_is_not_there(storage: Storage) -> None:
    assert not await storage.bind_account(AT_HOME, MARA.id)
    assert await storage.account_bound_to(AT_HOME) is None


async def test_of_many_who_bind_an_identity_at_once_one_does(storage: Storage) -> None:
    accounts = [replace(JONAS, id=AccountId(f"id-{n}"), user_name=f"jonas-{n}") for n in range(5)]
    for account in accounts:
        await storage.add_account(account)
    won = await asyncio.gather(*(storage.bind_account(AT_HOME, account.id) for account in accounts))
    assert sum(won) == 1
    assert await storage.account_bound_to(AT_HOME) == accounts[won.index(True)]


async def test_the_identities_of_an_account_go_with_it(storage: Storage) -> None:
    await storage.add_account(MARA)
    await storage.add_account(JONAS)
    await storage.bind_account(AT_HOME, MARA.id)
    await storage.delete_account(MARA.id)
    assert await storage.account_bound_to(AT_HOME) is None
    assert await storage.bind_account(AT_HOME, JONAS.id)
    assert await storage.account_bound_to(AT_HOME) == JONAS
