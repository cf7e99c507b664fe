"""What containers may ask the API server, from their ServiceAccount's Roles: kubectl, k8s-wait-for, curl with the token."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from simulator.advice.advise import advise
from simulator.journal.journal import Journal
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.views.why.because import Because
from simulator.views.why.question import why
from simulator.whatif.base import read_base
from tests.container.test_processes import logs, play, pod, reader, sh

__all__ = ["play"]

FORBIDDEN = 'User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"'
LIST = f"Error from server (Forbidden): pods is forbidden: {FORBIDDEN}"
TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"
API = "https://kubernetes.default.svc"


def kubectl(*command: str, **more: Any) -> dict[str, Any]:
    return {"name": "w", "image": "bitnami/kubectl:1.30", "command": ["kubectl", *command], **more}


def waiting(name: str, init: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """A pod that runs when its init container has ended with 0."""
    return pod(name, sh("m", "sleep 1000"), restartPolicy="Always", initContainers=[init], **spec)


DB = pod("pg", sh("db", "sleep 1000"))
LOOP = sh("w", "until kubectl get pods -l app=pg -o jsonpath='{.items[*].status.phase}' | grep -q Running; do sleep 2; done")
WAIT = kubectl("wait", "--for=condition=Ready", "pod", "-l", "app=pg", "--timeout=60s")
SCRIPT = {"name": "w", "image": "groundnuty/k8s-wait-for:v2.0", "args": ["pod", "-lapp=pg"]}
WAITERS = [waiting("loop", LOOP), waiting("once", WAIT), waiting("wait-for", SCRIPT)]


def phase(journal: Journal, name: str) -> str:
    item = journal.at(journal.end).get(Key("Pod", "default", name))
    assert isinstance(item, Pod)
    return item.status.phase


def init_restarts(journal: Journal, name: str) -> int:
    item = journal.at(journal.end).get(Key("Pod", "default", name))
    assert isinstance(item, Pod)
    return item.status.init_container_statuses[0].restart_count


def test_without_a_role_nothing_may_be_asked(play: Any) -> None:
    """A loop never ends, and kubectl by itself fails at once; so does k8s-wait-for."""
    journal = play(DB, *WAITERS, seconds=60)
    assert [phase(journal, name) for name in ("loop", "once", "wait-for")] == ["Pending"] * 3
    assert [init_restarts(journal, name) > 0 for name in ("loop", "once", "wait-for")] == [False, True, True]
    assert set(logs(journal, "w")) == {LIST}


def test_with_a_role_they_all_start(play: Any) -> None:
    journal = play(DB, *WAITERS, *reader("pods"), seconds=60)
    assert [phase(journal, name) for name in ("loop", "once", "wait-for")] == ["Running"] * 3


def test_authorization_can_be_switched_off(play: Any) -> None:
    journal = play(DB, *WAITERS, seconds=60, cluster={"authorization": "AlwaysAllow"})
    assert [phase(journal, name) for name in ("loop", "once", "wait-for")] == ["Running"] * 3


def test_a_role_of_another_account_or_namespace_does_not_help(play: Any) -> None:
    role, bound = reader("pods")
    other = {**bound, "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "shop"}]}
    assert phase(play(DB, *WAITERS, role, other, seconds=60), "loop") == "Pending"


def test_a_role_to_get_does_not_let_kubectl_wait_list(play: Any) -> None:
    objects = (DB, waiting("once", WAIT), *reader("pods", verbs=("get",)))
    journal = play(*objects, seconds=40)
    assert phase(journal, "once") == "Pending"
    assert set(logs(journal, "w")) == {LIST}


def test_kubectl_wait_for_a_name_gets_it_and_then_lists_until_time_is_up(play: Any) -> None:
    named = kubectl("wait", "--for=condition=Ready", "pod/pg", "--timeout=5s")
    journal = play(DB, waiting("once", named), *reader("pods", verbs=("get",)), seconds=40)
    assert set(logs(journal, "w")) == {"error: timed out waiting for the condition on pods/pg"}
    assert phase(play(DB, waiting("once", named), *reader("pods"), seconds=40), "once") == "Running"


def test_a_waiting_container_goes_on_when_its_role_comes(play: Any, tmp_path: Any) -> None:
    role, bound = reader("pods")
    (tmp_path / "binding.yaml").write_text(yaml.safe_dump(bound), encoding="utf-8")
    journal = play(DB, waiting("loop", LOOP), role, seconds=60, actions=[{"at": "30s", "apply": "binding.yaml"}])
    assert phase(journal, "loop") == "Running"
    assert logs(journal, "w").count(LIST) > 10


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("get pod pg", LIST.replace("pods is", 'pods "pg" is').replace("cannot list", "cannot get")),
        ("get pods -A", LIST.replace('in the namespace "default"', "at the cluster scope")),
        ("get pods,svc", f"{LIST}\n{LIST.replace('pods', 'services')}"),
        ("get nodes", LIST.replace("pods", "nodes").replace('in the namespace "default"', "at the cluster scope")),
        ("get ns default", 'cannot get resource "namespaces" in API group "" in the namespace "default"'),
        ("get deploy -n shop", 'deployments.apps is forbidden: User "system:serviceaccount:default:default" cannot list'),
        ("logs pg", 'pods "pg" is forbidden'),
        ("describe pod pg", 'cannot get resource "pods"'),
        ("events", 'events is forbidden: User "system:serviceaccount:default:default" cannot list resource "events" in API group ""'),
        ("exec pg -- ls", 'cannot get resource "pods"'),
        ("delete pod pg --wait=false", 'cannot delete resource "pods"'),
        ("delete pod nope --wait=false", 'pods "nope" is forbidden'),
        ("create configmap x", "error: failed to create configmap: configmaps is forbidden"),
        ("scale deploy/web --replicas=2", 'deployments.apps "web" is forbidden'),
        ("rollout status deploy/web", 'deployments.apps "web" is forbidden'),
        ("label pod pg a=b", 'pods "pg" is forbidden'),
    ],
)
def test_what_kubectl_prints(play: Any, line: str, text: str) -> None:
    journal = play(DB, pod("asks", sh("main", f"sleep 5; exec 2>&1; kubectl {line}; echo $?")), seconds=20)
    printed = logs(journal, "main")
    assert text in "\n".join(printed)
    assert printed[-1] == "1"


def test_what_is_allowed_is_printed_beside_what_is_not(play: Any) -> None:
    script = "sleep 5; exec 2>&1; kubectl get pods,svc -o name; echo $?"
    journal = play(DB, pod("asks", sh("main", script)), *reader("pods"), seconds=20)
    assert logs(journal, "main") == ["pod/asks", "pod/pg", LIST.replace("pods", "services"), "1"]


def test_logs_need_their_subresource(play: Any) -> None:
    talks = pod("pg", sh("db", "echo hello; sleep 1000"))
    asks = pod("asks", sh("main", "sleep 5; exec 2>&1; kubectl logs pg; echo $?"))
    refused = logs(play(talks, asks, *reader("pods"), seconds=20), "main")
    assert 'pods "pg" is forbidden' in refused[0]
    assert 'cannot get resource "pods/log"' in refused[0]
    assert logs(play(talks, asks, *reader("pods", "pods/log"), seconds=20), "main") == ["hello", "0"]


def test_writes_need_their_verbs(play: Any) -> None:
    script = (
        "sleep 5; exec 2>&1; kubectl create configmap x --from-literal=a=b; kubectl label cm x a=b; kubectl delete cm x; "
        "kubectl create secret generic y"
    )
    rights = reader("configmaps", verbs=("create", "get", "patch"))
    printed = logs(play(pod("asks", sh("main", script)), *rights, seconds=20), "main")
    assert printed[:2] == ["configmap/x created", "configmap/x labeled"]
    assert 'configmaps "x" is forbidden' in printed[2]
    assert "cannot delete" in printed[2]
    assert "secrets is forbidden" in printed[3]


def test_apply_reads_first(play: Any) -> None:
    text = "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: x}\\n"
    script = f"sleep 5; exec 2>&1; printf '{text}' | kubectl apply -f -; echo $?"
    printed = logs(play(pod("asks", sh("main", script)), seconds=20), "main")
    assert printed[0] == "Error from server (Forbidden): error when retrieving current configuration of:"
    assert printed[3].startswith('from server for: "STDIN": configmaps "x" is forbidden: User')
    assert printed[-1] == "1"


# ---- credentials


@pytest.mark.parametrize("where", ["pod", "account"])
def test_without_a_token_kubectl_has_no_server(play: Any, where: str) -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "quiet"}, "automountServiceAccountToken": False}
    spec = {"automountServiceAccountToken": False} if where == "pod" else {"serviceAccountName": "quiet"}
    asks = pod("asks", sh("main", "sleep 5; exec 2>&1; kubectl get pods; echo $?; kubectl create cm x --dry-run=client -o name"), **spec)
    journal = play(account, asks, *reader("pods"), seconds=20)
    refused = "The connection to the server localhost:8080 was refused - did you specify the right host or port?"
    assert logs(journal, "main") == [refused, "1", "configmap/x"]


def test_a_wrong_token_is_not_authorized(play: Any) -> None:
    script = f"sleep 5; exec 2>&1; kubectl get pods --token=abc; curl -sk -H 'Authorization: Bearer abc' {API}/api/v1/pods | jq -r .message"
    printed = logs(play(pod("asks", sh("main", script)), seconds=20), "main")
    assert printed == ["error: You must be logged in to the server (Unauthorized)", "Unauthorized"]


def test_a_kubeconfig_is_taken_to_allow_everything(play: Any) -> None:
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kube"}, "data": {"config": "apiVersion: v1\n"}}
    asks = sh("main", "sleep 5; KUBECONFIG=/kube/config kubectl get pods -o name")
    asks["volumeMounts"] = [{"name": "kube", "mountPath": "/kube"}]
    journal = play(config, pod("asks", asks, volumes=[{"name": "kube", "configMap": {"name": "kube"}}]), seconds=20)
    assert logs(journal, "main") == ["pod/asks"]
    assert any("/kube/config lets kubectl do everything" in item["text"] for item in journal.header.assumptions)


@pytest.mark.parametrize(
    ("header", "rights", "status", "message"),
    [
        ("", False, "403", FORBIDDEN.replace("serviceaccount:default:default", "anonymous")),
        (f'-H "Authorization: Bearer $(cat {TOKEN})"', False, "403", FORBIDDEN),
        (f'-H "Authorization: Bearer $(cat {TOKEN})"', True, "200", "null"),
    ],
)
def test_curl(play: Any, header: str, rights: bool, status: str, message: str) -> None:
    url = f"{API}/api/v1/namespaces/default/pods"
    script = f"sleep 5; curl -sk -o /tmp/x -w '%{{http_code}}\\n' {header} {url}; jq -r .message /tmp/x; jq -c '.details, .reason' /tmp/x"
    printed = logs(play(pod("asks", sh("main", script)), *(reader("pods") if rights else []), seconds=20), "main")
    assert printed[0] == status
    assert message in printed[1]
    if not rights:
        assert printed[2:] == ['{"kind":"pods"}', '"Forbidden"']


def test_impersonation(play: Any) -> None:
    script = "sleep 5; exec 2>&1; kubectl get pods --as joe; kubectl get pods --as-group x"
    printed = logs(play(pod("asks", sh("main", script)), *reader("pods"), seconds=20), "main")
    assert printed[0].startswith('Error from server (Forbidden): users "joe" is forbidden: User "system:serviceaccount:default:default"')
    assert printed[1] == "error: requesting uid, groups or user-extra without impersonating a user"


# ---- client libraries

PROGRAM = """
import time
from kubernetes import client, config
config.load_incluster_config()
v1 = client.CoreV1Api()
while True:
    try:
        if all(p.status.phase == 'Running' for p in v1.list_namespaced_pod('default', label_selector='app=pg').items):
            break
    except Exception as e:
        print(e)
    time.sleep(2)
"""


def test_a_program_that_uses_the_python_client_needs_a_role(play: Any) -> None:
    asks = waiting("asks", {"name": "w", "image": "python:3.12", "command": ["python", "-c", PROGRAM]})
    assert phase(play(DB, asks, seconds=30), "asks") == "Pending"
    assert phase(play(DB, asks, *reader("pods"), seconds=30), "asks") == "Running"


NODE = "const k = require('@kubernetes/client-node'); const kc = new k.KubeConfig(); kc.loadFromCluster(); const api = kc.makeApiClient("
GO = 'package main\nimport "k8s.io/client-go/kubernetes"\nfunc main() { c := client(); '
CLIENTS = [
    ("node", "-e", NODE + "k.CoreV1Api); api.listNamespacedPod('default').then(r => console.log(r))", 'cannot list resource "pods"'),
    ("node", "-e", NODE + "k.CoreV1Api); api.listNamespacedPod({namespace: 'default'})", 'cannot list resource "pods"'),
    (
        "node",
        "-e",
        NODE + "k.AppsV1Api); const namespace = 'shop'; api.readNamespacedDeployment({name: 'web', namespace})",
        'deployments.apps "web" is forbidden: User "system:serviceaccount:default:default" cannot get resource "deployments" in API group '
        '"apps" in the namespace "shop"',
    ),
    ("node", "-e", NODE + "k.CoreV1Api); api.listPodForAllNamespaces()", 'resource "pods" in API group "" at the cluster scope'),
    ("node", "-e", NODE + "k.CoreV1Api); api.createNamespacedSecret({body: {}})", 'cannot create resource "secrets" in API group ""'),
    ("python", "-c", "from kubernetes import client\nclient.CoreV1Api().create_namespaced_secret('a', {})", 'in the namespace "a"'),
    ("python", "-c", "import kubernetes\nv1.delete_namespaced_pod('db-0', 'default')", 'pods "db-0" is forbidden'),
    (
        "python",
        "-c",
        "from kubernetes import client\napps.patch_namespaced_deployment_scale(name='web', namespace='default', body={})",
        'cannot patch resource "deployments/scale" in API group "apps"',
    ),
    ("python", "-c", "import kubernetes\nv1.read_namespaced_pod_log('db-0', 'default')", 'cannot get resource "pods/log"'),
    ("go", "run", GO + 'c.CoreV1().Pods("default").List(ctx, opts) }', 'cannot list resource "pods"'),
    ("go", "run", GO + 'c.AppsV1().Deployments("shop").Get(ctx, "web", opts) }', 'deployments.apps "web" is forbidden'),
    ("go", "run", GO + "c.CoreV1().Nodes().List(ctx, opts) }", 'cannot list resource "nodes" in API group "" at the cluster scope'),
]


@pytest.mark.parametrize(("language", "option", "text", "refusal"), CLIENTS)
def test_client_libraries_need_roles(play: Any, language: str, option: str, text: str, refusal: str) -> None:
    code = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "code"}, "data": {"main.go": text}}
    command = [language, option, "/code/main.go" if language == "go" else text]
    mounts = [{"name": "code", "mountPath": "/code"}]
    main = {"name": "main", "image": f"shop/{language}", "command": command, "volumeMounts": mounts}
    asks = waiting("asks", main, volumes=[{"name": "code", "configMap": {"name": "code"}}])
    printed = logs(play(code, asks, seconds=20), "main")
    assert refusal in printed[0]


def test_a_program_may_do_what_its_role_allows(play: Any) -> None:
    text = NODE + "k.CoreV1Api); api.readNamespacedSecret({name: 'made', namespace: 'default'}); api.createNamespacedSecret({body: {}})"
    role, bound = reader("secrets")
    makes = {**role, "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "create"]}]}
    journal = play(waiting("asks", {"name": "w", "image": "shop/node", "command": ["node", "-e", text]}), makes, bound, seconds=30)
    assert phase(journal, "asks") == "Running"


BY_HAND = f"""
import requests
token = open('{TOKEN}').read()
r = requests.get('{API}/api/v1/namespaces/default/pods', headers={{'Authorization': 'Bearer ' + token}}, verify=False)
r.raise_for_status()
"""


@pytest.mark.parametrize(
    ("rights", "spec", "expected"),
    [(True, {}, "Running"), (False, {}, "Pending"), (True, {"automountServiceAccountToken": False}, "Pending")],
)
def test_a_program_that_sends_the_token_by_itself_needs_a_role(play: Any, rights: bool, spec: dict[str, Any], expected: str) -> None:
    asks = waiting("asks", {"name": "w", "image": "shop/python", "command": ["python", "-c", BY_HAND]}, **spec)
    assert phase(play(asks, *(reader("pods") if rights else []), seconds=30), "asks") == expected


def test_a_kubeconfig_in_the_home_counts_only_if_something_puts_it_there(play: Any) -> None:
    script = "exec 2>&1; kubectl get pods; mkdir -p $HOME/.kube; echo x > $HOME/.kube/config; kubectl get pods -o name"
    main = {**sh("main", script), "image": "bitnami/kubectl:1.30"}
    journal = play(pod("asks", main, automountServiceAccountToken=False), seconds=20)
    assert logs(journal, "main") == [
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
        "pod/asks",
    ]


# ---- can-i


def test_can_i_inside_a_container(play: Any) -> None:
    script = "sleep 5; exec 2>&1; kubectl auth can-i list pods; kubectl auth can-i list secrets; kubectl auth can-i -q get cm || echo none"
    journal = play(pod("asks", sh("main", script)), *reader("pods"), seconds=20)
    assert logs(journal, "main") == ["yes", "no", "none"]


# ---- why and advise


def texts(tree: Because) -> str:
    return "\n".join(one.text for one in tree.walk())


def test_why_names_what_is_missing(play: Any) -> None:
    snapshot = play(DB, *WAITERS, seconds=60).at()
    missing = "ServiceAccount default/default may not list pods in namespace default: no bound Role allows this"
    for name in ("loop", "once", "wait-for"):
        assert missing in texts(why(snapshot, Key("Pod", "default", name))), name


def test_why_says_that_no_token_is_mounted(play: Any) -> None:
    snapshot = play(waiting("loop", LOOP, automountServiceAccountToken=False), seconds=30).at()
    assert "no token is mounted (automountServiceAccountToken: false)" in texts(why(snapshot, Key("Pod", "default", "loop")))


def test_advise_prints_the_role_that_makes_it_start(play: Any, tmp_path: Any) -> None:
    play(DB, *WAITERS, seconds=1)
    advice = advise(read_base([str(tmp_path / "app.yaml")]))
    (finding,) = [one for one in advice.findings if one.rule == "missing-role"]
    assert [item["kind"] for item in finding.objects] == ["Role", "RoleBinding"]
    journal = play(DB, *WAITERS, *finding.objects, seconds=60)
    assert [phase(journal, name) for name in ("loop", "once", "wait-for")] == ["Running"] * 3
