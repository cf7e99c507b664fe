"""Whether a pod tolerates a node's taints. Pure (component-helpers/scheduling/corev1)."""

from __future__ import annotations

from simulator.objects.affinity import Toleration
from simulator.objects.node import Taint

HARD_EFFECTS = ("NoSchedule", "NoExecute")


def tolerates(toleration: Toleration, taint: Taint) -> bool:
    """Whether a toleration matches this taint; a missing key or effect matches any."""
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    return toleration.operator == "Exists" or toleration.value == taint.value


def untolerated(taints: list[Taint], tolerations: list[Toleration], effects: tuple[str, ...] = HARD_EFFECTS) -> Taint | None:
    """The first taint with one of these effects that no toleration matches."""
    hard = (taint for taint in taints if taint.effect in effects)
    return next((taint for taint in hard if not any(tolerates(item, taint) for item in tolerations)), None)
