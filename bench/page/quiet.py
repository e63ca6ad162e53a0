"""What React draws in a call of eight in which nothing happens but sound."""

from collections import Counter
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, expect

from bench.page.crowd import Crowd
from tests.e2e.test_gallery import COUNT
from tests.support.browser import Person

NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus")
_SETTLING_MS = 20_000
_TURN_MS = 2_000


def quiet_call(browser: Browser, others: Browser, home: str, seconds: int) -> Iterator[str]:
    """Components drawn a second, once all is settled: while nobody speaks, and while all do in turn.

    Every one of the eight has a link, sound and a moving picture.
    """
    mara = Person.at(browser, "Mara", viewport={"width": 1280, "height": 800})
    mara.context.add_init_script(COUNT)
    link = mara.starts_a_room(home)
    mara.joins()
    crowd = Crowd(others, home, link)
    for name in NAMES:
        crowd.enter(name)
    mara.sees(*NAMES)
    mara.page.wait_for_timeout(_SETTLING_MS)
    before = mara.received()["framesDecoded"]
    yield _line("nobody speaks", _drawn(mara.page, seconds), seconds)
    mara.page.evaluate("window.rendered.length = 0")
    seen = set()
    for turn in range(seconds * 1000 // _TURN_MS):
        name = NAMES[turn % len(NAMES)]
        crowd.speak(name, True)
        mara.page.wait_for_timeout(_TURN_MS)
        if mara.tile(name).get_attribute("data-speaking") is not None:
            seen.add(name)
        crowd.speak(name, False)
    yield _line(f"{len(seen)} of seven are seen to speak in turn", _rendered(mara.page), seconds)
    decoded = mara.received()["framesDecoded"] - before
    yield f"decoded meanwhile: {decoded / seconds / 2:.0f} pictures a second of all together"
    expect(mara.page.get_by_role("figure")).to_have_count(7)
    crowd.close()
    mara.context.close()


def _drawn(page: Page, seconds: int) -> list[str]:
    page.evaluate("window.rendered.length = 0")
    page.wait_for_timeout(seconds * 1000)
    return _rendered(page)


def _rendered(page: Page) -> list[str]:
    rendered: list[str] = page.evaluate("window.rendered")
    return rendered


def _line(what: str, rendered: list[str], seconds: int) -> str:
    parts = ", ".join(f"{name} {count}" for name, count in Counter(rendered).most_common(5))
    return f"{what}: {len(rendered) / seconds:.2f} components a second ({parts or 'none'})"
