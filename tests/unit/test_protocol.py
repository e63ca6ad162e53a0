"""docs/protocol.md is normative: it must name every event, field and error that there is."""

import re
from pathlib import Path

import msgspec
import pytest

from visavis.errors import all_codes
from visavis.signaling import messages, notices

DOCUMENT = (Path(__file__).parents[2] / "docs/protocol.md").read_text()


def section(title: str) -> str:
    return DOCUMENT.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("request_type", messages.REQUESTS, ids=lambda r: r.event)
def test_every_request_is_described(request_type: type[messages.Request]) -> None:
    heading = next(
        part
        for part in section("Requests").split("\n### ")[1:]
        if f"`{request_type.event}`" in part.splitlines()[0]
    )
    for kind in (request_type, request_type.reply):
        for field in msgspec.structs.fields(kind):
            assert field.encode_name in heading or kind is messages.RoomEntered


@pytest.mark.parametrize("notice", notices.NOTICES, ids=lambda n: n.event)
def test_every_notice_is_described(notice: type[notices.Notice]) -> None:
    row = next(line for line in section("Notices").splitlines() if f"`{notice.event}`" in line)
    for field in msgspec.structs.fields(notice):
        assert field.encode_name in row


def test_every_error_is_described_and_no_other() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", section("Errors"), re.MULTILINE)) == set(all_codes())


def test_the_bounds_in_the_document_are_those_of_the_program() -> None:
    assert f"version {messages.PROTOCOL_VERSION}" in DOCUMENT.splitlines()[0]
    for bound in (messages.MAX_DESCRIPTION_BYTES, messages.MAX_CANDIDATE_BYTES, messages.MAX_CANDIDATES):
        assert f"{bound:,}" in DOCUMENT
