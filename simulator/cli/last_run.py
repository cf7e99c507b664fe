"""Remembers the last run, so that `podsim get pods` after `podsim run app.yaml` need not be told what to look at.

The journal is kept in the user's state directory (XDG_STATE_HOME, by default ~/.local/state); PODSIM_LAST_RUN names another file,
or switches it off when it is empty.
"""

from __future__ import annotations

import os
from pathlib import Path

from simulator.journal.journal import Journal


def place() -> Path | None:
    """Where the last run is kept; None: nowhere."""
    named = os.environ.get("PODSIM_LAST_RUN")
    if named is not None:
        return Path(named) if named else None
    state = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")  # noqa: PTH111, PTH118 (no pathlib error without a home)
    return Path(state) / "podsim" / "last-run.journal"


def remember(journal: Journal) -> bool:
    """Keep a run; False when it could not be kept. A reader never sees half a file."""
    from simulator.journal.lines import dump

    target = place()
    if target is None:
        return False
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text("".join(f"{line}\n" for line in dump(journal)), encoding="utf-8")
        draft.replace(target)
    except OSError:
        return False
    return True


def recall() -> Path | None:
    """The file of the last run, when there is one."""
    target = place()
    return target if target is not None and target.is_file() else None
