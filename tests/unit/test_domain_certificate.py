"""When a domain's certificate is renewed, and what is said when it cannot be."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from acme import errors, messages
from structlog.testing import capture_logs

from tests.support.eventually import eventually_async
from visavis.certificates import domain
from visavis.certificates.acme import Issuer, NotIssued, _explain
from visavis.certificates.authority import Authority
from visavis.certificates.domain import HALF_A_DAY, DomainCertificate, pause_after, renewal_due

DOMAIN = "calls.home.arpa"


class FakeIssuer(Issuer):
    """Issues by an authority of its own, or fails with the next of ``failures``."""

    failures: list[Exception]
    orders: int

    def __init__(self, *failures: Exception) -> None:
        super().__init__("https://issuer.example", Path("nowhere"))
        object.__setattr__(self, "failures", list(failures))
        object.__setattr__(self, "orders", 0)

    def issue(self, name: str, tokens: dict[str, str], http_port: int) -> bytes:
        assert (tokens, http_port) == ({}, 80)
        object.__setattr__(self, "orders", self.orders + 1)
        if self.failures:
            raise self.failures.pop(0)
        return Authority.make("issuer", (), datetime.now(UTC)).issue([name], datetime.now(UTC))


def certificate_of(folder: Path, issuer: Issuer, first: list[str] | None = None) -> DomainCertificate:
    said = first if first is not None else []
    return DomainCertificate(DOMAIN, folder, issuer, 80, lambda: said.append("there"))


@contextmanager
def keeping(certificate: DomainCertificate) -> Iterator[None]:
    task = asyncio.ensure_future(certificate.keep())
    yield
    task.cancel()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause to speak of between attempts."""
    monkeypatch.setattr(domain, "_PAUSES", (0.01,))


async def test_the_first_is_asked_for_at_once_and_kept(tmp_path: Path) -> None:
    first: list[str] = []
    certificate = certificate_of(tmp_path, FakeIssuer(), first)
    assert certificate.wait(datetime.now(UTC)) == 0
    with keeping(certificate):
        await eventually_async("there is a certificate", lambda: certificate.live.leaf is not None)
    assert first == ["there"]
    file = tmp_path / f"{DOMAIN}.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    again = certificate_of(tmp_path, FakeIssuer())
    assert again.live.leaf == certificate.live.leaf
    assert again.wait(datetime.now(UTC)) > 0


def test_it_is_due_when_a_third_of_its_life_is_left_and_looked_at_twice_a_day(tmp_path: Path) -> None:
    pem = FakeIssuer().issue(DOMAIN, {}, 80)
    (tmp_path / f"{DOMAIN}.pem").write_bytes(pem)
    certificate = certificate_of(tmp_path, FakeIssuer())
    assert certificate.live.leaf is not None
    due = renewal_due(certificate.live.leaf)
    begins, ends = certificate.live.leaf.not_valid_before_utc, certificate.live.leaf.not_valid_after_utc
    assert ends - due == (ends - begins) / 3
    waits = {certificate.wait(due - timedelta(days=30)) for _ in range(20)}
    assert all(HALF_A_DAY * 0.9 <= wait <= HALF_A_DAY * 1.1 for wait in waits)
    assert len(waits) > 1
    assert certificate.wait(due - timedelta(seconds=5)) == 5
    assert certificate.wait(due) == 0
    assert certificate.wait(due + timedelta(days=300)) == 0


def test_pauses_grow_to_an_hour_and_stay_below_what_issuers_count() -> None:
    pauses = [pause_after(failures) for failures in range(1, 7)]
    assert 60 <= pauses[0] <= 72
    assert all(3600 <= pause <= 4320 for pause in pauses[3:])
    assert sum(pauses[:4]) > 3600  # four failures and the first attempt: five in more than an hour


@pytest.mark.usefixtures("impatient")
async def test_a_failure_is_told_in_a_line_and_it_goes_on(tmp_path: Path) -> None:
    issuer = FakeIssuer(NotIssued("Because."), OSError("a fault of ours"), NotIssued("Because."))
    certificate = certificate_of(tmp_path, issuer)
    with capture_logs() as logged, keeping(certificate):
        await eventually_async("there is a certificate", lambda: certificate.live.leaf is not None)
    complaints = [line for line in logged if line["event"].startswith("no certificate yet")]
    assert [line["reason"] for line in complaints][::2] == ["Because.", "Because."]
    assert complaints[1]["reason"].startswith("a fault, logged as ")
    assert issuer.orders == 4


@pytest.mark.usefixtures("impatient")
async def test_the_old_certificate_stays_when_it_cannot_be_renewed(tmp_path: Path) -> None:
    past = datetime.now(UTC) - timedelta(days=380)
    file = tmp_path / f"{DOMAIN}.pem"
    file.write_bytes(Authority.make("issuer", (), past).issue([DOMAIN], past))
    certificate = certificate_of(tmp_path, FakeIssuer(NotIssued("Because.")))
    old = certificate.live.leaf
    told: list[Path] = []
    certificate.live.follow(lambda changed, _key: told.append(changed))
    with capture_logs() as logged, keeping(certificate):
        await eventually_async("it is renewed in the end", lambda: certificate.live.leaf != old)
    assert "stays" in logged[0]["event"]
    assert (logged[0]["reason"], logged[0]["days_left"]) == ("Because.", 8)
    assert told == [file, file]


def test_a_damaged_certificate_is_asked_for_anew(tmp_path: Path) -> None:
    (tmp_path / f"{DOMAIN}.pem").write_text("nonsense")
    assert certificate_of(tmp_path, FakeIssuer()).wait(datetime.now(UTC)) == 0


# --- reasons ----------------------------------------------------------------------------------------


def problem(code: str) -> messages.Error:
    said = {"type": f"urn:ietf:params:acme:error:{code}", "detail": "what\nit said."}
    error: messages.Error = messages.Error.from_json(said)
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (problem("dns"), "Make an A (or AAAA) record"),
        (problem("connection"), "Open TCP port 80"),
        (problem("unauthorized"), "Another server answers at http://calls.home.arpa"),
        (problem("rateLimited"), "restarting does not help"),
        (problem("caa"), "CAA record"),
        (problem("rejectedIdentifier"), "Choose another domain"),
        (problem("invalidContact"), "acme_email"),
        (problem("externalAccountRequired"), "account made elsewhere"),
        (problem("serverInternal"), "did not issue"),
        (errors.IssuanceError(problem("caa")), "CAA record"),
        (errors.TimeoutError(), "no answer within 90 s"),
        (requests.exceptions.SSLError(), "its certificate is not trusted"),
        (requests.exceptions.ConnectTimeout(), "no answer within"),
        (requests.exceptions.ConnectionError(), "no connection"),
        (requests.exceptions.MissingSchema("odd"), "odd"),
    ],
)
def test_each_reason_is_one_line_with_what_to_do(error: Exception, words: str) -> None:
    line = _explain(error, DOMAIN, "https://issuer.example", 80)
    assert words in line
    assert "\n" not in line
    assert line.endswith(".")


def test_a_forwarded_port_is_named() -> None:
    assert "port 80 in the firewall, forward it in the router, to port 8081 here" in _explain(
        problem("connection"), DOMAIN, "https://issuer.example", 8081
    )
