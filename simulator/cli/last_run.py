"""Remembers the last run: `podsim get pods` after `podsim run app.yaml` need not be told what to look at, and verbs can continue it.

The journal is kept in the user's state directory (XDG_STATE_HOME, by default ~/.local/state); PODSIM_LAST_RUN names another file,
or switches it off when it is empty. Beside it stands what the run was made from, as it was read: files may have changed since.
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from simulator.errors import UsageError
from simulator.version import __version__

if TYPE_CHECKING:
    from simulator.journal.journal import Journal
    from simulator.scenario.inputs import Inputs

INPUTS = ".inputs"
MADE_BY = (__version__, *sys.version_info[:2])
"""Who can read what a run was made from: the same podsim, by the same Python."""
KNOWN = ("simulator.", "yaml.nodes", "yaml._yaml", "yaml.error")
"""Where the types of a run's inputs come from; nothing else is made when they are read back."""


def place() -> Path | None:
    """Where the last run is kept; None: nowhere."""
    named = os.environ.get("PODSIM_LAST_RUN")
    if named is not None:
        return Path(named) if named else None
    state = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")  # noqa: PTH111, PTH118 (no pathlib error without a home)
    return Path(state) / "podsim" / "last-run.journal"


def remember(journal: Journal, inputs: Inputs) -> bool:
    """Keep a run; False when it could not be kept. A reader never sees half a file."""
    from simulator.journal.lines import dump
    from simulator.scenario.inputs import settled

    target = place()
    if target is None:
        return False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target.with_name(target.name + INPUTS), pickle.dumps((MADE_BY, settled(inputs)), protocol=5))
        _replace(target, "".join(f"{line}\n" for line in dump(journal)).encode())
    except OSError:
        return False
    return True


def _replace(target: Path, content: bytes) -> None:
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(target)


def recall() -> Path | None:
    """The file of the last run, when there is one."""
    target = place()
    return target if target is not None and target.is_file() else None


def recall_inputs() -> Inputs | None:
    """What the last run was made from; None when there was none. Raises UsageError when it cannot be played again."""
    journal = recall()
    if journal is None:
        return None
    try:
        with journal.with_name(journal.name + INPUTS).open("rb") as file:
            made_by, inputs = _Reader(file).load()
    except (OSError, pickle.UnpicklingError, AttributeError, ImportError, TypeError, ValueError, EOFError) as error:
        raise UsageError(f"{journal} cannot be continued: only its journal is there; `podsim run` it again") from error
    if made_by != MADE_BY:
        raise UsageError(f"{journal} cannot be continued: another podsim played it; `podsim run` it again")
    found: Inputs = inputs
    return found


class _Reader(pickle.Unpickler):
    """Reads inputs, and makes nothing but their types."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)

    def find_class(self, module: str, name: str) -> Any:
        """A type of ours, or a place in YAML."""
        if not module.startswith(KNOWN):
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a run")
        return super().find_class(module, name)
