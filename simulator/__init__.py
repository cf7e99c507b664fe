"""podsim: plays, in simulated time, what a Kubernetes cluster would do with your manifests.

    import simulator
    run = simulator.run("scenarios/await-redis")
    run.at("40s").pod("app-tier")

`run` plays, `load` reads a saved journal; both give a `simulator.public.runs.Run`. `sweep` plays many runs with other values, `diff`
says what a change of manifests does (both in `simulator.public.sweeps`). `SimulatedCluster` is played piece by piece, for tests. They
are imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["SimulatedCluster", "__version__", "diff", "load", "run", "sweep"]

if TYPE_CHECKING:
    from simulator.public.runs import load, run
    from simulator.public.simulated_cluster import SimulatedCluster
    from simulator.public.sweeps import diff, sweep
    from simulator.version import __version__

MODULES = {
    "SimulatedCluster": "public.simulated_cluster",
    "__version__": "version",
    "diff": "public.sweeps",
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
