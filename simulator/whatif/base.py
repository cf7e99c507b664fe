"""What is changed from run to run: manifests and Scenario, read once, as plain values that remember where they stood."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from simulator.dialect import Dialect
from simulator.manifest.documents import Document, documents
from simulator.manifest.load import Loaded, Manifest, RawObject, load_objects
from simulator.manifest.places import Places
from simulator.scenario.header import API_VERSION, SCENARIO
from simulator.scenario.inputs import Choices, Inputs, gather, scenario_file, under
from simulator.scenario.read import scenario_of
from simulator.scenario.spec import Scenario
from simulator.whatif.paths import Step, put

Way = tuple[Step, ...]


class Field(NamedTuple):
    """What an axis changes. `where`: `manifest` (which one of which `part` of the inputs), `scenario`, or `choice` (whose only step is
    the name of one of `Choices`); `ways`: the places in it.
    """

    where: str
    ways: tuple[Way, ...]
    part: str = ""
    position: int = 0


class Setting(NamedTuple):
    """A field and the value that it gets (None: it is removed)."""

    field: Field
    value: Any


class Base(NamedTuple):
    """The inputs as they are written, and the Scenario's document (`file` empty: there is none)."""

    inputs: Inputs
    choices: Choices
    document: Any
    file: str
    places: Places

    def manifests(self) -> list[tuple[str, int, Manifest]]:
        """Every manifest, with the part of the inputs in which it stands and its position there."""
        parts = (("before", self.inputs.before), ("loaded", self.inputs.loaded))
        return [(name, i, manifest) for name, part in parts for i, manifest in enumerate(part.manifests)]

    def arm(self, settings: Sequence[Setting] = ()) -> Inputs:
        """The inputs with some fields changed, checked as if they had been written so.

        Raises ManifestError, ScenarioError or UsageError with what the API server or the reader says about a value.
        """
        choices, document = self.choices, self.document
        changed: dict[tuple[str, int], Any] = {}
        for field, value in settings:
            if field.where == "choice":
                choices = choices._replace(**{str(field.ways[0][0]): value})
            for way in field.ways:
                if field.where == "scenario":
                    document = put(document, list(way), value)
                elif field.where == "manifest":
                    key = field.part, field.position
                    changed[key] = put(changed.get(key, getattr(self.inputs, field.part).manifests[field.position].raw), list(way), value)
        scenario = scenario_of(document, self.file, self.places)
        inputs = under(self.inputs, scenario, choices)
        again = (inputs.scenario.kubernetes, inputs.scenario.namespace) != (self.inputs.scenario.kubernetes, self.inputs.scenario.namespace)
        return inputs._replace(
            before=self._loaded("before", changed, inputs.scenario, again), loaded=self._loaded("loaded", changed, inputs.scenario, again)
        )

    def _loaded(self, part: str, changed: dict[tuple[str, int], Any], scenario: Scenario, again: bool) -> Loaded:
        """A part of the manifests: those that were changed are read anew, and all of them under another release or namespace."""
        loaded: Loaded = getattr(self.inputs, part)
        dialect = Dialect(scenario.kubernetes)
        manifests = list(loaded.manifests)
        for i, manifest in enumerate(manifests):
            if again or (part, i) in changed:
                item = RawObject(changed.get((part, i), manifest.raw), manifest.file, manifest.place)
                namespace = scenario.namespace or "default"
                manifests[i] = load_objects([item], namespace=namespace, validate=self.choices.validate, dialect=dialect).manifests[0]
        edited = {*loaded.edited, *(i for changed_part, i in changed if changed_part == part)}
        return loaded._replace(manifests=manifests, edited=tuple(sorted(edited)))


def read_base(paths: Sequence[str], choices: Choices = Choices(), stdin: TextIO | None = None) -> Base:  # noqa: B008 (a frozen value)
    """Read as `gather` does, and keep what it was read from. Raises what `gather` raises."""
    inputs = gather(paths, choices, stdin)
    file = next((file for path in paths if (file := scenario_file(path)) is not None), "")
    if not file:
        return Base(inputs, choices, {"apiVersion": API_VERSION, "kind": SCENARIO, "spec": {}}, "", Places(None, 0))
    document = next(documents(Path(file).read_text(encoding="utf-8")))
    assert isinstance(document, Document), "gather has read it"
    return Base(inputs, choices, document.value, file, document.places)
