"""podsim: simulates what a Kubernetes cluster would do with your manifests.

    import simulator
    run = simulator.run("scenarios/await-redis")
    run.at("40s").pod("app-tier")

`run` and `load` (a saved journal) return a `simulator.public.runs.Run`. `sweep` runs the same inputs with several values of a field,
`diff` shows the effect of a change of manifests. A `SimulatedCluster` runs step by step, for tests; it raises `RefusedError` for what
kubectl refuses. `example` is the folder of a bundled scenario. All of them are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["RefusedError", "SimulatedCluster", "__version__", "diff", "example", "load", "run", "sweep"]

if TYPE_CHECKING:
    from simulator.public.examples import example
    from simulator.public.runs import load, run
    from simulator.public.simulated_cluster import RefusedError, SimulatedCluster
    from simulator.public.sweeps import diff, sweep
    from simulator.version import __version__

MODULES = {
    "RefusedError": "public.simulated_cluster",
    "SimulatedCluster": "public.simulated_cluster",
    "__version__": "version",
    "diff": "public.sweeps",
    "example": "public.examples",
    "load": "public.runs",
    "run": "public.runs",
    "sweep": "public.sweeps",
}
"""The module below `simulator` that defines each name."""


def __getattr__(name: str) -> Any:
    if name in MODULES:
        from importlib import import_module

        return getattr(import_module(f"simulator.{MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
