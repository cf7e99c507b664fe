"""From files to API objects: read, check against the schema, fill in defaults, validate; every problem at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, TextIO

import msgspec

from simulator.dialect import Dialect
from simulator.errors import ManifestError, Problem
from simulator.manifest.decode import fit
from simulator.manifest.defaults import defaulted
from simulator.manifest.documents import Broken, Document, documents
from simulator.manifest.files import Source, Target, is_kustomization, sources, stops_everything
from simulator.manifest.foreign import TEMPLATE_HINT, instead_of, kustomized, unread
from simulator.manifest.places import Places
from simulator.manifest.refusals import not_an_object, unreadable, unserved
from simulator.manifest.schema import Served, served
from simulator.manifest.unsimulated import unsimulated
from simulator.manifest.validation import validate as validation_errors
from simulator.objects.base import JSON
from simulator.objects.kinds import READ_AS_STORED, Object, from_builtins, kind_for

Validate = Literal["strict", "warn", "ignore"]


class Manifest(msgspec.Struct, frozen=True):
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


class Refusal(NamedTuple):
    """An object or a document that is not applied: its problems, and its kind and name as far as it has them."""

    problems: tuple[Problem, ...]
    kind: str = ""
    name: str = ""


class Loaded(NamedTuple):
    """The objects, and warnings.

    `sources`: the texts; `edited`: the positions of manifests whose values are no longer those of their texts; `validate`: how unknown
    fields were treated; `refused`: what is not applied, when the rest is.
    """

    manifests: list[Manifest] = []
    warnings: list[Problem] = []
    sources: tuple[Source, ...] = ()
    edited: tuple[int, ...] = ()
    validate: Validate = "strict"
    refused: tuple[Refusal, ...] = ()
    stored: Problem | None = None

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong with what is not applied."""
        return [problem for refusal in self.refused for problem in refusal.problems]


FOREIGN = (
    'the namespace from the provided object "{foreign}" does not match the namespace "{namespace}". '
    "You must pass '--namespace={foreign}' to perform this operation."
)
"""kubectl's refusal of an object of another namespace than that of `-n`."""


class RawObject(msgspec.Struct, frozen=True):
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
    recursive: bool = False,
    fail_fast: bool = True,
) -> Loaded:
    """Read manifests as `kubectl apply -f` does: files, directories (with those below them if `recursive`), `-`.

    `namespace` is that of objects that set none. Unknown fields are errors when `validate` is `strict`, warnings for `warn`.
    Raises ManifestError with every problem of every file; without `fail_fast` only when a path cannot be read.
    """
    target = Target(namespace, str((dialect or Dialect()).release))
    texts = sources(paths, stdin, recursive=recursive, target=target)
    loaded = load_sources(texts, namespace=namespace, validate=validate, dialect=dialect, fail_fast=fail_fast)
    ignored = [Problem(path, 0, 0, "", message) for path in paths if not recursive and (message := unread(path))]
    return loaded._replace(warnings=loaded.warnings + ignored)


def load_sources(
    texts: Iterable[Source | Problem],
    *,
    namespace: str = "default",
    validate: Validate = "strict",
    dialect: Dialect | None = None,
    fail_fast: bool = True,
) -> Loaded:
    """As `load`, of texts that have been read. Raises ManifestError as `load` does."""
    loader = _Loader(namespace, validate, dialect or Dialect(), fail_fast=fail_fast)
    read: list[Source] = []
    for item in texts:
        loader.take(item)
        if isinstance(item, Source):
            read.append(item)
    problems = sorted(loader.problems, key=lambda p: (loader.order.index(p.file), p.line, p.column))
    if problems and (fail_fast or any(stops_everything(problem) for problem in problems)):
        raise ManifestError(problems)
    return loader.loaded()._replace(sources=tuple(read), validate=validate, refused=tuple(loader.refused))


def only_of(loaded: Loaded, namespace: str) -> Loaded:
    """Without the objects of other namespaces, which are refused as `kubectl apply -n` does."""
    kept, refused = [], list(loaded.refused)
    for manifest in loaded.manifests:
        metadata = manifest.object.metadata
        if metadata.namespace in ("", namespace):
            kept.append(manifest)
            continue
        message = FOREIGN.format(foreign=metadata.namespace, namespace=namespace)
        problem = Problem(manifest.file, *manifest.place("metadata.namespace"), "metadata.namespace", message)
        refused.append(Refusal((problem,), manifest.object.kind, metadata.name))
    return loaded._replace(manifests=kept, refused=tuple(refused))


def load_objects(
    items: Iterable[RawObject], *, namespace: str = "default", validate: Validate = "strict", dialect: Dialect | None = None
) -> Loaded:
    """As `load`, for objects that were read before and may have been changed since. Raises ManifestError with every problem."""
    loader = _Loader(namespace, validate, dialect or Dialect(), fail_fast=True)
    for item in items:
        loader.take_object(item)
    if loader.problems:
        raise ManifestError(sorted(loader.problems))
    return loader.loaded()


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

    def __init__(self, namespace: str, validate: Validate, dialect: Dialect, *, fail_fast: bool) -> None:
        self._fail_fast = fail_fast
        self.manifests: list[Manifest] = []
        self.warnings: list[Problem] = []
        self.problems: list[Problem] = []
        self.refused: list[Refusal] = []
        self.order: list[str] = []
        self._namespace = namespace
        self._validate = validate
        self._dialect = dialect
        self._stored: dict[str, Problem] = {}

    def loaded(self) -> Loaded:
        """What has been read, with one warning for all kinds that are only stored."""
        if not self._stored:
            return Loaded(self.manifests, self.warnings)
        first = next(iter(self._stored.values()))
        kinds = f"kind {first.message} is" if len(self._stored) == 1 else f"kinds {', '.join(self._stored)} are"
        stored = first._replace(message=f"{kinds} stored, not simulated")
        return Loaded(self.manifests, [*self.warnings, stored], stored=stored)

    def take(self, item: Source | Problem) -> None:
        """Read a file. Without `fail_fast` kubectl's rule applies: it reads no further where a document is not an API object."""
        if isinstance(item, Problem):
            self.order.append(item.file)
            self.problems.append(item)
            self.refused.append(Refusal((item,)))
            return
        self.order.append(item.name)
        parts = raw_objects(item)
        for part in parts:
            if isinstance(part, Broken):
                hint = f" ({TEMPLATE_HINT})" if "{{" in item.text else ""
                problem = Problem(item.name, part.line, part.column, "", part.message + hint)
                self.problems.append(problem)
                self.refused.append(Refusal((problem,)))
            elif isinstance(part, Document):
                for key, line, column in part.repeated:
                    self.warnings.append(Problem(item.name, line, column, key, "duplicate key: the last value is used"))
            else:
                self.take_object(part)
                if not self._fail_fast and not_an_object(part.value) and not is_kustomization(item.name):
                    if any(not isinstance(later, Document) for later in parts):
                        self.warnings.append(Problem(item.name, *part.place(), "", "the rest of the file is ignored, as kubectl does"))
                    return

    def take_object(self, item: RawObject) -> None:
        """Read an object of any file: a manifest, or a refusal with its problems."""
        before = len(self.problems)
        manifest = self._manifest(item)
        problems = tuple(self.problems[before:])
        if problems:
            value = item.value if isinstance(item.value, dict) else {}
            metadata = value.get("metadata")
            name = metadata.get("name") if isinstance(metadata, dict) else ""
            self.refused.append(Refusal(problems, str(value.get("kind") or ""), str(name or "")))
        elif manifest is not None:
            self._name_unsimulated(item)
            self.manifests.append(manifest)

    def _manifest(self, item: RawObject) -> Manifest | None:
        """The manifest of an object; None when its type does not match, and for kustomize's own objects, which are left out."""
        refusal = not_an_object(item.value)
        if kustomize := kustomized(item.file, item.value):
            self.warnings.append(Problem(item.file, *item.place(), "", kustomize))
            return None
        if refusal := refusal or unserved(item.value):
            self._problem(item, "", refusal + instead_of(item.file, item.value))
            return None
        entry = served(item.value["apiVersion"], item.value["kind"])
        value, fits = self._fitted(item)
        # Unknown fields have been removed: the rest can still be validated.
        typed = self._typed(item, self._placed(value, entry)) if fits else None
        if typed is None:
            return None
        for error in validation_errors(typed, self._dialect):
            self._problem(item, error.field, error.body(self._dialect))
        return Manifest(item.value, item.file, item.place, typed)

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
        if kind is None or (kind.struct is None and name not in READ_AS_STORED):
            self._stored.setdefault(name, Problem(item.file, *item.place(), "", name))
        if kind is not None and kind.struct is not None:
            self.warnings += [Problem(item.file, *item.place(path), path, text) for path, text in unsimulated(item.value)]

    def _problem(self, item: RawObject, path: str, message: str) -> None:
        self.problems.append(Problem(item.file, *item.place(path), path, message))
