"""Dependencies read from manifests and from the requests of containers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from simulator.journal.records import Fact
from simulator.metrics.story import PodStory, Story
from simulator.objects.container import Container
from simulator.objects.kinds import Key
from simulator.objects.pod_facts import long_running, restarts_always
from simulator.objects.service import Service
from simulator.scenario.service_waits import SERVICE_VARIABLE, waits
from simulator.views.graph.model import Link

Waits = dict[tuple[Key, str, Key], Link]


class Directory:
    """Finds the Service behind a host name or address."""

    def __init__(self, services: Iterable[Service]) -> None:
        self.services = list(services)
        self._by_address = {item.spec.cluster_ip: self._key(item) for item in self.services if item.spec.cluster_ip not in ("", "None")}
        self._by_name = {(item.metadata.namespace, item.metadata.name): self._key(item) for item in self.services}

    @staticmethod
    def _key(item: Service) -> Key:
        return Key("Service", item.metadata.namespace, item.metadata.name)

    def of(self, host: str, namespace: str) -> Key | None:
        """The Service that a host refers to in a namespace: `db`, `db.shop`, `db-0.db.shop.svc.cluster.local`, an address."""
        if host in self._by_address:
            return self._by_address[host]
        name, *rest = host.rstrip(".").split(".")
        place = rest[0] if rest else namespace
        if (place, name) in self._by_name:
            return self._by_name[place, name]
        # A pod of a headless Service: the first label is its own name.
        if rest:
            return self._by_name.get((rest[1] if len(rest) > 1 else namespace, rest[0]))
        return None


def links(story: Story, directory: Directory) -> list[Link]:
    """Every dependency of the run, each once."""
    merged: Waits = {}
    for pod in story.pods:
        for link in (*_declared(pod, directory), *_requested(pod, directory)):
            merged[link.source, link.container, link.target] = _merged(merged.get((link.source, link.container, link.target)), link)
    strong = {(link.source, link.target) for link in merged.values() if link.kind == "waits"}
    kept = [link for link in merged.values() if link.kind == "waits" or (link.source, link.target) not in strong]
    return [*kept, *_selected(story)]


def _merged(old: Link | None, new: Link) -> Link:
    """One link from two sources (two pods, or the manifest and the run): a wait beats a mention, and the longest wait counts."""
    if old is None:
        return new
    if (old.kind == "waits") != (new.kind == "waits"):
        return old if old.kind == "waits" else new
    if new.begin is None:
        return old
    if old.begin is None:
        return new
    begins, ends = min(old.begin, new.begin), None if None in (old.end, new.end) else max(old.end or 0, new.end or 0)
    return new._replace(begin=begins, end=ends)


def _declared(pod: PodStory, directory: Directory) -> Iterator[Link]:
    """Links from the pod's spec: an init container that names a Service waits for it, a main container may call it."""
    namespace = pod.key.namespace
    here = [item for item in directory.services if item.metadata.namespace == namespace]
    spec = pod.last.spec
    for container in spec.init_containers:
        if not restarts_always(container):
            for wait, reason in waits(container, here):
                host = _service_name(wait.host)
                key = directory.of(host, namespace) or Key("Service", namespace, host)
                yield Link(pod.workload, key, "waits", container.name, True, reason)
    for container in long_running(spec):
        for item in here:
            if _names(container, item.metadata.name):
                key = Key("Service", namespace, item.metadata.name)
                yield Link(pod.workload, key, "calls", container.name, False, f"its command or environment names the Service {key.name}")


def _names(container: Container, name: str) -> bool:
    words = " ".join([*container.command, *container.args, *(variable.value for variable in container.env)])
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", words) is not None


def _requested(pod: PodStory, directory: Directory) -> Iterator[Link]:
    """Links from the requests of its containers that did not succeed at once."""
    inits = {lane.name for lane in pod.containers() if lane.init}
    requests: dict[tuple[str, Key], list[Fact]] = {}
    for fact in pod.facts:
        if fact.what == "container.waits":
            target = _target(fact, pod.key.namespace, directory)
            if target is not None:
                requests.setdefault((str(fact.data["container"]), target), []).append(fact)
    for (container, target), facts in requests.items():
        refused = [fact for fact in facts if not fact.data.get("ok")]
        if not refused:
            if container in inits:
                yield Link(pod.workload, target, "waits", container, True, _words(facts[-1]), facts[0].t, facts[-1].t)
            continue
        end = _wait_end(pod, container, facts)
        yield Link(pod.workload, target, "waits", container, container in inits, _words(refused[0]), refused[0].t, end)


def _wait_end(pod: PodStory, container: str, facts: list[Fact]) -> int | None:
    """When the container got an answer, or exited with 0 without one; None: it still waits, or has failed."""
    if facts[-1].data.get("ok"):
        return facts[-1].t
    last = facts[-1]
    for fact in pod.facts:
        ended = fact.what == "container.exited" and fact.data.get("container") == container and fact.t >= last.t
        if ended and fact.data.get("exitCode") == 0:
            return fact.t
    return None


def _target(fact: Fact, namespace: str, directory: Directory) -> Key | None:
    host = _service_name(str(fact.data.get("host", "")))
    if host:
        service = directory.of(host, namespace)
        if service is not None:
            return service
        missing = fact.data.get("answer") not in ("connected", "found") and "." not in host
        return Key("Service", namespace, host) if missing else None
    kind, _, name = str(fact.data.get("object", "")).partition("/")
    kinds = {"deployment": "Deployment", "statefulset": "StatefulSet", "job": "Job", "pod": "Pod", "service": "Service"}
    place = str(fact.data.get("namespace") or namespace)
    return Key(kinds[kind.lower()], place, name) if name and kind.lower() in kinds else None


def _service_name(host: str) -> str:
    """The Service name behind a `$(..._SERVICE_HOST)` variable that is not set."""
    match = SERVICE_VARIABLE.fullmatch(host)
    return match[1].lower().replace("_", "-") if match else host


def _words(fact: Fact) -> str:
    host, port = fact.data.get("host"), fact.data.get("port")
    what = f"{host}:{port}" if port else str(host or fact.data.get("object"))
    return f"asks for {what}: {fact.data.get('answer')}"


def _selected(story: Story) -> Iterator[Link]:
    for service in story.services:
        for workload in dict.fromkeys(pod.workload for pod in story.selected_by(service)):
            yield Link(service.key, workload, "selects", why="its selector fits their pods")
