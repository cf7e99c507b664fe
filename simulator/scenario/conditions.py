"""What an action may wait for: a word and the objects that it must hold for, `{ready: deployment/db}`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from simulator.journal.store import Store
from simulator.objects.conditions import INITIALIZED, POD_SCHEDULED, READY, has_condition
from simulator.objects.discovery import EndpointSlice, is_ready_endpoint
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key, kind_for_word
from simulator.objects.labels import SERVICE_NAME
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import RUNNING, has_failed, has_succeeded
from simulator.objects.readiness import is_rolled_out, workload_available, workload_ready
from simulator.scenario.read_expect import ROLLED, SUBJECT, WORKLOADS, read_subject
from simulator.scenario.reader import Reader
from simulator.units import MINUTE

TIMEOUT = 10 * MINUTE
"""How long an action waits unless it says so."""
GONE = ("deleted", "gone")
WORDS: dict[str, tuple[str, ...]] = {
    "exists": (),
    **dict.fromkeys(GONE, ()),
    "scheduled": ("Pod",),
    "initialized": ("Pod",),
    "running": ("Pod",),
    "ready": ("Pod", *WORKLOADS, "Service", "Node"),
    "available": WORKLOADS,
    "rolledOut": ROLLED,
    "complete": ("Pod", "Job"),
    "failed": ("Pod", "Job"),
}
"""Words, and the kinds that each applies to; empty: all."""


def read_when(reader: Reader, value: Any, path: str) -> dict[str, Any]:
    """The conditions of an action, which must hold at the same time; `timeout` in nanoseconds."""
    given = reader.mapping(value, path, (*WORDS, "timeout"))
    timeout = reader.span(given.pop("timeout", None), f"{path}.timeout", TIMEOUT, positive=True)
    if not given:
        reader.problem(path, f"needs one of {', '.join(WORDS)}, such as {{ready: deployment/db}}")
    conditions = {word: read_subject(reader, subject, f"{path}.{word}") for word, subject in given.items()}
    for word, subject in conditions.items():
        kind = _parts(subject)[1] if subject else ""
        if kind and WORDS[word] and kind not in WORDS[word]:
            fitting = [name for name, kinds in WORDS.items() if not kinds or kind in kinds]
            reader.problem(f"{path}.{word}", f"{word} does not apply to a {kind}; use {', '.join(fitting)}")
    return {**conditions, "timeout": timeout}


def in_words(when: dict[str, Any]) -> str:
    """`deployment/db is ready and job/seed is complete`."""
    verbs = {"exists": "exists", "rolledOut": "is rolled out"}
    return " and ".join(f"{subject} {verbs.get(word, f'is {word}')}" for word, subject in when.items() if word != "timeout")


def holds(when: dict[str, Any], store: Store, namespace: str) -> bool:
    """Whether all conditions hold now, each for all objects that it names, and for one at least."""
    return all(_holds(word, subject, store, namespace) for word, subject in when.items() if word != "timeout")


def kinds_of(when: dict[str, Any]) -> list[str]:
    """The kinds of objects whose changes may decide."""
    kinds = {_parts(subject)[1] for word, subject in when.items() if word != "timeout"}
    return sorted(kinds | ({"EndpointSlice"} if "Service" in kinds else set()))


def _parts(subject: str) -> tuple[str, str, str]:
    """Namespace (empty: the Scenario's), kind and name of `[namespace/]kind/name`."""
    form = SUBJECT.fullmatch(subject)
    word = form[1] if form else ""
    kind = kind_for_word(word)
    return subject.rpartition(f"{word}/")[0].rstrip("/"), kind.name if kind else "", subject.rpartition("/")[2]


def _holds(word: str, subject: str, store: Store, namespace: str) -> bool:
    own, kind, name = _parts(subject)

    def fits(key: Key) -> bool:
        return glob_matches(key.name, name) and key.namespace in ("", own or namespace)

    if word in GONE:
        known: Iterable[Key] = [key for key in store.known(kind) if fits(key)]
        return bool(known) and all(store.get(key) is None for key in known)
    items = [item for item in store.objects(kind) if fits(Key(kind, item.metadata.namespace, item.metadata.name))]
    return bool(items) and all(_RULES[word](item, store) for item in items)


def _ready(item: Any, store: Store) -> bool:
    if item.kind in WORKLOADS:
        return workload_ready(item)
    if item.kind == "Service":
        slices = (
            one
            for one in store.typed(EndpointSlice, item.metadata.namespace)
            if one.metadata.labels.get(SERVICE_NAME) == item.metadata.name
        )
        return any(is_ready_endpoint(endpoint) for one in slices for endpoint in one.endpoints or [])
    return not is_being_deleted(item) and has_condition(item.status, READY)


def _ended(succeeds: Callable[[Pod], bool], condition: str) -> Callable[[Any, Store], bool]:
    return lambda item, _: succeeds(item) if isinstance(item, Pod) else has_condition(item.status, condition)


_RULES: dict[str, Callable[[Any, Store], bool]] = {
    "exists": lambda _item, _store: True,
    "scheduled": lambda item, _: has_condition(item.status, POD_SCHEDULED),
    "initialized": lambda item, _: has_condition(item.status, INITIALIZED),
    "running": lambda item, _: bool(item.status.phase == RUNNING),
    "ready": _ready,
    "available": lambda item, _: workload_available(item),
    "rolledOut": lambda item, _: is_rolled_out(item),
    "complete": _ended(has_succeeded, "Complete"),
    "failed": _ended(has_failed, "Failed"),
}
