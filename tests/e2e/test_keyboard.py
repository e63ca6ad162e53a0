"""A call without a pointer and without eyes: what keys reach, and what is read aloud."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Invite
from tests.support.browser import Person
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess

# What has the focus: its name and whether one sees that it has.
_FOCUS = """() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  // A field shows it at its frame.
  const frame = getComputedStyle(at.parentElement ?? at);
  const isRing = ({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  return {
    name: at.ariaLabel ?? at.labels?.[0]?.innerText ?? at.innerText.replaceAll(/\\s+/g, ' ').trim(),
    isSeen: at === document.body || isRing(style) || isRing(frame) || frame.boxShadow !== 'none',
    isPage: at === document.body,
  };
}"""

# Notes every change of what a screen reader reads out by itself.
_LISTEN = """() => {
  window.testHeard = [];
  const said = new WeakMap();
  const hear = (change) => {
    const place = (change.target.nodeType === 1 ? change.target : change.target.parentElement)
      ?.closest('[role="status"], [role="alert"], [aria-live="polite"]');
    const text = place?.textContent.trim() ?? '';
    if (text === '' || said.get(place) === text) return;
    said.set(place, text);
    window.testHeard.push(text);
  };
  new MutationObserver((changes) => changes.forEach(hear))
    .observe(document.body, { subtree: true, childList: true, characterData: true });
}"""

CONTROLS = ["Mute", "Stop video", "Share", "React", "Chat", "People", "More", "Leave"]


def presses(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tabs_to(page: Page, name: str, *, most: int = 30) -> list[str]:
    """Press Tab until something has the focus; what had it on the way. The focus is seen all the time."""
    passed: list[str] = []
    for _ in range(most):
        presses(page, "Tab")
        focus = page.evaluate(_FOCUS)
        passed.append(focus["name"])
        assert focus["isSeen"], f"nobody sees that {focus['name']} has the focus"
        if focus["name"] == name and not focus["isPage"]:
            return passed
    raise AssertionError(f"Tab does not lead to {name}, but to {passed}")


def has_focus(page: Page, name: str) -> None:
    eventually(f"{name} has the focus", lambda: page.evaluate(_FOCUS)["name"] == name, within=5)


def hears(person: Person, *wanted: str) -> None:
    """What was read out since ``_LISTEN`` or the last time is this, in this order, and each of it once."""

    def heard() -> list[str]:
        said: list[str] = person.page.evaluate("window.testHeard")
        return said

    eventually(f"{person.name} hears {wanted}", lambda: len(heard()) >= len(wanted), within=10)
    assert heard() == list(wanted)
    person.page.evaluate("window.testHeard.length = 0")


def enters(mara: Person, home: str) -> None:
    """From the first page into a call of a new room."""
    mara.open(home)
    expect(mara.control("Start a room")).to_be_visible()
    tabs_to(mara.page, "Start a room")
    presses(mara.page, "Enter")
    mara.page.wait_for_url("**/r/*")
    has_focus(mara.page, "Your name")
    mara.page.keyboard.type("Mara")
    presses(mara.page, "Enter")
    expect(mara.control("Leave")).to_be_visible()


def hears_what_happens(mara: Person, joel: Person) -> None:
    """Whoever speaks up or writes is read out once, and so is that one mutes oneself; and nothing else."""
    mara.page.evaluate(_LISTEN)
    joel.press("Mute")
    expect(mara.tile("Joel").get_by_label("Muted")).to_be_visible()
    joel.page.keyboard.press("h")
    hears(mara, "Joel raised a hand")
    joel.press("Chat")
    joel.page.get_by_role("textbox", name="Message").press_sequentially("Good morning")
    joel.page.keyboard.press("Enter")
    hears(mara, "Joel wrote: Good morning")
    presses(mara.page, "m")
    hears(mara, "You are muted")
    presses(mara.page, "m")
    hears(mara, "You are heard")


def writes_back(page: Page, joel: Person) -> None:
    tabs_to(page, "People")
    presses(page, "c")
    eventually("one can write", lambda: page.evaluate(_FOCUS)["name"].startswith("Message"))
    page.keyboard.type("To you too")
    presses(page, "Enter")
    expect(joel.page.get_by_role("log").get_by_text("To you too")).to_be_visible()
    presses(page, "F6")
    eventually(
        "F6 leads on from a field, too", lambda: not page.evaluate(_FOCUS)["name"].startswith("Message")
    )
    presses(page, "Shift+F6")
    has_focus(page, "Close the chat")
    presses(page, "Escape")
    expect(page.get_by_role("log")).to_have_count(0)
    has_focus(page, "People")


def goes_through_menus(page: Page) -> None:
    """A menu takes the focus, leads round by arrows, and gives it back; so does the list of keys."""
    tabs_to(page, "More")
    presses(page, "Enter")
    has_focus(page, "Copy the link")
    presses(page, "ArrowUp")
    has_focus(page, "Keys")
    presses(page, "Home")
    has_focus(page, "Copy the link")
    presses(page, "Escape")
    has_focus(page, "More")
    presses(page, "?")
    expect(page.get_by_role("dialog")).to_be_visible()
    presses(page, "Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    presses(page, "F6")
    eventually("it is in another area", lambda: page.evaluate(_FOCUS)["name"] != "More")


def test_by_keys_alone_from_the_first_page_to_the_last(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    page = mara.page
    enters(mara, server.url)
    # In the order in which one reads, to the end and round again: no trap.
    passed = tabs_to(page, "Leave")
    assert [name for name in passed if name in CONTROLS] == CONTROLS
    tabs_to(page, "Mute")
    joel.joins(page.url)
    mara.sees("Joel")
    hears_what_happens(mara, joel)
    writes_back(page, joel)
    goes_through_menus(page)

    page.evaluate("window.testHeard.length = 0")
    joel.leaves()
    hears(mara, "Joel left")
    tabs_to(page, "Leave")
    presses(page, "Enter")
    expect(mara.control("Go back in")).to_be_visible()
    tabs_to(page, "Go back in")
    presses(page, "Enter")
    expect(mara.control("Leave")).to_be_visible()


def test_every_control_of_a_call_has_its_name_and_state(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara", viewport={"width": 1280, "height": 800}), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    joel.press("Mute")
    joel.page.keyboard.press("h")
    mara.press("Stop video")
    expect(mara.tile("Joel").get_by_label("Hand is up")).to_be_visible()
    expect(mara.page.get_by_role("navigation")).to_match_aria_snapshot("""
      - navigation "Call controls":
        - button "Mute"
        - button "Choose microphone and speaker"
        - button "Start video"
        - button "Choose the camera"
        - button "Share"
        - button "React"
        - button "Chat"
        - button "People"
        - button "More"
        - button "Leave"
    """)
    expect(mara.tile("Joel")).to_match_aria_snapshot("""
      - figure "Joel":
        - img "muted"
        - button /The connection to Joel is (good|fair|poor). Details/
    """)
    mara.press("Chat")
    mara.press("More")
    menu = mara.page.get_by_role("menu", name="More")
    expect(menu.get_by_role("menuitemradio", name="As it suits")).to_have_attribute("aria-checked", "true")
    expect(mara.control("More")).to_have_attribute("aria-expanded", "true")
    expect(mara.control("Chat")).to_have_attribute("aria-expanded", "true")
    # Whatever can be pressed is called something.
    nameless = mara.page.get_by_role("button", name=re.compile(r"^\s*$"))
    expect(nameless).to_have_count(0)
