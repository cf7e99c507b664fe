"""What annotations of manifests ask of helm and Argo CD: hooks with their events, weights and delete policies; waves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from simulator.objects.base import JSON
from simulator.objects.kinds import Object, key_of
from simulator.objects.labels import ARGO_HOOK, ARGO_WAVE, HELM_HOOK
from simulator.scenario.inference import Assumption
from simulator.scenario.write import flow

HELM_EVENTS = (
    "pre-install", "post-install", "pre-delete", "post-delete", "pre-upgrade", "post-upgrade", "pre-rollback", "post-rollback", "test",
)  # fmt: skip
SPELT = {"test-success": "test"}
"""Older names of events."""
PHASES = {"pre-install": "PreSync", "pre-upgrade": "PreSync", "post-install": "PostSync", "post-upgrade": "PostSync"}
"""The phases of Argo CD in which it runs helm's hooks; it does not run the others."""
ARGO_PHASES = ("PreSync", "Sync", "PostSync", "SyncFail")
SKIP = "Skip"
BEFORE, SUCCEEDED, FAILED = "before-hook-creation", "hook-succeeded", "hook-failed"
ARGO_POLICIES = {"BeforeHookCreation": BEFORE, "HookSucceeded": SUCCEEDED, "HookFailed": FAILED}
MOST_NAMED = 5


class Hook(msgspec.Struct, frozen=True):
    """What an object says of its delivery. `events`: empty for a hook that is never run; `policies`: when it is deleted."""

    events: tuple[str, ...]
    weight: int
    policies: tuple[str, ...]


def words(item: Object, annotation: str) -> tuple[str, ...]:
    """The words of an annotation, which are separated by commas."""
    return tuple(word.strip() for word in item.metadata.annotations.get(annotation, "").split(",") if word.strip())


def helm_hook(item: Object) -> Hook | None:
    """What helm takes from an object's annotations; None: it is no hook. helm skips an object with an event that it does not know."""
    if HELM_HOOK not in item.metadata.annotations:
        return None
    events = tuple(SPELT.get(word.lower(), word.lower()) for word in words(item, HELM_HOOK))
    known = events if all(event in HELM_EVENTS for event in events) else ()
    policies = tuple(word.lower() for word in words(item, f"{HELM_HOOK}-delete-policy"))
    return Hook(known, _number(item, f"{HELM_HOOK}-weight"), policies or (BEFORE,))


def argo_hook(item: Object) -> Hook | None:
    """What Argo CD takes from an object's annotations, with its phases as events; None: it is a resource of the phase Sync."""
    own = tuple(word for word in words(item, ARGO_HOOK) if word in (*ARGO_PHASES, SKIP, "PostDelete", "PreDelete"))
    if own == (SKIP,):
        return Hook((), 0, ())
    is_helm = HELM_HOOK in item.metadata.annotations and item.metadata.annotations[HELM_HOOK] != "crd-install"
    if ARGO_HOOK not in item.metadata.annotations and not is_helm:
        return None
    # helm's annotations count where there are none of Argo CD's.
    events = own or tuple(PHASES[word] for word in words(item, HELM_HOOK) if word in PHASES)
    policies = [ARGO_POLICIES[word] for word in words(item, f"{ARGO_HOOK}-delete-policy") if word in ARGO_POLICIES]
    policies += [word for word in words(item, f"{HELM_HOOK}-delete-policy") if word in (BEFORE, SUCCEEDED, FAILED)]
    phases = tuple(phase for phase in ARGO_PHASES if phase in events)
    return Hook(phases, wave(item), tuple(policies) or (BEFORE,))


def wave(item: Object) -> int:
    """The wave in which Argo CD applies an object; helm's weight counts as one."""
    text = item.metadata.annotations.get(ARGO_WAVE, "")
    return int(text) if _is_number(text) else _number(item, f"{HELM_HOOK}-weight")


def _number(item: Object, annotation: str) -> int:
    text = item.metadata.annotations.get(annotation, "").strip()
    return int(text) if _is_number(text) else 0


def _is_number(text: str) -> bool:
    return text.lstrip("+-").isdecimal() and len(text) - len(text.lstrip("+-")) <= 1


# ---- what a run without helm and Argo CD assumes


def assumptions(items: Sequence[Object]) -> Iterable[Assumption]:
    """What is assumed of objects that helm or Argo CD would deliver in an order of their own."""
    reason = "manifests are applied as kubectl apply does"
    hooks = [item for item in items if HELM_HOOK in item.metadata.annotations and ARGO_HOOK not in item.metadata.annotations]
    synced = [item for item in items if ARGO_HOOK in item.metadata.annotations]
    waves = sorted({wave(item) for item in items if ARGO_WAVE in item.metadata.annotations})
    if hooks:
        yield Assumption("helm hooks", _at_once(hooks, HELM_HOOK), reason, _override("helm"))
    if synced:
        yield Assumption("Argo CD hooks", _at_once(synced, ARGO_HOOK), reason, _override("argocd"))
    if waves and not (synced and waves == [0]):
        yield Assumption("Argo CD sync waves", f"{', '.join(map(str, waves))}: all applied at once", reason, _override("argocd"))


def _at_once(hooks: Sequence[Object], annotation: str) -> str:
    named = [f"{key_of(item)} ({', '.join(words(item, annotation))})" for item in hooks[:MOST_NAMED]]
    more = f" and {len(hooks) - MOST_NAMED} more" if len(hooks) > MOST_NAMED else ""
    return f"{', '.join(named)}{more}: applied at once with the rest"


def _override(tool: str) -> str:
    choice: JSON = {"as": tool}
    return f"apply: {flow(choice)}"
