"""`podsim diff`: the effect of a change, from runs with the same seeds."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

import simulator
from simulator.cluster import Cluster
from simulator.errors import UsageError
from simulator.manifest.load import Loaded, load
from simulator.scenario.inputs import Inputs
from simulator.whatif.changes import changes
from simulator.whatif.compare import Comparison, compare
from simulator.whatif.sweep import Options
from tests.conftest import ROOT, Podsim
from tests.metrics.worlds import deployment, program, service, write

LISTENS = program(listen=[{"port": 80, "from": "3s"}])


def probed(delay: int = 0, **more: Any) -> dict[str, Any]:
    return {"readinessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 2, "initialDelaySeconds": delay}, **more}


def sides(folder: Path, old: list[dict[str, Any]], new: list[dict[str, Any]], **scenario: Any) -> tuple[list[str], list[str], list[str]]:
    """Files of both sides, and the Scenario that goes with either."""
    for name, objects in (("old", old), ("new", new)):
        (folder / f"{name}.yaml").write_text("\n---\n".join(json.dumps(item, indent=1) for item in objects), encoding="utf-8")
    (folder / "both").mkdir()
    file = write(folder / "both", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}, programs=[LISTENS], **scenario)
    return [str(folder / "old.yaml")], [str(folder / "new.yaml")], [str(file)]


def compared(folder: Path, old: list[dict[str, Any]], new: list[dict[str, Any]], runs: int = 1, **scenario: Any) -> Comparison:
    one, other, both = sides(folder, old, new, **scenario)
    return compare(one, other, both, runs)


def row(comparison: Comparison, metric: str, part: str = "startup") -> Any:
    return next(item for item in getattr(comparison, part) if item.metric == metric)


def test_the_same_is_no_difference(tmp_path: Path, podsim: Podsim) -> None:
    same = [deployment("web", **probed()), service("web")]
    one, other, both = sides(tmp_path, same, same)
    result = podsim("diff", *one, *other, "--with", *both, "--exit-code")
    assert result.code == 0, result.err
    assert "Start-up\n  no difference\n" in result.out
    assert "  nothing happens\n" in result.out
    assert "Changed" not in result.out
    assert not compare(one, other, both).differs


def test_a_longer_delay(tmp_path: Path, podsim: Podsim) -> None:
    one, other, both = sides(tmp_path, [deployment("web", **probed()), service("web")], [deployment("web", **probed(30)), service("web")])
    comparison = compare(one, other, both)
    ready = row(comparison, "time-to-ready")
    assert 25 < ready.new[0] - ready.old[0] < 34
    assert row(comparison, "restarts").differs is False
    assert 25 < row(comparison, "rollout-complete", "rollout").new[0] < 45
    assert row(comparison, "downtime", "rollout").new == (0,), "a rolling update leaves no gap"
    result = podsim("diff", *one, *other, "--with", *both, "--exit-code")
    assert result.code == 1
    change = ready.new[0] - ready.old[0]
    assert f"deployment/web ready {change:.4g}s later" in result.out
    line = Path(other[0]).read_text().splitlines().index('       "initialDelaySeconds": 30') + 1
    assert f"new.yaml:{line}  deployment/web spec.template.spec.containers[0].readinessProbe.initialDelaySeconds: 0 → 30" in result.out


def test_an_outage_of_a_rollout(tmp_path: Path) -> None:
    def recreated(image: str) -> dict[str, Any]:
        item = deployment("web", **probed())
        item["spec"]["strategy"] = {"type": "Recreate"}
        item["spec"]["template"]["spec"]["containers"][0]["image"] = image
        return item

    comparison = compared(tmp_path, [recreated("app:1"), service("web")], [recreated("app:2"), service("web")])
    assert not any(item.differs for item in comparison.startup)
    assert 3 < row(comparison, "downtime", "rollout").new[0] < 20
    assert comparison.differs


def test_restarts_that_a_change_brings(tmp_path: Path, podsim: Podsim) -> None:
    hasty = {"livenessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1, "failureThreshold": 1}}
    one, other, both = sides(tmp_path, [deployment("web", **probed())], [deployment("web", **probed(), **hasty)])
    text = podsim("diff", *one, *other, "--with", *both).out
    assert "more restarts (0 →" in text
    assert "deployment/web never ready (it was ready after" in text
    assert "deployment/web does not roll out" in text
    back = podsim("diff", *other, *one, "--with", *both).out
    assert "(it was never ready)" in back
    assert "fewer restarts" in back


def test_added_and_removed_objects(tmp_path: Path, podsim: Podsim) -> None:
    one, other, both = sides(tmp_path, [deployment("web"), deployment("old")], [deployment("web"), deployment("fresh")])
    text = podsim("diff", *one, *other, "--with", *both).out
    assert "deployment/fresh added" in text
    assert "deployment/old removed" in text
    assert "deployment/fresh is new: ready after" in text
    assert "deployment/old is gone (it was ready after" in text
    assert "deployment/old remains: apply does not delete objects that are missing from the manifests" in text
    assert "deployment/fresh is new: restarts" not in text


def test_what_the_api_server_refuses_to_change(tmp_path: Path, podsim: Podsim) -> None:
    other_selector = deployment("web")
    other_selector["spec"]["selector"] = {"matchLabels": {"app": "web", "v": "2"}}
    other_selector["spec"]["template"]["metadata"]["labels"]["v"] = "2"
    one, other, both = sides(tmp_path, [deployment("web")], [other_selector])
    result = podsim("diff", *one, *other, "--with", *both, "--exit-code")
    assert result.code == 1
    assert "Refused\n" in result.out
    assert "field is immutable" in result.out


@pytest.mark.parametrize("runs", [pytest.param(2, marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")), 3])
def test_each_seed_costs_two_runs_however_much_there_is_to_compare(runs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a third where processes do not fork."""
    made: list[int] = []
    make = Cluster.__init__

    def counted(self: Cluster, inputs: Inputs) -> None:
        made.append(inputs.scenario.seed)
        make(self, inputs)

    monkeypatch.setattr(Cluster, "__init__", counted)
    monkeypatch.setattr("simulator.whatif.trunk.can_fork", lambda: runs == 2)
    old = [part for name in "abcdef" for part in (deployment(name, **probed()), service(name))]
    new = [part for name in "abcdef" for part in (deployment(name, **probed(2)), service(name))]
    one, other, both = sides(tmp_path, old, new)
    assert len(compare(one, other, both, options=Options(workers=1)).rollout) >= 6
    assert made == [0] * runs
    made.clear()
    compare(one, other, both, 3, options=Options(workers=1))
    assert made == [seed for seed in range(3) for _ in range(runs)]


def test_why_a_bystander_moved(tmp_path: Path, podsim: Podsim) -> None:
    waits = deployment("last", **probed())
    wait = {"name": "wait", "image": "own:1", "command": ["sh", "-c", "until nc -z web 80; do sleep 1; done"]}
    waits["spec"]["template"]["spec"]["initContainers"] = [wait]
    same = [deployment("web", **probed()), service("web"), waits]
    added = {**deployment("before"), "kind": "Deployment"}
    added["spec"]["template"]["spec"]["containers"][0]["image"] = "large:1"
    images = {"large:1": {"pull": "20s"}, "app:1": {"pull": "2s"}, "own:1": {"cached": True}}
    one, other, both = sides(tmp_path, same, [added, *same], images=images)
    reasons = {str(key): text for key, text in compare(one, other, both).reasons}
    assert reasons["deployment/web"] == "its pull moved back in minikube's queue"
    assert re.fullmatch(r"its init container wait took (19|20|21)(\.\d)?s longer, waiting for web", reasons["deployment/last"])
    assert reasons["service/web"] == "deployment/web is ready later"
    text = podsim("diff", *one, *other, "--with", *both).out
    assert re.search(r"deployment/web ready [\d.]+s later \(.*\): its pull moved back in minikube's queue\n", text)
    back = podsim("diff", *other, *one, "--with", *both).out
    assert "its pull moved up in minikube's queue" in back


def test_what_moved_by_itself_has_no_reason(tmp_path: Path) -> None:
    comparison = compared(tmp_path, [deployment("web", **probed())], [deployment("web", **probed(20))])
    assert any(item.differs for item in comparison.startup)
    assert comparison.reasons == ()


def test_many_runs_share_their_luck(tmp_path: Path, podsim: Podsim) -> None:
    random = program(listen=[{"port": 80, "from": {"uniform": ["1s", "20s"]}}])
    one, other, both = sides(tmp_path, [deployment("web", **probed())], [deployment("web", **probed(1))])
    Path(both[0]).write_text(Path(both[0]).read_text().replace(json.dumps(LISTENS), json.dumps(random)), encoding="utf-8")
    comparison = compare(one, other, both, 25)
    ready = row(comparison, "time-to-ready")
    assert len(ready.old) == len(ready.new) == 25
    assert len(set(ready.old)) > 10
    assert ready.difference is not None
    assert ready.difference.high - ready.difference.low < (max(ready.old) - min(ready.old)) / 4
    document = json.loads(podsim("diff", *one, *other, "--with", *both, "--runs", "25", "-o", "json").out)
    assert document["seeds"] == list(range(25))
    kept = next(item for item in document["startup"] if item["metric"] == "time-to-ready")
    assert (tuple(kept["old"]), tuple(kept["new"])) == (ready.old, ready.new)


def test_a_comment_on_a_pull_request(tmp_path: Path, podsim: Podsim) -> None:
    one, other, both = sides(tmp_path, [deployment("web", **probed()), service("web")], [deployment("web", **probed(30)), service("web")])
    text = podsim("diff", *one, *other, "--with", *both, "-o", "markdown").out
    assert text.startswith("### What this change does: `")
    assert "- ⚠️ deployment/web ready " in text
    assert "| deployment/web | time-to-ready | " in text
    assert "<details><summary>Changed fields (1)</summary>" in text
    assert "readinessProbe.initialDelaySeconds`: `0` → `30`" in text
    assert "<sub>Simulated by podsim: Kubernetes " in text


def test_from_python(tmp_path: Path) -> None:
    one, other, both = sides(tmp_path, [deployment("web", **probed()), service("web")], [deployment("web", **probed(30)), service("web")])
    comparison = simulator.diff(one, other[0], both)
    assert comparison
    assert not simulator.diff(one, one, both)
    assert "ready" in repr(comparison)
    assert "<pre" in comparison._repr_html_()
    assert comparison.to_markdown().startswith("###")
    assert comparison.to_json()["differs"] is True


def test_programs_of_the_new_side_come_with_it(tmp_path: Path) -> None:
    files = []
    for name, at in (("old", "1s"), ("new", "21s")):
        (tmp_path / name).mkdir()
        item = deployment("web", **probed())
        item["spec"]["template"]["spec"]["containers"][0]["image"] = f"app:{name}"
        files.append(str(write(tmp_path / name, item, programs=[program(listen=[{"port": 80, "from": at}])])))
    comparison = compare(files[:1], files[1:])
    assert row(comparison, "rollout-complete", "rollout").new[0] > 20


def test_fields_that_differ(tmp_path: Path) -> None:
    def loaded(name: str, item: dict[str, Any]) -> Any:
        file = tmp_path / f"{name}.yaml"
        file.write_text(json.dumps(item, indent=1), encoding="utf-8")
        return load([str(file)]).manifests

    old, new = deployment("web", args=["a", "b"]), deployment("web", args=["a", "c"], env=[{"name": "X", "value": "1"}])
    new["spec"]["template"]["spec"]["containers"].insert(0, {"name": "side", "image": "s"})
    new["metadata"]["labels"] = {"a.b": "c"}
    del new["spec"]["replicas"]
    comparison = [(change.path, change.old, change.new) for change in changes(loaded("old", old), Loaded(loaded("new", new)))]
    container = "spec.template.spec.containers"
    assert comparison == [
        ("metadata.labels", "", '{"a.b": "c"}'),
        (f"{container}[0]", "", '{"name": "side", "image": "s"}'),
        (f"{container}[1].args", '["a", "b"]', '["a", "c"]'),
        (f"{container}[1].env", "", '[{"name": "X", "value": "1"}]'),
        ("spec.replicas", "1", ""),
    ]
    same = loaded("old", old)
    assert changes(same, Loaded(same)) == []


def test_standard_input_is_refused() -> None:
    with pytest.raises(UsageError, match="standard input cannot be compared"):
        compare(["-"], [str(ROOT / "scenarios" / "redis-late")])


def test_what_is_wrong_with_a_side_is_said(tmp_path: Path, podsim: Podsim) -> None:
    one, other, both = sides(tmp_path, [deployment("web")], [deployment("web", replicas=-1)])
    result = podsim("diff", *one, *other, "--with", *both)
    assert result.code == 1
    assert "new.yaml:" in result.err
    assert "must be greater than or equal to 0" in result.err
    refused = podsim("diff", *one, *other, "--with", *both, "--fail-fast")
    assert (refused.code, refused.out) == (2, "")


def test_never_is_said_to_mean_within_the_run_where_nobody_chose_its_length(tmp_path: Path, podsim: Podsim) -> None:
    for name, delay in (("old", 0), ("new", 900)):
        (tmp_path / f"{name}.yaml").write_text(json.dumps(deployment("web", **probed(delay))), encoding="utf-8")
    diff = ("diff", str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml"))
    assert podsim(*diff).out.endswith("never: not within 10m; --duration extends it\n")
    longer = podsim(*diff, "--duration", "20m").out
    assert "later" in longer
    assert "plays longer" not in longer
