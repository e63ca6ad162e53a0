"""Gets a certificate for a domain from an ACME server (RFC 8555) by the http-01 challenge (section 8.3).

The steps wait for the network and block: they run in a thread of their own.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

import requests
import structlog
from acme import challenges, client, crypto_util, errors, messages
from josepy.errors import Error as JoseError
from josepy.jwa import ES256
from josepy.jwk import JWKEC

import visavis
from visavis.certificates.files import CertificateUnusable, key_pem, new_key, read, write_private

log = structlog.get_logger(__name__)

T = TypeVar("T")

CHALLENGE_PATH = "/.well-known/acme-challenge/"

_PATIENCE = timedelta(seconds=90)
"""For the server to look at the challenge and to sign."""

_TIMEOUT = 20
"""Seconds for one request."""


class NotIssued(Exception):
    """There is no certificate. The message is one line: what is wrong, and what to do."""


@dataclass(frozen=True)
class Issuer:
    """An ACME server, and who one is to it.

    Attributes:
        directory: its address.
        account: file of the account's key; made when it is first needed.
        email: where it may write to; None for nowhere.
        ca_bundle: file of authorities to trust when speaking to it; None for those of the web.
    """

    directory: str
    account: Path
    email: str | None = None
    ca_bundle: Path | None = None

    def issue(self, domain: str, tokens: dict[str, str], http_port: int) -> bytes:
        """A new key and a certificate with its chain, in PEM. Blocks, for some seconds as a rule.

        Args:
            tokens: what is to be answered below ``CHALLENGE_PATH``, by token; filled in for as long as
                it is needed.
            http_port: where it is answered: for the message when it cannot be reached.

        Raises:
            NotIssued: with the reason.
            CertificateUnusable: the key of the account cannot be read or kept.
        """
        key = key_pem(new_key())
        try:
            acme = self._log_in()
            order = acme.new_order(crypto_util.make_csr(key, [domain]))
            try:
                for authorization in order.authorizations:
                    self._answer(acme, authorization, tokens)
                # The library asks for naive local time.
                done = acme.poll_and_finalize(order, datetime.now() + _PATIENCE)  # noqa: DTZ005
            finally:
                tokens.clear()
        except (errors.Error, messages.Error, JoseError, requests.RequestException, ValueError) as error:
            raise NotIssued(_explain(error, domain, self.directory, http_port)) from error
        return key + str(done.fullchain_pem).encode()

    def _log_in(self) -> client.ClientV2:
        key = self._account_key()
        network = client.ClientNetwork(
            key,
            alg=ES256,
            # A file of authorities is taken as well: it is handed on as it is.
            verify_ssl=cast("bool", str(self.ca_bundle)) if self.ca_bundle else True,
            user_agent=f"visavis/{visavis.__version__}",
            timeout=_TIMEOUT,
        )
        acme = client.ClientV2(client.ClientV2.get_directory(self.directory, network), network)
        new = messages.NewRegistration.from_data(email=self.email, terms_of_service_agreed=True)
        try:
            acme.new_account(new)
        except errors.ConflictError as known:
            network.account = messages.RegistrationResource(uri=known.location, body=messages.Registration())
        else:
            terms = getattr(acme.directory.meta, "terms_of_service", None)
            log.info("ACME account made; its terms are accepted", directory=self.directory, terms=terms)
        return acme

    def _account_key(self) -> JWKEC:
        content = read(self.account)
        if content is None:
            content = key_pem(new_key())
            write_private(self.account, content)
        try:
            return cast("JWKEC", JWKEC.load(content))
        except (ValueError, JoseError):
            raise CertificateUnusable(
                f"{self.account} holds no key. Delete it to have a new account made."
            ) from None

    def _answer(
        self, acme: client.ClientV2, authorization: messages.AuthorizationResource, tokens: dict[str, str]
    ) -> None:
        if authorization.body.status == messages.STATUS_VALID:
            return  # proven a short while ago
        for offered in authorization.body.challenges:
            if isinstance(offered.chall, challenges.HTTP01):
                response, validation = offered.response_and_validation(acme.net.key)
                tokens[offered.chall.encode("token")] = validation
                acme.answer_challenge(offered, response)
                return
        raise errors.Error("the server offers no http-01 challenge")


_REMEDIES = {
    "dns": "The name {domain} has no address in the DNS. Make an A (or AAAA) record for it with the public "
    "address of this machine",
    "connection": "http://{domain} does not reach this machine. Open TCP port 80 in the firewall, forward it "
    "in the router{port}, and check that the DNS record has this machine's public address",
    "unauthorized": "Another server answers at http://{domain}. Let its DNS records point to this "
    "machine, and port 80 to Visavis{port}",
    "rateLimited": "{directory} issues no more certificates for {domain} for now. It is tried again; "
    "restarting does not help",
    "caa": "A CAA record in the DNS of {domain} forbids this issuer. Change the record",
    "rejectedIdentifier": "{directory} issues no certificate for {domain}. Choose another domain",
    "invalidContact": "The issuer does not accept acme_email. Correct it",
    "externalAccountRequired": "{directory} asks for an account made elsewhere, which Visavis cannot use",
}
"""By the types of problems (RFC 8555, section 6.7)."""

_ALIKE = {
    "unknownHost": "dns",
    "tls": "connection",
    "incorrectResponse": "unauthorized",
    "unsupportedIdentifier": "rejectedIdentifier",
    "invalidEmail": "invalidContact",
    "unsupportedContact": "invalidContact",
}


def _explain(error: Exception, domain: str, directory: str, http_port: int) -> str:
    """One line: what is wrong, and what to do."""
    if isinstance(error, requests.RequestException):
        return (
            f"The ACME server {directory} cannot be reached ({_cause(error)}). "
            "Check that this machine reaches the Internet, and acme_directory."
        )
    problem = _problem(error)
    code = str(problem.code) if problem is not None else ""
    if problem is not None and "could not resolve" in (problem.detail or ""):
        code = "dns"  # some call it "connection"
    remedy = _REMEDIES.get(_ALIKE.get(code, code), "{directory} did not issue a certificate for {domain}")
    port = "" if http_port == 80 else f", to port {http_port} here"
    said = remedy.format(domain=domain, directory=directory, port=port)
    return f"{said} ({_detail(error, problem)})."


def _problem(error: Exception) -> messages.Error | None:
    """What the server said is wrong (RFC 8555, section 6.7)."""
    if isinstance(error, messages.Error):
        return error
    if isinstance(error, errors.IssuanceError):
        return error.error
    if isinstance(error, errors.ValidationError):
        for authorization in error.failed_authzrs:
            for challenge in authorization.body.challenges:
                if challenge.error is not None:
                    return challenge.error
    return None


def _detail(error: Exception, problem: messages.Error | None) -> str:
    if problem is not None:
        return _line(f"{problem.code}: {problem.detail}")
    if isinstance(error, errors.TimeoutError):
        return f"no answer within {_PATIENCE.total_seconds():.0f} s"
    return _line(str(error) or type(error).__name__)


def _cause(error: requests.RequestException) -> str:
    match error:
        case requests.exceptions.SSLError():
            return "its certificate is not trusted"
        case requests.Timeout():
            return f"no answer within {_TIMEOUT} s"
        case requests.ConnectionError():
            return "no connection"
        case _:
            return _line(str(error))


def _line(text: str) -> str:
    """What another server wrote, as a part of one of our lines."""
    return " ".join(text.split())[:200].rstrip(".")


async def in_thread(act: Callable[[], T]) -> T:
    """Run what blocks in a thread that the end of the process does not wait for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)

    def run() -> None:
        result, error = None, None
        try:
            result = act()
        except BaseException as raised:  # noqa: BLE001 - handed to whoever waits
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="acme", daemon=True).start()
    return await done
