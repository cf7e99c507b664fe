"""What a describer writes on: lines at levels of indentation, whose tabs become columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from simulator.golang.tabwriter import align
from simulator.kubectl.view import escaped
from simulator.objects.affinity import Toleration
from simulator.objects.labels import LAST_APPLIED
from simulator.objects.meta import ObjectMeta

_LONGEST = 140
"""Characters of an annotation that are shown on its own line."""


class Sheet:
    """Text in the making. `layout` makes columns of tabs."""

    def __init__(self, layout: Callable[[str], str] = align) -> None:
        self._layout = layout
        self._done = ""
        self._open: list[str] = []

    def write(self, text: str, level: int = 0) -> None:
        """Text at a level (two blanks each); tabs end cells. Line ends are the writer's own business."""
        self._open.append(escaped("  " * level + text))

    def line(self, text: str, level: int = 0) -> None:
        """A whole line."""
        self.write(text + "\n", level)

    def row(self, title: str, value: object, level: int = 0) -> None:
        """`Title:  value`."""
        self.write(f"{title}:\t{value}\n", level)

    def rows(self, pairs: Iterable[tuple[str, object]], level: int = 0) -> None:
        """Several rows; those whose value is None are left out."""
        for title, value in pairs:
            if value is not None:
                self.row(title, value, level)

    def listed(self, title: str, values: Iterable[str], indent: str = "") -> None:
        """`Title:  first`, and each further value on a line of its own below it; `<none>` without values."""
        for i, value in enumerate([*values] or ["<none>"]):
            self.write(f"{indent}\t{value}\n" if i else f"{indent}{title}:\t{value}\n")

    def labels(self, title: str, labels: Mapping[str, str], indent: str = "") -> None:
        """Labels, sorted, one a line."""
        self.listed(title, (f"{key}={labels[key]}" for key in sorted(labels)), indent)

    def annotations(self, title: str, annotations: Mapping[str, str]) -> None:
        """Annotations, sorted; long ones and those of several lines below their keys, cut off. What kubectl applied last is not shown."""
        shown = {key: value.removesuffix("\n") for key, value in sorted(annotations.items()) if key != LAST_APPLIED}
        values = []
        for key, value in shown.items():
            if len(key) + len(value) + 2 <= _LONGEST and "\n" not in value:
                values.append(f"{key}: {value}")
                continue
            values += [f"{key}:", *(f"  {_shortened(line)}" for line in value.split("\n"))]
        self.listed(title, values)

    def head(self, meta: ObjectMeta, *, namespaced: bool = True) -> None:
        """Name and namespace."""
        self.row("Name", meta.name)
        if namespaced:
            self.row("Namespace", meta.namespace)

    def marks(self, meta: ObjectMeta) -> None:
        """Labels and annotations."""
        self.labels("Labels", meta.labels)
        self.annotations("Annotations", meta.annotations)

    def tolerations(self, title: str, tolerations: list[Toleration]) -> None:
        """Tolerations, sorted by key."""
        self.listed(title, (_toleration(one) for one in sorted(tolerations, key=lambda one: one.key)))

    def flush(self) -> None:
        """End all columns here."""
        self._done += self._layout("".join(self._open))
        self._open.clear()

    def raw(self) -> str:
        """What was written since the last flush, tabs and all."""
        return "".join(self._open)

    def text(self) -> str:
        """Everything, laid out."""
        self.flush()
        return self._done


def _shortened(text: str) -> str:
    limit = _LONGEST - 2
    return text[:limit] + "..." if len(text) > limit else text


def _toleration(one: Toleration) -> str:
    text = one.key + (f"={one.value}" if one.value else "") + (f":{one.effect}" if one.effect else "")
    if one.operator == "Exists" and not one.value:
        text += " op=Exists" if text else "op=Exists"
    return text + (f" for {one.toleration_seconds}s" if one.toleration_seconds is not None else "")
