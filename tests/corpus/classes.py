"""What the manifests of a run use, by class: missing executables, network tools, loops without a sleep, and so on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from simulator.journal.journal import Journal
from simulator.journal.snapshot import Snapshot
from simulator.metrics.evidence import evidence
from simulator.metrics.story import Story
from simulator.objects.container import Container
from simulator.objects.event import Event
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_containers, all_statuses
from simulator.objects.pod_status import ContainerStateTerminated
from simulator.views.report.missing import missing
from simulator.views.why.makers import likely_maker

NETWORK_TOOLS = re.compile(r"\b(?:nslookup|ping|wget|curl|nc|ncat|netcat|telnet|dig|getent)\b")
OWN_NAME = re.compile(r"\bhostname\b|\bHOSTNAME\b")
REFUSALS = re.compile(
    r"runAsNonRoot|hostPath type check failed|not found in the list of registered CSI drivers|couldn't parse image name|"
    r"Unable to retrieve some image pull secrets"
)
FAMOUS = re.compile(r"its entrypoint needs|Address already in use|vm\.max_map_count|Read-only file system|OOMKilled")


class Class(NamedTuple):
    """A class: its name, what counts, and whether the end of a run has it."""

    name: str
    counts: str
    is_used: Callable[[Snapshot], bool]


def commands(snapshot: Snapshot) -> Iterator[str]:
    """The command lines of all containers, their probes and hooks, each as one text."""
    for pod in snapshot.typed(Pod):
        for container in all_containers(pod.spec):
            yield " ".join([*container.command, *container.args])
            yield from (" ".join(words) for words in _exec_actions(container))


def _exec_actions(container: Container) -> Iterator[list[str]]:
    hooks = (container.lifecycle.post_start, container.lifecycle.pre_stop) if container.lifecycle else ()
    for handler in (container.liveness_probe, container.readiness_probe, container.startup_probe, *hooks):
        if handler is not None and handler.exec is not None:
            yield handler.exec.command


def _ends(snapshot: Snapshot) -> Iterator[ContainerStateTerminated]:
    """How containers ended, the present and the last time."""
    for pod in snapshot.typed(Pod):
        for status in all_statuses(pod):
            yield from (end for end in (status.state.terminated, status.last_state.terminated) if end is not None)


def _assumes(snapshot: Snapshot, words: str) -> bool:
    return any(words in f"{item['text']} ({item['reason']})" for item in snapshot.header.assumptions)


def _says(snapshot: Snapshot, pattern: re.Pattern[str]) -> bool:
    """Whether an event, a log, an assumption or the end of a container has the words."""
    texts = (
        *(event.message for event in snapshot.typed(Event)),
        *(log.line for log in snapshot.logs() if not log.component),
        *(f"{item['text']} ({item['reason']})" for item in snapshot.header.assumptions),
        *(end.reason for end in _ends(snapshot)),
    )
    return any(pattern.search(text) for text in texts)


def _lacks_executables(snapshot: Snapshot) -> bool:
    return any(end.exit_code == 127 or end.reason == "StartError" for end in _ends(snapshot))


def _uses_own_name(snapshot: Snapshot) -> bool:
    named = any(pod.spec.subdomain or pod.spec.set_hostname_as_fqdn for pod in snapshot.typed(Pod))
    return named or any(OWN_NAME.search(text) for text in commands(snapshot))


def _asks_the_api(snapshot: Snapshot) -> bool:
    return any(fact.data.get("object") or fact.data.get("denied") for fact in snapshot.facts("container.waits"))


def _has_refusals(snapshot: Snapshot) -> bool:
    return any(log.component == "kubectl" and not log.stream for log in snapshot.logs())


CLASSES = (
    Class("missing executables", "a container ended with 127 or StartError", _lacks_executables),
    Class(
        "network tools",
        "commands, probes or hooks name nslookup, ping, wget, curl, nc, telnet, dig or getent",
        lambda snapshot: any(NETWORK_TOOLS.search(text) for text in commands(snapshot)),
    ),
    Class("loops without a sleep", "a loop got slower", lambda snapshot: _assumes(snapshot, "a loop without a sleep")),
    Class("own names", "pods with a subdomain, or commands that name the host", _uses_own_name),
    Class("serving tools", "an unknown command as the container's own work", lambda snapshot: _assumes(snapshot, "own work")),
    Class("unknown content", "a path whose content nothing describes", lambda snapshot: _assumes(snapshot, "is unknown)")),
    Class("famous failures", "an image's known reason to end", lambda snapshot: _says(snapshot, FAMOUS)),
    Class(
        "kubelet refusals",
        "users, host paths, CSI drivers, pull secrets, image names",
        lambda snapshot: any(REFUSALS.search(event.message) for event in snapshot.typed(Event)),
    ),
    Class(
        "made objects",
        "a missing object whose likely maker is known",
        lambda snapshot: any(likely_maker(snapshot, key) is not None for key in missing(snapshot)),
    ),
    Class("RBAC", "a container asked the API server", _asks_the_api),
    Class("refused objects", "the API server refused an object", _has_refusals),
)
LEVELS = ("stated", "known", "assumed")


class Profile(NamedTuple):
    """The classes that a run uses, and the evidence for each of its workloads (`deployment/web`)."""

    classes: frozenset[str] = frozenset()
    levels: tuple[tuple[str, str], ...] = ()


def profile(journal: Journal) -> Profile:
    """The profile of a run."""
    snapshot = journal.at(journal.end)
    levels = tuple((f"{one.workload.kind.lower()}/{one.workload.name}", one.level) for one in evidence(Story(snapshot)))
    return Profile(frozenset(one.name for one in CLASSES if one.is_used(snapshot)), levels)
