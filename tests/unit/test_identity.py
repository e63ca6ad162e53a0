"""Names with which one signs in, and secrets."""

import pytest

from visavis.errors import EmailInvalid, UserNameInvalid
from visavis.identity import digest_of, new_secret, parse_email, parse_login, parse_user_name


@pytest.mark.parametrize("text", ["Mara.Lind", " mara.lind ", "MARA.LIND"])
def test_a_user_name_is_the_same_however_it_is_spelled(text: str) -> None:
    assert parse_user_name(text) == "mara.lind"


@pytest.mark.parametrize(
    "text", ["", "a", "a" * 33, ".mara", "mara lind", "mära", "mara@home", "\u212aelvin\0", "mara\ud800"]
)
def test_other_user_names_are_refused(text: str) -> None:
    with pytest.raises(UserNameInvalid):
        parse_user_name(text)


def test_an_address_is_the_same_however_it_is_spelled() -> None:
    assert parse_email(" Mara@Example.ORG") == parse_login("mara@example.org") == "mara@example.org"
    assert parse_email("mara+calls@büro.example") == "mara+calls@büro.example"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mara",
        "@example.org",
        "mara@",
        "mara@localhost",
        "mara@example.",
        "a@b@example.org",
        "mara@exam ple.org",
        "mara@example.org\nBcc: all@example.org",
        "mara..lind@example.org",
        "Mara <mara@example.org>",
        "mara@example.org,joel@example.org",
        "a" * 65 + "@example.org",
        "mara@" + "a" * 186 + ".org",
        "mara\u202e@example.org",
        "mara\ud800@example.org",
        "mara\0@example.org",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(EmailInvalid):
        parse_email(text)


def test_a_secret_has_256_bits_and_its_digest_does_not_tell_it() -> None:
    secrets = {new_secret() for _ in range(1000)}
    assert len(secrets) == 1000
    assert {len(secret) for secret in secrets} == {43}
    assert digest_of("secret") == "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
