"""Starts the delivery of a run's manifests by the tool that the Scenario names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from simulator.api import ApiError, ApiServer
from simulator.delivery.argocd import ArgoCD
from simulator.delivery.hands import Hands
from simulator.delivery.helm import Helm
from simulator.engine import Engine, Process
from simulator.manifest.load import Manifest
from simulator.objects.kinds import Key
from simulator.objects.labels import INSTANCE
from simulator.scenario.read_apply import ARGOCD, apply_of
from simulator.scenario.spec import KUBECTL, Scenario

NAMELESS = "release-name"
"""What `helm template` calls a release without a name."""


class Delivery:
    """Delivers manifests with one tool: first those from before t=0, if there are any, then the run's own."""

    def __init__(self, engine: Engine, api: ApiServer, scenario: Scenario, apply_one: Callable[[Manifest], ApiError | None]) -> None:
        self._engine = engine
        self._scenario = scenario
        self._wiring = (engine, api, apply_one)
        self._hands: Hands | None = None
        self._tool: Helm | ArgoCD | None = None
        self._before: Sequence[Manifest] | None = None

    @property
    def due(self) -> int | None:
        """When the tool gives up what it waits for; None: it waits for nothing, or forever."""
        return self._hands.due if self._hands is not None else None

    def start(self, manifests: Sequence[Manifest]) -> None:
        """Deliver manifests from now on."""
        spec, namespace = apply_of(self._scenario.apply), self._scenario.namespace or "default"
        if spec.tool == KUBECTL:
            self._engine.start(self._one_by_one(manifests, spec.each))
            return
        if self._tool is None:
            release = spec.release or named_release(manifests)
            engine, api, apply_one = self._wiring
            hands = self._hands = Hands(engine, api, apply_one, spec.tool, Key("", namespace, release))
            self._tool = ArgoCD(hands) if spec.tool == ARGOCD else Helm(hands, spec, release, namespace)
        tool = self._tool
        self._engine.start(tool.deliver(manifests) if isinstance(tool, ArgoCD) else tool.deliver(manifests, self._before))
        self._before = manifests

    def _one_by_one(self, manifests: Sequence[Manifest], each: int) -> Process[None]:
        """As kubectl does, which sends the next object when the last one is there."""
        _, _, apply_one = self._wiring
        for manifest in manifests:
            apply_one(manifest)
            yield self._engine.sleep(each)


def named_release(manifests: Sequence[Manifest]) -> str:
    """The release that rendered manifests name in their labels."""
    names = Counter(name for one in manifests if (name := one.object.metadata.labels.get(INSTANCE)))
    return names.most_common(1)[0][0] if names else NAMELESS
