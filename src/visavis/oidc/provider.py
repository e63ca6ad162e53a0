"""An OpenID Connect provider: where it is, how it is asked, and what it answers.

The authorization code flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636), as RFC 9700 has it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import structlog

from visavis.errors import KeysUnavailable, ProviderAnswerInvalid, ProviderUnavailable
from visavis.fetching import FetchFailed, fetch
from visavis.identity import ProviderIdentity
from visavis.key_sets import RemoteKeySet
from visavis.oidc.claims import GroupRules, Person, check_id_token, is_missing, person_of
from visavis.setting_values import is_secure_url
from visavis.web_tokens import WebTokenInvalid, parse

log = structlog.get_logger(__name__)

WELL_KNOWN = "/.well-known/openid-configuration"
"""Below the issuer, where it describes itself (OpenID Connect Discovery 1.0, section 4)."""

MAX_ID_TOKEN = 32 * 1024
"""Characters. Some name hundreds of groups."""

_FRESH = 3600.0
_PAUSE = 5.0
_SCOPE = "openid profile email"


@dataclass(frozen=True, slots=True)
class Client:
    """What we are to the provider.

    Attributes:
        issuer: the provider's address, exactly as it writes it.
        secret: None where the provider gave none.
        scopes: asked for besides ``openid profile email``.
    """

    issuer: str
    id: str
    secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ()
    groups: GroupRules = field(default_factory=GroupRules)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in, under way: what only the browser in which it began, and we, know of it."""

    state: str
    nonce: str
    verifier: str = field(repr=False)


class _Metadata(msgspec.Struct, frozen=True):
    """What of its description counts (Discovery 1.0, section 3; RFC 9207, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Provider:
    """
    Args:
        now: seconds since the epoch.
        monotonic: seconds, of a clock that does not jump.
    """

    def __init__(self, client: Client, now: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._client = client
        self._now = now
        self._monotonic = monotonic
        self._metadata: _Metadata | None = None
        self._asked_at: float | None = None
        self._keys = RemoteKeySet(self._jwks_uri, monotonic)

    async def close(self) -> None:
        """Safe twice."""
        await self._keys.close()

    async def address(self, attempt: Attempt, challenge: str, redirect_uri: str) -> str:
        """Where to send the browser.

        Args:
            challenge: S256 of the verifier (RFC 7636, section 4.2).

        Raises:
            ProviderUnavailable, ProviderAnswerInvalid
        """
        metadata = await self._described()
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self._client.id,
                "redirect_uri": redirect_uri,
                "scope": " ".join((_SCOPE, *self._client.scopes)),
                "state": attempt.state,
                "nonce": attempt.nonce,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            },
            quote_via=quote,
        )
        joint = "&" if urlsplit(metadata.authorization_endpoint).query else "?"
        return f"{metadata.authorization_endpoint}{joint}{query}"

    async def check_issuer(self, named: str | None) -> None:
        """Check who answered: with two providers, one could pass for the other (RFC 9207, section 2.4).

        Args:
            named: ``iss`` of the answer.

        Raises:
            ProviderUnavailable, ProviderAnswerInvalid
        """
        metadata = await self._described()
        is_promised = metadata.authorization_response_iss_parameter_supported
        if named != metadata.issuer and (named is not None or is_promised):
            raise ProviderAnswerInvalid("The answer is of another provider.")

    async def person(self, code: str, attempt: Attempt, redirect_uri: str) -> Person:
        """Who signed in at the provider, and came back with a code.

        Raises:
            ProviderUnavailable: it cannot be reached, or its keys cannot.
            ProviderAnswerInvalid: it does not know the code, or what it says cannot be believed.
            AccountNotAllowed: not in a group that is let in.
        """
        metadata = await self._described()
        tokens = await self._redeem(metadata, code, attempt, redirect_uri)
        payload = await self._verified(tokens.get("id_token"))
        client = self._client
        identity = check_id_token(payload, metadata.issuer, client.id, attempt.nonce, self._now())
        claims = payload
        if metadata.userinfo_endpoint is not None and is_missing(payload, client.groups):
            more = await self._user_info(metadata.userinfo_endpoint, tokens.get("access_token"), identity)
            claims = {**more, **payload}
        return person_of(identity, claims, client.groups)

    # --- inside -------------------------------------------------------------------------------

    async def _described(self) -> _Metadata:
        """The provider's description: asked for once an hour; while it is away the last one will do."""
        now = self._monotonic()
        age = None if self._asked_at is None else now - self._asked_at
        if age is not None and (age < _PAUSE or (self._metadata is not None and age < _FRESH)):
            if self._metadata is None:
                raise ProviderUnavailable
            return self._metadata
        self._asked_at = now
        try:
            self._metadata = _read_metadata(await fetch(self._client.issuer.rstrip("/") + WELL_KNOWN))
        except FetchFailed as error:
            log.warning("identity provider cannot be reached", reason=str(error))
        if self._metadata is None:
            raise ProviderUnavailable
        if self._metadata.issuer != self._client.issuer:
            self._metadata, self._asked_at = None, None
            log.warning("identity provider calls itself otherwise than oidc_issuer does")
            raise ProviderAnswerInvalid("The provider calls itself otherwise than the setting oidc_issuer.")
        return self._metadata

    async def _jwks_uri(self) -> str:
        return (await self._described()).jwks_uri

    async def _redeem(
        self, metadata: _Metadata, code: str, attempt: Attempt, redirect_uri: str
    ) -> Mapping[str, Any]:
        """The tokens for a code (RFC 6749, section 4.1.3)."""
        client = self._client
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": attempt.verifier,
        }
        authorization = None
        if client.secret is None:
            form |= {"client_id": client.id}
        elif "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            # Both are encoded first (RFC 6749, section 2.3.1).
            authorization = (quote(client.id, safe=""), quote(client.secret, safe=""))
        else:
            form |= {"client_id": client.id, "client_secret": client.secret}
        try:
            return await fetch(metadata.token_endpoint, form, authorization=authorization)
        except FetchFailed as error:
            answer = error.document
            if answer is None or not isinstance(answer.get("error"), str):
                log.warning("identity provider cannot be reached", reason=str(error))
                raise ProviderUnavailable from None
            reason = answer["error"][:100]
            log.warning("identity provider refused a code", reason=reason)
            raise ProviderAnswerInvalid("The provider does not know this sign-in. Start it again.") from None

    async def _verified(self, id_token: object) -> Mapping[str, Any]:
        if not isinstance(id_token, str):
            raise ProviderAnswerInvalid("The provider sent no ID token.")
        try:
            token = parse(id_token, MAX_ID_TOKEN)
            return token.verified_by([await self._keys.find(token.key_id, token.algorithm)])
        except WebTokenInvalid as error:
            raise ProviderAnswerInvalid(f"The provider's ID token is not valid: {error}.") from None
        except KeysUnavailable:
            raise ProviderUnavailable from None

    async def _user_info(
        self, url: str, access_token: object, identity: ProviderIdentity
    ) -> Mapping[str, Any]:
        """What else the provider says of the same person (Core 1.0, section 5.3.2)."""
        try:
            found = await fetch(url, headers={"Authorization": f"Bearer {access_token}"})
        except FetchFailed as error:
            log.warning("identity provider does not tell of a person", reason=str(error))
            raise ProviderUnavailable from None
        if found.get("sub") != identity.subject:
            raise ProviderAnswerInvalid("The provider told of somebody else.")
        return found


def _read_metadata(document: Mapping[str, Any]) -> _Metadata:
    """
    Raises:
        FetchFailed: it is none that can be used.
    """
    try:
        metadata = msgspec.convert(document, _Metadata)
    except msgspec.ValidationError as error:
        raise FetchFailed(f"its description is of another form: {error}") from None
    urls = (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri)
    if not all(is_secure_url(url) for url in (*urls, metadata.userinfo_endpoint or urls[0])):
        raise FetchFailed("an address in its description is not https")
    return metadata
