"""Outages of the database: told once, however often somebody asks, and once when they are over."""

from structlog.testing import capture_logs

from tests.support.fake_clock import FakeClock
from visavis.storage.outage import SETTLED, Outage


def test_an_outage_is_one_line_and_its_id_is_what_everybody_is_told() -> None:
    outage = Outage("written", FakeClock().now)
    with capture_logs() as logged:
        errors = [outage.failure(OSError(28, "No space\nleft")) for _ in range(3)]
    (line,) = logged
    assert (line["log_level"], line["event"]) == ("error", "database cannot be written")
    assert line["reason"] == "OSError: [Errno 28] No space left"
    assert {line["fault"] in str(error) and "space" not in str(error) for error in errors} == {True}


def test_it_is_over_when_it_works_and_has_not_failed_for_a_while() -> None:
    clock = FakeClock()
    outage = Outage("read", clock.now)
    with capture_logs() as logged:
        outage.success()
        outage.failure(OSError("first"))
        for _ in range(10):
            clock.advance(SETTLED - 1)
            outage.success()
            outage.failure(OSError("now and then"))
        clock.advance(SETTLED)
        outage.success()
        outage.success()
        outage.failure(OSError("second"))
    assert [(line["log_level"], line["event"]) for line in logged] == [
        ("error", "database cannot be read"),
        ("info", "database can be read again"),
        ("error", "database cannot be read"),
    ]
    assert logged[0]["fault"] == logged[1]["fault"] != logged[2]["fault"]


def test_a_reason_is_cut_where_a_driver_tells_too_much() -> None:
    with capture_logs() as logged:
        Outage("read").failure(OSError("x" * 10_000))
    assert len(logged[0]["reason"]) == 300
