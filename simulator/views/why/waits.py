"""What a container waits for, followed to what should answer: a Service, a pod, any object."""

from __future__ import annotations

from typing import Any

from simulator.api.authorization.grants import account_of, denied_request, in_words
from simulator.api.authorization.tokens import has_token
from simulator.container.resolv_conf import resolver
from simulator.journal.records import Fact
from simulator.network.dns import DOMAIN, candidates
from simulator.objects.apps import StatefulSet
from simulator.objects.kinds import BY_NAME, Key, key_of, kind_for_word
from simulator.objects.pod import Pod
from simulator.objects.service import Service
from simulator.views.why.because import Because, note
from simulator.views.why.inquiry import Inquiry, name_of, named
from simulator.views.why.runs import Run
from simulator.views.why.services import endpoints
from simulator.views.why.words import brief, when

NO_TOKEN = "automountServiceAccountToken: false"
"""Why a container has no token where all others have one."""


def waiting(ask: Inquiry, pod: Pod, run: Run) -> tuple[Because, ...]:
    """What the run waits for; nothing when all its requests succeeded."""
    fact = run.pending
    if fact is None:
        return ()
    key = _target(ask, pod.metadata.namespace, fact.data)
    named = _named(fact.data, key)
    lines = {wait.get("host"): int(wait.get("line", 0)) for wait in run.plan.get("waitFor", ())}
    line = next((number for number in lines.values() if number), 0)
    answer = "the API server forbids it" if fact.data.get("denied") else brief(str(fact.data.get("answer", "")))
    text = f"it waits for {named}: {answer} since {when(_since(run, fact))}"
    return (Because(text, _why_no_answer(ask, pod, key, fact), run.place(line) if lines else "", fact.t),)


def _since(run: Run, last: Fact) -> int:
    """Since when the request has not succeeded."""
    same = [fact for fact in run.waits if all(fact.data.get(name) == last.data.get(name) for name in ("host", "port", "object"))]
    begin = last.t
    for fact in reversed(same):
        if fact.data.get("ok"):
            break
        begin = fact.t
    return begin


def _named(data: dict[str, Any], key: Key | None) -> str:
    if data.get("object"):
        return str(data["object"])
    port = f":{data['port']}" if data.get("port") else ""
    address = f"{data.get('host', '')}{port}"
    return f"{address}, {name_of(key)}" if key is not None and key.name != data.get("host") else address


def _why_no_answer(ask: Inquiry, pod: Pod, key: Key | None, fact: Fact) -> tuple[Because, ...]:
    """Why the target of a request does not answer."""
    if denied := fact.data.get("denied"):
        return (Because(_forbidden(denied)),)
    if (fact.data.get("host"), fact.data.get("port")) == ("localhost", 8080) and not has_token(pod, str(fact.data.get("container", ""))):
        return (Because(f"kubectl has no credentials: no token is mounted ({NO_TOKEN})"),)
    if fact.data.get("answer") == "no such host" and not resolver(pod).asks_cluster:
        return (Because(f"{_other_server(pod)}, which does not know the cluster's Services"),)
    if key is not None:
        return _not_made(ask, key, str(fact.data.get("host", ""))) or (ask.about(key), *_unprogrammed(ask, pod, key))
    host = str(fact.data.get("host", ""))
    if host.startswith("$("):
        return (_unset(ask, pod, host),)
    if fact.data.get("answer") == "no such host":
        return (Because(f"there is no Service {host.split('.')[0]} in namespace {_namespace(host, pod.metadata.namespace)}"),)
    return ()


def _not_made(ask: Inquiry, service: Key, host: str) -> tuple[Because, ...]:
    """The pod of a StatefulSet that a name stands for, if it does not exist because those before it are not ready."""
    name = host.split(".")[0]
    maker, _, ordinal = name.rpartition("-")
    item = ask.snapshot.get(Key("StatefulSet", service.namespace, maker))
    if not isinstance(item, StatefulSet) or not ordinal.isdigit() or item.spec.service_name != service.name:
        return ()
    if item.spec.pod_management_policy == "Parallel" or ask.snapshot.get(Key("Pod", service.namespace, name)) is not None:
        return ()
    text = f"pod/{name} does not exist: {named(item)} creates it when the pods before it are ready (OrderedReady)"
    return (Because(text, (ask.about(key_of(item)),), ask.place(item, "spec.podManagementPolicy")),)


def _other_server(pod: Pod) -> str:
    """Which DNS server a pod asks instead of the cluster's, and why."""
    servers = ", ".join(resolver(pod).servers) or "none"
    if pod.spec.dns_policy in ("Default", "None"):
        return f"with dnsPolicy: {pod.spec.dns_policy} it uses the DNS server {servers}"
    return f"on the host network it uses the DNS server {servers} of its node (dnsPolicy: ClusterFirstWithHostNet uses the cluster's)"


def _forbidden(denied: dict[str, str]) -> str:
    """The rule that is missing; of a request without a token, that it is missing."""
    user = denied.get("user", "")
    missing = "no bound Role allows this; podsim advise prints the Role to add"
    return f"{in_words(user, denied_request(denied))}: {missing if account_of(user) else 'the request has no token'}"


def _unset(ask: Inquiry, pod: Pod, host: str) -> Because:
    """Why a Service's environment variable is not set in the container."""
    variable, namespace = host.strip("$()"), pod.metadata.namespace
    name = variable.removesuffix("_SERVICE_HOST").lower().replace("_", "-")
    service = ask.snapshot.get(Key("Service", namespace, name))
    if service is None:
        return Because(f"{variable} is not set: there is no Service {name} in namespace {namespace}")
    text = f"{variable} is not set: service/{name} was created at {when(ask.born(service))}, after the container"
    return Because(text, place=ask.place(service))


def _unprogrammed(ask: Inquiry, pod: Pod, key: Key) -> tuple[Because, ...]:
    """Whether kube-proxy of the pod's node has yet to program a Service's endpoints."""
    programmed = ask.facts(key, "proxy.programmed", node=pod.spec.node_name)
    if not programmed or programmed[-1].data.get("ready") or not endpoints(ask, key).ready:
        return ()
    return (
        Because(f"kube-proxy on {pod.spec.node_name} has not programmed its endpoints yet: its last sync was at {when(programmed[-1].t)}"),
    )


def _target(ask: Inquiry, namespace: str, data: dict[str, Any]) -> Key | None:
    """The object behind a request."""
    if data.get("object"):
        return _object(ask, str(data["object"]), str(data.get("namespace") or namespace))
    return host_key(ask, str(data.get("host", "")), namespace)


def _object(ask: Inquiry, text: str, namespace: str) -> Key | None:
    word, _, name = text.partition("/")
    kind = kind_for_word(word)
    if kind is None or kind.name not in BY_NAME or not name:
        return None
    key = Key(kind.name, namespace if kind.namespaced else "", name)
    return key if ask.snapshot.get(key) is not None else None


def host_key(ask: Inquiry, host: str, namespace: str) -> Key | None:
    """The Service or pod behind a name or an address."""
    for service in ask.snapshot.typed(Service):
        if host and host in (service.spec.cluster_ip, *service.spec.cluster_ips):
            return Key("Service", service.metadata.namespace, service.metadata.name)
    for item in ask.snapshot.typed(Pod):
        if host and item.status.pod_ip == host and not item.spec.host_network:
            return Key("Pod", item.metadata.namespace, item.metadata.name)
    for full in candidates(host, namespace):
        labels = full.removesuffix(f".svc.{DOMAIN}").split(".")
        if full.endswith(f".svc.{DOMAIN}") and len(labels) in (2, 3):
            key = Key("Service", labels[-1], labels[-2])
            if ask.snapshot.get(key) is not None:
                return key
    return None


def _namespace(host: str, own: str) -> str:
    labels = host.split(".")
    return labels[1] if len(labels) > 1 else own


def api_server_request(ask: Inquiry, pod: Pod, run: Run) -> tuple[Because, ...]:
    """The object that a run last asked the API server about, which may not be in the state it needs."""
    facts = [fact for fact in run.waits if fact.data.get("object")]
    key = _target(ask, pod.metadata.namespace, facts[-1].data) if facts else None
    if key is None:
        return ()
    return (Because(f"it asks the API server about {name_of(key)}", (ask.about(key),), t=facts[-1].t),)


def last_wait(run: Run) -> tuple[Because, ...]:
    """The unsuccessful request of a run that has ended, as a remark."""
    fact = run.pending
    if fact is None:
        return ()
    if denied := fact.data.get("denied"):
        return (note(f"the API server forbade its request: {_forbidden(denied)}"),)
    return (note(f"its last request to {_named(fact.data, None)} failed: {brief(str(fact.data.get('answer', '')))}"),)
