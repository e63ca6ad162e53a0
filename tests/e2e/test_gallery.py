"""Every state of the pages, as the gallery makes them: who could not use it, and what a voice draws anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, expect
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


@pytest.mark.parametrize(("width", "height"), [(360, 400), (740, 180), (844, 180)])
def test_one_sees_what_one_writes_above_a_keyboard(page: Page, address: str, width: int, height: int) -> None:
    page.set_viewport_size(ViewportSize(width=width, height=height))
    show_state(page, address, "call-five-chat", "dark")
    for part in (page.get_by_role("textbox"), page.get_by_role("button", name="Send")):
        box = part.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height


@pytest.mark.parametrize("width", [800, 1000, 1170, 1280, 1900])
def test_a_long_name_keeps_clear_of_the_controls(page: Page, address: str, width: int) -> None:
    page.set_viewport_size(ViewportSize(width=width, height=800))
    show_state(page, address, "call-two-long", "dark")
    name = page.get_by_role("figure").get_by_text("Wilhelmina").locator("..").bounding_box()
    bar = page.get_by_role("navigation").bounding_box()
    assert name is not None
    assert bar is not None
    assert name["x"] + name["width"] <= bar["x"] or name["y"] + name["height"] <= bar["y"]


def test_who_shares_sees_faces_on_a_phone_too(page: Page, address: str) -> None:
    """The strip is one row in the line above the tiles; how the screen looks is under More."""
    page.set_viewport_size(PHONE)
    show_state(page, address, "call-sharing", "dark")
    strip = page.get_by_role("region", name="What you share").bounding_box()
    face = page.get_by_role("figure", name="Eileen").bounding_box()
    assert strip is not None
    assert face is not None
    assert strip["y"] + strip["height"] < face["y"] + 8
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("menuitemradio", name="Sharp")).to_be_checked()
    expect(page.get_by_role("menuitemradio", name="Smooth")).to_be_visible()
