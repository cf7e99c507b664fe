"""Remembers the last run: `podsim get pods` after `podsim run app.yaml` looks at it, and verbs can continue it.

The journal is kept in the user's state directory (XDG_STATE_HOME, by default ~/.local/state); PODSIM_LAST_RUN names another file,
or switches it off when it is empty. Beside it is a JSON file with what the run was made from: manifests may have changed since. That
file names the journal that it belongs to by its digest, so that the two are never of different runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.errors import UsageError
from simulator.version import __version__

if TYPE_CHECKING:
    from simulator.journal.journal import Journal
    from simulator.scenario.inputs import Inputs

INPUTS = ".inputs"
FORMAT = 1
"""Of the file with the inputs. It changes when a podsim that reads the old one would misunderstand it."""


def place() -> Path | None:
    """Where the last run is kept; None: nowhere."""
    named = os.environ.get("PODSIM_LAST_RUN")
    if named is not None:
        return Path(named) if named else None
    return state_folder() / "last-run.journal"


def state_folder() -> Path:
    """Where podsim keeps what it remembers of a user."""
    state = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")  # noqa: PTH111, PTH118 (no pathlib error without a home)
    return Path(state) / "podsim"


def remember(journal: Journal, inputs: Inputs) -> bool:
    """Keep a run; False when it could not be kept. Each file is there as a whole or not at all, and only its owner can read it."""
    import msgspec

    from simulator.scenario.inputs import settled
    from simulator.scenario.stored import stored
    from simulator.whole_files import write_whole

    target = place()
    if target is None:
        return False
    content = b"".join(journal.saved())
    parts = {"format": FORMAT, "podsim": __version__, "journal": _digest(content), "inputs": stored(settled(inputs))}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(_inputs_of(target), msgspec.json.encode(parts), private=True)
        write_whole(target, content, private=True)
    except OSError:
        return False
    return True


def recall() -> Path | None:
    """The file of the last run, when there is one."""
    target = place()
    return target if target is not None and target.is_file() else None


def recall_inputs() -> Inputs | None:
    """What the last run was made from; None when there was none. Raises UsageError when it cannot be continued."""
    journal = recall()
    if journal is None:
        return None
    parts = _parts(journal)
    by = f"podsim {parts['podsim']}" if isinstance(parts.get("podsim"), str) else "another podsim"
    if parts.get("format") != FORMAT:
        raise _refused(journal, f"{by} wrote it, in another format")
    with _readable(journal):
        text = journal.read_bytes()
    if parts.get("journal") != _digest(text):
        raise _refused(journal, f"it and {_inputs_of(journal).name} are of different runs")
    from simulator.scenario.stored import NotReadable, restored

    try:
        return restored(parts.get("inputs"))
    except NotReadable as error:
        raise _refused(journal, f"{by} wrote it, and this is podsim {__version__}") from error


def _parts(journal: Path) -> dict[str, Any]:
    """What the file beside a journal holds. Raises UsageError."""
    import msgspec

    with _readable(journal):
        content = _inputs_of(journal).read_bytes()
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise _refused(journal, f"{_inputs_of(journal).name} is damaged, or an older podsim wrote it") from error


@contextmanager
def _readable(journal: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _refused(journal, "only its journal is there") from error


def _refused(journal: Path, why: str) -> UsageError:
    return UsageError(f"{journal} cannot be continued: {why}; `podsim run` it again")


def _inputs_of(journal: Path) -> Path:
    return journal.with_name(journal.name + INPUTS)


def _digest(text: bytes) -> str:
    import hashlib

    return hashlib.sha256(text).hexdigest()
