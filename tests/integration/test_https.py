"""https in the local network and with one's own certificate: a real server, clients that verify."""

import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.eventually import eventually
from tests.support.https import HttpsServer, for_two_threads, is_trusted, makes_a_room, serving, trusting
from tests.support.server_process import COMMAND, free_port
from tests.unit.test_live_certificate import new_ec, put
from visavis import serve
from visavis.certificates.authority import Authority

PHONE_SAYS = r"On a phone in the same network, scan this, or open (http://\S+)"


@pytest.fixture(params=[True, False], ids=["fast", "asgi"])
def lan(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[HttpsServer]:
    """Once for each way in."""
    with serving(tmp_path, lan=True, fast_path=request.param) as server:
        yield server


# --- in the local network ---------------------------------------------------------------------------


def test_who_trusts_the_authority_gets_everything_over_https(lan: HttpsServer) -> None:
    trust = lan.authority()
    with lan.client(trust) as client:
        assert client.get("/").headers["Content-Type"].startswith("text/html")
        assert client.post("/api/v1/rooms", json={"id": "piano"}).status_code == 201
        polled = client.get("/socket.io/?EIO=4&transport=polling", headers={"Origin": lan.url})
        assert polled.text.startswith("0{")
        assert "Strict-Transport-Security" not in polled.headers
    makes_a_room(lan.url, trust)
    makes_a_room(lan.url, trust, Origin=lan.url)


def test_pages_that_did_not_come_by_https_may_not_connect(lan: HttpsServer) -> None:
    trust = lan.authority()
    for origin in (lan.url.replace("https", "http"), lan.plain, "https://evil.example"):
        with pytest.raises(InvalidStatus, match="403"):
            makes_a_room(lan.url, trust, Origin=origin)
        with lan.client(trust) as client:
            polled = client.get("/socket.io/?EIO=4&transport=polling", headers={"Origin": origin})
        assert polled.status_code == 403


def test_who_trusts_another_authority_is_kept_away(lan: HttpsServer) -> None:
    other = Authority.make("other", (), datetime.now(UTC))
    assert is_trusted(lan, lan.authority())
    assert not is_trusted(lan, trusting(other.pem.decode()))
    assert not is_trusted(lan, ssl.create_default_context())


def test_it_ends_soon_although_connections_are_open(lan: HttpsServer) -> None:
    trust = lan.authority()
    address = lan.url.replace("https", "wss") + "/socket.io/?EIO=4&transport=websocket"
    with (
        connect(address, ssl=for_two_threads(trust)) as polite,
        # Two that never answer: one before the handshake, one after it.
        socket.create_connection(("127.0.0.1", lan.port)) as silent,
        trust.wrap_socket(
            socket.create_connection(("127.0.0.1", lan.port)), server_hostname="localhost"
        ) as deaf,
        socket.create_connection(("127.0.0.1", lan.http_port)) as plain,
    ):
        assert str(polite.recv()).startswith("0{")
        assert silent.fileno() >= 0
        deaf.sendall(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
            b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert deaf.recv(12) == b"HTTP/1.1 101"
        plain.sendall(b"GET / HTTP/1.1\r\n")
        began = time.monotonic()
        assert lan.stop() == 0
        assert time.monotonic() - began < 5
    assert "Traceback" not in lan.said


def test_the_terminal_says_where_how_and_whom_to_trust(tmp_path: Path) -> None:
    with serving(tmp_path, lan=True, host="0.0.0.0") as server:  # noqa: S104
        eventually("it has said everything", lambda: "fingerprint:" in server.said)
        said, pem = server.said, httpx.get(f"{server.plain}/authority").text
    address = re.search(r"Visavis is at (https://\S+)", said)
    help_address = re.search(PHONE_SAYS, said)
    assert address is not None
    assert help_address is not None
    assert address[1].endswith(f":{server.port}")
    assert help_address[1] == address[1].replace("https", "http").replace(
        str(server.port), str(server.http_port)
    )
    assert drawn_modules(said) == modules_of(help_address[1])
    certificate = x509.load_pem_x509_certificate(pem.encode())
    assert certificate.fingerprint(hashes.SHA256()).hex(":").upper() in said
    name = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
    assert f'The certificate is called "{name!s}"' in said
    for device in ("iPhone", "Android"):
        assert device in said
    assert f"ports {server.http_port} and {server.port}" in said


def drawn_modules(said: str) -> list[list[bool]]:
    """The dark modules of the code that stands in a text, two in each character, without its border."""
    lines = [line for line in said.splitlines() if line and set(line) <= set("█▀▄ ") and "█" in line]
    rows = []
    for line in lines:
        rows.append([character in " ▄" for character in line])
        rows.append([character in " ▀" for character in line])
    width = len(rows[0])
    return [row[2:-2] for row in rows[2 : width - 2]]


def modules_of(text: str) -> list[list[bool]]:
    return [[bool(module) for module in row] for row in segno.make(text, error="m", micro=False).matrix]


def test_plain_http_helps_to_trust_and_leads_to_https(tmp_path: Path) -> None:
    with serving(tmp_path, lan=True) as server, httpx.Client(base_url=server.plain) as client:
        typed, linked = client.get("/authority"), client.get("/visavis-authority.crt")
        page = client.get("/r/piano?x=%22%3E")
        posted = client.post("/")
        odd = client.get("/", headers={"Host": 'evil"><script>'})
        lured = client.get(f"{server.plain}//evil.example/")
    for answer in (typed, linked):
        assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
        assert x509.load_pem_x509_certificate(answer.content)
    assert typed.content == linked.content
    assert page.status_code == 200
    assert f'href="{server.url}/r/piano?x=%22%3E"' in page.text
    assert 'href="/visavis-authority.crt"' in page.text
    assert f"connect-src {server.url}" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "$" not in page.text.partition("<script>")[0]
    assert posted.status_code == 405
    assert (odd.status_code, "script" in odd.text) == (400, False)
    assert f'href="{server.url}/evil.example/"' in lured.text


def test_the_authority_lasts_over_restarts(tmp_path: Path) -> None:
    server = HttpsServer(tmp_path, lan=True)
    server.start()
    trust = server.authority()
    server.stop()
    server.start()
    try:
        assert is_trusted(server, trust)
    finally:
        server.kill()


# --- with a certificate of one's own ----------------------------------------------------------------


def test_own_files_are_served_and_read_again_when_they_change(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    files = {"tls_certificate": folder / "cert.pem", "tls_key": folder / "key.pem"}
    before = put(folder, new_ec()).decode()
    with serving(tmp_path, **files) as server:
        server.url = f"https://127.0.0.1:{server.port}"
        assert is_trusted(server, trusting(before))
        address = server.url.replace("https", "wss") + "/socket.io/?EIO=4&transport=websocket"
        with connect(address, ssl=for_two_threads(trusting(before))) as open_connection:
            assert str(open_connection.recv()).startswith("0{")
            after = put(folder, new_ec()).decode()
            eventually("the new one is shown", lambda: is_trusted(server, trusting(after)), within=10)
            open_connection.send("40")
            assert str(open_connection.recv()).startswith("40{")
        (folder / "cert.pem").write_text("half")
        eventually("it is told", lambda: "cannot be used; the one before stays" in server.said, within=10)
        assert is_trusted(server, trusting(after))
        answer = httpx.post(f"http://127.0.0.1:{server.http_port}/a/b?c=d")
        assert answer.status_code == 308
        assert answer.headers["Location"] == f"{server.url}/a/b?c=d"


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"TLS_CERTIFICATE": "none.pem"}, "none.pem: No such file"),
        ({"TLS_CERTIFICATE": "odd.pem"}, "no certificate and key in PEM"),
        ({"LAN": "true", "HTTP_PORT": "0"}, "authority.pem is damaged"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(tmp_path: Path, variables: dict[str, str], words: str) -> None:
    (tmp_path / "odd.pem").write_text("odd")
    (tmp_path / "visavis-data/tls").mkdir(parents=True)
    (tmp_path / "visavis-data/tls/authority.pem").write_text("damaged")
    environment = {"PATH": "/usr/bin:/bin", "VISAVIS_PORT": str(free_port()), "VISAVIS_HOST": "127.0.0.1"}
    environment |= {f"VISAVIS_{name}": value for name, value in variables.items()}
    done = subprocess.run(
        [*COMMAND, "serve"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("visavis: ")
    assert words in last


def test_a_port_that_is_for_root_is_explained() -> None:
    line = serve._why(PermissionError(13, "Permission denied"), "::", 80, "--http-port")
    assert line == (
        "Not allowed to listen on port 80: those below 1024 are for root. Choose another with --http-port, "
        'or allow for it as docs/hosting.md says ("Ports 80 and 443").'
    )
    hosting = Path(__file__).parents[2] / "docs/hosting.md"
    assert "### Ports 80 and 443" in hosting.read_text()


def test_where_the_machine_has_no_ipv6_every_address_is_every_ipv4_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)
    with serve._bind("::", 0, "--port") as listener:
        assert listener.getsockname()[0] == "0.0.0.0"  # noqa: S104


def test_a_port_for_plain_http_in_use_names_the_option(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*COMMAND, "serve", "--lan", "--host", "127.0.0.1", "--port", "0", "--http-port", str(port)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert done.stderr == f"visavis: Port {port} on 127.0.0.1 is in use. Choose another with --http-port.\n"
    assert list(tmp_path.iterdir()) == []
