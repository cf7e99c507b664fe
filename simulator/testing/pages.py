"""The report pages of tests that fail: a run as one web page, as `podsim report` writes it."""

from __future__ import annotations

import re
from pathlib import Path

from simulator.errors import JournalError, Problem
from simulator.journal.journal import Journal
from simulator.views.page.manifests import texts
from simulator.views.page.page import page
from simulator.whole_files import write_whole

_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


def write_page(journal: Journal, folder: str, test: str, seed: int | None) -> str:
    """Write the page of a test's run into a folder, and return its file. `seed`: where it is not the test's own.

    Raises:
        JournalError: The file cannot be written.
    """
    stem = _NOT_IN_NAMES.sub("-", re.sub(r"\.ya?ml$", "", test)).strip("-.")
    file = Path(folder, f"{stem}.html" if seed is None else f"{stem}.seed-{seed}.html")
    snapshot = journal.at()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, page(snapshot, snapshot.header.scenario or test, sources=texts(snapshot, (Path(), Path(test).parent))))
    except OSError as error:
        raise JournalError([Problem(str(file), 0, 0, "", error.strerror or str(error))]) from error
    return str(file)
