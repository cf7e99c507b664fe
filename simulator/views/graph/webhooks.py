"""Workloads whose pods cannot be created because an admission webhook does not answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from simulator.client.ownership import controller_of
from simulator.journal.snapshot import Snapshot
from simulator.metrics.story import Story
from simulator.objects.event import Event
from simulator.objects.kinds import Key, Object
from simulator.objects.selectors import matches_all
from simulator.objects.service import Service
from simulator.views.graph.model import Link

FAILED_CALL = re.compile(r'failed calling webhook "([^"]+)": .*Post "https://([^./]+)\.([^./]+)\.svc:')
"""The webhook, and the name and namespace of its Service."""


def refusals(snapshot: Snapshot, story: Story) -> list[Link]:
    """A workload waits for the Service of the webhook that its pods need, and that Service for the workload whose pods it would select."""
    refused: dict[tuple[Key, Key], Link] = {}
    made = {pod.workload for pod in story.pods}
    for event in snapshot.typed(Event):
        call = FAILED_CALL.search(event.message) if event.reason == "FailedCreate" else None
        if call is None:
            continue
        about, service = event.involved_object, Key("Service", call[3], call[2])
        workload = _workload(snapshot, Key(about.kind, about.namespace, about.name))
        begin = snapshot.writes(Key("Event", event.metadata.namespace, event.metadata.name))[0].t
        why = f"its pods are created only if the webhook {call[1]} answers (failurePolicy: Fail)"
        link = Link(workload, service, "waits", "", False, why, begin, snapshot.t if workload in made else None)
        refused.setdefault((workload, service), link)
    return [*refused.values(), *_selections(snapshot, story, {service for _, service in refused})]


def _selections(snapshot: Snapshot, story: Story, services: set[Key]) -> Iterator[Link]:
    """The workloads without pods that Services would select."""
    for key in sorted(services):
        item = snapshot.get(key)
        for one in story.workloads if isinstance(item, Service) else ():
            workload = snapshot.get(one.key)
            if isinstance(item, Service) and workload is not None and not one.pods and would_select(item, workload):
                yield Link(key, one.key, "selects", why="its selector fits their template")


def would_select(service: Service, workload: Object) -> bool:
    """Whether a Service would select the pods of a workload."""
    template: Any = getattr(getattr(workload, "spec", None), "template", None)
    selector, here = service.spec.selector, service.metadata.namespace == workload.metadata.namespace
    return bool(selector) and here and template is not None and matches_all(selector, template.metadata.labels)


def _workload(snapshot: Snapshot, key: Key) -> Key:
    """The topmost controller of an object."""
    item = snapshot.get(key)
    owner = controller_of(item) if item is not None else None
    return key if owner is None else _workload(snapshot, Key(owner.kind, key.namespace, owner.name))
