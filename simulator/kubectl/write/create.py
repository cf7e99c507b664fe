"""`kubectl create -f`, and what all `kubectl create KIND` have in common (kubectl/pkg/cmd/create)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.api import ApiError
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint, Refusal, at_source
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.resolve import NO_NAME, kinds_of
from simulator.kubectl.verb import (
    DRY_RUN,
    FILES,
    OUTPUT,
    QUIET,
    SELECTOR,
    VALIDATE,
    Understand,
    Verb,
    file_names,
    files,
    need_files,
    one_name,
    options,
    validate,
)
from simulator.kubectl.write.acting import Acting, Writing
from simulator.kubectl.write.documents import Given
from simulator.kubectl.write.objects import new_object, objects_given
from simulator.kubectl.write.targets import one_named
from simulator.objects.base import JSON
from simulator.objects.batch import CronJob
from simulator.objects.kinds import Object, key_of, kind_for, to_builtins
from simulator.objects.labels import CRONJOB_INSTANTIATE

MADE = (OUTPUT, DRY_RUN, VALIDATE, *QUIET)
FAILED = {
    "Deployment": "failed to create deployment: ",
    "Job": "failed to create job: ",
    "CronJob": "failed to create cronjob: ",
    "ConfigMap": "failed to create configmap: ",
    "Secret": "failed to create secret ",
    "ResourceQuota": "failed to create quota: ",
    "ServiceAccount": "failed to create serviceaccount: ",
    "PodDisruptionBudget": "failed to create poddisruptionbudgets: ",
    "PriorityClass": "failed to create priorityclass: ",
    "RoleBinding": "failed to create rolebinding: ",
    "ClusterRoleBinding": "failed to create clusterrolebinding: ",
    "Ingress": "failed to create ingress: ",
}
"""What stands before the API server's sentence, by what was to be created; `create namespace` and `run` pass its answer on as it is."""

Build = Callable[[Words, str], JSON]
"""Makes an object of a command line and its NAME. Raises Refusal."""


def _create(words: Words) -> Request:
    if words.args:
        raise Refusal(f"Unexpected args: [{' '.join(words.args)}]", usage=True)
    need_files(words)
    return Request(
        "create", file_names(words), options(words, validate=validate(words), saveConfig=words["save-config"] or None), files(words)
    )


def new(version: str, kind: str, name: str, **parts: Any) -> JSON:
    """An object, as JSON."""
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **parts}


def described(build: Build) -> Understand:
    """A `create KIND NAME`: `build(words, name)` gives the object."""

    def understand(words: Words) -> Request:
        name = one_name(words)
        data: JSON = build(words, name)
        chosen = options(words, validate=validate(words), saveConfig=words["save-config"] or None)
        return Request("create", f"{data['kind'].lower()}/{data['metadata']['name']}", {**chosen, "with": data})

    return understand


def create(acting: Acting) -> None:
    """`create`: from files, from the Job template of a CronJob (`from`), or the objects that are written in the request (`with`)."""
    if acting.option("from"):
        acting.each(lambda: _job_from(acting))
        return
    given = acting.option("with")
    if given is None:
        _create_files(acting)
        return
    items: list[JSON] = given if isinstance(given, list) else [given]
    for data in items:
        prefix = FAILED.get(data.get("kind", ""), "") if len(items) == 1 else ""
        if data.get("kind") == "Service" and len(items) == 1:
            prefix = f"failed to create {(data.get('spec') or {}).get('type', 'ClusterIP')} service: "
        acting.each(lambda data=data, prefix=prefix: send(acting, data, "created", prefix))  # type: ignore[misc]


def _create_files(acting: Acting) -> None:
    """`create -f`."""
    items = objects_given(acting)
    if not items and not acting.troubles:
        acting.troubles.append(Complaint("no objects passed to create"))

    def one(item: Given) -> None:
        try:
            made = new_object(acting, item)
        except ApiError as error:
            raise at_source(error, "creating", item.source) from error
        acting.shown(made, "created")
        if acting.option("saveConfig") and not acting.dry:
            acting.site.last[key_of(made)] = item.value

    for item in items:
        acting.each(lambda item=item: one(item))  # type: ignore[misc]


def send(acting: Acting, data: JSON, operation: str, failure: str = "") -> None:
    """Create an object that the request describes, and print what became of it. `failure` goes before a refusal. Raises KubectlError."""
    kind = kind_for(data["apiVersion"], data["kind"])
    place = {} if kind is not None and not kind.namespaced else {"namespace": data["metadata"].get("namespace") or acting.namespace}
    whole = {**data, "metadata": {**data["metadata"], **place}}
    try:
        made = acting.create(whole)
    except ApiError as error:
        if failure:
            raise Complaint(f"{failure}{error.message}") from error
        raise
    acting.shown(data if acting.dry == "client" else made, operation)
    if acting.option("saveConfig") and not acting.dry:
        acting.site.last[key_of(made)] = whole


def _job_from(acting: Acting) -> None:
    """`create job NAME --from=cronjob/NAME`."""
    source = _source(acting, str(acting.option("from")))
    if not isinstance(source, CronJob):
        raise Complaint(f"unknown object type *v1.{source.kind}")
    template = source.spec.job_template
    assert template is not None, "a CronJob has been validated"
    owner = {"apiVersion": source.api_version, "kind": source.kind, "name": source.metadata.name, "uid": source.metadata.uid}
    data = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": acting.request.target.partition("/")[2],
            "labels": template.metadata.labels,
            "annotations": {CRONJOB_INSTANTIATE: "manual", **template.metadata.annotations},
            "ownerReferences": [{**owner, "controller": True}],
        },
        "spec": to_builtins(source)["spec"]["jobTemplate"]["spec"],
    }
    send(acting, data, "created", FAILED["Job"])


def _source(acting: Acting, word: str) -> Object:
    """What `cronjob/NAME` names. Raises Complaint, ApiError."""
    type_, _, name = word.partition("/")
    kind = kinds_of(type_, acting.store)[0]
    if not name:
        raise Complaint(NO_NAME)
    return one_named(acting, kind, name)


VERBS: tuple[Verb, ...] = (
    Verb(("create",), "create -f FILENAME", "Create objects from manifests or from flags.",
         (*FILES, SELECTOR, Flag("edit", "bool"), *MADE), _create,
         ("create -f app.yaml", "create deployment shop --image=nginx --dry-run=client -o yaml")),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "create": Writing(create, ("from", "with", "validate", "saveConfig")),
}
