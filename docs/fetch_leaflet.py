"""Fetch Leaflet, which the page with a map is made with, from npm into its folder in the package.

It is run again for another version only, after VERSION and INTEGRITY were changed here: the package
must be the very one that npm told then. It needs npm: python docs/fetch_leaflet.py
"""

import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "1.9.4"
INTEGRITY = (
    "sha512-nxS1ynzJOmOlHp+iL3FyWqK89GtNL8U8rvlMOsQdTTssxZwCXh8N2NB3GDQOL+YR3Xn"
    "WyZAxwQixURb+FA74PA=="
)
FILES = ("LICENSE", "dist/leaflet.css", "dist/leaflet.js")
FOLDER = Path(__file__).parent.parent / "src" / "bencomune_cli" / "page" / "leaflet"


def main(folder: Path = FOLDER) -> None:
    """Write the files and their digests; leave all as it was where the package is another one."""
    with tempfile.TemporaryDirectory() as temporary:
        command = ["npm", "pack", "--silent", f"leaflet@{VERSION}"]
        subprocess.run(command, cwd=temporary, check=True, stdout=subprocess.DEVNULL)
        (package,) = Path(temporary).glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != INTEGRITY:
            sys.exit(f"leaflet {VERSION}: another package than expected: sha512-{digest}")
        found = {}
        with tarfile.open(package) as archive:
            for name in FILES:
                inner = archive.extractfile(f"package/{name}")
                found[Path(name).name] = inner.read() if inner else b""
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in found.items()]
    for name, data in {**found, "SHA256SUMS": "".join(lines).encode()}.items():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
