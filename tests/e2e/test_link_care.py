"""What a link sends follows how it is shown, and says how it is; nothing of it is negotiated."""

from playwright.sync_api import expect

from tests.e2e.conftest import Invite
from tests.support.eventually import eventually
from tests.support.server_process import ServerProcess
from tests.support.statistics import read


def test_the_picture_is_as_large_as_it_is_shown(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    joel.sees("Mara")
    negotiated = read(mara.page).negotiations
    joel.page.set_viewport_size({"width": 320, "height": 180})
    eventually("Mara sends a small picture", lambda: read(mara.page).sides == (180,), within=15)
    joel.page.set_viewport_size({"width": 1280, "height": 720})
    eventually("Mara sends a large picture", lambda: read(mara.page).sides[0] >= 480, within=25)
    assert read(mara.page).negotiations == negotiated


def test_the_marks_open_the_details(invite: Invite, server: ServerProcess) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    link = mara.starts_a_room(server.url)
    mara.joins()
    joel.joins(link)
    mara.sees("Joel")
    mark = mara.page.get_by_role("button", name="The connection to Joel is")
    mark.press("Enter")
    details = mara.page.get_by_role("complementary", name="Connection to Joel")
    expect(details.get_by_text("There and back")).to_be_visible()
    expect(details.get_by_text("Direct", exact=True)).to_be_visible()
    mara.page.keyboard.press("Escape")
    expect(details).to_have_count(0)
    expect(mark).to_be_focused()
    mara.page.get_by_role("button", name="Your connection is").click()
    own = mara.page.get_by_role("complementary", name="Your connection")
    expect(own.get_by_text("0 of 1")).to_be_visible()
