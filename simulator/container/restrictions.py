"""Images whose program cannot work as their security context makes it run: not as root, on a read-only root, without capabilities. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from simulator.container.identity import NOT_ROOT, security
from simulator.container.image_users import user_of
from simulator.images.reference import reference
from simulator.objects.container import Container
from simulator.objects.globs import glob_matches
from simulator.objects.pod import Pod

_ALL = "ALL"


class Writes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A directory in which a program creates a file when it starts.

    `owner`: the only user but root who may; None: everyone. `log`: what it prints when it cannot, with `{number}` and `{error}` of errno.
    """

    path: str
    log: tuple[str, ...]
    owner: int | None = None


class Needs(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What the program of an image needs to start.

    `names`: globs of repositories. `config`: files that can move the directories it writes to. `capabilities`: those it needs as root;
    `denied`: what it prints without them.
    """

    names: tuple[str, ...]
    source: str
    writes: tuple[Writes, ...] = ()
    config: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


class Rights(NamedTuple):
    """How a container runs: its user, whether that is another one than the image's, capabilities, and where it can write.

    `volumes`: whether each is writable, by its place.
    """

    user: int
    is_other_user: bool
    drops: frozenset[str]
    adds: frozenset[str]
    read_only: bool
    volumes: Mapping[str, bool]

    @property
    def in_words(self) -> str:
        """What is restricted; empty when nothing is."""
        parts = [f"as user {self.user}"] if self.user and self.is_other_user else []
        parts += ["on a read-only root file system"] if self.read_only else []
        parts += ["without some capabilities"] if self.drops and not self.user else []
        return " and ".join(parts)


class Denial(NamedTuple):
    """What the program prints when it cannot start, and why."""

    log: tuple[str, ...]
    reason: str


def rights_of(container: Container, pod: Pod) -> Rights:
    """The rights of a container. Without a `runAsUser`, those of the image's user, as far as it is a known number."""
    whole = pod.spec.security_context
    given = security(container, pod, "runAsUser", whole and whole.run_as_user)
    own = user_of(container.image) or ""
    user = int(given) if given is not None else int(own) if own.isdigit() else NOT_ROOT if own else 0
    context = container.security_context or {}
    drops, adds = (_names(context, verb) for verb in ("drop", "add"))
    is_free = bool(context.get("privileged")) or _ALL in adds
    read_only = bool(context.get("readOnlyRootFilesystem"))
    return Rights(
        user, given is not None and str(user) != (own or "0"), frozenset() if is_free else drops, adds, read_only, _volumes(container, pod)
    )


def denial(needs: Needs, rights: Rights) -> Denial | None:
    """Why a program cannot start with these rights; None: it can."""
    missing = [name for name in needs.capabilities if _lacks(rights, name)]
    if not rights.user and missing:
        return Denial(needs.denied, f"it needs the capabilit{'y' if len(missing) == 1 else 'ies'} {', '.join(missing)}")
    for place in needs.writes:
        error = _write_error(place, rights)
        if error is not None:
            log = tuple(line.replace("{number}", str(error[0])).replace("{error}", error[1]) for line in place.log)
            return Denial(log, f"it cannot write to {place.path} {rights.in_words}")
    return None


def needs_of(image: str, rows: tuple[Needs, ...]) -> Needs | None:
    """What the program of an image needs; None: unknown."""
    repository = reference(image)[0]
    return next((row for row in rows if any(glob_matches(repository, glob) for glob in row.names)), None)


def is_reconfigured(needs: Needs, rights: Rights) -> bool:
    """Whether a volume brings a configuration that may let the program write elsewhere."""
    return any(path.rstrip("/") in needs.config for path in rights.volumes)


def _lacks(rights: Rights, capability: str) -> bool:
    return capability not in rights.adds and bool(rights.drops & {capability, _ALL})


def _names(context: Mapping[str, Any], verb: str) -> frozenset[str]:
    return frozenset(name.upper().removeprefix("CAP_") for name in (context.get("capabilities") or {}).get(verb) or ())


def _write_error(place: Writes, rights: Rights) -> tuple[int, str] | None:
    path = _real(place.path)
    inside = [mount for mount in rights.volumes if f"{path}/".startswith(f"{_real(mount)}/")]
    if inside:
        # What users may do in a volume is its own affair, which is not known.
        return None if rights.volumes[max(inside, key=len)] else (30, "Read-only file system")
    if rights.read_only:
        return 30, "Read-only file system"
    return (13, "Permission denied") if rights.user not in (0, place.owner) and place.owner is not None else None


def _real(path: str) -> str:
    """/var/run is a link to /run in the images of today's distributions."""
    path = path.rstrip("/")
    return path.removeprefix("/var") if f"{path}/".startswith("/var/run/") else path


def _volumes(container: Container, pod: Pod) -> dict[str, bool]:
    read_only = {
        volume.name
        for volume in pod.spec.volumes
        if any(source is not None for source in (volume.config_map, volume.secret, volume.projected, volume.downward_api))
    }
    return {mount.mount_path: not mount.read_only and mount.name not in read_only for mount in container.volume_mounts}
