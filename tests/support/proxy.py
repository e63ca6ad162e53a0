"""The real nginx and Caddy with the configurations of docs/examples, on free ports of this machine."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.support.eventually import eventually
from tests.support.https import trusting
from tests.support.parts import require
from tests.support.server_process import free_port
from visavis.certificates.authority import Authority

EXAMPLES = Path(__file__).parents[2] / "docs/examples"

_NGINX = """
daemon off;
user root;
pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/example.conf;
}}
"""

_CADDY = """
{
    admin off
    auto_https disable_redirects
    skip_install_trust
}
"""


@dataclass(frozen=True)
class Proxy:
    """A running proxy.

    Attributes:
        url: its address by https.
        plain: by http; empty where it has none.
        authority: who signed its certificate, in PEM.
    """

    url: str
    plain: str
    authority: str


@contextmanager
def nginx(folder: Path, server_port: int) -> Iterator[Proxy]:
    """nginx in front of a server."""
    program = require("nginx", "apt install nginx-core")
    folder.mkdir()
    authority = Authority.make("nginx", (), datetime.now(UTC))
    certificate = folder / "own.pem"
    certificate.write_bytes(authority.issue(["localhost"], datetime.now(UTC)))
    port, plain = free_port(), free_port()
    changes = {
        "listen [::]:80;": "",
        "listen [::]:443 ssl;": "",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "https://$host$request_uri": f"https://$host:{port}$request_uri",
        "/etc/letsencrypt/live/calls.example.org/fullchain.pem": str(certificate),
        "/etc/letsencrypt/live/calls.example.org/privkey.pem": str(certificate),
        "calls.example.org": "localhost",
        "127.0.0.1:8000": f"127.0.0.1:{server_port}",
    }
    (folder / "example.conf").write_text(_filled_in("nginx.conf", changes))
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder))
    command = [program, "-e", "stderr", "-c", str(folder / "nginx.conf")]
    proxy = Proxy(f"https://localhost:{port}", f"http://localhost:{plain}", authority.pem.decode())
    with _running(command, folder):
        eventually("nginx answers", lambda: _answers(proxy))
        yield proxy


@contextmanager
def caddy(folder: Path, server_port: int) -> Iterator[Proxy]:
    """Caddy in front of a server. Its certificate is by its own authority, as always for localhost."""
    program = require("caddy", "apt install caddy")
    folder.mkdir()
    port = free_port()
    changes = {
        "calls.example.org": f"https://localhost:{port}",
        "127.0.0.1:8000": f"127.0.0.1:{server_port}",
    }
    (folder / "Caddyfile").write_text(_CADDY + _filled_in("Caddyfile", changes))
    root = folder / "caddy/pki/authorities/local/root.crt"
    command = [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    with _running(command, folder):
        eventually("Caddy has an authority", root.exists, within=15)
        pem = eventually("it is written", root.read_text)
        proxy = Proxy(f"https://localhost:{port}", "", pem)
        eventually("Caddy answers", lambda: _answers(proxy), within=15)
        yield proxy


def _filled_in(name: str, changes: Mapping[str, str]) -> str:
    """An example, in which all that is another machine's was found and replaced."""
    text = (EXAMPLES / name).read_text()
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[None]:
    environment = os.environ | {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield
        except AssertionError as error:
            raise AssertionError(f"{error}\n{(folder / 'log').read_text()[-2000:]}") from error
        finally:
            process.terminate()
            process.wait(timeout=10)


def _answers(proxy: Proxy) -> bool:
    try:
        return httpx.get(f"{proxy.url}/healthz", verify=trusting(proxy.authority)).status_code == 200
    except httpx.TransportError:
        return False
