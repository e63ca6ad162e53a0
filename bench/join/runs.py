"""One run: somebody looks at themselves in the lobby, presses Join, and sees the others."""

import subprocess
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.join.scene import Scene
from tests.support.lab import Router

WAYS = ("prepared", "offered", "plain")
LOOKING_S = 4.0
"""How long one looks at oneself in the lobby before Join, as a rule."""

KNOCKING_MS = 3_000
"""How long one stands before the door until one is admitted."""


@dataclass
class Run:
    """Milliseconds from the press on Join; the lists are by host. None: not noted.

    Attributes:
        where: what tells these runs from others; where one has to knock, the press is that of the host who
            lets one in.
        packets_before: between the newcomer's router and the hosts', in either direction, before the press.
    """

    where: str
    way: str
    people: int
    candidates: float | None
    joiner_ice: float
    joiner_dtls: float
    joiner_frames: list[float]
    host_candidates: list[float | None]
    host_ice: list[float]
    host_dtls: list[float]
    host_frames: list[float]
    packets_before: int | None

    def as_json(self) -> dict[str, Any]:
        return {name: _rounded(value) if name != "people" else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Circumstances:
    """``door``: of :data:`~bench.join.scene.DOORS`. ``looking_s``: how long one looks at oneself before
    Join."""

    where: str
    door: str = "open"
    looking_s: float = LOOKING_S

    @property
    def title(self) -> str:
        """What tells these runs from others."""
        door = {"open": "", "lobby": ", admitted after a knock", "passcode": ", with a passcode"}[self.door]
        looking = f", after {self.looking_s:g} s in the lobby" if self.looking_s != LOOKING_S else ""
        return f"{self.where}{door}{looking}"


def run(scene: Scene, around: Circumstances, way: str) -> Run:
    """The hosts are inside, the last seat joins."""
    *hosts, joiner = scene.seats
    place = scene.new_room(way, around.door)
    for host in hosts:
        host.open(place, way, as_host=True)
        host.press_join()
        host.is_inside()
    for host in hosts:
        host.sees(len(hosts) - 1)
    with ExitStack() as stack:
        captures = [
            stack.enter_context(scene.routers[-1].capture("wan", _between(scene.routers[-1], router)))
            for router in scene.routers[:-1]
        ]
        joiner.open(place, way)
        if around.door == "passcode":
            joiner.type_passcode()
        joiner.page.wait_for_timeout(around.looking_s * 1000)
        if around.door == "lobby":
            joiner.knock()
            joiner.page.wait_for_timeout(KNOCKING_MS)
            hosts[0].admit()
        else:
            joiner.press_join()
        joiner.sees(len(hosts))
        for host in hosts:
            host.sees(len(hosts))
        noted = joiner.probe()
        of_hosts = [host.probe() for host in hosts]
    for seat in scene.seats:
        seat.close()
    press = of_hosts[0]["admitted"] if around.door == "lobby" else noted["press"]
    before = [_packets_before(capture.file, press) for capture in captures]
    return Run(
        where=around.title,
        way=way,
        people=len(scene.seats),
        packets_before=sum(before) if before else None,
        **_read(joiner.name, noted | {"press": press}, of_hosts),
    )


def _read(newcomer: str, noted: dict[str, Any], of_hosts: list[dict[str, Any]]) -> dict[str, Any]:
    """The times of a run, from what its pages have noted."""
    press = noted["press"]
    own = [_times(link, press) for link in noted["links"] if link["dtls"] is not None]
    new = [_newest(probe, press) for probe in of_hosts]
    given = [link["candidates"] for link in own if link["candidates"] is not None]
    return {
        "candidates": min(given, default=None),
        "joiner_ice": median(link["ice"] for link in own),
        "joiner_dtls": median(link["dtls"] for link in own),
        "joiner_frames": sorted(frame["at"] - press for frame in noted["frames"]),
        "host_candidates": [link["candidates"] for link in new],
        "host_ice": [link["ice"] for link in new],
        "host_dtls": [link["dtls"] for link in new],
        "host_frames": [
            next(frame["at"] for frame in probe["frames"] if frame["name"] == newcomer) - press
            for probe in of_hosts
        ],
    }


def _times(link: dict[str, Any], press: float) -> dict[str, Any]:
    candidates = [at - press for at in link["remote"] if at >= press]
    return {
        "candidates": min(candidates, default=None),
        "ice": link["ice"] - press,
        "dtls": link["dtls"] - press,
    }


def _newest(probe: dict[str, Any], press: float) -> dict[str, Any]:
    """The link of a host that was connected last: that to the newcomer."""
    connected = [link for link in probe["links"] if link["dtls"] is not None]
    return _times(max(connected, key=lambda link: link["dtls"]), press)


def _between(one: Router, other: Router) -> str:
    return f"udp and host {one.wan_address} and host {other.wan_address}"


def _packets_before(file: object, press_ms: float) -> int:
    read = ["tcpdump", "-tt", "-n", "-q", "-r", str(file)]
    lines = subprocess.run(read, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S603
    return sum(float(line.split()[0]) * 1000 < press_ms for line in lines)


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 1) if isinstance(value, float) else value
