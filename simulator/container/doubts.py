"""What is assumed of a container beside what its program does: that nothing around it stops it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.container.failures import needs_in, node_settings
from simulator.container.memory_limits import limit_of
from simulator.container.restrictions import is_reconfigured, rights_of
from simulator.objects.container import Container
from simulator.objects.pod import Pod

_OPTIONS = frozenset(
    (
        *("JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "JVM_OPTS", "NODE_OPTIONS", "ES_JAVA_OPTS"),
        *("OPENSEARCH_JAVA_OPTS", "LS_JAVA_OPTS", "CATALINA_OPTS", "MAVEN_OPTS", "KAFKA_HEAP_OPTS"),
    )
)
"""Variables with the options of a JVM or of Node.js."""


def doubts_about_image(container: Container, pod: Pod) -> Iterator[tuple[str, str]]:
    """What is assumed of the program of an image, each with the reason."""
    restricted = restriction(container, pod)
    if restricted:
        yield f"runs {restricted}", "what this program needs is not known"
    given = {variable.name: variable.value for variable in container.env}
    for row in node_settings(container.image):
        prepared = any(row.setting in word for one in pod.spec.init_containers for word in (*one.command, *one.args))
        if not prepared and not any(given.get(name) == value for name, value in row.unless.items()):
            yield f"{row.setting} of its node is at least {row.least}", "its program ends with an error where it is lower"


def doubts_about_memory(container: Container) -> Iterator[tuple[str, str]]:
    """That a heap which may grow beyond the container's limit does not."""
    limit, options = limit_of(container), [variable.value for variable in container.env if variable.name in _OPTIONS]
    words = (*container.command, *container.args, *options)
    if not limit or not any("-X" in word or "space" in word for word in words):
        return
    from simulator.userland.memory import heap_limit

    if heap_limit(words) >= limit:
        most = container.resources.limits["memory"]
        yield f"its heap stays below its limit of {most}", "its options let it grow beyond, and what it holds is not known"


def restriction(container: Container, pod: Pod) -> str:
    """How the program of an image is restricted where it is unknown whether it can work so; empty when it is not."""
    needs, rights = needs_in(container), rights_of(container, pod)
    return rights.in_words if needs is None or is_reconfigured(needs, rights) else ""
