"""How the answer of a verb that writes is printed: the lines that name objects, or with `-o` the objects themselves."""

from __future__ import annotations

from simulator.kubectl.print.output import name, print_data
from simulator.kubectl.write.acting import Part
from simulator.objects.base import JSON


class Printer:
    """Prints the parts of one answer in turn. `form`: what `-o` says."""

    def __init__(self, form: str) -> None:
        self._form = form
        self._printed = 0

    def text(self, part: Part) -> str:
        """What is printed for a part. Raises KubectlError when it does not fit the format."""
        if part.item is None or not self._form:
            return part.text
        if self._form == "name":
            return f"{part.text.split(' ')[0]}\n" if '"' not in part.text else f"{name(part.item)}\n"
        divided = "---\n" if self._printed and self._form == "yaml" else ""
        text = print_data([_without_managed_fields(part.item)], self._form, single=True)
        self._printed += 1
        return divided + text


def _without_managed_fields(item: JSON) -> JSON:
    metadata = {key: value for key, value in item.get("metadata", {}).items() if key != "managedFields"}
    return {**item, "metadata": metadata}
