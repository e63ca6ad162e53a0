"""The pages about accounts, from the server's first link on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Invite
from tests.support.browser import Person
from tests.support.server_process import ServerProcess

PASSWORD = "a long walk by the river"
OTHER_PASSWORD = "an even longer walk"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path, access="closed")
    process.start()
    yield process
    process.stop()


def signs_up(person: Person, link: str, user_name: str) -> None:
    person.open(link)
    person.page.get_by_label("Your name").fill(person.name)
    person.page.get_by_label("User name").fill(user_name)
    person.page.get_by_label("Password").fill(PASSWORD)
    person.press("Make my account")
    expect(person.page.get_by_role("link", name=person.name)).to_be_visible()


def signs_in(person: Person, user_name: str, password: str) -> None:
    person.page.get_by_label("User name or email").fill(user_name)
    person.page.get_by_label("Password").fill(password)
    person.press("Sign in")


def test_from_the_first_link_to_a_call_and_a_password_that_ends_other_sessions(
    invite: Invite, server: ServerProcess
) -> None:
    mara, joel = invite("Mara"), invite("Joel")
    first = re.search(rf"{server.url}/welcome#\S+", "".join(server.output))
    assert first is not None
    signs_up(mara, first[0], "mara")

    mara.open(f"{server.url}/account")
    mara.press("Make a link")
    invitation = mara.page.get_by_label("Link for one account").input_value()
    signs_up(joel, invitation, "joel")

    # From a room's link by way of the sign-in into the call.
    room = mara.starts_a_room(server.url)
    joel.open(f"{server.url}/account")
    joel.press("Sign out")
    expect(joel.page.get_by_role("link", name="Sign in")).to_be_visible()
    joel.problems.clear()
    joel.open(room)
    joel.page.get_by_role("link", name="Sign in").click()
    signs_in(joel, "JOEL", PASSWORD)
    joel.page.wait_for_url(room)
    joel.problems.clear()  # the browser complains of the refusals before
    mara.joins()
    joel.joins()
    mara.sees("Joel")
    joel.leaves()
    mara.leaves()

    joel.open(f"{server.url}/calls")
    expect(joel.page.get_by_text("with Mara")).to_be_visible()

    joel.open(f"{server.url}/account")
    joel.page.get_by_label("Present password").fill(PASSWORD)
    joel.page.get_by_label("New password").fill(OTHER_PASSWORD)
    joel.press("Change the password")
    expect(joel.page.get_by_text("Your password is changed")).to_be_visible()
    expect(joel.page.get_by_text("This browser")).to_be_visible()
