"""What a container asks for and does not get, followed to who should answer: a Service, a pod, any object."""

from __future__ import annotations

from typing import Any

from simulator.journal.records import Fact
from simulator.network.names import DOMAIN, candidates
from simulator.objects.kinds import BY_NAME, Key, kind_for_word
from simulator.objects.pod import Pod
from simulator.objects.service import Service
from simulator.views.why.because import Because, note
from simulator.views.why.inquiry import Inquiry, name_of
from simulator.views.why.runs import Run
from simulator.views.why.services import endpoints
from simulator.views.why.words import brief, when


def waiting(ask: Inquiry, pod: Pod, run: Run) -> tuple[Because, ...]:
    """What the run waits for; nothing when it got all that it asked for."""
    fact = run.pending
    if fact is None:
        return ()
    key = _asked(ask, pod.metadata.namespace, fact.data)
    named = _named(fact.data, key)
    lines = {wait.get("host"): int(wait.get("line", 0)) for wait in run.plan.get("waitFor", ())}
    line = next((number for number in lines.values() if number), 0)
    text = f"it waits for {named}: {brief(str(fact.data.get('answer', '')))} since {when(_since(run, fact))}"
    return (Because(text, _whose(ask, pod, key, fact), run.place(line) if lines else "", fact.t),)


def _since(run: Run, last: Fact) -> int:
    """Since when the question has not been answered well."""
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
    asked = f"{data.get('host', '')}{port}"
    return f"{asked}, {name_of(key)}" if key is not None and key.name != data.get("host") else asked


def _whose(ask: Inquiry, pod: Pod, key: Key | None, fact: Fact) -> tuple[Because, ...]:
    """Why who was asked does not answer."""
    if key is not None:
        return (ask.about(key), *_unprogrammed(ask, pod, key))
    host = str(fact.data.get("host", ""))
    if host.startswith("$("):
        return (_unset(ask, pod, host),)
    if fact.data.get("answer") == "no such host":
        return (Because(f"there is no Service {host.split('.')[0]} in namespace {_namespace(host, pod.metadata.namespace)}"),)
    return ()


def _unset(ask: Inquiry, pod: Pod, host: str) -> Because:
    """A variable of a Service that the container does not have."""
    variable, namespace = host.strip("$()"), pod.metadata.namespace
    name = variable.removesuffix("_SERVICE_HOST").lower().replace("_", "-")
    service = ask.snapshot.get(Key("Service", namespace, name))
    if service is None:
        return Because(f"{variable} is not set: there is no Service {name} in namespace {namespace}")
    text = f"{variable} is not set: service/{name} was made at {when(ask.born(service))}, and a container has those from before its start"
    return Because(text, place=ask.place(service))


def _unprogrammed(ask: Inquiry, pod: Pod, key: Key) -> tuple[Because, ...]:
    """A Service whose endpoints the pod's node has not heard of yet."""
    programmed = ask.facts(key, "proxy.programmed", node=pod.spec.node_name)
    if not programmed or programmed[-1].data.get("ready") or not endpoints(ask, key).ready:
        return ()
    return (
        Because(f"kube-proxy of {pod.spec.node_name} has not programmed its endpoints yet: its last run was at {when(programmed[-1].t)}"),
    )


def _asked(ask: Inquiry, namespace: str, data: dict[str, Any]) -> Key | None:
    """Which object a question is about."""
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


def asked_about(ask: Inquiry, pod: Pod, run: Run) -> tuple[Because, ...]:
    """What a run asked the API server about and found: perhaps not as it wants it."""
    facts = [fact for fact in run.waits if fact.data.get("object")]
    key = _asked(ask, pod.metadata.namespace, facts[-1].data) if facts else None
    if key is None:
        return ()
    return (Because(f"it asks the API server about {name_of(key)}", (ask.about(key),), t=facts[-1].t),)


def last_asked(run: Run) -> tuple[Because, ...]:
    """What a run that has ended had asked for in vain, as a remark."""
    fact = run.pending
    if fact is None:
        return ()
    return (note(f"it had asked for {_named(fact.data, None)} in vain: {brief(str(fact.data.get('answer', '')))}"),)
