"""Who asks over HTTP: by the ``Authorization`` header (RFC 6750), or else by the session of a browser."""

from fastapi import Request

from visavis.accounts.sessions import Sessions
from visavis.api.requests import credentials_in
from visavis.identity import Identity
from visavis.tokens import ApiKeys, RoomTokens


class Askers:
    """Knows those who show an API key, a room token, or a session; everybody else is a guest."""

    def __init__(self, sessions: Sessions, api_keys: ApiKeys, tokens: RoomTokens) -> None:
        self._sessions = sessions
        self._api_keys = api_keys
        self._tokens = tokens

    async def maker(self, request: Request) -> Identity:
        """Who is about to make something: an account, or another program by its API key.

        Raises:
            ApiKeyInvalid, StorageUnavailable
        """
        shown = _shown(request)
        return await (self._account(request) if shown is None else self._api_keys.identify(shown))

    async def visitor(self, request: Request, room_id: str) -> Identity:
        """Who stands before the door of a room: an account, or the bearer of a room token.

        Raises:
            as :meth:`~visavis.tokens.RoomTokens.read`
        """
        shown = _shown(request)
        return await (self._account(request) if shown is None else self._tokens.read(shown, room_id))

    async def _account(self, request: Request) -> Identity:
        return await self._sessions.identity(credentials_in(request))


def _shown(request: Request) -> str | None:
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else None
