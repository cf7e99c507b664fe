"""The value that components hold: `dialect.say("container.created", name=...)`, `dialect.startup_probe_rests_after_success`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from simulator.dialect import klog
from simulator.dialect.release import Release, parse_release, reached
from simulator.errors import UsageError

SUPPORTED = ("1.29", "1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36")
"""The supported minor releases."""
DEFAULT = "1.36"

TABLES = ("kubelet", "controllers", "validation")
"""Modules of this package with WORDING and SWITCHES of the cluster's components."""


class Dialect:
    """The wording and behaviour of the components of one release.

    Every switch of the tables is an attribute; any other name is an AttributeError.
    """

    def __init__(self, release: str = DEFAULT) -> None:
        try:
            self.release: Release = parse_release(release)
        except ValueError as error:
            raise UsageError(str(error)) from error
        if f"{self.release.major}.{self.release.minor}" not in SUPPORTED:
            raise UsageError(f"Kubernetes {release} is not simulated: choose one of {', '.join(SUPPORTED)}")
        self._wording: dict[str, str] = {}
        for name in TABLES:
            table = import_module(f"simulator.dialect.{name}")
            self._wording.update({key: self._valid(rows) for key, rows in table.WORDING.items()})
            for switch, rows in table.SWITCHES.items():
                setattr(self, switch, self._valid(rows))

    def __repr__(self) -> str:
        return f"Dialect({str(self.release)!r})"

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no switch {name!r} in the dialect's tables")

    def say(self, key: str, **values: object) -> str:
        """The message of that key in this release's wording. Raises KeyError for an unknown key."""
        return self._wording[key].format(**values)

    def log_place(self, message: str) -> str:
        """The source file and line of one of the kubelet's log messages. Raises KeyError for an unknown one."""
        return klog.place(self.release, message)

    def _valid(self, rows: list[tuple[str, Any]]) -> Any:
        """The value of the last row that this release has reached; rows are in order of release."""
        return next(value for since, value in reversed(rows) if reached(self.release, since))
