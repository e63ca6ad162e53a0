"""What comes, moves and goes does so by the tokens of motion, and not for those who asked for less of it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from scripts.gallery import built_gallery, show_state

WATCH = """
window.moved = {};
window.left = 0;
window.faded = false;
const NOT_PROPERTIES = ['offset', 'computedOffset', 'easing', 'composite'];
const look = () => {
  for (const { effect } of document.getAnimations()) {
    const { duration } = effect.getComputedTiming();
    const properties = effect.getKeyframes().flatMap((frame) => Object.keys(frame));
    for (const property of properties.filter((name) => !NOT_PROPERTIES.includes(name)))
      window.moved[property] = Math.max(window.moved[property] ?? 0, duration);
  }
  if (document.querySelector('dialog:not([open])')?.getAnimations().length > 0) window.faded = true;
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes) if (node.dataset?.leaving !== undefined) window.left += 1;
}).observe(document, { childList: true, subtree: true });
"""
"""For each property the longest time in ms of an animation; how often something left in its own time; whether
a dialog did.
"""

FADE_MS = 120
"""Where nothing is to move (tokens.css)."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with built_gallery() as address:
        yield address


def use_much(page: Page, address: str) -> None:
    """A panel, a menu, a notice, another layout and a dialog come and go."""
    page.add_init_script(WATCH)
    show_state(page, address, "call-five", "dark")
    page.get_by_role("button", name="Chat").click()
    page.get_by_role("log").wait_for()
    page.get_by_role("button", name="Close the chat").click()
    expect(page.get_by_role("log")).to_have_count(0)
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Copy the link").click()
    page.locator("[data-notice]").wait_for()
    expect(page.get_by_role("menu")).to_have_count(0)
    page.keyboard.press("l")
    page.keyboard.press("l")
    page.locator("[data-arrangement=focus]").wait_for()
    expect(page.locator("[data-leaving]")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    # Until everything that goes on is done.
    page.wait_for_function(
        "document.getAnimations().every(({ effect }) => effect.getTiming().iterations > 1)"
    )


def test_what_comes_and_goes_moves(browser: Browser, address: str) -> None:
    context = browser.new_context(reduced_motion="no-preference")
    page = context.new_page()
    use_much(page, address)
    moved = page.evaluate("window.moved")
    assert moved["translate"] == 240, "the panel slides"
    assert any(moved.get(side) == 240 for side in ("width", "inlineSize")), "tiles glide to their new places"
    assert page.evaluate("window.left") >= 2, "the panel and the menu leave in their own time"
    assert page.evaluate("window.faded"), "the dialog fades"
    context.close()


def test_nothing_moves_for_those_who_asked_for_that(browser: Browser, address: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    use_much(page, address)
    moved = page.evaluate("window.moved")
    assert {name: ms for name, ms in moved.items() if ms > 0 and name != "opacity"} == {}
    assert moved.get("opacity", 0) <= FADE_MS
    assert page.evaluate("window.left") == 0
    assert not page.evaluate("window.faded")
    context.close()
