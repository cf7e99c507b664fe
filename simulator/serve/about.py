"""What the server says about itself: version, health, its paths."""

from __future__ import annotations

from simulator.api.errors import ApiError
from simulator.objects.base import JSON
from simulator.serve.http import TEXT, Request, Response
from simulator.serve.session import World


def version(world: World, _request: Request) -> Response:
    """`/version`: the release that is simulated."""
    release = world.journal.header.kubernetes
    major, minor, *rest = release.split(".")
    value: JSON = {
        "major": major,
        "minor": minor,
        "emulationMajor": major,
        "emulationMinor": minor,
        "minCompatibilityMajor": major,
        "minCompatibilityMinor": str(int(minor) - 1),
        "gitVersion": f"v{major}.{minor}.{rest[0] if rest else '0'}",
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": world.journal.header.start_time,
        "goVersion": "",
        "compiler": "podsim",
        "platform": "linux/amd64",
    }
    return Response(value=value)


def keys(_world: World, _request: Request) -> Response:
    """`/openid/v1/jwks`: podsim signs tokens with a secret, so there is no public key to show. Raises ApiError (NotAcceptable)."""
    raise ApiError("NotAcceptable", "406: Not Acceptable\n\nAvailable representations: application/jwk-set+json", {})


def healthy(_world: World, request: Request) -> Response:
    """`/healthz`, `/livez`, `/readyz`."""
    check = request.path.strip("/").partition("/")[0]
    text = f"[+]ping ok\n{check} check passed\n" if "verbose" in request.query else "ok"
    return Response(body=text.encode(), media=TEXT)


def paths(world: World, _request: Request) -> Response:
    """`/`: what can be asked."""
    versions = world.resources.versions.items()
    groups = [f"/apis/{name}" for name, _ in versions if name]
    below = [f"/apis/{name}/{version}" for name, of in versions if name for version in of]
    fixed = ["/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]
    return Response(value={"paths": sorted([*fixed, *groups, *below])})
