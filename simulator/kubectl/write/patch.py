"""`kubectl patch` (kubectl/pkg/cmd/patch), and `edit`, which podsim does not have."""

from __future__ import annotations

import json
from contextlib import nullcontext

from simulator.api import ApiError
from simulator.api.decoding import read_patched
from simulator.api.dry import dry_run
from simulator.api.options import Options
from simulator.api.patch import Patch, patched
from simulator.api.requests import Requests
from simulator.api.subresources import check, shown
from simulator.api.writes import check_name
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint, Refusal, Unsupported
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import COMMON, DRY_RUN, FILENAME, OUTPUT, Verb, about, options
from simulator.kubectl.write.acting import Acting, Writing
from simulator.kubectl.write.targets import Named, resources
from simulator.objects.kinds import to_builtins

PATCH_TYPES = ("json", "merge", "strategic")


def _patch(words: Words) -> Request:
    from simulator.manifest.documents import Broken, documents

    text = words["patch"]
    if text and words["patch-file"]:
        raise Refusal("cannot specify --patch and --patch-file together")
    if not text and not words["patch-file"]:
        raise Refusal("must specify --patch or --patch-file containing the contents of the patch")
    if words["type"].lower() not in PATCH_TYPES:
        raise Refusal(f'--type must be one of [{" ".join(PATCH_TYPES)}], not "{words["type"]}"')
    if words["patch-file"]:
        text = _read(words)
    result = next(documents(text), None)
    if isinstance(result, Broken):
        why = result.kubectl.removeprefix("error converting YAML to JSON: ")
        raise Refusal(f"unable to parse {json.dumps(text, ensure_ascii=False)}: {why}")
    change = None if result is None else result.value
    return about(
        "patch",
        words,
        words.args,
        options(words),
        **{"with": change, "type": words["type"].lower(), "subresource": words["subresource"] or None},
    )


def _read(words: Words) -> str:
    name = words["patch-file"]
    try:
        return words.files.read(name).decode("utf-8", "replace")
    except OSError as error:
        raise Refusal(f"unable to read patch file: open {name}: {(error.strerror or str(error)).lower()}") from error


def _edit(words: Words) -> Request:
    raise Unsupported("podsim has no editor: use patch, set, label, apply or replace")


def patch(acting: Acting) -> None:
    """`patch`: strategic by default; the server drops fields that it does not know, and says so."""
    change, kind, part = acting.option("with", {}), str(acting.option("type", "strategic")), str(acting.option("subresource", ""))
    infos = resources(acting)
    if not infos and not acting.troubles:
        acting.troubles.append(Complaint("no objects passed to patch"))

    def one(named: Named) -> None:
        assert named.item is not None
        if part:
            _patch_part(acting, named, Patch(kind, change), part)
            return
        before = to_builtins(named.item)
        if kind == "strategic" and named.kind.struct is None and "." in named.key.kind:
            raise ApiError("UnsupportedMediaType", "the body of the request was in an unknown format")
        read, remarks = read_patched(patched(before, change, kind), Patch(kind, change), "Warn")
        check_name(read, named.key)
        for remark in remarks:
            acting.warn(remark)
        written = acting.write(named.item, read)
        acting.shown(written, "patched" if to_builtins(written) != before else "patched (no change)")

    for named in infos:
        acting.each(lambda named=named: one(named))  # type: ignore[misc]


def _patch_part(acting: Acting, named: Named, change: Patch, part: str) -> None:
    """Patch a subresource: of all else in the patch, nothing is changed."""
    dialect = acting.api.dialect
    check(named.kind, part, dialect, acting.store)
    acting.authorize("patch", named.kind, named.namespace or None, named.name, part)
    assert named.item is not None
    before = shown(named.item, part, acting.store)
    with dry_run(acting.api) if acting.dry else nullcontext(acting.api) as api:
        reply = Requests(api, dialect).patch(named.kind, named.key, change, Options(), acting.origin.cause, part)
    for remark in reply.warnings:
        acting.warn(remark)
    acting.answer.changed = acting.answer.changed or (not acting.dry and reply.value != before)
    acting.shown(reply.value, "patched" if reply.value != before else "patched (no change)")


VERBS: tuple[Verb, ...] = (
    Verb(("patch",), "patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]", "Update fields of an object.",
         (Flag("patch", short="p", metavar="PATCH", help="Patch in JSON or YAML."),
         Flag("patch-file", metavar="FILE", help="File with the patch."),
          Flag("type", default="strategic", metavar="TYPE", help="Type of the patch: json, merge or strategic."),
          Flag("subresource", metavar="NAME", help="Patch a part: status, scale, resize, ephemeralcontainers."),
          DRY_RUN, *COMMON),
         _patch,
         ("patch deployment web -p '{\"spec\": {\"replicas\": 2}}'",)),
    Verb(("edit",), "edit (RESOURCE/NAME | -f FILENAME)", "Not supported: use patch, set, apply or replace.", (OUTPUT, FILENAME), _edit,
         ("set image deployment/web server=nginx:1.27", "patch deployment web -p '{\"spec\": {\"replicas\": 2}}'")),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "patch": Writing(patch, ("with", "type", "subresource")),
}
