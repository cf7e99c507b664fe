"""Registries that are down, and images' full names."""

from __future__ import annotations

import pytest

from simulator.container.registry import Registry, full_name


@pytest.mark.parametrize(
    ("image", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("lrakai/microservices:server-v1", "docker.io/lrakai/microservices:server-v1"),
        ("ghcr.io/org/app", "ghcr.io/org/app:latest"),
        ("localhost:5000/app:2", "localhost:5000/app:2"),
        ("quay.io/a/b@sha256:0123", "quay.io/a/b@sha256:0123"),
    ],
)
def test_full_names(image: str, full: str) -> None:
    assert full_name(image) == full


def test_only_matching_images_are_refused_and_only_while_it_lasts() -> None:
    registry = Registry()
    registry.stop("ghcr.io/*")
    assert registry.refusal("nginx") == ""
    assert 'reference "ghcr.io/a/b:1"' in registry.refusal("ghcr.io/a/b:1")
    assert "https://ghcr.io/v2/a/b/manifests/1: 503 Service Unavailable" in registry.refusal("ghcr.io/a/b:1")
    registry.stop("*", "the line is cut")
    assert registry.refusal("ghcr.io/a/b:1") == "the line is cut"
    registry.resume("ghcr.io/*")
    assert registry.refusal("nginx") == "the line is cut"
    registry.resume()
    assert registry.refusal("nginx") == ""


def test_short_names_match_by_their_registry_too() -> None:
    registry = Registry()
    registry.stop("docker.io/*")
    assert "https://registry-1.docker.io/v2/library/nginx/manifests/latest" in registry.refusal("nginx")
    assert registry.refusal("ghcr.io/a/b") == ""
