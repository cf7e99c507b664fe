"""The command line: parses, calls, prints. `main` is what `podsim` runs."""

from __future__ import annotations

import gc
from collections.abc import Sequence

from simulator.garbage import THRESHOLDS


def main(args: Sequence[str] | None = None) -> int:
    """Run one command (default: the process's arguments) and return its exit code: 0 fine, 1 expectations failed, 2 bad input or usage."""
    whole_process = args is None
    if whole_process:
        gc.set_threshold(*THRESHOLDS)
    try:
        from simulator.cli.app import run_command_line

        code = run_command_line(args)
    except KeyboardInterrupt:
        code = 130  # Ctrl-C before the command had begun, or twice
    if whole_process:
        # Nothing needs collecting any more: the interpreter would look at every object of the run twice before it ends.
        gc.freeze()
    return code
