"""The packages that podsim uses: their licences (`make licences`), and a bill of materials of a release (`make release`).

    python tools/supply_chain.py licences
    python tools/supply_chain.py sbom dist/podsim.cdx.json

Releases and hashes are those of the lock, licences those that the installed packages state.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "development.txt"
ENTRY = re.compile(r"^(?P<requirement>[^#\s].*?) \\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
NAMES = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSF": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
"""What packages state in words -> the SPDX identifier."""
ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "HPND",
        "ISC",
        "LGPL-3.0-only",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "OFL-1.1",
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "Zlib",
    }
)
"""Licences of packages that are installed beside podsim. None of them is copied into it."""
NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


class Package(NamedTuple):
    """A locked release and the hashes of its files."""

    name: str
    version: str
    hashes: tuple[str, ...]


def locked() -> dict[str, Package]:
    """The releases that the lock installs with this Python on this system, by name."""
    packages = {}
    for entry in ENTRY.finditer(LOCK.read_text("utf-8")):
        requirement = Requirement(entry["requirement"])
        if requirement.marker is None or requirement.marker.evaluate():
            hashes = tuple(re.findall(r"sha256:([0-9a-f]{64})", entry["hashes"]))
            name = canonicalize_name(requirement.name)
            packages[name] = Package(name, str(requirement.specifier).removeprefix("=="), hashes)
    return packages


def licence(name: str) -> str:
    """The licence that an installed package states, as an SPDX expression where it is known; empty: none is stated."""
    about = metadata(name)
    if expression := about.get("License-Expression"):
        return str(expression)
    stated = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or () if line.startswith("License :: ")]
    words = [*[word for word in stated if word != "OSI Approved"], *str(about.get("License") or "").splitlines()[:1]]
    return next((NAMES[word] for word in words if word in NAMES), next(filter(None, words), ""))


def is_allowed(expression: str) -> bool:
    """Whether an expression allows use beside podsim: one side of OR, both sides of AND."""
    if not expression:
        return False
    return all(any(part.strip("() ") in ALLOWED for part in group.split(" OR ")) for group in expression.split(" AND "))


def project() -> dict[str, Any]:
    """The table `project` of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def needed() -> list[str]:
    """The names of all packages that `pip install podsim` installs on this system, without extras."""
    waiting, names = list(project()["dependencies"]), set[str]()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        if name not in names and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            names.add(name)
            waiting += requires(name) or ()
    return sorted(names)


def bill_of_materials() -> dict[str, Any]:
    """A CycloneDX 1.6 document of a release: podsim and what is installed with it. Equal locks give equal bytes."""
    about, packages = project(), locked()
    version = re.search(r'"(.+)"', (ROOT / "simulator" / "version.py").read_text("utf-8").partition("__version__")[2])
    assert version is not None
    purl = _purl("podsim", version[1])
    root = {"type": "application", "name": "podsim", "version": version[1], "bom-ref": purl, "purl": purl}
    root["licenses"] = [{"expression": about["license"]}]
    used = [packages[name] for name in needed()]
    components = [
        {
            "type": "library",
            "name": one.name,
            "version": one.version,
            "bom-ref": _purl(one.name, one.version),
            "purl": _purl(one.name, one.version),
            "licenses": [{"expression": licence(one.name)}],
            "hashes": [{"alg": "SHA-256", "content": text} for text in one.hashes],
        }
        for one in used
    ]
    serial = uuid.uuid5(NAMESPACE, json.dumps([purl, *(_purl(one.name, one.version) for one in used)]))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": root},
        "components": components,
        "dependencies": [{"ref": purl, "dependsOn": [_purl(one.name, one.version) for one in used]}],
    }


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"


def licences() -> Iterator[tuple[Package, str]]:
    """Each locked package that is installed, and its licence."""
    for package in locked().values():
        try:
            yield package, licence(package.name)
        except PackageNotFoundError:
            continue


def main(what: str, *rest: str) -> int:
    """Print licences, or write a bill of materials. The exit code."""
    if what == "sbom":
        Path(rest[0]).write_text(json.dumps(bill_of_materials(), indent=1) + "\n", encoding="utf-8")
        return 0
    listed = list(licences())
    for package, text in listed:
        print(f"{package.name:<28} {package.version:<16} {text or '(none stated)'}")
    unclear = [package.name for package, text in listed if not is_allowed(text)]
    if unclear:
        print(f"not allowed, or not known: {', '.join(unclear)}")
    return 1 if unclear else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
