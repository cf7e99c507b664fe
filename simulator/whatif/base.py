"""The inputs that vary from run to run: manifests and Scenario, read once, as plain values with their lines."""

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
from simulator.whatif.field_paths import Step, with_value

Location = tuple[Step, ...]


class Field(NamedTuple):
    """What an axis changes: fields at `locations` of one document.

    `where`: `manifest` (the one at `position` in a `part` of the inputs), `scenario`, or `choice` (an option of `podsim run`; its location
    is a field of `Choices`).
    """

    where: str
    locations: tuple[Location, ...]
    part: str = ""
    position: int = 0


class Setting(NamedTuple):
    """A field and its new value (None: it is removed)."""

    field: Field
    value: Any


class Base(NamedTuple):
    """The inputs as they are written, and the document of the Scenario (`file` empty: there is none).

    `assumed`: the rules that a run of the inputs assumed, by workload and container; None: it was not run for that yet.
    """

    inputs: Inputs
    choices: Choices
    document: Any
    file: str
    places: Places
    assumed: dict[tuple[str, str], Any] | None = None

    def manifests(self) -> list[tuple[str, int, Manifest]]:
        """Every manifest, with its part of the inputs and its position in that part."""
        parts = (("before", self.inputs.before), ("loaded", self.inputs.loaded))
        return [(name, i, manifest) for name, part in parts for i, manifest in enumerate(part.manifests)]

    def arm(self, settings: Sequence[Setting] = ()) -> Inputs:
        """The inputs of one arm: with some fields changed, validated like written ones.

        Raises ManifestError, ScenarioError or UsageError for a value that the API server or the reader refuses.
        """
        choices, document = self.choices, self.document
        changed: dict[tuple[str, int], Any] = {}
        for field, value in settings:
            if field.where == "choice":
                choices = choices._replace(**{str(field.locations[0][0]): value})
            for location in field.locations:
                if field.where == "scenario":
                    document = with_value(document, list(location), value)
                elif field.where == "manifest":
                    key = field.part, field.position
                    manifest = changed.get(key, getattr(self.inputs, field.part).manifests[field.position].raw)
                    changed[key] = with_value(manifest, list(location), value)
        scenario = scenario_of(document, self.file, self.places)
        inputs = under(self.inputs, scenario, choices)
        # Defaults and validation depend on both.
        old, new = self.inputs.scenario, inputs.scenario
        reload = (new.kubernetes, new.namespace) != (old.kubernetes, old.namespace)
        before, loaded = (self._loaded(part, changed, new, reload=reload) for part in ("before", "loaded"))
        return inputs._replace(before=before, loaded=loaded)

    def _loaded(self, part: str, changed: dict[tuple[str, int], Any], scenario: Scenario, *, reload: bool) -> Loaded:
        """A part of the manifests. Changed ones are read again, and all of them when the release or the namespace changes."""
        loaded: Loaded = getattr(self.inputs, part)
        dialect = Dialect(scenario.kubernetes)
        manifests = list(loaded.manifests)
        for i, manifest in enumerate(manifests):
            if reload or (part, i) in changed:
                item = RawObject(changed.get((part, i), manifest.raw), manifest.file, manifest.place)
                namespace = scenario.namespace or "default"
                manifests[i] = load_objects([item], namespace=namespace, validate=self.choices.validate, dialect=dialect).manifests[0]
        edited = {*loaded.edited, *(i for changed_part, i in changed if changed_part == part)}
        return loaded._replace(manifests=manifests, edited=tuple(sorted(edited)))


def read_base(paths: Sequence[str], choices: Choices = Choices(), stdin: TextIO | None = None) -> Base:  # noqa: B008 (a frozen value)
    """Read the inputs as `gather` does, and keep their documents. Raises what `gather` raises."""
    inputs = gather(paths, choices, stdin)
    file = next((file for path in paths if (file := scenario_file(path)) is not None), "")
    if not file:
        return Base(inputs, choices, {"apiVersion": API_VERSION, "kind": SCENARIO, "spec": {}}, "", Places(None, 0))
    document = next(documents(Path(file).read_text(encoding="utf-8")))
    assert isinstance(document, Document), "gather has read it"
    return Base(inputs, choices, document.value, file, document.places)
