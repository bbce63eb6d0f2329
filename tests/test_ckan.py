"""A real CKAN receives publications. BENCOMUNE_TESTS_CKAN names its program; .ci/run makes it."""

import json
import os
import shutil
from dataclasses import replace
from hashlib import sha256
from urllib.parse import urlsplit

import pytest

import ckan_portal
from bencomune_cli import exports
from bencomune_cli.ckan_client import Portal
from bencomune_cli.entities import Lab
from bencomune_cli.errors import Refused
from bencomune_cli.extracts import WHOLE
from bencomune_cli.past import published
from bencomune_cli.targets import ckan
from loopback import between

PROGRAM = os.environ.get("BENCOMUNE_TESTS_CKAN")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="BENCOMUNE_TESTS_CKAN names no CKAN")
NETWORK = {
    "description": "Luoghi e gruppi.",
    "publisher": "Comune di Esempio",
    "publisher_ipa": "c_x000",
    "themes": "soci",
    "frequency": "daily",
}


@pytest.fixture(scope="module")
def portal():
    """Return a running portal."""
    with ckan_portal.running(PROGRAM) as found:
        yield found


@pytest.fixture
def proxy(portal, monkeypatch):
    """Return what stands between the program and the portal, and records what passes."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(ckan.VARIABLE, portal.token)
    monkeypatch.setattr("bencomune_cli.patience.FIRST", 0.05)
    with between(urlsplit(portal.url).port) as found:
        yield found


@pytest.fixture
def settings(proxy, portal, request):
    """Return the settings of a dataset of this test alone."""
    name = "".join(c if c.isalnum() else "-" for c in request.node.name.lower())[-90:]
    told = {"url": proxy.url, "organisation": portal.organisation, "dataset": name}
    return ckan.Settings(**told, timeout=30, attempts=3)


def publish(registry, folder, layers=("labs",), formats=("csv", "geojson")):
    """Write the files of a registry as a publication does."""
    with published(registry, WHOLE) as (dataset, _):
        exports.write_folder(dataset, folder, exports.layers(layers), formats)


def remove(registry, name):
    """Mark a lab as removed."""
    lab = next(lab for lab in registry.live() if lab.id == name)
    with registry.operation("remove"):
        registry.set_removed(lab, removed=True)


@pytest.fixture
def folder(registry, tmp_path):
    """Return the folder of a publication with two labs."""
    with registry.operation("add"):
        registry.change(registry.network(), NETWORK)
        for name, postcode in (("Spazio Esempio", "00100"), ("Altro Esempio", "00042")):
            told = {"name": name, "state": "active", "postcode": postcode, "seats": "12"}
            registry.add(Lab, {**told, "lat": "45.1", "lon": "9.1", "phone": "+39 0382 000000"})
    publish(registry, tmp_path / "exports")
    return tmp_path / "exports"


def shown(portal, settings):
    """Return the dataset, and its resources by the names of their files."""
    package = portal.call("package_show", id=settings.dataset)
    return package, {each["url"].rpartition("/")[2]: each for each in package["resources"]}


def rows(portal, resource):
    """Return the rows of a table by id, and the types of its columns."""
    found = portal.call("datastore_search", resource_id=resource["id"])
    types = {field["id"]: field["type"] for field in found["fields"]}
    return {row["id"]: row for row in found["records"]}, types


def expect_whole(portal, settings, folder):
    """Expect the portal to hold what a folder holds, once, and for all to see."""
    package, resources = shown(portal, settings)
    assert (package["state"], package["private"]) == ("active", False)
    assert not [each for each in package["extras"] if each["key"] == "bencomune"]
    files = {path.name for path in folder.iterdir() if path.suffix in {".csv", ".geojson"}}
    assert [each["url"].rpartition("/")[2] for each in package["resources"]] == sorted(files)
    for name, resource in resources.items():
        assert portal.read(resource["url"]) == (folder / name).read_bytes()
        assert resource["hash"].startswith("sha256:")
    found, _ = rows(portal, resources["labs.csv"])
    lines = (folder / "labs.csv").read_text("utf-8").splitlines()[1:]
    assert sorted(found) == sorted(line.partition(",")[0] for line in lines)
    return package, resources


def test_a_portal_receives_a_publication(portal, settings, folder):
    """Files are there byte for byte, what is said of them too, and tables keep their types."""
    told = replace(settings, tags=("beni comuni",), extras={"x": "y"})
    sent = ckan.send(folder, told)
    assert (sent.sent, sent.unchanged, sent.removed) == (["labs.csv", "labs.geojson"], [], [])
    package, resources = expect_whole(portal, settings, folder)
    assert package["title"] == "Rete Esempio"
    assert package["notes"] == "Luoghi e gruppi."
    assert package["license_id"] == "cc-by"
    assert package["organization"]["name"] == portal.organisation
    assert [tag["name"] for tag in package["tags"]] == ["beni comuni"]
    extras = {each["key"]: each["value"] for each in package["extras"]}
    assert extras["identifier"] == f"c_x000:{settings.dataset}"
    assert extras["themes_aggregate"] == '[{"theme": "SOCI", "subthemes": []}]'
    assert extras["frequency"] == "DAILY"
    assert (extras["x"], extras["holder_identifier"]) == ("y", "c_x000")
    assert (resources["labs.csv"]["format"], resources["labs.geojson"]["format"]) == (
        "CSV",
        "GeoJSON",
    )
    found, types = rows(portal, resources["labs.csv"])
    assert found["spazio-esempio"]["postcode"] == "00100"
    assert found["spazio-esempio"]["phone"] == "+390382000000"
    assert found["spazio-esempio"]["seats"] == 12
    assert found["spazio-esempio"]["lat"] == 45.1
    assert found["spazio-esempio"]["summary"] is None
    assert (types["postcode"], types["lat"], types["seats"]) == ("text", "float8", "int4")
    assert types["created_at"] == "timestamp"


def test_again_nothing_is_written(portal, proxy, settings, folder):
    """A second sending only asks: no request writes, and no time on the portal changes."""
    ckan.send(folder, settings)
    before = shown(portal, settings)
    proxy.seen.clear()
    assert not ckan.send(folder, settings).changed
    assert proxy.writes == []
    assert proxy.seen
    assert shown(portal, settings) == before


def test_what_changes_is_all_that_changes(registry, portal, proxy, settings, folder):
    """Of a changed publication only the changed files are sent; rows that are gone are deleted."""
    publish(registry, folder, ("labs", "groups"))
    ckan.send(folder, settings)
    before, resources = shown(portal, settings)
    remove(registry, "altro-esempio")
    publish(registry, folder, ("labs", "groups"))
    proxy.seen.clear()
    sent = ckan.send(folder, settings)
    assert (sent.sent, sent.unchanged) == (
        ["labs.csv", "labs.geojson"],
        ["groups.csv", "groups.geojson"],
    )
    after, changed = shown(portal, settings)
    for name in sent.unchanged:
        assert changed[name] == resources[name]
    for name in sent.sent:
        assert changed[name]["url"] == resources[name]["url"]
        assert portal.read(changed[name]["url"]) == (folder / name).read_bytes()
    assert set(rows(portal, changed["labs.csv"])[0]) == {"spazio-esempio"}
    assert after["metadata_modified"] > before["metadata_modified"]


def test_what_is_published_no_more_is_removed(registry, portal, settings, folder):
    """A file that is published no more is gone from the portal; what people added there stays."""
    publish(registry, folder, ("labs", "groups"))
    ckan.send(folder, settings)
    package, resources = shown(portal, settings)
    link = {"name": "Regolamento", "url": "https://example.org/regolamento.pdf"}
    portal.call("resource_create", package_id=package["id"], **link)
    extras = [*package["extras"], {"key": "by hand", "value": "stays"}]
    portal.call("package_patch", id=package["id"], extras=extras)
    shutil.rmtree(folder)
    publish(registry, folder, ("labs",), ("csv",))
    sent = ckan.send(folder, settings)
    assert sorted(sent.removed) == ["groups.csv", "groups.geojson", "labs.geojson"]
    after, _ = shown(portal, settings)
    assert [each["name"] for each in after["resources"]] == ["Laboratori (CSV)", "Regolamento"]
    assert {"key": "by hand", "value": "stays"} in after["extras"]
    for name in sent.removed:
        with pytest.raises(OSError, match="404"):
            portal.read(resources[name]["url"])
    assert not ckan.send(folder, settings).changed


def test_a_table_follows_its_columns(registry, portal, settings, folder):
    """A table that has other columns is made anew; one that was not wished is made later."""
    ckan.send(folder, replace(settings, datastore=False))
    _, resources = shown(portal, settings)
    assert resources["labs.csv"]["datastore_active"] is False
    told = {"resource_id": resources["labs.csv"]["id"], "force": True}
    fields = [{"id": "id", "type": "text"}, {"id": "postcode", "type": "int4"}]
    told |= {"fields": fields, "calculate_record_count": False}
    portal.call("datastore_create", **told)
    remove(registry, "altro-esempio")
    publish(registry, folder)
    ckan.send(folder, settings)
    expect_whole(portal, settings, folder)
    _, types = rows(portal, shown(portal, settings)[1]["labs.csv"])
    assert types["postcode"] == "text"


def test_only_the_rows_that_differ_are_written(registry, portal, proxy, settings, folder):
    """Of a table only the rows that changed are put in, whatever the types of their values."""
    ckan.send(folder, settings)
    with registry.operation("add"):
        registry.add(Lab, {"name": "Terzo Esempio", "state": "active", "seats": "3"})
    publish(registry, folder)
    put = []
    told = Portal.tell
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Portal, "tell", lambda *a, **k: put.append((a[1], k)) or told(*a, **k))
        ckan.send(folder, settings)
    (upsert,) = [k["records"] for action, k in put if action.startswith("datastore_")]
    assert [record["id"] for record in upsert] == ["terzo-esempio"]
    assert proxy.writes.count("datastore_delete") == 0
    expect_whole(portal, settings, folder)


STEPS = {
    "package_create": ("500", "cut", "lost"),
    "resource_create": ("429", "cut", "lost"),
    "datastore_create": ("500", "lost"),
    "datastore_upsert": ("cut", "lost"),
    "resource_patch": ("500", "cut", "lost"),
    "package_patch": ("500", "lost"),
}
BROKEN = [(action, fault) for action, faults in STEPS.items() for fault in faults]


@pytest.mark.parametrize(("action", "fault"), BROKEN)
def test_what_breaks_off_is_mended_by_the_next_run(portal, proxy, settings, folder, action, fault):
    """A run that is cut short says so and leaves no half for the public; the next one mends it."""
    proxy.faults[action] = [fault]
    with pytest.raises(Refused) as refused:
        ckan.send(folder, replace(settings, attempts=1))
    assert proxy.url in str(refused.value)
    if action != "package_create":
        done = (action, fault) == ("package_patch", "lost")
        assert portal.call("package_show", id=settings.dataset)["private"] is not done
    ckan.send(folder, replace(settings, attempts=1))
    expect_whole(portal, settings, folder)
    assert not ckan.send(folder, settings).changed


def test_one_run_gets_past_passing_faults(portal, proxy, settings, folder):
    """A portal that is faulty, busy, slow or breaks off now and then gets all of it in one run."""
    proxy.faults = {action: list(faults) for action, faults in STEPS.items()}
    proxy.faults |= {"package_show": ["500", "429"], "datastore_upsert": ["slow", "lost"]}
    ckan.send(folder, replace(settings, timeout=2, attempts=6))
    assert {action: left for action, left in proxy.faults.items() if left} == {}
    expect_whole(portal, settings, folder)
    assert not ckan.send(folder, settings).changed


def test_a_change_that_breaks_off_leaves_the_old_file(registry, portal, proxy, settings, folder):
    """While a file is being replaced, the portal gives the old one, whole."""
    ckan.send(folder, settings)
    old = (folder / "labs.geojson").read_bytes()
    remove(registry, "altro-esempio")
    publish(registry, folder)
    proxy.faults["resource_patch"] = ["", "cut"]  # the CSV passes
    with pytest.raises(Refused):
        ckan.send(folder, replace(settings, attempts=1))
    assert portal.read(shown(portal, settings)[1]["labs.geojson"]["url"]) == old
    ckan.send(folder, settings)
    expect_whole(portal, settings, folder)


def test_a_portal_that_says_no_is_told_plainly(portal, settings, folder, monkeypatch):
    """A wrong organisation, licence, token, or a deleted dataset: what it is, and what to do."""
    for told, words in (
        (replace(settings, organisation="nope"), ["«nope»", "comune-di-esempio", "organisation"]),
        (replace(settings, licence="nope"), ["«nope»", "cc-by", "licence"]),
        (replace(settings, tags=("a",)), ["package_create", "tags"]),
    ):
        with pytest.raises(Refused) as refused:
            ckan.send(folder, told)
        assert [word for word in words if word not in refused.value.text.it] == []
    ckan.send(folder, settings)
    portal.call("package_delete", id=settings.dataset)
    with pytest.raises(Refused, match="cancellato"):
        ckan.send(folder, settings)
    monkeypatch.setenv(ckan.VARIABLE, "eyJ.not.a.token")
    with pytest.raises(Refused, match="token nuovo") as refused:
        ckan.send(folder, settings)
    assert "eyJ.not.a.token" not in str(refused.value)


def test_publish_sends_what_it_publishes(
    registry, bencomune, portal, proxy, settings, folder, tmp_path, monkeypatch
):
    """`publish` with [ckan] set: 0 when sent, 10 when nothing differs, 2 when the portal is down.

    What could not be sent is in the folder, and goes out with the next run. The token is told by
    no message, log or status.
    """
    shutil.rmtree(folder)
    registry.close()
    monkeypatch.delenv(ckan.VARIABLE)
    token = tmp_path / "ckan.token"
    token.touch(mode=0o600)
    token.write_text(f"{portal.token}\n")
    told = {name: getattr(settings, name) for name in ("url", "organisation", "dataset")}
    lines = [f'{name} = "{value}"' for name, value in told.items()]
    more = ['token_file = "ckan.token"', "attempts = 1", "timeout = 30"]
    publish_part = '[publish]\nlayers = ["labs"]\nformats = ["csv", "geojson"]\nto = ["ckan"]\n'
    (tmp_path / "bencomune.toml").write_text(publish_part + "\n".join(["[ckan]", *lines, *more]))
    said = []

    def published(*words):
        done = bencomune("publish", *words)
        said.append(done.stdout + done.stderr)
        return done.returncode

    assert published() == 0, said
    before = shown(portal, settings)
    assert set(before[1]) == {"labs.csv", "labs.geojson"}
    proxy.seen.clear()
    assert published("--log", "json") == 10
    assert proxy.writes == []
    assert shown(portal, settings) == before
    assert bencomune("lab", "add", "--name", "Terzo Esempio", "--state", "active").returncode == 0
    proxy.faults = {"organization_list_for_user": ["500"]}
    assert published() == 2
    assert proxy.url in said[-1]
    assert "terzo-esempio" in (folder / "labs.csv").read_text("utf-8")
    assert "terzo-esempio" not in portal.read(before[1]["labs.csv"]["url"]).decode()
    assert published() == 0
    assert "terzo-esempio" in portal.read(before[1]["labs.csv"]["url"]).decode()
    published("--status")
    assert portal.token not in "".join(said)
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path != token]
    assert [path for path in kept if portal.token.encode() in path.read_bytes()] == []


def test_a_file_that_is_refused_stops_no_other(portal, settings, folder, tmp_path):
    """A file that is too large for the portal is named, with what helps; the others are there."""
    large = tmp_path / "large"
    shutil.copytree(folder, large)
    data = b"x" * 11_000_000  # ckan.max_resource_size is 10 MB unless told otherwise
    (large / "labs.csv").write_bytes(data)
    told = json.loads((large / "manifest.json").read_text("utf-8"))
    told["files"][0] |= {"bytes": len(data), "sha256": sha256(data).hexdigest()}
    (large / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(Refused) as refused:
        ckan.send(large, replace(settings, datastore=False))
    assert "labs.csv" in str(refused.value)
    assert "max_resource_size" in str(refused.value)
    package, resources = shown(portal, settings)
    assert (set(resources), package["private"]) == ({"labs.geojson"}, True)
    ckan.send(folder, settings)
    assert shown(portal, settings)[0]["private"] is False


def test_a_change_of_file_after_the_manifest_is_not_sent(proxy, settings, folder):
    """A file that is not as its manifest tells never goes out."""
    (folder / "labs.csv").write_text("id\nhalf")
    with pytest.raises(Refused, match="manifest"):
        ckan.send(folder, settings)
    assert "resource_create" not in proxy.writes
