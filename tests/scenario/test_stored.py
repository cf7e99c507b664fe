"""Inputs as JSON: what is stored is what is played again, and nothing else is made from what is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from simulator.cluster import Cluster
from simulator.journal.lines import dump
from simulator.scenario.inputs import Choices, Inputs, gather, settled
from simulator.scenario.stored import NotReadable, restored, stored, types
from simulator.whatif.base import read_base
from simulator.whatif.sweep import assignment, settings
from tests.conftest import ROOT

SCENARIOS = sorted(path.parent.name for path in (ROOT / "scenarios").glob("*/scenario.yaml"))


def again(inputs: Inputs) -> Inputs:
    return restored(json.loads(json.dumps(stored(inputs))))


def same(one: Inputs, other: Inputs) -> None:
    assert one.scenario._replace(expect=()) == other.scenario
    for before, after in ((one.before, other.before), (one.loaded, other.loaded)):
        assert [(m.object, m.raw, m.file, m.place("spec")) for m in before.manifests] == [
            (m.object, m.raw, m.file, m.place("spec")) for m in after.manifests
        ]
    assert one[3:] == other[3:]


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_of_the_gallery_comes_back(name: str) -> None:
    inputs = settled(gather([str(ROOT / "scenarios" / name)]))
    same(inputs, again(inputs))


def test_what_metrics_servers_answer_comes_back(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}")
    metrics = "{delay: 5s, usage: [{pod: web-*, cpu: 1m, to: 9s}], values: [{metric: m, value: 3}], fail: [{from: 1s, to: 2s}]}"
    runs = "[{cpu: {steps: {0s: 1m, 5s: {uniform: [1m, 3m]}}}, disk: 1Mi}]"
    spec = f"apiVersion: podsim/v1\nkind: Scenario\nspec: {{manifests: [app.yaml], metrics: {metrics}, programs: [{{runs: {runs}}}]}}"
    (tmp_path / "scenario.yaml").write_text(spec)
    inputs = settled(gather([str(tmp_path / "scenario.yaml")]))
    same(inputs, again(inputs))


def test_the_run_is_the_same() -> None:
    inputs = settled(gather([str(ROOT / "scenarios" / "await-redis")], Choices(seed=5, duration=20_000_000_000)))
    assert list(dump(Cluster(again(inputs)).run())) == list(dump(Cluster(inputs).run()))


def test_changed_values_come_back() -> None:
    paths = [str(ROOT / "scenarios" / "await-redis")]
    base, chosen = settings(read_base(paths), [assignment("deployment/app-tier-dp.replicas=5")])
    inputs = base.arm(chosen)
    assert [manifest.object.spec.replicas for manifest in again(inputs).loaded.manifests if manifest.object.kind == "Deployment"] == [5]
    same(inputs, again(inputs))


def test_texts_are_read_again_as_they_were_read_first(tmp_path: Path) -> None:
    file = tmp_path / "app.yaml"
    file.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\nbogus: 1\n")
    inputs = gather([str(file)], Choices(validate="warn"))
    file.unlink()
    same(inputs, again(inputs))


def test_the_types_are_those_of_a_scenario() -> None:
    assert {"Scenario", "NodeSpec", "Action", "ProgramRule", "Program", "Run", "Uniform", "Traffic", "Source"} <= types().keys()
    assert not [
        name
        for name, kind in types().items()
        if not issubclass(kind, tuple | msgspec.Struct) or not kind.__module__.startswith("simulator.")
    ]


def mutations(value: Any) -> Iterator[Any]:
    """The value with one part of it removed or of another type."""
    others = (None, "x", 1.5, [], {}, {"type": "Path"}, {"type": "Scenario", "x": 1}, {"tuple": 1})
    yield from others
    if isinstance(value, dict):
        for key in value:
            yield {name: part for name, part in value.items() if name != key}
            yield from ({**value, key: changed} for changed in mutations(value[key]))
    elif isinstance(value, list):
        for i in range(min(len(value), 2)):
            yield from ([*value[:i], changed, *value[i + 1 :]] for changed in mutations(value[i]))


def test_whatever_is_read_is_inputs_or_refused() -> None:
    inputs = settled(gather([str(ROOT / "scenarios" / "config-late")]))
    data = stored(inputs)
    refused = played = 0
    for changed in mutations(data):
        try:
            assert isinstance(restored(changed), Inputs)
            played += 1
        except NotReadable:
            refused += 1
    assert refused > 200
    assert played > 20


def test_a_type_of_python_s_own_is_not_made() -> None:
    for name in ("os.system", "Path", "Popen", "Inputs"):
        with pytest.raises(NotReadable):
            restored({**stored(gather([str(ROOT / "scenarios" / "config-late")])), "scenario": {"type": name}})
