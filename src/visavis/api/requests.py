"""Who asks, by which browser, and whether a page of ours had it ask."""

from http import HTTPMethod

from fastapi import Request, Response

from visavis.accounts.credentials import (
    DEVICE,
    SESSION,
    Credentials,
    cookie_name,
    credentials_of,
    is_from_here,
)
from visavis.accounts.sessions import Client
from visavis.errors import MessageInvalid, OriginRefused

_YEAR = 365 * 86_400
_SAFE = {HTTPMethod.GET, HTTPMethod.HEAD}


def is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def credentials_in(request: Request) -> Credentials:
    return credentials_of(request.headers, secure=is_secure(request))


def address_in(request: Request) -> str:
    return request.client.host if request.client else ""


def client_in(request: Request) -> Client:
    return Client(address_in(request), request.headers.get("user-agent", ""))


async def from_here(request: Request, response: Response) -> None:
    """Only our own pages, and programs, may have something changed, and by JSON, which no form sends.

    Raises:
        OriginRefused, MessageInvalid
    """
    response.headers["Cache-Control"] = "no-store"
    if request.method in _SAFE:
        return
    if not is_from_here(request.headers, secure=is_secure(request)):
        raise OriginRefused
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and request.headers.get("content-length", "0") != "0":
        raise MessageInvalid("The body must be application/json.")


def give_session(request: Request, response: Response, secret: str, device: str, longest: float) -> None:
    """Hand the browser its session.

    Args:
        longest: seconds for which it can last.
    """
    _set(request, response, SESSION, secret, int(longest))
    _set(request, response, DEVICE, device, _YEAR)


def take_session(request: Request, response: Response) -> None:
    """Have the browser forget its session. It is still known as one in which somebody was signed in."""
    _set(request, response, SESSION, "", 0)


def _set(request: Request, response: Response, name: str, value: str, max_age: int) -> None:
    secure = is_secure(request)
    response.set_cookie(
        cookie_name(name, secure=secure), value, max_age=max_age, secure=secure, httponly=True, samesite="lax"
    )
