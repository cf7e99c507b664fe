"""kubectl in a container prints what `podsim` prints at that instant, and exits with the same code."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from simulator.journal.records import LogLine
from simulator.journal.saved import load
from tests.conftest import Podsim, Result

PROBE = {"httpGet": {"port": 80}, "periodSeconds": 1}
LABELS = {"app": "web"}
CONTAINERS = [
    {"name": "server", "image": "nginx", "readinessProbe": PROBE},
    {"name": "side", "image": "busybox", "command": ["sleep", "9999"]},
]
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": {"containers": CONTAINERS}}
OBJECTS: list[dict[str, Any]] = [
    {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "default-may-do-everything"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "default"}],
    },
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "annotations": {"team": "shop"}},
        "spec": {"replicas": 2, "selector": {"matchLabels": LABELS}, "template": TEMPLATE},
    },
    {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"selector": LABELS, "ports": [{"port": 80}]}},
    {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cfg"}, "data": {"b": "2", "a": "1 < 2"}},
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "key"}, "data": {"token": "YWJj"}},
    {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "once"},
        "spec": {
            "template": {
                "spec": {
                    "restartPolicy": "Never",
                    "containers": [{"name": "main", "image": "busybox", "command": ["sh", "-c", "echo one; echo two"]}],
                }
            }
        },
    },
]
PATCH = shlex.quote(json.dumps({"metadata": {"labels": {"tier": "back"}}}))
READS = [
    "get pods",
    "get po -o wide",
    "get pods -l app=web --no-headers",
    "get pods --show-labels",
    "get pods -L app",
    "get pods -o name",
    "get pods -o jsonpath='{.items[*].metadata.name}'",
    'get pods -o jsonpath=\'{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}\'',
    "get pods -o custom-columns=NAME:.metadata.name,IP:.status.podIP",
    "get pods --sort-by=.metadata.name -o name",
    "get pods --field-selector=status.phase=Running -o name",
    "get deploy,rs,svc",
    "get all -l app=web",
    "get deploy/web svc/web",
    "get deploy web -o yaml",
    "get deploy web -o json",
    "get deploy web -o jsonpath='{.spec.template.spec.containers[0]}'",
    "get deploy web -o jsonpath-as-json='{.spec.selector}'",
    "get cm cfg",
    "get cm cfg -o jsonpath='{.data}'",
    "get cm cfg -o yaml",
    "get secret key -o jsonpath='{.data.token}'",
    "get nodes",
    "get ns",
    "get job once -o wide",
    "get pods -n kube-system",
    "get pods -A",
    "get events",
    "describe deploy web",
    "describe svc web",
    "describe cm cfg",
    "describe node",
    "describe job once",
    "events",
    "events --for deployment/web",
    "events --types=Warning",
    "logs job/once",
    "logs job/once --tail=1 --timestamps",
    "logs job/once --prefix",
    "wait deploy/web --for=condition=Available",
    "wait deploy/web --for=jsonpath='{.status.readyReplicas}'=2",
    "wait pod -l app=web --for=condition=Ready",
    "rollout status deploy/web",
    "rollout history deploy/web",
    "rollout history deploy/web --revision=1",
]
ERRORS = [
    "get",
    "describe",
    "get pods nosuch",
    "get pods nosuch other",
    "get blurbs",
    "get pods -o jsn",
    "get pods -o jsonpath='{.a[}'",
    "get pods --nosuch",
    "get pods -l",
    "get pods --watch=maybe",
    "get deploy/web rs",
    "get deploy/web -l app=web",
    "get pods web -l app=web",
    "get pods --field-selector=spec.image=x",
    "get pods -l 'a in'",
    "get deploy nosuch --ignore-not-found",
    "describe pod nosuch",
    "logs nosuch",
    "logs",
    "logs job/once -c nosuch",
    "logs job/once --tail=x",
    "logs svc/nosuch",
    "events --types=Odd",
    "events --for=web",
    "wait deploy/web",
    "wait deploy/nosuch --for=delete",
    "wait deploy/nosuch --for=condition=Available",
    "wait deploy/web --for=condition=Nope --timeout=0",
    "wait deploy/web --for=odd",
    "rollout status deploy/nosuch",
    "rollout status svc/web",
    "rollout history deploy/web --revision=9",
    "rollout nosuch",
    "create nosuch x",
    "scale deploy/nosuch --replicas=1",
    "scale deploy/web",
    "scale deploy/web --replicas=x",
    "delete pod nosuch",
    "label deploy/web",
    "set image deploy/web nosuch=x",
    "patch deploy/web",
    "create configmap",
    "create deployment x",
    "expose deploy/nosuch --port=80",
    "exec nosuch -- true",
    "run x --image=Nginx",
    "top pods",
]
WRITES = [
    "scale deploy/web --replicas=3",
    "scale deploy/web --replicas=3 --current-replicas=9",
    "label deploy/web tier=front",
    "label deploy/web tier=back",
    "label deploy/web tier=back --overwrite",
    "label deploy/web nosuch-",
    "annotate deploy/web team-",
    f"patch deploy/web -p {PATCH}",
    "set image deploy/web server=nginx:1.27",
    "set env deploy/web MODE=fast",
    "set env deploy/web --list",
    "set resources deploy/web -c server --requests=cpu=10m",
    "rollout pause deploy/web",
    "rollout pause deploy/web",
    "rollout resume deploy/web",
    "rollout restart deploy/web",
    "rollout undo deploy/web --to-revision=7",
    "create configmap new --from-literal=a=b",
    "create configmap new --from-literal=a=b",
    "create configmap dry --from-literal=a=b --dry-run=client -o yaml",
    "create secret generic s --from-literal=a=b -o name",
    "create deployment shop --image=nginx --replicas=2",
    "expose deploy shop --port=80",
    "autoscale deploy shop --min=1 --max=2",
    "create namespace stage",
    "create quota small --hard=pods=3",
    "run tmp --image=nginx",
    "taint nodes minikube gpu=yes:NoSchedule",
    "cordon minikube",
    "uncordon minikube",
    "delete cm new",
    "delete pod -l app=nosuch",
    "delete svc web --wait=false",
    "delete deploy shop nosuch --wait=false",
]
NO_INSTANT = ("top", "create")
"""Refused before anything is looked at; `podsim create` takes options behind the kind only."""
AFTER = 30
"""Seconds after its start, when everything else is quiet."""


def script(lines: list[str]) -> str:
    """Runs each command line and prints what it leaves behind."""
    runs = [f'out=$(kubectl {line} 2>/tmp/err); code=$?; echo "[$code]"; echo "$out"; echo \'[err]\'; cat /tmp/err' for line in lines]
    return f"sleep {AFTER}; " + "; ".join([*runs, "echo '[end]'", "sleep 9999"])


def caller(lines: list[str]) -> dict[str, Any]:
    main = {"name": "main", "image": "bitnami/kubectl", "command": ["sh", "-c", script(lines)]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "caller"}, "spec": {"containers": [main]}}


def play(podsim: Podsim, folder: Path, *lines: str) -> tuple[list[Result], str]:
    """What each command line left behind in the container, and the instant at which they ran. The run is the last run."""
    manifests = folder / "app.json"
    manifests.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [*OBJECTS, caller(list(lines))]}))
    saved = folder / "run.journal"
    assert podsim("run", str(manifests), "--duration", "60s", "--save", str(saved)).code == 0
    with saved.open("rb") as file:
        printed = [record for record in load(file) if isinstance(record, LogLine) and record.pod == "caller" and not record.component]
    assert len({line.t for line in printed}) == 1, "it takes no time"
    assert printed[-1].line == "[end]"
    results, part = [], ""
    for line in (record.line for record in printed[:-1]):
        if line[:1] == "[" and line[1:-1].isdigit():
            results.append(Result(int(line[1:-1]), "", ""))
            part = "out"
        elif line == "[err]":
            part = "err"
        else:
            results[-1] = results[-1]._replace(**{part: f"{getattr(results[-1], part)}{line}\n"})
    assert len(results) == len(lines)
    return results, f"{printed[0].t}ns"


def trimmed(result: Result) -> Result:
    """A shell's `$(...)` drops line ends at the end of the output."""
    return Result(result.code, result.out.rstrip("\n"), result.err)


@pytest.mark.parametrize("lines", [READS, ERRORS], ids=["what there is", "what is wrong"])
def test_reads_and_errors(lines: list[str], podsim: Podsim, tmp_path: Path) -> None:
    inside, instant = play(podsim, tmp_path, *lines)
    for line, result in zip(lines, inside, strict=True):
        words, instants = shlex.split(line), [] if line.split()[0] in NO_INSTANT else ["--at", instant]
        instants += ["--start", instant] if words[0] == "wait" or words[:2] == ["rollout", "status"] else []
        verb = 2 if words[0] == "rollout" else 1
        outside = podsim(*words[:verb], *instants, *words[verb:])
        assert trimmed(result) == trimmed(outside), line


def test_writes(podsim: Podsim, tmp_path: Path) -> None:
    inside, instant = play(podsim, tmp_path, *WRITES)
    play(podsim, tmp_path, "get pods")
    for line, result in zip(WRITES, inside, strict=True):
        assert trimmed(result) == trimmed(podsim(*shlex.split(line), "--at", instant, "--for", "0s")), line


def test_there_are_enough_of_them() -> None:
    assert len({*READS, *ERRORS, *WRITES}) >= 120


def test_waiting_verbs_take_their_time(podsim: Podsim, tmp_path: Path) -> None:
    """They end when what they wait for is there, and print what came meanwhile."""
    lines = [
        "kubectl wait deploy/web --for=condition=Available --timeout=60s",
        "kubectl rollout status deploy/web",
        "kubectl scale deploy/web --replicas=3",
        "kubectl rollout status deploy/web --timeout=1ms",
        "kubectl rollout status deploy/web | tail -1",
        "kubectl delete pod -l app=web >/dev/null",
        "timeout 3 kubectl get pods -l app=web -w -o name | sort -u | wc -l",
        "kubectl wait deploy/web --for=condition=Nope --timeout=2s",
        "timeout 1 kubectl logs -f job/once",
    ]
    text = "exec 2>&1; " + "; ".join(f'{line}; echo "$? $(date +%s)"' for line in lines)
    main = {"name": "main", "image": "bitnami/kubectl", "command": ["sh", "-c", text]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "caller"}, "spec": {"restartPolicy": "Never", "containers": [main]}}
    (tmp_path / "app.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [*OBJECTS, pod]}))
    assert podsim("run", str(tmp_path / "app.json"), "--duration", "3m").code == 0
    printed = podsim("logs", "caller").out.splitlines()
    ends = [line.split() for line in printed if line.split()[0].isdigit() and len(line.split()) == 2]
    assert [int(code) for code, _ in ends] == [0, 0, 0, 1, 0, 0, 0, 1, 0]
    seconds = [int(at) - int(ends[0][1]) for _, at in ends]
    assert seconds == sorted(seconds)
    assert seconds[1] == seconds[0], "it was rolled out by then"
    assert seconds[4] > seconds[3], "a third pod has to become ready"
    assert seconds[5] > seconds[4], "deleted pods have to end"
    assert (seconds[6] - seconds[5], seconds[7] - seconds[6]) == (3, 2)
    assert "error: timed out waiting for the condition" in printed
    assert "error: timed out waiting for the condition on deployments/web" in printed
    assert 'deployment "web" successfully rolled out' in printed
    assert printed[-3:-1] == ["one", "two"]
