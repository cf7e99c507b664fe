"""Annotations of hooks and waves, as helm and Argo CD read them."""

from __future__ import annotations

import pytest

from simulator.delivery.kinds import HELM, HELM_REMOVES, argo_rank, helm_rank
from simulator.delivery.marks import Hook, argo_hook, assumptions, helm_hook, wave
from simulator.objects.kinds import Object, from_builtins


def item(kind: str = "Job", name: str = "a", **annotations: str) -> Object:
    """An object with annotations; `helm_` and `argo_` stand for the prefixes of the two."""
    prefixes = {"helm": "helm.sh", "argo": "argocd.argoproj.io"}
    words = (key.split("_", 1) for key in annotations)
    notes = {f"{prefixes[tool]}/{word.replace('_', '-')}": text for (tool, word), text in zip(words, annotations.values(), strict=True)}
    version = {"Job": "batch/v1", "ConfigMap": "v1"}[kind]
    return from_builtins({"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "default", "annotations": notes}})


@pytest.mark.parametrize(
    ("annotations", "hook"),
    [
        ({}, None),
        ({"helm_hook": "pre-install"}, Hook(("pre-install",), 0, ("before-hook-creation",))),
        (
            {"helm_hook": "post-install, post-upgrade", "helm_hook_weight": "-5", "helm_hook_delete_policy": "hook-succeeded,hook-failed"},
            Hook(("post-install", "post-upgrade"), -5, ("hook-succeeded", "hook-failed")),
        ),
        ({"helm_hook": "Test-Success", "helm_hook_weight": "x"}, Hook(("test",), 0, ("before-hook-creation",))),
        # helm leaves out what has an event that it does not know.
        ({"helm_hook": "pre-install,crd-install"}, Hook((), 0, ("before-hook-creation",))),
    ],
)
def test_helm_reads_hooks(annotations: dict[str, str], hook: Hook | None) -> None:
    assert helm_hook(item(**annotations)) == hook


@pytest.mark.parametrize(
    ("annotations", "hook"),
    [
        ({}, None),
        ({"argo_hook": "PreSync", "argo_sync_wave": "-1"}, Hook(("PreSync",), -1, ("before-hook-creation",))),
        ({"argo_hook": "PostSync,Sync", "argo_hook_delete_policy": "HookSucceeded"}, Hook(("Sync", "PostSync"), 0, ("hook-succeeded",))),
        ({"argo_hook": "Skip"}, Hook((), 0, ())),
        # helm's hooks are Argo CD's too, unless the object has one of its own.
        ({"helm_hook": "pre-install,pre-upgrade", "helm_hook_weight": "3"}, Hook(("PreSync",), 3, ("before-hook-creation",))),
        ({"helm_hook": "post-install", "argo_hook": "Sync"}, Hook(("Sync",), 0, ("before-hook-creation",))),
        ({"helm_hook": "test"}, Hook((), 0, ("before-hook-creation",))),
        ({"helm_hook": "crd-install"}, None),
    ],
)
def test_argo_cd_reads_hooks(annotations: dict[str, str], hook: Hook | None) -> None:
    assert argo_hook(item(**annotations)) == hook


@pytest.mark.parametrize(("text", "number"), [("2", 2), ("-3", -3), ("+1", 1), ("", 0), ("1.5", 0), ("--1", 0)])
def test_a_wave_is_a_whole_number(text: str, number: int) -> None:
    assert wave(item(argo_sync_wave=text)) == number


def test_kinds_have_an_order() -> None:
    kinds = ["Job", "Widget", "Deployment", "Service", "Gadget", "ConfigMap", "Namespace"]
    assert sorted(kinds, key=helm_rank) == ["Namespace", "ConfigMap", "Service", "Deployment", "Job", "Gadget", "Widget"]
    assert sorted(kinds, key=argo_rank) == ["Namespace", "ConfigMap", "Service", "Deployment", "Job", "Widget", "Gadget"]
    removed = sorted(["Namespace", "Service", "Deployment", "ConfigMap"], key=lambda kind: helm_rank(kind, HELM_REMOVES))
    assert removed == ["Service", "Deployment", "ConfigMap", "Namespace"]
    assert set(HELM) == set(HELM_REMOVES)


def test_what_is_applied_at_once_is_an_assumption() -> None:
    items = [
        item(name="migrate", helm_hook="pre-install,pre-upgrade"),
        item(name="check", argo_hook="PostSync"),
        item(name="one", argo_sync_wave="1"),
        item("ConfigMap", name="plain"),
    ]
    assert [(one.subject, one.text, one.override) for one in assumptions(items)] == [
        ("helm hooks", "job/migrate (pre-install, pre-upgrade): applied at once with the rest", "apply: {as: helm}"),
        ("Argo CD hooks", "job/check (PostSync): applied at once with the rest", "apply: {as: argocd}"),
        ("Argo CD sync waves", "1: all applied at once", "apply: {as: argocd}"),
    ]
