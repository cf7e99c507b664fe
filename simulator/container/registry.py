"""The registries that images come from, and their outages."""

from __future__ import annotations

from simulator.objects.globs import glob_matches

DOCKER_HUB = "docker.io"
HUB_HOST = "registry-1.docker.io"
UNAVAILABLE = "503 Service Unavailable"


class Registry:
    """All registries together. While one is down, pulls of its images fail; nodes keep the images that they have."""

    def __init__(self) -> None:
        self._down: dict[str, str] = {}

    def stop(self, images: str = "*", error: str = "") -> None:
        """Refuse pulls of matching images from now on, with `error` or with the runtime's usual message."""
        self._down[images] = error

    def resume(self, images: str = "*") -> None:
        """Allow pulls of matching images again."""
        if images == "*":
            self._down.clear()
        self._down.pop(images, None)

    def refusal(self, image: str) -> str:
        """The runtime's error for a pull now; empty when the registry answers. The latest outage that matches counts."""
        for pattern, error in reversed(self._down.items()):
            if glob_matches(image, pattern) or glob_matches(full_name(image), pattern):
                return error or _unavailable(image)
        return ""


def full_name(image: str) -> str:
    """An image's name with its registry and tag, as the runtime prints it (distribution/reference ParseDockerRef)."""
    host, slash, rest = image.partition("/")
    if not slash or not ("." in host or ":" in host or host == "localhost"):
        host, rest = DOCKER_HUB, image if slash else f"library/{image}"
    return f"{host}/{rest}" if "@" in rest or ":" in rest else f"{host}/{rest}:latest"


def _unavailable(image: str) -> str:
    """containerd's error for a registry that answers with 503 (core/remotes/docker/resolver.go)."""
    name = full_name(image)
    host, _, rest = name.partition("/")
    path, _, tag = rest.partition("@") if "@" in rest else rest.rpartition(":")
    url = f"https://{HUB_HOST if host == DOCKER_HUB else host}/v2/{path}/manifests/{tag}"
    return (
        f'rpc error: code = Unknown desc = failed to pull and unpack image "{name}": failed to resolve reference "{name}": '
        f"unexpected status from HEAD request to {url}: {UNAVAILABLE}"
    )
