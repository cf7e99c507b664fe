"""What a Scenario and a file of Expectations have in common: their version, their kind and the release that they imitate."""

from __future__ import annotations

from typing import Any

from simulator.dialect import Dialect
from simulator.errors import UsageError
from simulator.scenario.reader import Reader

API_VERSION = "podsim/v1"
SCENARIO, EXPECTATIONS = "Scenario", "Expectations"
KINDS = (SCENARIO, EXPECTATIONS)


def is_scenario(value: Any) -> bool:
    """Whether a YAML document is a Scenario, or Expectations, which name one."""
    return isinstance(value, dict) and value.get("kind") in KINDS and str(value.get("apiVersion", "")).startswith("podsim/")


def read_header(reader: Reader, value: Any, kind: str) -> dict[str, Any]:
    """The top of a document, which must be of that kind."""
    given = reader.mapping(value, "", ("apiVersion", "kind", "metadata", "spec"))
    if given.get("apiVersion") != API_VERSION:
        reader.problem("apiVersion", f"must be {API_VERSION}")
    if given.get("kind") != kind:
        reader.problem("kind", f"must be {kind}")
    return given


def read_release(reader: Reader, value: Any, default: str) -> str:
    """A release to imitate."""
    release = reader.text(value, "spec.kubernetes", default)
    try:
        Dialect(release)
    except UsageError as error:
        # YAML reads 1.30 without quotes as the number 1.3.
        hint = f' (write it in quotes: "{release}0")' if isinstance(value, float) else ""
        reader.problem("spec.kubernetes", f"{error}{hint}")
        return default
    return release
