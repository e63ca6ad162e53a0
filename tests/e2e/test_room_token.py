"""A link with a room token, as another system hands it to its user."""

from playwright.sync_api import expect

from tests.e2e.conftest import Invite
from tests.support.server_process import ServerProcess


def test_a_link_brings_its_bearer_in_under_the_name_in_it(invite: Invite, server: ServerProcess) -> None:
    mara = invite("Mara")
    link = server.command("token", "consultation", "--name", "Dr. Mara B.").strip()
    mara.page.goto(link)
    name = mara.page.get_by_label("Your name")
    expect(name).to_have_value("Dr. Mara B.")
    expect(name).to_have_attribute("readonly", "")
    assert mara.page.url == f"{server.url}/r/consultation"
    mara.page.reload()  # the token is this tab's
    expect(name).to_have_value("Dr. Mara B.")
    mara.press("Join")
    expect(mara.page.get_by_text("You are the first here")).to_be_visible()
    # Whoever gets the address alone is a stranger: the room is there by now, and open.
    joel = invite("Joel")
    joel.page.goto(mara.page.url)
    expect(joel.page.get_by_text("Dr. Mara B.")).to_be_visible()
    expect(joel.page.get_by_label("Your name")).to_be_editable()
    # A link to the same room for somebody else, in the same tab.
    other = server.command("token", "consultation", "--name", "Joel").strip()
    joel.page.goto(other)
    expect(joel.page.get_by_label("Your name")).to_have_value("Joel")
    assert joel.page.url == f"{server.url}/r/consultation"


def test_a_link_that_does_not_hold_says_so(invite: Invite, server: ServerProcess) -> None:
    mara = invite("Mara")
    link = server.command("token", "consultation").strip()
    mara.page.goto(link.replace("/r/consultation", "/r/other-room"))
    expect(mara.page.get_by_text("This link is for another room")).to_be_visible()
    assert {problem.rpartition(" of ")[2] for problem in mara.problems} == {"403 (Forbidden)"}
    mara.problems.clear()
