"""A provider that hands out ICE servers over HTTPS, as Cloudflare, Metered, Twilio and Xirsys do.

It is asked in the background, long before what it handed out last is over, so that nobody who joins waits
for it. Where it fails the rest of the list has to do, and it is asked again.
"""

import asyncio
import contextlib
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from visavis.ice.servers import IceServer, Provided
from visavis.settings import Settings

if TYPE_CHECKING:
    import httpx

log = structlog.get_logger(__name__)

_TIMEOUT = 5.0
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
_MAX_BYTES = 64 * 1024
_MAX_SERVERS = 10
_LIST_KEYS = ("iceServers", "ice_servers", "v", "d")
"""Where providers put the list; Xirsys wraps the answer in ``v``."""

_LONGEST_LIFETIME = 864_000.0
_LIFETIME_KEYS = ("ttl", "lifetime", "expiresIn")
_URL = re.compile(
    r"(?:stuns?|turns?):(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::([0-9]{1,5}))?(?:\?transport=(?:udp|tcp))?"
)
_CLOSED_PORT = "53"
"""Cloudflare names it too; browsers do not connect to it, and wait in vain."""


class _Failed(Exception):
    """The provider did not hand out anything. The message holds nothing secret."""


class IceProvider:
    """Asks the provider that the settings name, if they name one."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._provided: Provided | None = None
        self._fetched = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def provided(self) -> Provided | None:
        """What it handed out last, while that is good."""
        if self._provided is not None and self._provided.expires_at <= self._clock():
            self._provided = None
        return self._provided

    async def start(self, patience: float) -> None:
        """Begin to ask. Returns when there is an answer, or after so many seconds."""
        if self._settings.ice_provider_url is None:
            return
        self._task = asyncio.create_task(self._keep_asking(), name="ice provider")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._fetched.wait(), patience)

    async def stop(self) -> None:
        """Safe twice."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _keep_asking(self) -> None:
        # Imported here: it takes a tenth of a second, and most servers ask nobody.
        import httpx  # noqa: PLC0415

        pause, failing = _FIRST_PAUSE, False
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as http:
            while True:
                try:
                    async with asyncio.timeout(_TIMEOUT):
                        self._provided = await self._ask(http)
                except (_Failed, httpx.HTTPError, TimeoutError) as error:
                    if not failing:
                        _tell(error)
                    failing = True
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)
                    continue
                if failing:
                    log.info("ICE provider answers again")
                pause, failing = _FIRST_PAUSE, False
                self._fetched.set()
                # Half of the time is left to those who get it last.
                await asyncio.sleep(max(1.0, (self._provided.expires_at - self._clock()) / 2))

    async def _ask(self, http: "httpx.AsyncClient") -> Provided:
        settings = self._settings
        headers = {"Accept": "application/json"}
        if settings.ice_provider_authorization is not None:
            headers["Authorization"] = settings.ice_provider_authorization.get_secret_value()
        content = None
        if settings.ice_provider_body is not None:
            headers["Content-Type"] = "application/json"
            content = settings.ice_provider_body.get_secret_value()
        url = settings.ice_provider_url.get_secret_value() if settings.ice_provider_url else ""
        asked_at = self._clock()
        request = http.build_request(settings.ice_provider_method, url, headers=headers, content=content)
        response = await http.send(request, stream=True)
        try:
            if not response.is_success:
                raise _Failed(f"it answered {response.status_code}")
            body = b""
            async for part in response.aiter_bytes():
                body += part
                if len(body) > _MAX_BYTES:
                    raise _Failed(f"its answer has more than {_MAX_BYTES} bytes")
        finally:
            await response.aclose()
        servers, lifetime = read_answer(body)
        return Provided(servers, asked_at + (lifetime or settings.ice_provider_lifetime))


def read_answer(body: bytes) -> tuple[tuple[IceServer, ...], float | None]:
    """The servers in a provider's answer, and for how many seconds they are good where it says so.

    Raises:
        _Failed: there is no server in it.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise _Failed("its answer is not JSON") from None
    entries = _find_list(answer)
    servers = tuple(server for entry in entries[:_MAX_SERVERS] if (server := _server(entry)) is not None)
    if not servers:
        raise _Failed("its answer names no ICE servers")
    return servers, _lifetime(answer)


def _find_list(answer: Any) -> list[Any]:
    """The entries, wherever they stand; one that stands alone is a list of one."""
    if isinstance(answer, list):
        return answer
    if isinstance(answer, dict):
        if "urls" in answer or "url" in answer:
            return [answer]
        for key in _LIST_KEYS:
            if key in answer:
                return _find_list(answer[key])
    return []


def _server(entry: Any) -> IceServer | None:
    if not isinstance(entry, dict):
        return None
    named = entry.get("urls", entry.get("url"))
    all_urls = named if isinstance(named, list) else [named]
    urls = tuple(url for url in all_urls if isinstance(url, str) and _is_usable(url))
    username, credential = entry.get("username"), entry.get("credential")
    is_turn = any(url.startswith("turn") for url in urls)
    if not urls or (is_turn and not (isinstance(username, str) and isinstance(credential, str))):
        return None  # a browser refuses the whole list for one TURN server without credentials
    return IceServer(urls, username, credential) if is_turn else IceServer(urls)


def _is_usable(url: str) -> bool:
    found = _URL.fullmatch(url)
    return found is not None and found[1] != _CLOSED_PORT


def _lifetime(answer: Any) -> float | None:
    if not isinstance(answer, dict):
        return None
    for key in _LIFETIME_KEYS:
        with contextlib.suppress(TypeError, ValueError, KeyError):
            lifetime = float(answer[key])  # Twilio writes it as text
            if 1 <= lifetime <= _LONGEST_LIFETIME:
                return lifetime
    return None


def _tell(error: Exception) -> None:
    """One line, however long it lasts; without the address that was asked, which may hold a key."""
    reason = str(error) if isinstance(error, _Failed) else type(error).__name__
    log.error(
        "ICE provider failed: calls go on with the other servers", code="ice_provider_failed", reason=reason
    )
