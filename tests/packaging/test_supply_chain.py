"""Locked packages have known licences, a release has a bill of materials, and podsim imports nothing private of a library."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools.supply_chain import bill_of_materials, is_allowed, licences, locked, main, needed

SOURCES = sorted(path for folder in ("simulator", "tools") for path in (ROOT / folder).rglob("*.py"))
OWN = {"simulator", "tests", "tools", "__future__", *sys.stdlib_module_names}


def private(path: Path) -> list[str]:
    """Private names that a module imports from other packages than podsim's, or reads from them."""
    tree = ast.parse(path.read_text("utf-8"))
    names: list[str] = []
    libraries: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
            libraries |= {alias.asname or alias.name.partition(".")[0] for alias in node.names if alias.name.partition(".")[0] not in OWN}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    names += [
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in libraries
    ]
    own = {"simulator", "tests", "tools", "__future__"}
    parts = [(name, name.split(".")) for name in names if name.partition(".")[0] not in own]
    return [name for name, words in parts if any(word.startswith("_") and not word.startswith("__") for word in words)]


def test_nothing_private_of_a_library_is_used() -> None:
    assert len(SOURCES) > 500
    assert {str(path.relative_to(ROOT)): names for path in SOURCES if (names := private(path))} == {}


def test_private_names_are_noticed(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("import yaml\nfrom yaml import _yaml\nfrom simulator import _x\nimport _signal\nyaml._x\n", "utf-8")
    assert private(file) == ["yaml._yaml", "_signal", "yaml._x"]


def test_every_installed_package_of_the_lock_has_an_allowed_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(list(licences())) > 50
    assert main("licences") == 0, capsys.readouterr().out[-500:]
    assert is_allowed("Apache-2.0 OR GPL-3.0-only")
    assert not is_allowed("MIT AND GPL-3.0-only")
    assert not is_allowed("")


def test_the_bill_of_materials_has_what_is_installed_with_podsim(tmp_path: Path) -> None:
    file = tmp_path / "podsim.cdx.json"
    assert main("sbom", str(file)) == 0
    document = json.loads(file.read_text("utf-8"))
    assert document == bill_of_materials()
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    components = {one["name"]: one for one in document["components"]}
    assert {"click", "msgspec", "pyyaml", "simpy", "rich", "pygments", "numpy", "tzdata"} <= set(components) == set(needed())
    assert "pytest" not in components
    for name, one in components.items():
        assert one["version"] == locked()[name].version
        assert len(one["hashes"]) >= 1
        assert one["licenses"][0]["expression"]
    assert sorted(document["dependencies"][0]["dependsOn"]) == sorted(one["bom-ref"] for one in components.values())
