"""Small JSON documents of servers that the settings name: bounded in time and size, and never elsewhere."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

TIMEOUT = 5.0
"""Seconds for the whole of an answer."""

_MAX_BYTES = 256 * 1024


class FetchFailed(Exception):
    """There is no usable answer. The message is for the log, and holds nothing that was sent or answered.

    ``document``: of an answer that says no (status 400 and above), where it is an object.
    """

    def __init__(self, reason: str, document: Mapping[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.document = document


async def fetch(
    url: str,
    form: Mapping[str, str] | None = None,
    *,
    authorization: "httpx.Auth | tuple[str, str] | None" = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON object at an address. Redirections are not followed.

    Args:
        form: sent by POST; None asks by GET.
        authorization: user and password (RFC 7617).

    Raises:
        FetchFailed
    """
    # Imported here: it takes a tenth of a second, and most servers ask nobody.
    import httpx  # noqa: PLC0415

    try:
        async with (
            asyncio.timeout(TIMEOUT),
            httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, verify=_trust()) as http,
            http.stream(
                "GET" if form is None else "POST",
                url,
                data=form,
                auth=authorization,
                headers={"Accept": "application/json"} | dict(headers or {}),
            ) as response,
        ):
            body = b""
            async for part in response.aiter_bytes():
                body += part
                if len(body) > _MAX_BYTES:
                    raise FetchFailed(f"its answer has more than {_MAX_BYTES} bytes")
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise FetchFailed(type(error).__name__) from None
    document = _object(body)
    if not response.is_success:
        raise FetchFailed(f"it answered {response.status_code}", document)
    if document is None:
        raise FetchFailed("its answer is not a JSON object")
    return document


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


@cache
def _trust() -> ssl.SSLContext:
    """The authorities of the system, and so those that a house has added for itself."""
    return ssl.create_default_context()
