"""A real CKAN on this machine, for tests: its database, what it needs for search, an organisation.

CKAN comes from PyPI into an environment of its own, which BENCOMUNE_TESTS_CKAN names (.ci/run makes
it); PostgreSQL is the system's. All of it lives in a folder under /tmp, and ends with the `with`.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from loopback import LOOPBACK, Quiet, serving

SECONDS = 60  # for each part to start
ORGANISATION = "comune-di-esempio"


class Portal(NamedTuple):
    """A running portal, and what an office needs to write to it."""

    url: str
    token: str
    organisation: str

    def call(self, action, **told):
        """Call an action of the portal's interface, as another program does; return its result."""
        request = urllib.request.Request(
            f"{self.url}/api/3/action/{action}",
            json.dumps(told).encode(),
            {"Authorization": self.token, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)["result"]

    def read(self, address):
        """Return the bytes at an address of the portal."""
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            return answer.read()


class _SearchEngine(Quiet):
    """What CKAN needs of its search engine to write: the schema's version, and a yes."""

    def do_GET(self):  # noqa: N802 - as http.server calls it
        """Answer what is asked."""
        self.body()
        if "/schema" in self.path:
            self.answer(200, b'<schema name="ckan-2.12"/>', Content_Type="application/xml")
        else:
            found = b'{"response": {"numFound": 0, "docs": []}, "responseHeader": {"status": 0}}'
            self.answer(200, found, Content_Type="application/json")

    do_POST = do_GET  # noqa: N815 - as http.server calls it


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind((LOOPBACK, 0))
        return listening.getsockname()[1]


@contextmanager
def _ended(process):
    """End a process with the `with`."""
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _awaited(ready, process, log):
    """Wait until something is ready."""
    for _ in range(SECONDS * 10):
        assert process.poll() is None, log.read_text()
        with suppress(OSError, subprocess.SubprocessError):
            if ready():
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@contextmanager
def _database(folder):
    """Run a PostgreSQL of our own in a folder; yield its port."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parts[-2]))
    data, port = folder / "data", free_port()
    as_other = {"user": "postgres", "group": "postgres", "extra_groups": []}
    who = as_other if os.geteuid() == 0 else {}  # it will not run as root
    if who:
        shutil.chown(folder, "postgres", "postgres")
    told = {"cwd": folder, "env": {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}, **who}
    made = [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync"]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, **told)
    log = folder / "postgres.log"
    run = [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, "-h", LOOPBACK]
    with (
        log.open("w") as out,
        _ended(subprocess.Popen([*run, "-F"], stdout=out, stderr=out, **told)) as process,
    ):
        _awaited(lambda: _sql(port, "SELECT 1"), process, log)
        for word in ("ckan_rw", "ckan_ro"):
            _sql(port, f"CREATE ROLE {word} LOGIN")
        for word in ("ckan", "datastore"):
            _sql(port, f"CREATE DATABASE {word} OWNER ckan_rw")
        yield port


def _sql(port, text, database="postgres"):
    base = ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-h", LOOPBACK, "-p", str(port)]
    command = [*base, "-U", "postgres", "-d", database]
    done = subprocess.run(
        command, input=text, text=True, capture_output=True, check=True, timeout=SECONDS
    )
    return done.stdout


def _settings(folder, database, search, port):
    address = f"postgresql://{{}}@{LOOPBACK}:{database}/{{}}"
    told = {
        "use": "egg:ckan",
        "ckan.site_url": f"http://{LOOPBACK}:{port}",
        "ckan.site_id": "tests",
        "SECRET_KEY": "of-tests",
        "WTF_CSRF_SECRET_KEY": "of-tests",
        "api_token.jwt.encode.secret": "string:of-tests-and-long-enough-for-this",
        "api_token.jwt.decode.secret": "string:of-tests-and-long-enough-for-this",
        "sqlalchemy.url": address.format("ckan_rw", "ckan"),
        "ckan.datastore.write_url": address.format("ckan_rw", "datastore"),
        "ckan.datastore.read_url": address.format("ckan_ro", "datastore"),
        "ckan.redis.url": f"redis://{LOOPBACK}:9/0",
        "solr_url": f"http://{LOOPBACK}:{search}/solr/ckan",
        "ckan.storage_path": folder / "storage",
        "ckan.plugins": "datastore",
    }
    lines = "\n".join(f"{name} = {value}" for name, value in told.items())
    path = folder / "ckan.ini"
    path.write_text(f"[app:main]\n{lines}\n")
    return path


@contextmanager
def running(program):
    """Run a portal of CKAN with one organisation and the token of who writes; yield it."""
    folder = Path(tempfile.mkdtemp(prefix="bencomune-ckan-"))
    folder.chmod(0o755)
    inner = folder / "database"
    inner.mkdir(mode=0o755)
    try:
        with _database(inner) as database, serving(_SearchEngine) as search:
            port = free_port()
            settings = _settings(folder, database, search.server_port, port)
            ckan = [program, "-c", settings]
            token = _prepared(ckan, database)
            with _served(ckan, port, folder / "ckan.log"):
                keeper = Portal(f"http://{LOOPBACK}:{port}", token, ORGANISATION)
                yield keeper._replace(token=_office(keeper))
    finally:
        shutil.rmtree(folder)


def _office(keeper):
    """Make an organisation and an office that may write in it; return the office's token."""
    who = {"name": "office", "email": "office@example.org", "password": "of-tests-only"}
    keeper.call("user_create", **who)
    users = [{"name": "office", "capacity": "editor"}]
    for name in (ORGANISATION, "comune-di-prova"):
        keeper.call("organization_create", name=name, title=name.title(), users=users)
    return keeper.call("api_token_create", user="office", name="tests")["token"]


def _prepared(ckan, database):
    """Make the tables, the rights of the DataStore, and a keeper; return the keeper's token."""
    _run(ckan, "db", "init")
    _sql(database, _run(ckan, "datastore", "set-permissions"))
    who = ("keeper", "email=keeper@example.org", "password=of-tests-only")
    _run(ckan, "sysadmin", "add", *who, given="y\n")
    return _run(ckan, "user", "token", "add", "keeper", "tests").split()[-1]


def _run(ckan, *words, given=""):
    done = subprocess.run(
        [*ckan, *words], input=given, text=True, capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def _served(ckan, port, log):
    run = [*ckan, "run", "-H", LOOPBACK, "-p", str(port), "--disable-reloader"]
    told = {"stderr": subprocess.STDOUT, "cwd": log.parent}
    with log.open("w") as out, _ended(subprocess.Popen(run, stdout=out, **told)) as process:
        address = f"http://{LOOPBACK}:{port}/api/3/action/status_show"
        _awaited(lambda: urllib.request.urlopen(address, timeout=5).status == 200, process, log)
        yield process
