"""A network namespace, and what runs in it."""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.eventually import eventually
from tests.support.lab.capture import Capture

PREFIX = "vv"
"""Of the names of all namespaces that a lab makes: ``vvPID-NAME``."""


class Namespace:
    """One namespace with its own interfaces, routes and firewall.

    Attributes:
        label: its name within the lab.
        name: its name for ``ip netns``, unique on this machine.
        folder: of the lab, for files.
        started: what was started inside and may still run.
    """

    def __init__(self, label: str, folder: Path) -> None:
        self.label = label
        self.name = f"{PREFIX}{os.getpid()}-{label}"
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []
        ip("netns", "add", self.name)
        # An IPv6 address would come up by itself a second later, which browsers take for a change of network.
        self.set_kernel(net__ipv6__conf__all__disable_ipv6=1, net__ipv6__conf__default__disable_ipv6=1)
        self.ip("link", "set", "lo", "up")

    def ip(self, *words: object) -> None:
        """The command ``ip`` inside, as ``ip("link", "set", "wan", "up")``."""
        ip("-n", self.name, *words)

    def command(self, *words: object) -> list[str]:
        """The words of a command that runs inside. The process that it starts becomes the command."""
        return ["ip", "netns", "exec", self.name, *map(str, words)]

    def run(self, *words: object, given: str | None = None) -> str:
        """Run a command inside to its end; what it printed. ``given``: its standard input.

        Raises:
            RuntimeError: it failed; with what it said.
        """
        return _run(self.command(*words), given)

    def start(self, *words: object, **options: Any) -> subprocess.Popen[str]:
        """Start a command inside; ``options`` are those of Popen. The lab's end kills what still runs."""
        process = subprocess.Popen(self.command(*words), text=True, **options)
        self.started.append(process)
        return process

    def executable(self, program: str) -> Path:
        """A file that, executed, is ``program`` inside. For those who start a program by its path only."""
        script = self.folder / f"{Path(program).name}-in-{self.label}"
        words = " ".join(self.command(program))
        script.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        script.chmod(0o755)
        return script

    def set_kernel(self, **values: object) -> None:
        """Kernel settings inside, by their path below /proc/sys with ``__`` for its slashes. What this kernel
        does not know is left out.
        """
        given = "".join(f"{name.replace('__', '/')}={value}\n" for name, value in values.items())
        self.run("sysctl", "-q", "-e", "-p", "-", given=given)

    def pids(self) -> list[int]:
        """Processes inside."""
        return [int(pid) for pid in ip("netns", "pids", self.name).split()]

    def signal(self, which: signal.Signals) -> None:
        """Send a signal to every process inside."""
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, which)

    def give_way(self) -> None:
        """What runs inside has a tenth of the weight of what competes with it elsewhere. Nothing changes on a
        kernel that does not group by sessions (sched(7)).
        """
        for pid in self.pids():
            with contextlib.suppress(OSError):
                Path(f"/proc/{pid}/autogroup").write_text("10")

    def capture(self, interface: str, which: str = "") -> Capture:
        """Packets that pass an interface from now on, in a ``with`` block. ``which``: a pcap filter."""
        return Capture(self.command(), interface, which, self.folder)


def remove_own() -> None:
    """Kill what runs in the namespaces that this process has made, and remove them."""
    _remove(lambda pid: pid == os.getpid())


def remove_leftovers() -> None:
    """The same for processes that are gone, killed before they could."""
    _remove(lambda pid: not Path(f"/proc/{pid}").exists())


def _remove(concerns: Callable[[int], bool]) -> None:
    names = re.findall(rf"^({PREFIX}(\d+)-\S+)", ip("netns", "list"), re.MULTILINE)
    for name in (name for name, pid in names if concerns(int(pid))):
        eventually(f"nothing runs in {name}", partial(_is_empty, name))
        ip("netns", "delete", name)


def _is_empty(name: str) -> bool:
    """Whether nothing runs in a namespace; what does is killed."""
    pids = [int(pid) for pid in ip("netns", "pids", name).split()]
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return not pids


def ip(*words: object) -> str:
    """The command ``ip``; what it printed."""
    return _run(["ip", *map(str, words)])


def _run(words: list[str], given: str | None = None) -> str:
    done = subprocess.run(words, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
