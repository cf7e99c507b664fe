"""docs/architecture.md names the rooms that there are, in the order in which they may import one another."""

from __future__ import annotations

import re
import tomllib

from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ENTRANCES = {"__init__", "__main__"}


def rooms() -> set[str]:
    found = (ROOT / "simulator").iterdir()
    return {path.stem for path in found if path.suffix == ".py" or (path / "__init__.py").is_file()} - ENTRANCES


def test_every_room_has_a_row_and_a_paragraph() -> None:
    rows = [name for row in re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE) for name in re.findall(r"`(\w+)/?`", row)]
    headings = [name for line in re.findall(r"^### (.*)", TEXT, re.MULTILINE) for name in line.split(", ")]
    assert rooms() <= set(rows)
    assert rooms() == set(headings)


def test_the_order_is_the_one_that_is_enforced() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    floor = {name.strip().removeprefix("simulator."): i for i, line in enumerate(reversed(layers)) for name in line.split("|")}
    assert rooms() == set(floor)
    headings = [name for line in re.findall(r"^### (.*)", TEXT, re.MULTILINE) for name in line.split(", ")]
    assert [floor[name] for name in headings] == sorted(floor[name] for name in headings)
