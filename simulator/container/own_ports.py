"""On which ports the program of a known image listens and which pages it has for certain, and what may change that. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from simulator.container.catalogue import ENTRYPOINTS, Entry, is_certain
from simulator.container.health_endpoints import is_known_endpoint
from simulator.objects.container import Container, probes_of
from simulator.objects.pod import Pod

_SAYS_WHERE = re.compile(r"port|listen|addr|bind|conf|^-p$", re.IGNORECASE)
_STATES = re.compile(
    r"-{1,2}(?:port|p|listen|bind|addr|address|listen[-.]address|web\.listen-address|http[-.]port|server\.port)"
    r"[= ](?:0\.0\.0\.0|\[::\]|\*)?:?(\d{1,5})"
)
"""Options by which a server gets its own port. Those with other names may be those of its peers."""
_LISTENS = re.compile(
    r"\.listen\(\s*(\d{2,5})|(?:\.bind|Server)\(\(['\"][^'\"]*['\"],\s*(\d{2,5})|TCPServer\.new\D*(\d{2,5})",
)
"""How programs in JavaScript, Python and Ruby open a port."""
_DATA = (
    *("/data/", "/docker-entrypoint-initdb.d/", "/mnt/", "/run/", "/srv/", "/tmp/", "/usr/local/apache2/htdocs/"),
    *("/usr/share/nginx/html/", "/var/cache/", "/var/lib/", "/var/log/", "/var/run/", "/var/www/"),
)
"""Where volumes hold no configuration."""


def may_move(container: Container) -> bool:
    """Whether something in the spec may let the program of an image listen elsewhere: words, variables, or files of its configuration."""
    words = (*container.command, *container.args, *(variable.name for variable in container.env))
    return bool(container.env_from) or any(_SAYS_WHERE.search(word) for word in words) or bool(configuration_places(container))


def configuration_places(container: Container) -> list[str]:
    """Where volumes may bring the program of an image another configuration."""
    return [mount.mount_path for mount in container.volume_mounts if not f"{mount.mount_path.rstrip('/')}/".startswith(_DATA)]


def unread_words(entry: Entry, container: Container) -> tuple[str, ...]:
    """The words of a command line that podsim does not read: not the program's name, its verbs, and options that say its port."""
    words = (*container.command, *container.args)
    if words and (words[0].rpartition("/")[2] in (entry.process, *entry.entrypoint, *entry.verbs, *ENTRYPOINTS)):
        words = words[1:]
    if words[:1] and words[0].rpartition("/")[2] in (entry.process, *entry.verbs):
        words = words[1:]
    is_plain = words in (("-g", "daemon off;"), ("-g", "daemon off")) or all(stated_ports((word,)) for word in words)
    return () if is_plain else words


def ports_of_text(words: Sequence[str]) -> list[int]:
    """The ports on which a short program listens by its text (`node -e`, `python -c`, `ruby -e`)."""
    text = next((following for word, following in pairwise(words) if word in ("-e", "-c", "--eval")), "")
    return [int(next(filter(None, numbers))) for numbers in _LISTENS.findall(text)]


def probed_pages(container: Container) -> list[str]:
    """The paths that HTTP probes ask for, each once."""
    return list(dict.fromkeys(probe.http_get.path.partition("?")[0] or "/" for probe in probes_of(container) if probe.http_get is not None))


def missing_pages(entry: Entry, container: Container) -> list[str]:
    """The pages that HTTP probes ask for and that the image's own site does not have."""
    if entry.pages is None or not is_certain(container.image, entry) or _has_other_site(entry, container):
        return []
    return [path for path in probed_pages(container) if not {path, "*"} & set(entry.pages)]


def unknown_pages(entry: Entry, container: Container, pod: Pod) -> list[str]:
    """The pages that HTTP probes ask for, where it is unknown whether the program has them."""
    if (
        entry.pages is not None
        and not may_move(container)
        and (not _has_other_site(entry, container) or _is_site_known(entry, container, pod))
    ):
        return []
    ports = entry.ports or (80,)
    return [path for path in probed_pages(container) if not is_known_endpoint(ports[0], path)]


def _is_site_known(entry: Entry, container: Container, pod: Pod) -> bool:
    """Whether the document root is a volume of known content: what the kubelet and the containers of the pod write."""
    known = {
        volume.name
        for volume in pod.spec.volumes
        if any(source is not None for source in (volume.config_map, volume.secret, volume.projected, volume.downward_api, volume.empty_dir))
    }
    return any(mount.mount_path.rstrip("/") == entry.root and mount.name in known for mount in container.volume_mounts)


def _has_other_site(entry: Entry, container: Container) -> bool:
    """Whether volumes change what is in the document root."""
    root = f"{entry.root}/"
    places = [f"{mount.mount_path.rstrip('/')}/" for mount in container.volume_mounts]
    return bool(entry.root) and any(root.startswith(place) or place.startswith(root) for place in places)


def stated_ports(words: Sequence[str]) -> list[int]:
    """The ports that a server's own options give it: `--port 8080`, `-listen=:8080`. Options for one address only are left out."""
    both = [*words, *(f"{option} {value}" for option, value in pairwise(words))]
    return [int(match[1]) for match in map(_STATES.fullmatch, both) if match]
