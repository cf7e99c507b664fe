"""podsim: plays, in simulated time, what a Kubernetes cluster would do with your manifests.

    import simulator
    run = simulator.run("scenarios/await-redis")
    run.at("40s").pod("app-tier")

`run` plays, `load` reads a saved journal; both give a `simulator.runs.Run`. `sweep` plays many runs with other values, `diff`
says what a change of manifests does (both in `simulator.whatif.api`). `SimulatedCluster` is played piece by piece, for tests. They
are imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.version import __version__

__all__ = ["SimulatedCluster", "__version__", "diff", "load", "run", "sweep"]

if TYPE_CHECKING:
    from simulator.runs import load, run
    from simulator.testing.simulated import SimulatedCluster
    from simulator.whatif.api import diff, sweep

HOMES = {"SimulatedCluster": "testing.simulated", "diff": "whatif.api", "load": "runs", "run": "runs", "sweep": "whatif.api"}


def __getattr__(name: str) -> Any:
    if name in HOMES:
        from importlib import import_module

        return getattr(import_module(f"simulator.{HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
