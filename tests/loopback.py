"""Servers on this machine for tests: one that answers as told, one that breaks what passes."""

import http.client
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOOPBACK = "127.0.0.1"


@contextmanager
def serving(handler, tls=None):
    """Serve requests on a free port of this machine by a handler; yield the server."""
    server = ThreadingHTTPServer((LOOPBACK, 0), handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Quiet(BaseHTTPRequestHandler):
    """A handler that writes no log."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Write nothing."""

    def body(self):
        """Return what was sent."""
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, status, body=b"", **headers):
        """Answer once, and close."""
        self.send_response(status)
        for name, value in {"Content-Length": len(body), "Connection": "close", **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True


class Between:
    """What stands between the program and a portal: `seen` records each request.

    `faults` holds, by action, what becomes of its next requests: "500", "429", "slow", "cut" (the
    portal gets half of the request), "lost" (the portal does it, and its answer is lost).
    """

    def __init__(self, port):
        self.port = port
        self.seen = []
        self.faults = {}
        self.url = ""

    @property
    def writes(self):
        """Return the actions that were to write."""
        return [action for method, action in self.seen if method != "GET"]

    def next_fault(self, action):
        """Return what is to become of a request."""
        waiting = self.faults.get(action, [])
        return waiting.pop(0) if waiting else ""


class _Passing(Quiet):
    """Passes requests on, but for what is to go wrong."""

    told: Between

    def do_GET(self):
        """Record a request, then do what is told of it."""
        action = self.path.partition("?")[0].rpartition("/")[2]
        self.told.seen.append((self.command, action))
        body = self.body()
        self.close_connection = True
        what = getattr(self, f"_{self.told.next_fault(action)}", self._right)
        what(body)

    do_POST = do_GET  # noqa: N815 - as http.server calls it

    def _right(self, body):
        status, headers, answer = self._lost(body)
        self.answer(status, answer, Content_Type=headers["Content-Type"])

    def _500(self, _):
        self.answer(500, b"<html>broken</html>", Content_Type="text/html")

    def _429(self, _):
        self.answer(429, b"slow down", Retry_After="1")

    def _slow(self, _):
        time.sleep(3)

    def _lost(self, body):
        portal = self._onward(body)
        answer = portal.getresponse()
        found = answer.status, answer.headers, answer.read()
        portal.close()
        return found

    def _cut(self, body):
        self._onward(body[: len(body) // 2]).close()

    def _onward(self, body):
        portal = http.client.HTTPConnection(LOOPBACK, self.told.port, timeout=60)
        portal.putrequest(self.command, self.path, skip_host=True)
        for name, value in self.headers.items():
            if name.lower() != "connection":
                portal.putheader(name, value)
        portal.endheaders(body)
        return portal


@contextmanager
def between(port):
    """Stand between the program and a port of this machine; yield what is told to go wrong."""
    told = Between(port)
    with serving(type("Handler", (_Passing,), {"told": told})) as server:
        told.url = f"http://{LOOPBACK}:{server.server_port}"
        yield told
