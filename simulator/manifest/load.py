"""From files to API objects: read, check against the schema, fill in defaults, validate; every problem at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TextIO

import msgspec

from simulator.dialect import Dialect
from simulator.errors import ManifestError, Problem
from simulator.manifest.decode import fit
from simulator.manifest.defaults import defaulted
from simulator.manifest.documents import Broken, Document, documents
from simulator.manifest.files import Source, chart_of, is_kustomization, sources, unread_folders
from simulator.manifest.places import Places
from simulator.manifest.schema import Served, served, served_groups, served_kinds
from simulator.manifest.unsimulated import unsimulated
from simulator.manifest.validation import validate as validation_errors
from simulator.objects.base import JSON
from simulator.objects.kinds import Object, from_builtins, kind_for

Validate = Literal["strict", "warn", "ignore"]
KUSTOMIZE = "kustomize.config.k8s.io/"
TEMPLATE_HINT = "it looks like a template: render it first (helm template, kustomize build, envsubst)"


@dataclass(frozen=True)
class Manifest:
    """One API object: its text and place, and the object as the API server would store it.

    `place("spec.containers[0].image")` is the line and column of a field. `object` has its defaults and its namespace.
    """

    raw: JSON
    file: str
    place: Places
    object: Object

    @property
    def line(self) -> int:
        """The line on which the object begins, from 1."""
        return self.place().line

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.object.kind} {self.object.metadata.name}"


class Loaded(NamedTuple):
    """The objects, and warnings.

    `sources`: the texts; `edited`: the positions of manifests whose values are no longer those of their texts; `validate`: how unknown
    fields were treated.
    """

    manifests: list[Manifest] = []
    warnings: list[Problem] = []
    sources: tuple[Source, ...] = ()
    edited: tuple[int, ...] = ()
    validate: Validate = "strict"


@dataclass(frozen=True)
class RawObject:
    """An object in a document."""

    value: Any
    file: str
    place: Places


def load(
    paths: Sequence[str],
    *,
    namespace: str = "default",
    validate: Validate = "strict",
    stdin: TextIO | None = None,
    dialect: Dialect | None = None,
    rules: bool = True,
) -> Loaded:
    """Read manifests as `kubectl apply -f` does: files, directories, `-`.

    `namespace` is that of objects that set none. Unknown fields are errors when `validate` is `strict`, warnings for `warn`.
    Without `rules` only the types are checked: the API server will validate object by object.
    Raises ManifestError with every problem of every file.
    """
    loaded = load_sources(sources(paths, stdin), namespace=namespace, validate=validate, dialect=dialect, rules=rules)
    unread = [
        Problem(path, 0, 0, "", f"manifests in its folders are not read: name {', '.join(folders)} too")
        for path in paths
        if (folders := unread_folders(path))
    ]
    return loaded._replace(warnings=loaded.warnings + unread)


def load_sources(
    texts: Iterable[Source | Problem],
    *,
    namespace: str = "default",
    validate: Validate = "strict",
    dialect: Dialect | None = None,
    rules: bool = True,
) -> Loaded:
    """As `load`, of texts that have been read. Raises ManifestError with every problem of every text."""
    loader = _Loader(namespace, validate, dialect or Dialect(), rules=rules)
    read: list[Source] = []
    for item in texts:
        loader.take(item)
        if isinstance(item, Source):
            read.append(item)
    if loader.problems:
        raise ManifestError(sorted(loader.problems, key=lambda p: (loader.order.index(p.file), p.line, p.column)))
    return Loaded(loader.manifests, loader.warnings, tuple(read), validate=validate)


def load_objects(
    items: Iterable[RawObject], *, namespace: str = "default", validate: Validate = "strict", dialect: Dialect | None = None
) -> Loaded:
    """As `load`, for objects that were read before and may have been changed since. Raises ManifestError with every problem."""
    loader = _Loader(namespace, validate, dialect or Dialect(), rules=True)
    for item in items:
        loader.take_object(item)
    if loader.problems:
        raise ManifestError(sorted(loader.problems))
    return Loaded(loader.manifests, loader.warnings)


def raw_objects(source: Source) -> Iterator[RawObject | Broken | Document]:
    """The objects of a text, Lists opened; each Document comes before its objects."""
    for document in documents(source.text):
        yield document
        if isinstance(document, Document):
            yield from _opened(RawObject(document.value, source.name, document.places))


def _opened(item: RawObject) -> Iterator[RawObject]:
    value = item.value
    if isinstance(value, dict) and str(value.get("kind", "")).endswith("List") and isinstance(value.get("items"), list):
        # Items of a `PodList` need not say that they are Pods.
        named = {"apiVersion": value.get("apiVersion"), "kind": value["kind"].removesuffix("List")} if value["kind"] != "List" else {}
        for index, inner in enumerate(value["items"]):
            inner = {**named, **inner} if isinstance(inner, dict) else inner
            yield from _opened(RawObject(inner, item.file, item.place.item(index)))
        return
    yield item


class _Loader:
    """Collects manifests, warnings and problems."""

    def __init__(self, namespace: str, validate: Validate, dialect: Dialect, *, rules: bool) -> None:
        self._rules = rules
        self.manifests: list[Manifest] = []
        self.warnings: list[Problem] = []
        self.problems: list[Problem] = []
        self.order: list[str] = []
        self._namespace = namespace
        self._validate = validate
        self._dialect = dialect
        self._named: set[str] = set()

    def take(self, item: Source | Problem) -> None:
        """Read a file."""
        if isinstance(item, Problem):
            self.order.append(item.file)
            self.problems.append(item)
            return
        self.order.append(item.name)
        for part in raw_objects(item):
            if isinstance(part, Broken):
                hint = f" ({TEMPLATE_HINT})" if "{{" in item.text else ""
                self.problems.append(Problem(item.name, part.line, part.column, "", part.message + hint))
            elif isinstance(part, Document):
                for key, line, column in part.repeated:
                    self.warnings.append(Problem(item.name, line, column, key, "written twice: the last one counts"))
            else:
                self.take_object(part)

    def take_object(self, item: RawObject) -> None:
        """Read an object of any file."""
        refusal = not_an_object(item.value)
        if is_kustomization(item.file) if refusal else item.value["apiVersion"].startswith(KUSTOMIZE):
            kind = "Kustomization" if refusal else item.value["kind"]
            self.warnings.append(Problem(item.file, *item.place(), "", f"kind {kind} is for `kustomize build`: left out"))
            return
        if refusal and (chart := chart_of(item.file)):
            refusal += f" (it is of a Helm chart: render it first, as in helm template {chart} | podsim run -)"
        refusal = refusal or unserved(item.value)
        if refusal:
            self._problem(item, "", refusal)
            return
        entry = served(item.value["apiVersion"], item.value["kind"])
        value, fits = self._fitted(item)
        # Unknown fields have been removed: the rest can still be validated.
        typed = self._typed(item, self._placed(value, entry)) if fits else None
        if typed is None:
            return
        for error in validation_errors(typed, self._dialect) if self._rules else ():
            self._problem(item, error.field, error.body(self._dialect))
        self._name_unsimulated(item)
        self.manifests.append(Manifest(item.value, item.file, item.place, typed))

    def _fitted(self, item: RawObject) -> tuple[JSON, bool]:
        """The object's decoded value, and whether all types match."""
        decoded = fit(item.value)
        for misfit in decoded.misfits:
            self._problem(item, misfit.path, misfit.message)
        if self._validate != "ignore":
            problems = self.problems if self._validate == "strict" else self.warnings
            problems += [Problem(item.file, *item.place(path), path, f'unknown field "{path}"') for path in decoded.unknown]
        return decoded.value, not decoded.misfits

    def _placed(self, value: JSON, entry: Served | None) -> JSON:
        metadata = value.get("metadata")
        metadata = dict(metadata) if isinstance(metadata, dict) else {}
        if entry is not None and not entry.namespaced:
            metadata.pop("namespace", None)
        elif not metadata.get("namespace"):
            metadata["namespace"] = self._namespace
        return {**value, "metadata": metadata}

    def _typed(self, item: RawObject, value: JSON) -> Object | None:
        try:
            return defaulted(from_builtins(value))
        except msgspec.ValidationError:
            self._problem(item, "", unreadable(value))
        except ValueError as error:
            self._problem(item, "", str(error))
        return None

    def _name_unsimulated(self, item: RawObject) -> None:
        name = item.value["kind"]
        kind = kind_for(item.value["apiVersion"], name)
        if (kind is None or kind.struct is None) and name not in self._named:
            self._named.add(name)
            self.warnings.append(Problem(item.file, *item.place(), "", f"kind {name} is kept but not simulated"))
        if kind is not None and kind.struct is not None:
            self.warnings += [Problem(item.file, *item.place(path), path, text) for path, text in unsimulated(item.value)]

    def _problem(self, item: RawObject, path: str, message: str) -> None:
        self.problems.append(Problem(item.file, *item.place(path), path, message))


def not_an_object(value: Any) -> str:
    """kubectl's message when a document is no API object; empty when it is one."""
    if not isinstance(value, dict):
        return "invalid object to validate"
    missing = []
    for name in ("apiVersion", "kind"):
        if value.get(name) is None:
            missing.append(f"{name} not set")
        elif not isinstance(value[name], str):
            missing.append(f"{name} isn't string type")
    return missing[0] if len(missing) == 1 else f"[{', '.join(missing)}]" if missing else ""


def unreadable(value: JSON) -> str:
    """The message for an object that matches its published type but not podsim's."""
    return f"cannot be read as a {value['kind']} of {value['apiVersion']}"


def unserved(value: JSON) -> str:
    """The API server's message for an unknown kind; empty for a known one, or a custom one (its group has a dot)."""
    api_version, name = value["apiVersion"], value["kind"]
    group = api_version.rpartition("/")[0]
    own = "." in group and group not in served_groups()
    if own or served(api_version, name) is not None:
        return ""
    return f'no matches for kind "{name}" in version "{api_version}"{_nearest(value)}'


def _nearest(value: JSON) -> str:
    """The probably intended kind: in another version of its group, in another group, or with another spelling."""
    group, name = value["apiVersion"].rpartition("/")[0], value["kind"]
    kinds = served_kinds()
    if (value["apiVersion"], name.lower()) in kinds:
        return f" (did you mean {kinds[value['apiVersion'], name.lower()]}?)"
    everywhere = [version for version, kind in kinds if kind == name.lower()]
    others = [version for version in everywhere if version.rpartition("/")[0] == group] or everywhere
    return f" (it is served as {others[-1]})" if others else ""
