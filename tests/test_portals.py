"""What stands between the program and a portal: addresses, tokens, silence, answers of others."""

import json
import pickle
import shutil
import socket
import ssl
import subprocess
import time
import traceback

import pytest

from bencomune_cli import ckan_client, patience
from bencomune_cli.ckan_client import Portal
from bencomune_cli.errors import Refused
from bencomune_cli.settings import FILE
from bencomune_cli.targets import ckan
from bencomune_cli.tokens import Token, token_of
from bencomune_cli.words import same
from loopback import LOOPBACK, Quiet, serving

SECRET = "eyJ-of-tests.only.1234"  # noqa: S105 - of these tests alone
WHERE = same("[ckan] token_file")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setenv("NO_PROXY", LOOPBACK)
    monkeypatch.setattr(patience, "FIRST", 0.01)


@pytest.fixture
def answering():
    """Return a function that serves what a function answers to each request; yields portals."""
    stack = []

    def serve(answer, tls=None, timeout=1, attempts=2):
        seen = []

        class Handler(Quiet):
            def do_GET(self):  # noqa: N802 - as http.server calls it
                seen.append(self.headers)
                self.body()
                answer(self)

            do_POST = do_GET  # noqa: N815 - as http.server calls it

        running = serving(Handler, tls)
        server = running.__enter__()
        stack.append(running)
        scheme = "https" if tls else "http"
        url = f"{scheme}://{LOOPBACK}:{server.server_port}"
        return Portal(url, Token(SECRET), timeout, attempts), seen

    yield serve
    for running in stack:
        running.__exit__(None, None, None)


def refusal(portal, **told):
    """Return what is said when a portal is asked something."""
    with pytest.raises(Refused) as refused:
        portal.ask("package_show", **told)
    shown = "".join(traceback.format_exception(refused.value))
    assert SECRET not in shown + repr(portal.__dict__)
    return refused.value.text.it


def test_what_is_asked_and_answered(answering):
    """A question goes out with the token and the program's name, and its answer comes back."""
    told = json.dumps({"success": True, "result": {"a": 1}}).encode()
    portal, seen = answering(lambda handler: handler.answer(200, told))
    assert portal.ask("package_show", id="x y&z") == {"a": 1}
    assert seen[0]["Authorization"] == SECRET
    assert seen[0]["User-Agent"].startswith("bencomune/")


ANSWERS = [
    (200, b"<html>hello</html>", {"Content_Type": "text/html"}, ["CKAN", "HTTP 200", "/dataset"]),
    (404, b"<html>", {"Content_Type": "text/html"}, ["CKAN", "HTTP 404", "text/html"]),
    (200, b"[]", {}, ["CKAN"]),
    (200, b'{"success": true', {}, ["CKAN"]),
    (200, b"[" * 100_000, {}, ["CKAN"]),
    (401, b"", {}, ["accesso"]),
    (413, b"too large", {}, ["troppo grande", "client_max_body_size"]),
    (301, b"", {"Location": "https://x.example/api/3/action/a"}, ["rimanda", "https://x.example:"]),
    (302, b"", {"Location": "https://x.example/login"}, ["https://x.example/login"]),
    (429, b"", {"Retry_After": "0"}, ["aspettare", "tentativi: 2"]),
    (429, b"", {"Retry_After": "9999"}, ["aspettare", "tentativi: 1"]),
    (503, b"", {"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT"}, ["HTTP 503", "tentativi: 2"]),
    (500, b'{"error": "x"}', {"Retry_After": "odd"}, ["HTTP 500", "tentativi: 2"]),
    (403, b'{"success": false, "error": {"__type": "Authorization Error", "message": "no"}}', {},
     ["package_show", "no"]),
    (409, b'{"success": false, "error": {"__type": "V", "tags": [{"name": ["short"]}]}}', {},
     ["name: short"]),
    (409, b'{"success": false, "error": "eyJ-of-tests.only.1234 \\u001b[31m"}', {}, ["…"]),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "headers", "words"), ANSWERS)
def test_an_answer_that_is_no_yes_is_told(answering, status, body, headers, words):
    """Each says what the portal, or what stands before it, answered; never the token."""
    portal, seen = answering(lambda handler: handler.answer(status, body, **headers))
    told = refusal(portal)
    assert portal.url in told
    assert [word for word in words if word not in told] == []
    assert len(seen) <= 2


def test_a_portal_that_comes_to_itself_is_waited_for(answering):
    """A portal that asks to wait is asked again after as long as it says."""
    answers = [(429, b"", {"Retry_After": "1"}), (200, b'{"success": true, "result": 1}', {})]

    def answer(handler):
        status, body, headers = answers.pop(0)
        handler.answer(status, body, **headers)

    portal, _ = answering(answer)
    start = time.monotonic()
    assert portal.ask("x") == 1
    assert time.monotonic() - start >= 1


def test_silence_ends(answering):
    """A portal that says nothing, breaks off, or trickles is given up in bounded time."""

    def silent(handler):
        time.sleep(1.5)
        handler.close_connection = True

    def cut(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"success": true, "res')
        handler.close_connection = True

    for answer, word in ((silent, "entro 1 secondi"), (cut, "interrotto")):
        portal, _ = answering(answer)
        start = time.monotonic()
        assert word in refusal(portal)
        assert time.monotonic() - start < 10


def test_an_answer_without_end_is_not_read(answering, monkeypatch):
    """What a portal answers is read up to a limit."""
    monkeypatch.setattr(ckan_client, "LARGEST", 100_000)
    portal, _ = answering(lambda handler: handler.answer(200, b" " * 1_000_000))
    assert "non risponde" in refusal(portal)


def test_a_portal_that_is_not_there():
    """Nobody listening, and a name that nobody knows, are told apart."""
    with socket.socket() as listening:
        listening.bind((LOOPBACK, 0))
        port = listening.getsockname()[1]
    told = refusal(Portal(f"http://{LOOPBACK}:{port}", Token(SECRET), 1, 2))
    assert "non accetta collegamenti" in told
    told = refusal(Portal("https://nowhere.invalid", Token(SECRET), 1, 1))
    assert "nowhere.invalid" in told


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_a_certificate_that_nobody_vouches_for_ends_it(answering, tmp_path):
    """To a portal with a certificate of its own making nothing is sent, not even the token."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    made += ["-addext", f"subjectAltName=IP:{LOOPBACK}", "-keyout", key, "-out", certificate]
    subprocess.run(made, check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    portal, seen = answering(lambda handler: handler.answer(200, b"{}"), tls)
    assert "certificato" in refusal(portal)
    assert seen == []


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://dati.example.org", "https://dati.example.org"),
        ("https://office:s3cr3t@dati.example.org", "token"),
        ("ftp://dati.example.org", "https://dati.comune.esempio.it"),
        ("dati.example.org", "https://dati.comune.esempio.it"),
        ("https://dati.example.org?key=s3cr3t", "https://dati.comune.esempio.it"),
        ("https://[bad", "https://dati.comune.esempio.it"),
        ("https://dati.example.org:port", "https://dati.comune.esempio.it"),
    ],
)
def test_addresses_to_which_no_token_goes(url, word):
    """An address in clear, with a password, or that is none, is refused; no secret is told on."""
    with pytest.raises(Refused) as refused:
        Portal(url, Token(SECRET), 1, 1)
    assert word in str(refused.value)
    assert "s3cr3t" not in "".join(refused.value.text)


def test_a_token_shows_itself_to_nobody():
    """No representation, copy or formatting of a token tells it."""
    token = Token(SECRET)
    assert SECRET not in f"{token!r} {token} {[token]}"
    with pytest.raises(TypeError):
        pickle.dumps(token)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_token_that_others_can_read_is_refused(tmp_path, mode):
    """The refusal gives the command that closes the file."""
    path = tmp_path / "il mio.token"
    path.write_text(SECRET)
    path.chmod(mode)
    with pytest.raises(Refused, match=f"chmod 600 '{path}'"):
        token_of(path, "X", WHERE)
    path.chmod(0o600)
    assert token_of(path, "X", WHERE).told == SECRET


def test_where_a_token_comes_from(tmp_path, monkeypatch):
    """A file, else the environment; what is missing, empty or no token is told, not shown."""
    monkeypatch.setenv("X_TOKEN", f" {SECRET}\n")
    assert token_of(None, "X_TOKEN", WHERE).told == SECRET
    path = tmp_path / "token"
    path.touch(mode=0o600)
    monkeypatch.delenv("X_TOKEN")
    for told, word in ((None, "X_TOKEN"), (path, "chmod"), (tmp_path / "eyJx", "non si legge")):
        with pytest.raises(Refused, match=word) as refused:
            token_of(told, "X_TOKEN", WHERE)
        assert "eyJx" not in "".join(refused.value.text)
    for odd in (f"{SECRET}\nX-Evil: 1", "sécret", "a b"):
        path.write_text(odd)
        with pytest.raises(Refused, match="una sola riga") as refused:
            token_of(path, "X_TOKEN", WHERE)
        assert "Evil" not in "".join(refused.value.text)


def test_without_a_publication_nothing_is_asked(tmp_path, answering):
    """A folder without manifest, or with a damaged one, is refused before the portal is asked."""
    portal, seen = answering(lambda handler: handler.answer(500))
    settings = ckan.Settings(url=portal.url, organisation="o", dataset="d")
    for text in (None, "{", "[]", '{"files": []}', '{"files": [{"name": "x"}]}'):
        if text is not None:
            (tmp_path / "manifest.json").write_text(text)
        with pytest.raises(Refused, match="bencomune publish"):
            ckan.send(tmp_path, settings)
    assert seen == []
    assert FILE == "bencomune.toml"
