"""Every state of the pages, as the gallery makes them: who could not use it, and what a voice draws anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Page, ViewportSize
from scripts.gallery import built_gallery, show_state, states_of

from tests.support.layout import lost_at_double_text, small_targets

ROOT = Path(__file__).parents[2]

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"

LAPTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=360, height=740)

# What React has drawn anew, by components: of a tree that was not visited nothing is counted.
COUNT = """
window.rendered = [];
const nameOf = (fiber) => fiber.type?.name ?? fiber.type?.type?.name;
const walk = (fiber) => {
  for (let at = fiber; at !== null; at = at.sibling) {
    if (nameOf(at) !== undefined && (at.flags & 1) !== 0) window.rendered.push(nameOf(at));
    if (at.alternate === null || at.child !== at.alternate.child) walk(at.child);
  }
};
window.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
  supportsFiber: true,
  renderers: new Map(),
  inject: () => 1,
  onCommitFiberUnmount: () => {},
  onPostCommitFiberRoot: () => {},
  onScheduleFiberRoot: () => {},
  onCommitFiberRoot: (_, root) => walk(root.current),
};
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with built_gallery() as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=LAPTOP, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def findings(page: Page) -> list[str]:
    """What axe has to say: the rule, and where."""
    if not page.evaluate("window.axe !== undefined"):
        page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def use(cdp: CDPSession, *, touch: bool = False, contrast: bool = False) -> None:
    """What the system says of itself: nothing is to move; perhaps fingers, or a wish for more contrast."""
    features = {
        "prefers-reduced-motion": "reduce",
        "prefers-contrast": "more" if contrast else "no-preference",
    }
    named = [{"name": name, "value": value} for name, value in features.items()]
    cdp.send("Emulation.setEmulatedMedia", {"features": named})
    cdp.send("Emulation.setTouchEmulationEnabled", {"enabled": touch})


@pytest.mark.timeout(300)
def test_everyone_can_use_every_state(browser: Browser, page: Page, address: str) -> None:
    """axe finds nothing; with letters twice as large nothing is lost; a finger hits what can be touched."""
    cdp = page.context.new_cdp_session(page)
    found = {}
    for number, state in enumerate(states_of(browser, address)):
        theme = "dark" if number % 2 else "light"
        page.set_viewport_size(LAPTOP)
        use(cdp, contrast=number % 4 > 1)
        show_state(page, address, state, theme)
        said = findings(page) + lost_at_double_text(page)
        page.set_viewport_size(PHONE)
        use(cdp, touch=True)
        said += small_targets(page)
        if said:
            found[f"{state}, {theme}"] = said
    assert found == {}


def test_a_voice_draws_nothing_anew(page: Page, address: str) -> None:
    page.add_init_script(COUNT)
    show_state(page, address, "call-eight-talking", "dark")
    page.locator("[data-speaking]").first.wait_for()
    # Pictures arrive and settle; then only the clock goes on.
    page.wait_for_function("performance.now() > 3000")
    began = page.evaluate("window.rendered.length = 0; performance.now()")
    page.wait_for_function("(began) => performance.now() - began > 5000", arg=began)
    rendered = page.evaluate("window.rendered")
    assert len(rendered) < 5 * 5, rendered
    # Somebody else speaks by now: the mark has moved without React.
    assert page.locator("[data-speaking]").count() >= 1
