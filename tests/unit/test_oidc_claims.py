"""What an identity provider says of somebody: what is believed, and what is not."""

from typing import Any

import pytest

from visavis.errors import AccountNotAllowed, ProviderAnswerInvalid
from visavis.identity import ProviderIdentity
from visavis.oidc.claims import LEEWAY, GroupRules, check_id_token, is_missing, person_of

NOW = 1_790_000_000.0
ISSUER = "https://id.example.org"
MARA = ProviderIdentity(ISSUER, "mara-1")
TOKEN = {"iss": ISSUER, "sub": "mara-1", "aud": "visavis", "exp": NOW + 300, "iat": NOW, "nonce": "once"}


def check(**claims: Any) -> ProviderIdentity:
    given = {name: value for name, value in (TOKEN | claims).items() if value is not None}
    return check_id_token(given, ISSUER, "visavis", "once", NOW)


def test_a_token_for_us_and_this_sign_in_says_who_it_is() -> None:
    assert check() == MARA
    assert check(aud=["visavis"], azp="visavis", other={"x": 1}) == MARA
    assert check(aud=["visavis", "other"], azp="visavis") == MARA
    assert check(iat=NOW + LEEWAY, exp=NOW - LEEWAY + 1) == MARA


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": None},
        {"iss": "https://id.example.org/"},
        {"iss": "https://evil.example.org"},
        {"iss": [ISSUER]},
        {"aud": None},
        {"aud": "other"},
        {"aud": []},
        {"aud": ["other"]},
        {"aud": ["visavis", "other"]},
        {"aud": ["visavis", "other"], "azp": "other"},
        {"azp": "other"},
        {"exp": None},
        {"exp": NOW - LEEWAY},
        {"exp": "never"},
        {"iat": None},
        {"iat": NOW + LEEWAY + 1},
        {"nonce": None},
        {"nonce": ""},
        {"nonce": "twice"},
        {"nonce": "é"},
        {"nonce": ["once"]},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "x\0"},
        {"sub": "é"},
    ],
)
def test_a_token_that_says_something_else_is_not_believed(claims: dict[str, Any]) -> None:
    with pytest.raises(ProviderAnswerInvalid):
        check(**claims)


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": " Mara\u202e  B. "}, "Mara B."),
        ({"name": "\u200b", "preferred_username": "mara"}, "mara"),
        ({"name": ["Mara"], "preferred_username": 7}, ""),
        ({"name": "x" * 80}, "x" * 60),
        ({}, ""),
    ],
)
def test_a_name_is_cleaned_and_never_too_long(claims: dict[str, Any], name: str) -> None:
    assert person_of(MARA, claims, GroupRules()).name == name


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email": "Mara@Example.org", "email_verified": True}, "mara@example.org"),
        ({"email": "mara@example.org"}, None),
        ({"email": "mara@example.org", "email_verified": False}, None),
        ({"email": "mara@example.org", "email_verified": "true"}, None),
        ({"email": "mara@example.org", "email_verified": "false"}, None),
        ({"email": "mara@example.org", "email_verified": 1}, None),
        ({"email": "mara", "email_verified": True}, None),
        ({"email": 7, "email_verified": True}, None),
        ({"email_verified": True}, None),
    ],
)
def test_an_address_counts_only_where_the_provider_vouches_for_it(
    claims: dict[str, Any], email: str | None
) -> None:
    assert person_of(MARA, claims, GroupRules()).email == email


def test_groups_say_who_is_let_in_and_who_looks_after_the_server() -> None:
    rules = GroupRules("roles", frozenset({"staff", "board"}), frozenset({"board"}))
    assert person_of(MARA, {"roles": ["staff", 7, None]}, rules).admin is False
    assert person_of(MARA, {"roles": "board"}, rules).admin is True
    for roles in ([], ["guests"], None, {"staff": True}, ["Staff"], "staff,board"):
        with pytest.raises(AccountNotAllowed):
            person_of(MARA, {"roles": roles, "groups": ["staff"]}, rules)
    assert person_of(MARA, {}, GroupRules()).admin is None


def test_more_is_asked_for_only_where_something_that_is_used_is_missing() -> None:
    plain, grouped = GroupRules(), GroupRules(allowed=frozenset({"staff"}))
    assert is_missing({"sub"}, plain)
    assert not is_missing({"name", "email"}, plain)
    assert is_missing({"name", "email"}, grouped)
    assert not is_missing({"name", "email", "groups"}, grouped)
