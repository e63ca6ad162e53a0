"""Real parts that a test needs: skipped with the reason where one is missing, a failure on CI."""

import os
import shutil
from typing import NoReturn

import pytest


def require(command: str, remedy: str) -> str:
    """The path of a program.

    Args:
        command: its name.
        remedy: how to get it, as "apt install chromium".
    """
    found = shutil.which(command, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        missing(f"{command} is missing: {remedy}")
    return found


def missing(reason: str) -> NoReturn:
    """Something that the test needs is not there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
