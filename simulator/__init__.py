"""podsim: plays, in simulated time, what a Kubernetes cluster would do with your manifests.

    import simulator
    run = simulator.run("scenarios/await-redis")
    run.at("40s").pod("app-tier")

`run` plays, `load` reads a saved journal; both give a `simulator.runs.Run`. They are imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["load", "run"]

if TYPE_CHECKING:
    from simulator.runs import load, run


def __getattr__(name: str) -> Any:
    if name in __all__:
        from simulator import runs

        return getattr(runs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
