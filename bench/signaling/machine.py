"""Where and with what the figures were made: what belongs to a result for it to mean something."""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from bench.signaling.accounting import Cores
from bench.signaling.candidates import BENCH

_PYTHON_PACKAGES = (
    "visavis",
    "uvicorn",
    "uvloop",
    "websockets",
    "python-socketio",
    "python-engineio",
    "msgspec",
)
_NODE_PACKAGES = ("express", "socket.io", "engine.io", "ws")


def describe(cores: Cores) -> dict[str, object]:
    """The surroundings, ready for JSON. Nothing in it names a place or a person."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _said("git", "rev-parse", "--short=12", "HEAD") or "unknown",
        "changed": bool(_said("git", "status", "--porcelain", "--", "../src", "reference", "signaling/*.py")),
        "machine": {
            "cpu": _cpu_model(),
            "cores": os.cpu_count(),
            "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "kernel": f"{platform.system()} {platform.release()}",
            "server_core": cores.server,
            "generator_core": cores.generator,
        },
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _PYTHON_PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # not every candidate is made of the same
    found["node"] = _said("node", "--version").removeprefix("v")
    for name in _NODE_PACKAGES:
        file = BENCH / "reference/node_modules" / name / "package.json"
        if file.exists():
            found[f"npm {name}"] = json.loads(file.read_text(encoding="utf-8"))["version"]
    return found


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, cwd=BENCH, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
