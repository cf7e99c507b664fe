"""`kubectl scale` (kubectl/pkg/cmd/scale)."""

from __future__ import annotations

from typing import Any

from simulator.api import ApiError
from simulator.api.patch import patched
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint, Refusal
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import ALL, DRY_RUN, SELECTED, Verb, about, options
from simulator.kubectl.write.acting import SELECTION, Acting, Writing
from simulator.kubectl.write.targets import SCALABLE, resources
from simulator.objects.kinds import to_builtins


def _scale(words: Words) -> Request:
    if words["replicas"] < 0:
        raise Refusal("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    if words["current-replicas"] < -1:
        raise Refusal("The --current-replicas must specify an integer of -1 or greater")
    return about("scale", words, words.args, options(words, "replicas", "current-replicas", "resource-version", "all", "selector"))


def scale(acting: Acting) -> None:
    """`scale`: how many replicas; `currentReplicas` and `resourceVersion` are conditions."""
    desired, current = int(acting.option("replicas", 0)), int(acting.option("currentReplicas", -1))
    version = str(acting.option("resourceVersion", ""))
    infos = resources(acting)
    troubles, acting.troubles = acting.troubles, []
    if not infos and not troubles:
        raise Complaint("no objects passed to scale")
    for named in infos:
        item: Any = named.item
        if named.kind.name not in SCALABLE:
            raise ApiError("NotFound", "the server could not find the requested resource")
        if current != -1 and item.spec.replicas != current:
            raise Complaint(f"Expected replicas to be {current}, was {item.spec.replicas}")
        if version and item.metadata.resource_version != version:
            raise Complaint(f"Expected resource version to be {version}, was {item.metadata.resource_version}")
        acting.shown(acting.write(item, patched(to_builtins(item), {"spec": {"replicas": desired}})), "scaled")
    acting.troubles = troubles


VERBS: tuple[Verb, ...] = (
    Verb(("scale",), "scale [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)", "Set the number of replicas.",
         (Flag("replicas", "int", default=0, required=True, metavar="COUNT", help="Number of replicas."),
          Flag("current-replicas", "int", default=-1, metavar="COUNT", help="Scale only if this is the current number of replicas."),
          Flag("resource-version", metavar="VERSION", help="Scale only if the object has this resource version."),
          Flag("timeout", "duration", default="0s"), ALL, DRY_RUN, *SELECTED), _scale,
         ("scale deployment/web --replicas=3",)),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "scale": Writing(scale, ("replicas", "currentReplicas", "resourceVersion", *SELECTION)),
}
