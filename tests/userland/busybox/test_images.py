"""Which release of BusyBox an image name means, or that its tools are others."""

from __future__ import annotations

import pytest

from simulator.userland.busybox.images import Kind, tools_of
from simulator.userland.busybox.release import Busybox


@pytest.mark.parametrize(
    ("image", "release"),
    [
        ("busybox", "1.38.0 glibc"),
        ("busybox:latest", "1.38.0 glibc"),
        ("busybox:stable-musl", "1.38.0 musl"),
        ("busybox:1.28", "1.28.4 uclibc"),
        ("busybox:1.33.1", "1.33.1 uclibc"),
        ("busybox:1.33.1-glibc", "1.33.1 glibc"),
        ("busybox:1.34", "1.34.1 glibc"),
        ("docker.io/library/busybox:1.36.1", "1.36.1 glibc"),
        ("registry.k8s.io/e2e-test-images/busybox:1.29-4", "1.29.3 uclibc"),
        ("localhost:5000/busybox", "1.38.0 glibc"),
        ("busybox:1.36@sha256:0123", "1.36.1 glibc"),
        ("alpine", "1.37.0 musl"),
        ("alpine:3.9", "1.29.3 musl"),
        ("alpine:3.18.4", "1.36.1 musl"),
        ("nginx:1.25-alpine", "1.37.0 musl"),
        ("nginx:1.25-alpine3.17-slim", "1.35.0 musl"),
        ("python:3.12-alpine3.15", "1.34.1 musl"),
        ("curlimages/curl:8.1.0", "1.37.0 musl"),
    ],
)
def test_images_with_busybox(image: str, release: str) -> None:
    busybox = tools_of(image).busybox
    assert busybox is not None
    assert f"{busybox} {busybox.libc}" == release


@pytest.mark.parametrize("image", ["debian:12", "ubuntu", "nginx:1.27", "python:3.12-slim", "bitnami/kubectl:1.30", "node:20-bookworm"])
def test_images_with_gnu_tools(image: str) -> None:
    assert tools_of(image) == (Kind.GNU, None)


@pytest.mark.parametrize("image", ["", "registry.example/m:1", "example.com/busybox-like:1.2", "ghcr.io/acme/wait:latest"])
def test_other_images_may_have_either(image: str) -> None:
    assert tools_of(image) == (Kind.UNKNOWN, None)


def test_a_switch_holds_from_its_release_on() -> None:
    assert [Busybox((1, minor, 0)).nslookup_fails_on_errors for minor in (29, 30, 31, 38)] == [False, False, True, True]
    with pytest.raises(AttributeError):
        _ = Busybox().no_such_switch
