"""The text of manifests for the page: which lines each object came from. Only text that the run read is shown: its lines are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from simulator.journal.records import Fact
from simulator.journal.snapshot import Snapshot
from simulator.objects.base import JSON
from simulator.objects.kinds import Key
from simulator.views.page.related import lineage

Sources = Mapping[str, str]
"""The text of each file by its name in the journal: relative to the Scenario's folder."""


def texts(snapshot: Snapshot, folders: Sequence[Path]) -> dict[str, str]:
    """The text of the files that the run names, as far as they are found in one of these folders."""
    result = {}
    for name in file_names(snapshot):
        for folder in folders:
            with suppress(OSError, UnicodeDecodeError):
                result[name] = Path(folder, name).read_text("utf-8")
                break
    return result


def file_names(end: Snapshot) -> list[str]:
    """The names of the files that objects and actions came from."""
    facts = [fact.data for fact in end.facts() if fact.what in ("applied", "action")]
    facts += [fact.data.get("origin", {}) for fact in end.facts("container.program")]
    return sorted({str(data["file"]) for data in facts if data.get("file")})


def manifests(end: Snapshot, sources: Sources, names: Mapping[Key, str]) -> JSON:
    """The lines of files, and for each object (by its name on the page) the file and the lines of its document or of its controller's.

    Documents of Secrets are left out: pages are passed on.
    """
    texts = {file: text.removeprefix("\ufeff").split("\n") for file, text in sources.items()}
    applied = {fact.about: fact for fact in end.facts("applied")}
    places = {key: _document(fact, texts.get(str(fact.data.get("file")), [])) for key, fact in applied.items()}
    changed = {str(applied[key].data["file"]) for key, place in places.items() if place is None}
    objects: JSON = {}
    for key, name in names.items():
        origin = next((one for one in lineage(end, key) if one in applied), None)
        place = places.get(origin) if origin is not None else None
        if origin is not None and place is not None and origin.kind == "Secret":
            lines = texts[str(applied[origin].data["file"])]
            lines[place[0] - 1 : place[1]] = [""] * (place[1] - place[0] + 1)
        elif origin is not None and place is not None:
            objects[name] = [str(applied[origin].data["file"]), *place]
    return {"files": {file: lines for file, lines in sorted(texts.items()) if file not in changed}, "objects": objects}


def _document(fact: Fact, lines: list[str]) -> tuple[int, int] | None:
    """The first and the last line (from 1) of the document that a fact names; None when the text is another one."""
    line = int(fact.data.get("line", 0))
    named = ((path.rpartition(".")[2], number) for path, number in fact.data.get("fields", {}).items() if not path.endswith("]"))
    if not 0 < line <= len(lines) or not all(number <= len(lines) and name in lines[number - 1] for name, number in named):
        return None
    first = next((i + 2 for i in range(line - 1, -1, -1) if lines[i].startswith("---")), 1)
    last = next((i for i in range(line, len(lines)) if lines[i].startswith("---")), len(lines))
    while last > first and not lines[last - 1].strip():
        last -= 1
    return first, last
