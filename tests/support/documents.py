"""A web server that hands out documents, and can be told to fail."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


class DocumentServer:
    """On a port of its own, from ``with`` to its end.

    Attributes:
        content: what is answered; an object is sent as JSON.
        status: the status of the answer.
        headers: sent besides.
        asked: the paths that were asked for.
    """

    def __init__(self, content: object = None) -> None:
        self.content = content
        self.status = 200
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        documents = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                documents.asked.append(self.path)
                content = documents.content
                body = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(documents.status)
                for name, value in documents.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "DocumentServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
