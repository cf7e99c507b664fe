"""`kubectl cordon|uncordon` (kubectl/pkg/drain)."""

from __future__ import annotations

from collections.abc import Callable

from simulator.api import ApiError
from simulator.api.patch import patched
from simulator.kubectl.errors import Complaint, Refusal
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import DRY_RUN, OUTPUT, SELECTOR, Understand, Verb, options
from simulator.kubectl.write.acting import SELECTION, Acting, Writing
from simulator.kubectl.write.targets import resources
from simulator.objects.base import JSON
from simulator.objects.kinds import to_builtins
from simulator.objects.node import Node

NODE_FLAGS = (SELECTOR, DRY_RUN, OUTPUT)


def nodes(verb: str, more: Callable[[Words], JSON] = lambda _words: {}) -> Understand:
    """A verb that is about nodes, by name or by label; `more` gives its options."""

    def understand(words: Words) -> Request:
        if not words.args and "selector" not in words.given:
            raise Refusal(f"USAGE: {verb} NODE [flags]", usage=True)
        if words.args and words["selector"]:
            raise Refusal("error: cannot specify both a node name and a --selector option", usage=True)
        names = [word if "/" in word else f"node/{word}" for word in words.args] or ["nodes"]
        return Request(verb, " ".join(names), options(words, "selector") | more(words))

    return understand


def cordon(acting: Acting, *, desired: bool = True) -> None:
    """`cordon`, `uncordon`: whether pods may be scheduled to nodes."""
    word = "cordon" if desired else "uncordon"
    infos = resources(acting)
    if acting.troubles:
        return
    for named in infos:
        item = named.item
        if not isinstance(item, Node):
            raise Complaint(f'error: expected resource of type node, got "{named.kind.resource}"')
        if bool(item.spec.unschedulable) == desired:
            acting.shown(item, f"already {word}ed")
            continue
        try:
            change = {"spec": {"unschedulable": True if desired else None}}
            acting.shown(acting.write(item, patched(to_builtins(item), change)), f"{word}ed")
        except ApiError as error:
            acting.err(f'error: unable to {word} node "{named.name}": {error.message}\n')


def uncordon(acting: Acting) -> None:
    """`uncordon`."""
    cordon(acting, desired=False)


VERBS: tuple[Verb, ...] = (
    Verb(("cordon",), "cordon NODE", "Mark a node unschedulable.", NODE_FLAGS, nodes("cordon"), ("cordon minikube",)),
    Verb(("uncordon",), "uncordon NODE", "Mark a node schedulable.", NODE_FLAGS, nodes("uncordon"), ("uncordon minikube",)),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "cordon": Writing(cordon, SELECTION),
    "uncordon": Writing(uncordon, SELECTION),
}
