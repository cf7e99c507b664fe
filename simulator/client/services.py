"""Which Services select a pod."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.journal.store import Store
from simulator.objects.selectors import Labels, matches_all
from simulator.objects.service import Service


def selecting(store: Store, namespace: str, versions: Sequence[Labels]) -> list[Service]:
    """The Services of a namespace that select pods with one of these sets of labels, in order of creation."""
    pairs = {(namespace, *pair): None for own in versions for pair in own.items()}
    services: list[Service] = store.groups("Service", _first_pair, pairs)
    return [item for item in services if any(matches_all(item.spec.selector, own) for own in versions)]


def _first_pair(service: Service) -> tuple[str, ...]:
    """A label that every pod of the Service has, so that only the selectors of Services with that label are compared."""
    return service.metadata.namespace, *min(service.spec.selector.items(), default=())
