"""Runs in which clients send requests to Services, while something may happen to the workloads behind them."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.cluster import Cluster
from simulator.errors import UsageError
from simulator.journal.journal import Journal
from simulator.network.traffic import Traffic
from simulator.objects.service import Service
from simulator.scenario.inputs import Inputs
from simulator.units import MINUTE
from simulator.whatif.base import Base
from simulator.whatif.disturbance import Workload, disturb, services_of, workloads_behind
from simulator.whatif.sweep import settings

AFTER = 1 * MINUTE
"""How long to observe what follows a disturbance."""


def run_with_clients(base: Base, clients: Traffic, during: str = "", at: int = 0, sets: Sequence[tuple[str, str]] = ()) -> Journal:
    """Run the inputs with `clients` of their `service` (empty: those in the Scenario's traffic, else of every Service with a selector).

    `during`: what happens at `at` (ns) to the workloads behind the Services; `sets`: addresses and values. Raises InputError.
    """
    base, replaced = settings(base, sets)
    return Cluster(with_clients(base.arm(replaced) if replaced else base.inputs, clients, during, at)).run()


def with_clients(inputs: Inputs, clients: Traffic, during: str = "", at: int = 0) -> Inputs:
    """The inputs of such a run."""
    scenario, service = inputs.scenario, clients.service
    services = _services(inputs, service)
    traffic = scenario.traffic
    if service or not traffic:
        traffic = tuple(clients._replace(service=one.metadata.name, namespace=one.metadata.namespace) for one in services)
    actions, horizon = list(scenario.actions), inputs.horizon
    if during:
        manifests = [*inputs.before.manifests, *inputs.loaded.manifests]
        behind: dict[str, Workload] = {}
        for one in services:
            behind |= {f"{item.kind}/{item.metadata.namespace}/{item.metadata.name}": item for item in workloads_behind(one, manifests)}
        actions += disturb(during, at, list(behind.values()), scenario.nodes, scenario.namespace or "default")
        horizon = max(horizon, at + AFTER)
    actions.sort(key=lambda action: action.at)
    return inputs._replace(scenario=scenario._replace(traffic=traffic, actions=tuple(actions)), horizon=horizon)


def _services(inputs: Inputs, name: str) -> list[Service]:
    """The Services that get requests. Raises UsageError when there is none, or none of that name."""
    services = services_of([*inputs.before.manifests, *inputs.loaded.manifests])
    named = {one.service for one in inputs.scenario.traffic}
    chosen = [one for one in services if one.metadata.name == name or (not name and (not named or one.metadata.name in named))]
    if not chosen:
        known = ", ".join(one.metadata.name for one in services) or "none"
        raise UsageError(f"no Service {name!r} with a selector in the manifests; available: {known}" if name else "no Service to call")
    return chosen
