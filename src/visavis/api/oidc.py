"""The routes by which one signs in at an identity provider. A browser opens them; they answer with pages."""

from collections.abc import Callable
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from visavis.accounts.credentials import cookie_name
from visavis.accounts.sessions import Sessions
from visavis.accounts.throttle import Devices
from visavis.api.requests import address_in, client_in, give_session, is_secure
from visavis.errors import AppError, NotFound, RateLimited
from visavis.oidc import Answer, ProviderSignIn
from visavis.oidc.sign_in import LIFETIME
from visavis.rates import KeyedRateLimit, address_key
from visavis.settings import Settings

log = structlog.get_logger(__name__)

START, BACK = "/api/v1/oidc/start", "/api/v1/oidc/back"

SIGN_IN_PAGE = "/sign-in"
"""What went wrong stands behind its ``#``."""

_COOKIE = "visavis-sign-in"
_STARTS_PER_MINUTE = 30
_DAY = 86_400.0


class OidcPages:
    """Starts sign-ins, and ends them, for a browser.

    Args:
        sign_in: None where there is no provider; then there are no such pages.
    """

    def __init__(
        self, sign_in: ProviderSignIn | None, sessions: Sessions, devices: Devices, settings: Settings
    ) -> None:
        self._sign_in = sign_in
        self._sessions = sessions
        self._devices = devices
        self._settings = settings

    async def close(self) -> None:
        """Safe twice."""
        if self._sign_in is not None:
            await self._sign_in.close()

    async def start(self, request: Request, then: str) -> Response:
        """Send the browser to the provider."""
        if self._sign_in is None:
            raise NotFound
        try:
            started = await self._sign_in.start(self._redirect_uri(request), then)
        except AppError as error:
            return _problem(error)
        response = RedirectResponse(started.address, 302)
        _keep(request, response, started.cookie, int(LIFETIME))
        return response

    async def back(self, request: Request, answer: Answer) -> Response:
        """Sign in whoever the provider sent back."""
        if self._sign_in is None:
            raise NotFound
        cookie = request.cookies.get(cookie_name(_COOKIE, secure=is_secure(request)))
        try:
            account, then = await self._sign_in.finish(answer, cookie, self._redirect_uri(request))
            secret = await self._sessions.begin(account, client_in(request))
        except AppError as error:
            log.info("nobody signed in at the identity provider", code=error.code)
            response = _problem(error)
        else:
            response = RedirectResponse(then, 302)
            longest = self._settings.session_days * _DAY
            give_session(request, response, secret, self._devices.mark(account.id), longest)
        _keep(request, response, "", 0)
        return response

    def _redirect_uri(self, request: Request) -> str:
        """Where the provider sends browsers back to: just what is written down there."""
        origin = self._settings.base_url or f"{request.url.scheme}://{request.url.netloc}"
        return origin + BACK


def oidc_routes(pages: OidcPages, now: Callable[[], float]) -> APIRouter:
    """Two addresses for browsers.

    Args:
        now: seconds, of a clock that does not jump.
    """
    router = APIRouter()
    starts = KeyedRateLimit(_STARTS_PER_MINUTE, 60.0, now)

    @router.get(START, include_in_schema=False)
    async def start(request: Request, then: str = "/") -> Response:
        if not starts.allow(address_key(address_in(request))):
            return _problem(RateLimited())
        return await pages.start(request, then)

    @router.get(BACK, include_in_schema=False)
    async def back(
        request: Request,
        state: str = "",
        code: str | None = None,
        error: str | None = None,
        iss: str | None = None,
    ) -> Response:
        return await pages.back(request, Answer(state, code, error, iss))

    return router


def _problem(error: AppError) -> Response:
    """The sign-in page says what went wrong."""
    return RedirectResponse(f"{SIGN_IN_PAGE}#{urlencode({'problem': error.code})}", 302)


def _keep(request: Request, response: Response, value: str, max_age: int) -> None:
    """Have the browser keep what a sign-in needs until it is back, from the provider's site."""
    secure = is_secure(request)
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(
        cookie_name(_COOKIE, secure=secure),
        value,
        max_age=max_age,
        secure=secure,
        httponly=True,
        samesite="lax",
    )
