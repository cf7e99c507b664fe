"""The command line: parses, calls, prints. `main` is what `podsim` runs."""

from __future__ import annotations

from collections.abc import Sequence


def main(args: Sequence[str] | None = None) -> int:
    """Run one command (default: the process's arguments) and return its exit code: 0 fine, 1 expectations failed, 2 bad input or usage."""
    from simulator.cli.app import run_command_line

    return run_command_line(args)
