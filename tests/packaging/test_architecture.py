"""docs/architecture.md lists every package, in the order in which they may import each other."""

from __future__ import annotations

import re
import tomllib

from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ENTRANCES = {"__init__", "__main__"}


def packages() -> set[str]:
    paths = (ROOT / "simulator").iterdir()
    return {path.stem for path in paths if path.suffix == ".py" or (path / "__init__.py").is_file()} - ENTRANCES


def test_every_package_has_a_row_and_a_paragraph() -> None:
    rows = [name for row in re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE) for name in re.findall(r"`(\w+)/?`", row)]
    headings = [name for line in re.findall(r"^### (.*)", TEXT, re.MULTILINE) for name in line.split(", ")]
    assert packages() <= set(rows)
    assert packages() == set(headings)


def test_the_order_is_the_one_that_is_enforced() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    layer = {name.strip().removeprefix("simulator."): i for i, line in enumerate(reversed(layers)) for name in line.split("|")}
    assert packages() == set(layer)
    headings = [name for line in re.findall(r"^### (.*)", TEXT, re.MULTILINE) for name in line.split(", ")]
    assert [layer[name] for name in headings] == sorted(layer[name] for name in headings)
