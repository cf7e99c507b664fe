"""Commands that continue the last run: each acts at its end, prints kubectl's words, and leaves a run that can be looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.conftest import Podsim, Result

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {containers: [{name: c, image: nginx}]}\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kept() -> bytes:
    """The journal of the last run."""
    return Path("last-run.journal").read_bytes()


def early(podsim: Podsim) -> list[str]:
    """The records of the last run before 30 s."""
    return [line for line in podsim("export", "journal").out.splitlines()[1:] if json.loads(line)["t"] < 30]


def test_from_nothing(podsim: Podsim, here: Path) -> None:
    assert podsim("create", "deployment", "web", "--image=nginx") == Result(0, "deployment.apps/web created\n", "")
    assert podsim("scale", "deploy", "web", "--replicas=3") == Result(0, "deployment.apps/web scaled\n", "")
    assert podsim("get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}").out == "3"
    assert podsim("get", "pods", "--at", "20s", "-o", "name").out.count("pod/web-") == 1, "what was before is still there"
    assert podsim("set", "image", "deployment/web", "nginx=nginx:1.27") == Result(0, "deployment.apps/web image updated\n", "")
    assert podsim("rollout", "status", "deployment/web").out.endswith('deployment "web" successfully rolled out\n')
    assert podsim("rollout", "undo", "deployment/web") == Result(0, "deployment.apps/web rolled back\n", "")
    assert podsim("expose", "deployment", "web", "--port=80") == Result(0, "service/web exposed\n", "")
    assert podsim("delete", "deployment", "web") == Result(0, 'deployment.apps "web" deleted from default namespace\n', "")
    assert podsim("get", "pods").err == "No resources found in default namespace.\n"


def test_a_run_of_manifests_goes_on_though_its_files_have_changed(podsim: Podsim, here: Path) -> None:
    Path("a.yaml").write_text(POD.replace("NAME", "a"))
    podsim("run", "a.yaml", "--duration", "1m", "-n", "shop")
    Path("a.yaml").write_text(POD.replace("NAME", "b"))
    assert podsim("label", "pod", "a", "seen=yes") == Result(0, "pod/a labeled\n", "")
    assert podsim("get", "pods", "--show-labels", "--no-headers").out.split()[0::5] == ["a", "seen=yes"]
    assert podsim("get", "pod", "a", "-o", "jsonpath={.metadata.labels}", "--at", "59s").out == ""
    Path("a.yaml").unlink()
    assert podsim("label", "pod", "a", "seen-").out == "pod/a unlabeled\n"


def test_two_who_type_the_same_have_the_same_run(podsim: Podsim, here: Path) -> None:
    lines = (
        ["create", "deployment", "web", "--image=nginx", "--replicas=2"],
        ["rollout", "restart", "deploy/web"],
        ["delete", "pod", "--all"],
    )
    journals = []
    for _ in range(2):
        for file in here.glob("last-run*"):
            file.unlink()
        for line in lines:
            assert podsim(*line).code == 0
        journals.append(kept())
    assert journals[0] == journals[1]


def test_what_was_there_before_a_command_does_not_change_with_it(podsim: Podsim, here: Path) -> None:
    podsim("create", "deployment", "web", "--image=nginx")
    before = early(podsim)
    podsim("scale", "deployment/web", "--replicas=2")
    after = early(podsim)
    assert after == before


def test_what_fails_leaves_the_run_as_it_is(podsim: Podsim, here: Path) -> None:
    podsim("create", "deployment", "web", "--image=nginx")
    before = kept()
    for line in (["set", "image", "deployment/web", "nosuch=x"], ["scale", "sts/web", "--replicas=1"], ["delete", "pod", "nosuch"]):
        assert podsim(*line).code == 1
    assert podsim("scale", "deployment/web", "--replicas=4", "--dry-run=server").out == "deployment.apps/web scaled (server dry run)\n"
    assert podsim("label", "deployment/web", "a=b", "--dry-run=client").out == "deployment.apps/web labeled (dry run)\n"
    assert kept() == before


def test_in_the_past_and_later(podsim: Podsim, here: Path) -> None:
    podsim("create", "deployment", "web", "--image=nginx", "--for", "1m")
    podsim("scale", "deployment/web", "--replicas=2", "--at", "20s")
    assert podsim("get", "pods", "--at", "19s", "-o", "name").out.count("\n") == 1
    assert podsim("get", "pods", "--at", "40s", "-o", "name").out.count("\n") == 2
    podsim("scale", "deployment/web", "--replicas=0", "--at", "5m", "--for", "0")
    assert podsim("get", "pods", "--at", "4m59s", "-o", "name").out.count("\n") == 2
    assert "the run ended at 5m" in podsim("get", "pods", "--at", "5m1s").err


def test_what_was_typed_is_a_scenario(podsim: Podsim, here: Path) -> None:
    Path("b.yaml").write_text(POD.replace("NAME", "b"))
    for line in (
        ["create", "deployment", "web", "--image=nginx"],
        ["scale", "deploy", "web", "--replicas=2"],
        ["apply", "-f", "b.yaml"],
        ["taint", "nodes", "minikube", "gpu=yes:PreferNoSchedule"],
        ["set", "env", "deploy/web", "A=1", "B-"],
    ):
        assert podsim(*line).code == 0, line
    typed = podsim("actions").out
    assert [list(action)[1] for action in yaml.safe_load(typed)["actions"]] == ["create", "scale", "apply", "taint", "setEnv"]
    journal = podsim("get", "all", "-o", "yaml").out
    indented = "\n".join(f"  {line}" for line in typed.splitlines())
    Path("scenario.yaml").write_text(f"apiVersion: podsim/v1\nkind: Scenario\nspec:\n  duration: 2m30s\n{indented}\n")
    assert podsim("run", "scenario.yaml").code == 0
    assert podsim("get", "all", "-o", "yaml").out == journal
    Path("b.yaml").write_text(POD.replace("NAME", "c"))
    assert podsim("actions").out == "actions: []\n"


def test_a_file_that_has_changed_since_is_written_out(podsim: Podsim, here: Path) -> None:
    Path("b.yaml").write_text(POD.replace("NAME", "b"))
    podsim("apply", "-f", "b.yaml")
    assert podsim("actions").out == "actions:\n- {at: 0s, apply: b.yaml}\n"
    Path("b.yaml").unlink()
    (action,) = yaml.safe_load(podsim("actions").out)["actions"]
    assert action["with"][0]["metadata"] == {"name": "b"}


def test_deleting_waits_for_the_end(podsim: Podsim, here: Path) -> None:
    Path("a.yaml").write_text(POD.replace("NAME", "a"))
    slow = "  programs: [{match: {pod: a}, runs: [{term: {ignore: true}}]}]\n"
    Path("scenario.yaml").write_text(f"apiVersion: podsim/v1\nkind: Scenario\nspec:\n  manifests: [a.yaml]\n  duration: 20s\n{slow}")
    podsim("run", "scenario.yaml")
    assert podsim("delete", "pod", "a", "--for", "1s").out == 'pod "a" deleted from default namespace\n'
    assert podsim("get", "pods").err == "No resources found in default namespace.\n", "after the grace period of 30 s"
    podsim("run", "scenario.yaml")
    podsim("delete", "pod", "a", "--for", "1s", "--wait=false")
    assert podsim("get", "pods", "--no-headers").out.split()[2] == "Terminating"


def test_drain_and_uncordon(podsim: Podsim, here: Path) -> None:
    podsim("create", "deployment", "web", "--image=nginx")
    drained = podsim("drain", "minikube")
    name = drained.out.splitlines()[1].rpartition("/")[2]
    assert drained == Result(0, f"node/minikube cordoned\nevicting pod default/{name}\npod/{name} evicted\nnode/minikube drained\n", "")
    assert podsim("cordon", "minikube").out == "node/minikube already cordoned\n"
    assert podsim("uncordon", "minikube").out == "node/minikube uncordoned\n"
    assert podsim("get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}").out == "1"


def test_a_budget_holds_a_drain_up_until_its_time_is_over(podsim: Podsim, here: Path) -> None:
    podsim("create", "deployment", "web", "--image=nginx")
    podsim("create", "poddisruptionbudget", "web", "--selector=app=web", "--min-available=1")
    drained = podsim("drain", "minikube", "--timeout=12s")
    assert drained.code == 1
    assert drained.out.count("evicting pod default/") == 4
    assert drained.err.count("(will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.") == 3
    assert "global timeout reached: 12s" in drained.err


def test_what_is_missing_may_be_ignored(podsim: Podsim, here: Path) -> None:
    podsim("run", "app.yaml")
    assert podsim("delete", "cm", "nope", "--ignore-not-found") == Result(0, "", ""), "as kubectl 1.33 to 1.37 print it"


def test_exec(podsim: Podsim, here: Path) -> None:
    podsim("run", "box", "--image=busybox", "--", "sh", "-c", "echo hello > /tmp/a; sleep 1000")
    assert podsim("exec", "box", "--", "cat", "/tmp/a") == Result(0, "hello\n", "")
    failed = podsim("exec", "box", "--", "sh", "-c", "echo o; echo e >&2; exit 3")
    assert failed == Result(3, "o\n", "e\ncommand terminated with exit code 3\n")
    podsim("exec", "box", "--", "rm", "/tmp/a")
    assert podsim("exec", "box", "--", "cat", "/tmp/a").code == 1, "what a command did stays done"
    wrong = podsim("exec", "box", "-c", "nosuch", "--", "ls")
    assert wrong == Result(1, "", "error: container nosuch is not valid for pod box out of: box\n")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('patch pod a -p {"spec":{"containers":[{"name":"c","workingDir":"/"}]}}', "spec: Forbidden: pod updates may not change fields"),
        ("set env pod/a X=1", 'failed to patch env update to pod template: Pod "a" is invalid: spec: Forbidden: pod updates may not'),
        ("set resources pod/a --limits=cpu=1", 'failed to patch resources update to pod template Pod "a" is invalid: spec: Forbidden'),
        ("set image deployment/web c=", 'failed to patch image update to pod template: Deployment.apps "web" is invalid: spec.template'),
        ("label pod a a/b/c=d", 'The Pod "a" is invalid: '),
        ("annotate pod a =x", "at least one annotation update is required"),
        ('patch deployment web -p {"spec":{"selector":{"matchLabels":{"app":"b"}}}}', "field is immutable"),
        (
            "patch deployment web --type=json -p [{'op':'remove','path':'/nosuch'}]",
            "the server rejected our request due to an error in our request",
        ),
        ("scale deployment web --replicas=2 --current-replicas=7", "error: Expected replicas to be 7, was 1"),
        ("scale deployment web --replicas=2 --resource-version=0", "error: Expected resource version to be 0, was "),
        ("scale pod a --replicas=2", "Error from server (NotFound): the server could not find the requested resource"),
        ("rollout restart pod/a", 'error: pods "a" restarting is not supported'),
        ("rollout pause sts", "No resources found in default namespace."),
        ("rollout undo pod/a", 'error: no rollbacker has been implemented for "Pod"'),
        ("autoscale pod a --max=2", "error: cannot autoscale a Pod: could not find scale subresource for /v1, Resource=pods"),
        ("expose pod a", "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed"),
        ("expose deployment web", "error: couldn't find port via --port flag or introspection"),
        ("expose node minikube --port=1 --selector=a=b", "error: cannot expose a Node"),
        ("taint nodes minikube gpu-", 'error: taint "gpu" not found'),
        ("label deployment web app=x", "error: 'app' already has a value (web), and --overwrite is false"),
        ("annotate deployment web why=y", "error: --overwrite is false but found the following declared annotation(s): 'why' already has"),
        ("delete nosuch x", 'error: the server doesn\'t have a resource type "nosuch"'),
        ("delete pods", "error: resource(s) were provided, but no name was specified"),
        ("delete pods a pod/b", "error: there is no need to specify a resource type as a separate argument"),
        ("delete pods -l a=b c", "error: name cannot be provided when a selector is specified"),
        ("delete pods -l =", 'Unable to find "/v1, Resource=pods" that match label selector "=", field selector "": found \'=\''),
        ("create job j --from=cronjob/nosuch", 'Error from server (NotFound): cronjobs.batch "nosuch" not found'),
        ("create deployment web2 --image=nginx -n nosuch --replicas=-1", "error: failed to create deployment: Deployment.apps"),
        ("create namespace default", 'Error from server (AlreadyExists): namespaces "default" already exists'),
    ],
)
def test_what_cannot_be_done(line: str, told: str, podsim: Podsim, here: Path) -> None:
    Path("a.yaml").write_text(POD.replace("NAME", "a") + "---\n" + yaml.safe_dump(WEB))
    podsim("run", "a.yaml")
    result = podsim(*line.split(" "))
    assert told in result.err
    assert result.code == (0 if told.startswith("No resources") else 1)


WEB = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"app": "web"}, "annotations": {"why": "not"}},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}},
    },
}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("scale deploy/web", 'error: required flag(s) "replicas" not set\n'),
        ("scale deploy/web --replicas", "error: flag needs an argument: --replicas\nSee 'kubectl scale --help' for usage.\n"),
        ("get pods -x", "error: unknown shorthand flag: 'x' in -x\nSee 'kubectl get --help' for usage.\n"),
        ("logs a --tail=x", 'error: invalid argument "x" for "--tail" flag: strconv.ParseInt: parsing "x": invalid syntax\nSee \'kubectl'),
        ("create deployment a b --image=x", "error: exactly one NAME is required, got 2\nSee 'kubectl create deployment -h' for help and"),
        ("create service nodeport a --tcp=x", 'error: strconv.ParseUint: parsing "x": invalid syntax\n'),
        ("rollout frob", "error: unknown command \"frob\"\nSee 'kubectl rollout -h' for help and examples\n"),
        ("run a --image=A_b:", 'error: invalid image name "A_b:": invalid reference format\n'),
        ("run a --image=b --dry-run=foo", 'error: Invalid dry-run value (foo). Must be "none", "server", or "client".\n'),
        ("taint node a x=y", "error: invalid taint spec: x=y, name part must consist of alphanumeric characters"),
        ("patch pod a -p x --type=foo", 'error: --type must be one of [json merge strategic], not "foo"\n'),
        ("exec a ls", "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h'"),
        ("delete pod a --cascade=foo", 'error: invalid cascade value (foo). Must be "background", "foreground", or "orphan"\n'),
        ("delete pod a --force --grace-period=5", "error: --force and --grace-period greater than 0 cannot be specified together\n"),
        ("create deployment a --image=b -o foo", 'error: unable to match a printer suitable for the output format "foo", allowed formats'),
        ("edit pod a", "error: podsim has no editor"),
    ],
)
def test_what_kubectl_refuses_by_itself(line: str, told: str, podsim: Podsim, here: Path) -> None:
    result = podsim(*line.split(" "))
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(told)


def test_objects_instead_of_lines(podsim: Podsim, here: Path) -> None:
    made = podsim("create", "deployment", "web", "--image=a/b_c:1", "--dry-run=client", "-o", "yaml").out
    value = yaml.safe_load(made)
    assert value["spec"]["strategy"] == {}, "as it is described, without defaults"
    assert value["spec"]["template"]["spec"]["containers"][0]["name"].startswith("b-c-")
    assert podsim("create", "configmap", "c", "--from-literal=a=1", "-o", "name").out == "configmap/c\n"
    assert podsim("label", "configmap", "c", "a=b", "-o", "jsonpath={.metadata.labels.a}").out == "b"


def test_what_kubectl_makes(podsim: Podsim, here: Path) -> None:
    Path("f.txt").write_text("text")
    for line, told in (
        ("create namespace shop", "namespace/shop created"),
        ("create configmap c --from-file=f.txt --from-literal=a=1", "configmap/c created"),
        ("create secret generic s --from-literal=a=1", "secret/s created"),
        ("create serviceaccount robot", "serviceaccount/robot created"),
        ("create quota q --hard=pods=2", "resourcequota/q created"),
        ("create priorityclass high --value=10", "priorityclass.scheduling.k8s.io/high created"),
        ("create poddisruptionbudget p --selector=app=web --max-unavailable=50%", "poddisruptionbudget.policy/p created"),
        ("create cronjob tick --image=busybox --schedule=*/5_*_*_*_* -- date", "cronjob.batch/tick created"),
        ("create job once --image=busybox -- date", "job.batch/once created"),
        ("create job again --from=cronjob/tick", "job.batch/again created"),
        ("create service clusterip one --tcp=80:8080", "service/one created"),
        ("create service clusterip none --clusterip=None", "service/none created"),
        ("create service nodeport two --tcp=80", "service/two created"),
        ("create service externalname three --external-name=example.com", "service/three created"),
        ("autoscale job/once --max=2", ""),
    ):
        result = podsim(*(word.replace("_", " ") for word in line.split(" ")))
        assert result.out == (f"{told}\n" if told else ""), result
    assert podsim("get", "job", "once", "-o", "jsonpath={.status.succeeded}").out == "1"
    assert podsim("get", "configmap", "c", "-o", "jsonpath={.data}").out == '{"a":"1","f.txt":"text"}'


def test_a_quota_is_held_against_changes_too(podsim: Podsim, here: Path) -> None:
    podsim("create", "quota", "q", "--hard=services.nodeports=0")
    podsim("create", "service", "clusterip", "web", "--tcp=80")
    result = podsim("patch", "service", "web", "-p", "{spec: {type: NodePort}}")
    assert result.err == (
        'Error from server (Forbidden): services "web" is forbidden: exceeded quota: q, requested: services.nodeports=1, '
        "used: services.nodeports=0, limited: services.nodeports=0\n"
    )


def test_autoscale_creates_an_autoscaler(podsim: Podsim, here: Path) -> None:
    podsim("create", "deployment", "web", "--image=nginx")
    old = podsim("autoscale", "deployment", "web", "--max=3", "--cpu-percent=80")
    assert old.out == "horizontalpodautoscaler.autoscaling/web autoscaled\n"
    assert old.err.startswith("Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format")
    incompatible = "failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input"
    assert podsim("autoscale", "deployment", "web", "--max=3") == Result(1, "", f"error: {incompatible}\n")
    again = 'Error from server (AlreadyExists): horizontalpodautoscalers.autoscaling "web" already exists\n'
    assert podsim("autoscale", "deployment", "web", "--max=3", "--cpu=80%") == Result(1, "", again)
    assert podsim("describe", "hpa").out.count("FailedGetScale") == 0


STUCK_UPDATE = """\
apiVersion: podsim/v1
kind: Scenario
spec:
  duration: 1m
  before: {manifests: [web.yaml], since: 1m}
  images: {"*:nosuch": {failTimes: -1, error: not found}}
  actions:
    - {at: 10s, setImage: deployment/web, with: {c: "nginx:nosuch"}}
"""


def test_a_rollout_is_followed_from_the_last_change_on(podsim: Podsim, here: Path) -> None:
    web = {**WEB, "spec": {**WEB["spec"], "progressDeadlineSeconds": 20}}
    Path("web.yaml").write_text(yaml.safe_dump(web))
    Path("stuck.yaml").write_text(STUCK_UPDATE)
    podsim("run", "stuck.yaml")
    status = ("rollout", "status", "deployment/web")
    assert podsim(*status, "--at", "9s").code == 0, "the creation is over"
    assert podsim(*status).err == 'error: deployment "web" exceeded its progress deadline\n'
    assert podsim(*status, "--at", "20s") == Result(
        1,
        'Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...\n',
        "error: timed out waiting for the condition\n",
    )
    assert podsim(*status, "--start", "0s").code == 0, "kubectl that was started earlier saw the creation end"
