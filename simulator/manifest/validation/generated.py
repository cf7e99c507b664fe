"""What the API server adds to an object before validation: a name for generateName, and to a Job a selector (pkg/registry/batch/job)."""

from __future__ import annotations

import hashlib

from simulator.objects.base import JSON
from simulator.objects.labels import JOB_CONTROLLER_UID, JOB_NAME, LEGACY_CONTROLLER_UID, LEGACY_JOB_NAME

LONGEST_BEGINNING = 58
PLACEHOLDER = "xxxxx"
"""In place of the five random characters of a generated name, so that the same manifest gives the same messages."""


def with_generated_name(item: JSON) -> JSON:
    """The object with a name such as the API server generates; unchanged when it has one, or no generateName."""
    meta = item["metadata"]
    beginning = meta.get("generateName")
    if meta.get("name") or not beginning:
        return item
    return {**item, "metadata": {**meta, "name": beginning[:LONGEST_BEGINNING] + PLACEHOLDER}}


def with_generated_selector(job: JSON) -> JSON:
    """The Job with its generated labels and selector; unchanged with manualSelector.

    A Job without uid gets one derived from its name, so that the same manifest gives the same messages.
    """
    spec, meta = job.get("spec") or {}, job["metadata"]
    if spec.get("manualSelector"):
        return job
    uid, name = meta.get("uid") or _uid(meta), meta.get("name", "")
    template = spec.get("template") or {}
    inner = template.get("metadata") or {}
    own = {JOB_CONTROLLER_UID: uid, JOB_NAME: name, LEGACY_CONTROLLER_UID: uid, LEGACY_JOB_NAME: name}
    selector = spec.get("selector") or {}
    chosen = {**selector, "matchLabels": {JOB_CONTROLLER_UID: uid, **(selector.get("matchLabels") or {})}}
    template = {**template, "metadata": {**inner, "labels": {**own, **(inner.get("labels") or {})}}}
    return {**job, "metadata": {**meta, "uid": uid}, "spec": {**spec, "selector": chosen, "template": template}}


def _uid(meta: JSON) -> str:
    digits = hashlib.sha256(f"{meta.get('namespace')}/{meta.get('name') or meta.get('generateName')}".encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"
