"""Who is gone is seen to be gone: at once by intent, after the grace by a crash. And who was taken for gone
comes back by itself.
"""

import os
import signal
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.network.conftest import LiveCall, Measured, Plan
from tests.network.faults import is_as_before, let_pass
from tests.support.frames import pictures
from tests.support.lab import Machine

GRACE = 3

pytestmark = pytest.mark.parametrize(
    "standing", [Plan(("Mara", "Joel", "Ines"), grace=GRACE)], ids=str, indirect=True, scope="module"
)


def test_a_closed_tab_is_gone_within_a_second(call: LiveCall, measured: Measured) -> None:
    ines = call.people["Ines"]
    closed = time.time()
    ines.page.close(run_before_unload=True)
    for other in call.others("Ines"):
        expect(other.tile("Ines")).to_have_count(0, timeout=2_000)
    measured("tab closed: gone", time.time() - closed, 1)
    call.remove("Ines")
    call.add("Ines")
    call.everyone_sees_everyone()


# Notes what of ours could keep the browser from keeping the page, when it is left.
_ON_LEAVING = """
() => {
  onpageshow = ({ persisted }) => { window.wasKept = persisted; };
  addEventListener('pagehide', () => {
    const open = window.testLinks.filter(({ signalingState }) => signalingState !== 'closed');
    sessionStorage.setItem('linksLeftOpen', String(open.length));
  });
}
"""
_ITS_OWN = {"masked", "rtc"}
"""Why a browser may not keep a page in which no link is left open: what it does not tell, and a data channel,
which counts until the page has heard that it is closed (Chromium's rtc_data_channel.cc). One may have left
before that.
"""
# Why the browser did not keep it (HTML, section 7.4.7): null where it did.
_NOT_KEPT = """
() => {
  const [{ notRestoredReasons }] = performance.getEntriesByType('navigation');
  return notRestoredReasons?.reasons.map(({ reason }) => reason) ?? null;
}
"""


def test_who_goes_to_another_page_is_gone_and_comes_back_by_a_click(call: LiveCall) -> None:
    """The browser has kept the page as it was, and shows it again without loading it; where it had no memory
    to spare for that, the lobby is there.
    """
    joel = call.people["Joel"]
    joel.page.evaluate(_ON_LEAVING)
    joel.page.goto(call.server.url)
    for other in call.others("Joel"):
        expect(other.tile("Joel")).to_have_count(0, timeout=1_000)
    joel.page.evaluate("history.back()")
    joel.control("Go back in").or_(joel.control("Join")).click()
    call.everyone_sees_everyone()
    assert joel.page.evaluate("sessionStorage.getItem('linksLeftOpen')") == "0"
    reasons = joel.page.evaluate(_NOT_KEPT)
    assert joel.page.evaluate("window.wasKept") or set(reasons) <= _ITS_OWN, reasons


def test_who_leaves_while_the_server_is_away_is_gone_at_once(call: LiveCall, measured: Measured) -> None:
    joel, others = call.people["Joel"], call.others("Joel")
    call.server.kill()
    for person in call.people.values():
        expect(person.page.get_by_text("Reconnecting")).to_be_visible()
    left = time.time()
    joel.leaves()
    for other in others:
        expect(other.tile("Joel")).to_have_count(0, timeout=2_000)
    measured("left while the server is away: gone", time.time() - left, 1)
    call.server.start()
    for other in others:
        expect(other.page.get_by_text("Reconnecting")).to_have_count(0, timeout=10_000)
        expect(other.tile("Joel")).to_have_count(0)
    joel.press("Go back in")
    call.everyone_sees_everyone()


def test_who_sleeps_through_a_restart_and_the_grace_is_back_without_a_click(
    call: LiveCall, measured: Measured
) -> None:
    seen = pictures(*call.people.values())
    machine = call.machines["Mara"]
    machine.sleep()
    call.server.kill()
    call.server.start()
    for other in call.others("Mara"):
        expect(other.tile("Mara")).to_have_count(0, timeout=10_000 + GRACE * 1000)
    machine.wake()
    back = time.time()
    for picture in seen:
        measured(f"slept past the grace: {picture} is back", picture.back_after(back), 5)
    is_as_before(call)


def test_a_crash_is_marked_and_gone_after_the_grace(call: LiveCall) -> None:
    """Of one's tab, of another one's whole browser."""
    mara = call.people["Mara"]
    crashed = time.time()
    for pid in renderers(call.machines["Joel"]):
        os.kill(pid, signal.SIGKILL)
    call.machines["Ines"].signal(signal.SIGKILL)
    for name in ("Joel", "Ines"):
        expect(mara.tile(name).get_by_text("Reconnecting")).to_be_visible(timeout=3_000)
    let_pass(GRACE - 0.5 - (time.time() - crashed))
    expect(mara.page.get_by_role("figure")).to_have_count(2)
    expect(mara.page.get_by_role("figure")).to_have_count(0, timeout=3_000)


def renderers(machine: Machine) -> list[int]:
    """The processes in which pages run."""
    return [pid for pid in machine.pids() if b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes()]
