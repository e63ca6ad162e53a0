"""A real nginx in front of something."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.eventually import eventually
from tests.support.parts import require
from tests.support.server_process import is_open

_FRAME = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
{servers}
}}
"""


@contextmanager
def nginx(folder: Path, servers: str, *ports: int) -> Iterator[None]:
    """nginx with these ``server`` blocks, until the end of the block.

    Args:
        folder: where it may write.
        ports: those on which it listens by then.
    """
    program = require("nginx", "apt install nginx")
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "nginx.conf"
    configuration.write_text(_FRAME.format(folder=folder, servers=servers))
    process = subprocess.Popen(
        [program, "-p", str(folder), "-c", str(configuration)], stderr=subprocess.DEVNULL
    )
    try:
        for port in ports:
            eventually(f"nginx listens on {port}", lambda port=port: is_open(port))  # type: ignore[misc]
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)
