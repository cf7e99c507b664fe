"""`podsim apply --dry-run=server`: what kubectl and the API server would say to manifests, word for word. Nothing is run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from simulator.api.admission_requests import Requests
    from simulator.manifest.files import Source

STDIN = "STDIN"
IGNORE_HINT = "; if you choose to ignore these errors, turn validation off with --validate=false"
CRD_HINT = "\nensure CRDs are installed first"
VALIDATIONS = {"strict": "strict", "true": "strict", "warn": "warn", "ignore": "ignore", "false": "ignore"}


class Info(NamedTuple):
    """An object that kubectl would send: its value with a namespace, the source it came from, its kind and plural."""

    value: dict[str, Any]
    source: str
    kind: str
    plural: str

    @property
    def name(self) -> str:
        """How kubectl calls it in its output: `deployment.apps/web`."""
        group = self.value["apiVersion"].rpartition("/")[0]
        return f"{self.kind.lower()}{'.' if group else ''}{group}/{self.value['metadata'].get('name', '')}"


class Trouble(NamedTuple):
    """An error before anything is sent. `stops`: kubectl reads no further in this source."""

    message: str
    stops: bool = False


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-f", "--filename", "filenames", multiple=True, required=True, metavar="FILE", help="A manifest, a directory of them, or -.")
@click.option("--dry-run", type=click.Choice(["server"]), default="server", show_default=True, help="Nothing else is on offer.")
@click.option("-n", "--namespace", metavar="NAME", help="Where objects go that name no namespace. It is taken to exist.")
@click.option(
    "--validate", type=click.Choice(list(VALIDATIONS)), default="strict", show_default=True, help="What to do with unknown fields."
)
@click.option("--kubernetes", metavar="RELEASE", help="Whose words to use: 1.29 to 1.36.")
def apply(filenames: tuple[str, ...], dry_run: str, namespace: str | None, validate: str, kubernetes: str | None) -> None:
    """Say what `kubectl apply` would say to manifests.

    The cluster is imagined: empty but for the usual namespaces, and kept in mind from one object to the next.
    Exit code and both streams are kubectl's.
    """
    from simulator.api.admission_requests import Requests
    from simulator.dialect import DEFAULT, Dialect

    requests = Requests(Dialect(kubernetes or DEFAULT), (namespace,) if namespace else (), VALIDATIONS[validate])  # type: ignore[arg-type]
    infos, errors = _gathered(filenames, namespace, checked=VALIDATIONS[validate] != "ignore")
    if not infos and not errors:
        errors = ["no objects passed to apply"]
    told, failed = [], list(errors)
    for info in infos:
        out, remarks, error = _applied(info, requests)
        click.echo(out, nl=False)
        for remark in remarks:
            if remark not in told:
                click.echo(f"Warning: {remark}", err=True)
        told += remarks
        failed += [error] if error is not None else []
    if failed:
        click.echo(_said(failed), err=True, nl=False)
        click.get_current_context().exit(1)


def _said(errors: list[Any]) -> str:
    """One error in full; several in a line each, as kubectl tells them."""
    from simulator.api.admission_refusal import as_kubectl, server_error

    if len(errors) == 1 and isinstance(errors[0], str):
        return f"error: {errors[0]}\n"
    if len(errors) == 1:
        refusal, source = errors[0]
        return as_kubectl(refusal, "creating", source)
    return "".join(f"{error}\n" if isinstance(error, str) else f"{server_error(error[0], 'creating', error[1])}\n" for error in errors)


def _applied(info: Info, requests: Requests) -> tuple[str, list[str], Any]:
    """stdout, warnings, and the error: a text, or the API server's refusal with the file."""
    from simulator.api.errors import ApiError

    metadata = info.value["metadata"]
    if not metadata.get("name"):
        if metadata.get("generateName"):
            return "", [], f"from {metadata['generateName']}: cannot use generate name with apply"
        return "", [], _unaskable(info, "resource name may not be empty")
    from simulator.manifest.validation.names import path_segment

    if sentences := path_segment(metadata["name"]):
        return "", [], _unaskable(info, f'invalid resource name "{metadata["name"]}": [{" ".join(sentences)}]')
    try:
        answer = requests.apply(info.value)
    except ApiError as error:
        return "", [], (error, info.source)
    return f"{info.name} {answer.verb}\n", answer.warnings, None


def _unaskable(info: Info, why: str) -> str:
    """kubectl cannot even ask for the present state of the object."""
    group, _, version = info.value["apiVersion"].rpartition("/")
    metadata = info.value["metadata"]
    resource = f'Resource: "{group}/{version}, Resource={info.plural}", GroupVersionKind: "{group}/{version}, Kind={info.kind}"'
    name = f'Name: "{metadata.get("name", "")}", Namespace: "{metadata.get("namespace", "")}"'
    return f'error when retrieving current configuration of:\n{resource}\n{name}\nfrom server for: "{info.source}": {why}'


def _gathered(filenames: tuple[str, ...], namespace: str | None, *, checked: bool) -> tuple[list[Info], list[Any]]:
    """The objects of all sources, and what kubectl has to say about the rest."""
    from simulator.errors import Problem
    from simulator.manifest.files import sources

    infos: list[Info] = []
    errors: list[Any] = []
    for source in list(sources(filenames)):
        if isinstance(source, Problem):
            return [], [source.message if source.message.startswith("the path") else f"{source.file}: {source.message}"]
        for found in _infos(source, namespace, checked=checked):
            if isinstance(found, Info):
                infos.append(found)
                continue
            errors.append(found.message)
            if found.stops:
                break
    return infos, errors


def _infos(source: Source, namespace: str | None, *, checked: bool) -> Iterator[Info | Trouble]:
    from simulator.manifest.documents import Broken
    from simulator.manifest.load import RawObject, not_an_object, raw_objects

    name = STDIN if source.name == "-" else source.name
    for part in raw_objects(source):
        if isinstance(part, Broken):
            yield Trouble(f"error parsing {name}: {part.kubectl}", stops=True)
            return
        if not isinstance(part, RawObject):
            continue
        refusal = not_an_object(part.value)
        if refusal:
            if checked or not isinstance(part.value, dict):
                yield Trouble(f'error validating "{name}": error validating data: {refusal}{IGNORE_HINT}', stops=True)
            else:
                yield Trouble(_undecodable(part.value, name))
            return
        yield _info(part.value, name, namespace)


def _undecodable(value: dict[str, Any], source: str) -> str:
    import json

    what = "Kind" if value.get("kind") is None else "apiVersion"
    return f"unable to decode \"{source}\": Object '{what}' is missing in '{json.dumps(value, separators=(',', ':'), sort_keys=True)}'"


def _info(value: dict[str, Any], source: str, namespace: str | None) -> Info | Trouble:
    from simulator.manifest.decode import decode
    from simulator.manifest.schema import served, served_kinds

    metadata = value.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        word = {str: "string", list: "array", bool: "bool"}.get(type(metadata), "number")
        unfit = f"json: cannot unmarshal {word} into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta"
        return Trouble(f'unable to decode "{source}": {unfit}')
    decoded = decode({"metadata": metadata or {}}, "core.v1.Pod")
    if decoded.refusal:
        return Trouble(f'unable to decode "{source}": {decoded.refusal}')
    metadata = decoded.value.get("metadata") or {}
    kind = served_kinds().get((value["apiVersion"], value["kind"].lower()), "")
    entry = served(value["apiVersion"], kind) if value["kind"] in (kind, kind.lower()) else None
    if entry is None:
        place = f'name: "{metadata.get("name", "")}" namespace: "{metadata.get("namespace", "")}" from "{source}"'
        unknown = f'no matches for kind "{value["kind"]}" in version "{value["apiVersion"]}"'
        return Trouble(f"resource mapping not found for {place}: {unknown}{CRD_HINT}")
    own = metadata.get("namespace", "")
    if namespace and own and own != namespace and entry.namespaced:
        differs = f'the namespace from the provided object "{own}" does not match the namespace "{namespace}"'
        return Trouble(f"{differs}. You must pass '--namespace={own}' to perform this operation.", stops=True)
    # Unknown fields of the metadata are the server's to find.
    whole = {name: item for name, item in (value.get("metadata") or {}).items() if item is not None}
    place_in = {"namespace": own or namespace or "default"} if entry.namespaced else {}
    return Info({**value, "metadata": {**whole, **place_in}}, source, kind, entry.plural)


COMMANDS = [apply]
