"""What an error looks like over HTTP: a status, and ``{"status": "error", "code", "message"}``.

Everything that goes wrong below a route ends here, whether we raised it, the framework did, or nobody
expected it. The last kind is logged under an id, and the id is all that goes out.
"""

from collections.abc import Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from visavis.api.bodies import Refused
from visavis.errors import (
    AccountExists,
    AccountNotFound,
    ApiKeyInvalid,
    AppError,
    InputError,
    InternalError,
    MessageInvalid,
    MessageTooLarge,
    MethodNotAllowed,
    NotFound,
    ProtocolError,
    RateLimited,
    Refusal,
    RoomExists,
    RoomFull,
    RoomNotFound,
    SessionNotFound,
    TooManyAttempts,
    Unavailable,
)
from visavis.logs import report

log = structlog.get_logger(__name__)

RETRY_AFTER = 60
"""Seconds after which a client that made too many requests may make as many again."""

# The nearest ancestor counts.
_STATUS: Mapping[type[AppError], HTTPStatus] = {
    InputError: HTTPStatus.BAD_REQUEST,
    Refusal: HTTPStatus.FORBIDDEN,
    RoomNotFound: HTTPStatus.NOT_FOUND,
    RoomFull: HTTPStatus.CONFLICT,
    ApiKeyInvalid: HTTPStatus.UNAUTHORIZED,
    RoomExists: HTTPStatus.CONFLICT,
    AccountExists: HTTPStatus.CONFLICT,
    AccountNotFound: HTTPStatus.NOT_FOUND,
    SessionNotFound: HTTPStatus.NOT_FOUND,
    RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    ProtocolError: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    MessageTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    InternalError: HTTPStatus.INTERNAL_SERVER_ERROR,
}


def status_of(error: AppError) -> HTTPStatus:
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def answer(error: AppError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response that tells of an error."""
    all_headers = dict(headers or {})
    if isinstance(error, RateLimited):
        all_headers["Retry-After"] = str(RETRY_AFTER)
    body = Refused(code=error.code, message=error.message).model_dump(by_alias=True)
    return JSONResponse(body, status_of(error), all_headers)


def answer_errors(app: FastAPI) -> None:
    """Make an application tell of its errors in our form."""
    for kind in (AppError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _answer)


async def _answer(_request: Request, error: Exception) -> JSONResponse:
    headers = error.headers if isinstance(error, HTTPException) else None
    return answer(_translate(error), headers)


def _translate(error: Exception) -> AppError:
    """Our error for one of the framework's."""
    match error:
        case AppError():
            return error
        case RequestValidationError():
            # The first thing that is wrong, by the path of the field.
            first = error.errors()[0]
            path = ".".join(str(step) for step in first["loc"])
            return MessageInvalid(f"{path}: {first['msg']}")
        case HTTPException(status_code=HTTPStatus.NOT_FOUND):
            return NotFound()
        case HTTPException(status_code=HTTPStatus.METHOD_NOT_ALLOWED):
            return MethodNotAllowed()
        case HTTPException():
            return MessageInvalid(error.detail)
        case _:
            raise error


class FaultBarrier:
    """Stops what nobody expected: logs it, and answers ``internal`` where no answer has begun."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            fault = report(log, "request failed", error, method=scope["method"], path=scope["path"])
            if begun:
                raise  # the web server cuts the connection, so that half an answer is not taken for one
            await answer(InternalError(f"{InternalError.default} ({fault})"))(scope, receive, send)
