"""What is assumed about admission webhooks, whose code podsim does not run. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from simulator.objects.kinds import Object, Unstructured
from simulator.scenario.inference import Assumption
from simulator.scenario.write import flow

KINDS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


def webhooks(objects: Sequence[Object], answered: Collection[str]) -> Iterator[Assumption]:
    """The assumption that each webhook which the Scenario does not describe allows what it sees."""
    configurations = [item for item in objects if isinstance(item, Unstructured) and item.kind in KINDS]
    names = dict.fromkeys(str(one.get("name")) for item in configurations for one in item.content.get("webhooks") or [])
    for name in names:
        if name not in answered:
            override = flow({"cluster": {"webhooks": {name: {"denies": "message"}}}})
            text = "allows every request, unchanged, once its Service has a ready endpoint"
            yield Assumption(f"webhook {name}", text, "podsim does not run its code", override)
