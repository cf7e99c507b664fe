"""The commands: which objects a name means, what kubectl says when there is none, logs, wait, the law of looking back."""

from __future__ import annotations

import json
from typing import Any

import click
import msgspec
import pytest
import yaml
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.cli.kubectl.commands import command
from simulator.cli.source import SourceOptions, namespace_of, namespaces_of
from simulator.errors import InputError
from simulator.journal import Journal
from simulator.journal.lines import dump
from simulator.journal.records import Write
from simulator.kubectl.view import View
from tests.conftest import cli_runner
from tests.kubectl.commands import run
from tests.kubectl.recorded import journal_of, recordings, view_of

JSON = dict[str, Any]
PODSIM = click.Group("podsim", commands=[command(word) for word in ("get", "describe", "events", "logs", "wait", "rollout")])


def podsim(*args: str, name: str = "", file: str = "") -> Result:
    where = ["--from", file] if file else []
    return cli_runner().invoke(PODSIM, [*args, *where, *(["-n", recordings()[name]["namespace"]] if name else [])])


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("journals") / "rolling.jsonl"
    path.write_text("\n".join(dump(journal_of("rolling-default"))) + "\n")
    return str(path)


ROLLING = "rolling-default"


def test_a_prefix_of_alike_pods_means_the_first(saved: str) -> None:
    result = podsim("get", "pods", "web-6c", "--at", "10s", name=ROLLING, file=saved)
    assert result.stderr == "Found 4 pods, using pod/web-6c79d7677b-26648\n"
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["NAME", "web-6c79d7677b-26648"]


def test_a_prefix_of_unrelated_objects_is_refused() -> None:
    result = run("kubectl get pods in", "zoo", view_of("zoo", 20))
    assert (result.out, result.code) == ("", 2)
    assert result.err == 'error: "in" is not unique: pod/init-crash, pod/init-running\n'


def test_describe_prints_all_unrelated_objects() -> None:
    names = [line for line in run("kubectl describe pods in", "zoo", view_of("zoo", 20)).out.splitlines() if line.startswith("Name: ")]
    assert [name.split()[1] for name in names] == ["init-crash", "init-running"]


@pytest.mark.parametrize(
    ("words", "err", "code"),
    [
        (["get", "pod", "nosuch"], 'Error from server (NotFound): pods "nosuch" not found\n', 1),
        (["describe", "pod", "nosuch"], 'Error from server (NotFound): pods "nosuch" not found\n', 1),
        (["get", "pods", "-l", "x=none"], "No resources found in rolling-default namespace.\n", 0),
        (["get", "nodes"], "No resources found\n", 0),
        (["get", "pods", "-l", "x=none", "-A"], "No resources found\n", 0),
        (["rollout", "status", "deployment/nosuch"], 'Error from server (NotFound): deployments.apps "nosuch" not found\n', 1),
        (["wait", "--for=condition=Ready", "pod/nosuch", "--timeout=1s"], 'Error from server (NotFound): pods "nosuch" not found\n', 1),
        (["get", "blurbs"], 'error: the server doesn\'t have a resource type "blurbs"\n', 1),
        (["get", "deploy/web", "rs"], "there is no need to specify a resource type as a separate argument", 1),
        (["get", "pods", "--sort-by=.nothing"], "No resources found in rolling-default namespace.\n", 0),
        (["get", "pods", "-o", "name", "--sort-by=.x"], 'error: couldn\'t find any field with path "{.x}" in the list of objects\n', 1),
        (["get", "pods", "--field-selector=spec.image=x"], "field label not supported: spec.image", 1),
        (["get", "pods", "-o", "jsn"], 'unable to match a printer suitable for the output format "jsn"', 1),
        (["logs", "nosuch"], 'error: error from server (NotFound): pods "nosuch" not found in namespace "rolling-default"\n', 1),
        (["logs", "nosuch", "--kubectl=1.29"], 'Error from server (NotFound): pods "nosuch" not found\n', 1),
        (["logs", "web-6c", "-c", "other"], "container other is not valid for pod web-6c79d7677b-26648 out of: web", 1),
        (["events", "--types", "Odd"], "error: valid --types are Normal or Warning\n", 1),
    ],
)
def test_refusals(saved: str, words: list[str], err: str, code: int) -> None:
    at = [] if words[0] == "wait" else ["--at", "10s"]
    result = podsim(*words, *at, name=ROLLING, file=saved)
    assert err in result.stderr
    assert (result.stdout, result.exit_code) == ("", code)


def test_several_types_and_names(saved: str) -> None:
    def names(*words: str) -> list[str]:
        out = podsim("get", *words, "--at=10s", name=ROLLING, file=saved).stdout
        return [line.split()[0] if line else "" for line in out.splitlines()]

    both = ["NAME", "deployment.apps/web", "", "NAME", "replicaset.apps/web-6c79d7677b"]
    assert names("deploy,rs,pdb") == both
    assert names("deploy/web", "rs/web-6c79d7677b") == both
    assert names("rs,deploy", "--no-headers") == [both[4], both[1]]


def test_output_formats(saved: str) -> None:
    def printed(*words: str) -> str:
        return podsim("get", *words, "--at=10s", name=ROLLING, file=saved).stdout

    assert printed("deploy", "web", "-o", "name") == "deployment.apps/web\n"
    assert printed("deploy", "web", "-o=jsonpath={.status.readyReplicas}") == "4"
    assert json.loads(printed("deploy", "web", "-ojson"))["kind"] == "Deployment"
    assert json.loads(printed("deploy", "-ojson"))["kind"] == "List"
    assert printed("deploy", "-A").split()[:2] == ["NAMESPACE", "NAME"]
    assert printed("deploy", "--no-headers").split()[:2] == ["web", "4/4"]
    assert printed("pods", "-L", "app,tier", "--no-headers").splitlines()[0].split()[-1] == "web"
    assert printed("pods", "--field-selector", "spec.nodeName=minikube", "-o", "name").count("pod/") == 2


def test_show_events_as_kubectl_decides(saved: str) -> None:
    def shows(*words: str) -> bool:
        return "Events:" in podsim("describe", *words, "--at=10s", name=ROLLING, file=saved).stdout

    assert shows("deploy", "web")
    assert not shows("pods")
    assert shows("pods", "--kubectl=1.35")
    assert shows("pods", "--show-events=true")
    assert not shows("deploy", "web", "--show-events=false")


def test_bad_input_is_an_input_error(saved: str, tmp_path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{}\n")
    for words in (
        ["--from", str(broken)],
        ["--from", "missing.jsonl"],
        [],
        ["--from", saved, "--at", "soon"],
        ["--from", saved, "--kubectl", "x"],
    ):
        refused = cli_runner(env={"PODSIM_LAST_RUN": ""}).invoke(PODSIM, ["get", "pods", *words])
        assert isinstance(refused.exception, InputError), words


MANIFEST = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: nginx}]}
"""


def test_manifests_are_run_on_the_spot(tmp_path) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text(MANIFEST)
    result = podsim("get", "pods", "-n", "pb", "-f", str(path), "--at", "30s")
    assert [line.split()[:3] for line in result.stdout.splitlines()] == [["NAME", "READY", "STATUS"], ["web", "1/1", "Running"]]
    watched = podsim("get", "pod", "web", "-w", "-f", str(path), "--no-headers", "--at", "30s").stdout.splitlines()
    assert [line.split()[2] for line in watched][:1] == ["Pending"]
    assert [line.split()[2] for line in watched][-1:] == ["Running"]


def test_the_runs_own_namespace_is_where_commands_look() -> None:
    journal = Journal(msgspec.structs.replace(journal_of(ROLLING).header, namespace="pb"))
    view = View(journal.at(0))
    assert namespace_of(SourceOptions(), view) == "pb"
    assert namespace_of(SourceOptions(namespace="other"), view) == "other"
    assert namespaces_of(SourceOptions(all_namespaces=True), view) is None


def test_wait(saved: str) -> None:
    met = podsim("wait", "--for=jsonpath={.status.readyReplicas}=4", "deploy/web", name=ROLLING, file=saved)
    assert (met.stdout, met.exit_code) == ("deployment.apps/web condition met\n", 0)
    in_vain = podsim("wait", "--for=condition=Available", "deploy/web", "--timeout=2s", name=ROLLING, file=saved)
    assert (in_vain.stderr, in_vain.exit_code) == ("error: timed out waiting for the condition on deployments/web\n", 1)
    gone = podsim("wait", "--for=delete", "pod/web-6c79d7677b-26648", name=ROLLING, file=saved)
    assert gone.stdout == "pod/web-6c79d7677b-26648 condition met\n"


def cut(journal: Journal, t: int) -> Journal:
    """The journal as it was at `t`."""
    return Journal(journal.header, [record for record in journal if record.t <= t])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 60_000), st.sampled_from(["get pods -o wide", "get all", "describe deployments", "events"]))
def test_the_past_does_not_depend_on_the_future(milliseconds: int, command: str) -> None:
    t = milliseconds * 1_000_000
    whole = journal_of(ROLLING)
    assert run(f"kubectl {command}", ROLLING, View(whole.at(t))) == run(f"kubectl {command}", ROLLING, View(cut(whole, t).at(t)))
    assert any(isinstance(record, Write) for record in whole)


def test_several_waits_go_on_behind_a_failure(saved: str) -> None:
    words = ["wait", "deploy/web", "deploy/nosuch", "--for=condition=Available", "--timeout=9s", "--start", "10s", "--at", "20s"]
    result = podsim(*words, name=ROLLING, file=saved)
    assert result.stdout == "deployment.apps/web condition met\n"
    assert result.stderr == 'Error from server (NotFound): deployments.apps "nosuch" not found\n'
    assert podsim(*words, "-o", "name", name=ROLLING, file=saved).stdout == "deployment.apps/web\n"


def test_waiting_for_no_time_looks_once(saved: str) -> None:
    words = ["wait", "deploy/web", "--for=condition=Nothing", "--timeout=0", "--start", "10s", "--at", "20s"]
    assert podsim(*words, name=ROLLING, file=saved).stderr == "error: condition not met for deployments/web\n"


def test_history_as_objects(saved: str) -> None:
    names = podsim("rollout", "history", "deploy/web", "-o", "name", "--at", "40s", name=ROLLING, file=saved).stdout.splitlines()
    assert [one.rpartition("-")[0] for one in names] == ["replicaset.apps/web", "replicaset.apps/web"]
    documents = podsim("rollout", "history", "deploy/web", "-o", "yaml", "--at", "40s", name=ROLLING, file=saved).stdout.split("---\n")
    assert [yaml.safe_load(one)["metadata"]["annotations"]["deployment.kubernetes.io/revision"] for one in documents] == ["1", "2"]
