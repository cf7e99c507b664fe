"""How a program refuses its arguments: raised inside it, turned into a message and an exit code by what launched it."""

from __future__ import annotations

from simulator.errors import SimulatorError


class UsageError(SimulatorError):
    """The command does not take these arguments: it prints `text` and exits with `status`. Caught where commands are launched."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.text, self.status = text, status


class NotSimulatedError(SimulatorError):
    """The real command takes this, podsim's does not: noted for the user, printed, and a failure. The text names the feature."""
