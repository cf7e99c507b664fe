"""What is assumed of a container beside what its program does: that nothing around it stops it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from simulator.container.catalogue import known
from simulator.container.failures import needs_in, node_settings
from simulator.container.memory_limits import limit_of
from simulator.container.own_ports import configuration_places, unknown_pages, unread_words
from simulator.container.restrictions import is_reconfigured, rights_of
from simulator.container.wording import shortened
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.scenario.guesses import Guess, given_up_ports

_OPTIONS = frozenset(
    (
        *("JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "JVM_OPTS", "NODE_OPTIONS", "ES_JAVA_OPTS"),
        *("OPENSEARCH_JAVA_OPTS", "LS_JAVA_OPTS", "CATALINA_OPTS", "MAVEN_OPTS", "KAFKA_HEAP_OPTS"),
    )
)
"""Variables with the options of a JVM or of Node.js."""


class Doubt(NamedTuple):
    """Something that is assumed, why, and its kind (see `Assumption`)."""

    text: str
    reason: str
    kind: str = ""


def doubts_of(pod: Pod, container: Container, guess: Guess) -> Iterator[Doubt]:
    """What is assumed of a container beside its run."""
    for port, other in given_up_ports(pod, container):
        yield Doubt(f"does not listen on {port}", f"container {other} uses the port, and it is uncertain that both would")
    if guess.kind == "image" and guess.run.exit_after is None:
        yield from (Doubt(*one) for one in doubts_about_image(container, pod))
    yield from (Doubt(*one) for one in doubts_about_memory(container))
    if guess.kind in ("image", "command") and (unread := unread_configuration(container)):
        yield Doubt(f"works with {unread}", "podsim does not read its configuration", "configuration")


def doubts_about_image(container: Container, pod: Pod) -> Iterator[tuple[str, str]]:
    """What is assumed of the program of an image, each with the reason."""
    entry = known(container.image)
    if entry is not None:
        for path in unknown_pages(entry, container, pod):
            yield f"answers GET {path} with 200", "whether its program has that page is unknown"
    restricted = restriction(container, pod)
    if restricted:
        yield f"runs {restricted}", "what this program needs is unknown"
    given = {variable.name: variable.value for variable in container.env}
    for row in node_settings(container.image):
        prepared = any(row.setting in word for one in pod.spec.init_containers for word in (*one.command, *one.args))
        if not prepared and not any(given.get(name) == value for name, value in row.unless.items()):
            yield f"{row.setting} of its node is at least {row.least}", "its program exits with an error if it is lower"


def unread_configuration(container: Container) -> str:
    """What the server of an image is given that podsim does not read; empty for nothing."""
    entry = known(container.image)
    if entry is None or entry.does != "serves" or not entry.starts_with(container.command, container.args):
        return ""
    parts = [f"`{shortened(' '.join(words))}`"] if (words := unread_words(entry, container)) else []
    parts += [f"the files in {', '.join(places)}"] if (places := configuration_places(container)) else []
    return " and ".join(parts)


def doubts_about_memory(container: Container) -> Iterator[tuple[str, str]]:
    """That a heap which may grow beyond the container's limit does not."""
    limit, options = limit_of(container), [variable.value for variable in container.env if variable.name in _OPTIONS]
    words = (*container.command, *container.args, *options)
    if not limit or not any("-X" in word or "space" in word for word in words):
        return
    from simulator.userland.memory import heap_limit

    if heap_limit(words) >= limit:
        most = container.resources.limits["memory"]
        yield f"its heap stays below its limit of {most}", "its options allow it to grow beyond the limit, and its data is unknown"


def restriction(container: Container, pod: Pod) -> str:
    """How the program of an image is restricted where it is unknown whether it can work so; empty when it is not."""
    needs, rights = needs_in(container), rights_of(container, pod)
    return rights.in_words if needs is None or is_reconfigured(needs, rights) else ""
