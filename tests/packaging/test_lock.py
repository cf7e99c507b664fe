"""requirements/*.txt lock what pyproject.toml asks for: `make lock` writes them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

from tests.conftest import ROOT

LOCKS = {"development": "dev", "release": "release"}
"""Lock -> the extra that it is for."""
PYTHONS = ("3.11", "3.12", "3.13")
ENTRY = re.compile(r"^(?P<requirement>[^#\s].*?) \\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")


def pins(lock: str, python: str) -> Iterator[Requirement]:
    """What the lock installs on Linux with that release of Python."""
    environment = {
        **{name: str(value) for name, value in default_environment().items()},
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
    }
    for entry in ENTRY.finditer(text(lock)):
        requirement = Requirement(entry["requirement"])
        if requirement.marker is None or requirement.marker.evaluate(environment):
            yield requirement


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_once_to_a_release_that_it_allows(lock: str, python: str) -> None:
    pinned = [(pin.name.lower().replace("_", "-"), str(pin.specifier)) for pin in pins(lock, python)]
    assert len({name for name, _ in pinned}) == len(pinned)
    assert all(version.startswith("==") for _, version in pinned)
    for asked in map(Requirement, [*PROJECT["dependencies"], *PROJECT["optional-dependencies"][LOCKS[lock]]]):
        version = dict(pinned)[asked.name.lower()].removeprefix("==")
        assert asked.specifier.contains(version), f"{asked} is locked to {version}: make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_nothing_is_without_hashes_and_no_index_is_named(lock: str) -> None:
    lines = [line for line in text(lock).splitlines() if line[:1].strip() and not line.startswith("#")]
    assert len(lines) == len(ENTRY.findall(text(lock)))
    assert "://" not in text(lock)
    assert "--index" not in text(lock)


def test_the_classifiers_name_the_releases_of_python_that_the_lock_serves() -> None:
    named = [name.rpartition(" ")[2] for name in PROJECT["classifiers"] if name.startswith("Programming Language :: Python :: 3.")]
    assert tuple(named) == PYTHONS
