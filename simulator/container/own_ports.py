"""On which ports the program of a known image listens for certain, and on which it only may. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from simulator.objects.container import Container

_SAYS_WHERE = re.compile(r"port|listen|addr|bind|conf|^-p$", re.IGNORECASE)
_STATES = re.compile(
    r"-{1,2}(?:port|p|listen|bind|addr|address|listen[-.]address|web\.listen-address|http[-.]port|server\.port)"
    r"[= ](?:0\.0\.0\.0|\[::\]|\*)?:?(\d{1,5})"
)
"""Options by which a server gets its own port. Those with other names may be those of its peers."""
_DATA = (
    *("/data/", "/docker-entrypoint-initdb.d/", "/mnt/", "/run/", "/srv/", "/tmp/", "/usr/local/apache2/htdocs/"),
    *("/usr/share/nginx/html/", "/var/cache/", "/var/lib/", "/var/log/", "/var/run/", "/var/www/"),
)
"""Where volumes hold no configuration."""


def may_move(container: Container) -> bool:
    """Whether something in the spec may let the program of an image listen elsewhere: words, variables, or files of its configuration."""
    words = (*container.command, *container.args, *(variable.name for variable in container.env))
    mounts = (mount.mount_path for mount in container.volume_mounts)
    if container.env_from or any(_SAYS_WHERE.search(word) for word in words):
        return True
    return any(not f"{path.rstrip('/')}/".startswith(_DATA) for path in mounts)


def stated_ports(words: Sequence[str]) -> list[int]:
    """The ports that a server's own options give it: `--port 8080`, `-listen=:8080`. Options for one address only are left out."""
    both = [*words, *(f"{option} {value}" for option, value in pairwise(words))]
    return [int(match[1]) for match in map(_STATES.fullmatch, both) if match]
