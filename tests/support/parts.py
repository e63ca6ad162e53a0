"""Real parts that a test needs: skipped with the reason where one is missing, a failure on CI."""

import os
import shutil

import pytest


def require(command: str, remedy: str) -> str:
    """The path of a program.

    Args:
        command: its name.
        remedy: how to get it, as "apt install chromium".
    """
    found = shutil.which(command)
    if found is None:
        reason = f"{command} is missing: {remedy}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found
