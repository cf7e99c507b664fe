"""How objects are asked for on a command line of kubectl, and its sentences about what cannot be asked so (cli-runtime/pkg/resource)."""

from __future__ import annotations

from simulator.objects.kinds import Kind

ALL_KINDS = (
    "Pod", "ReplicationController", "Service", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "HorizontalPodAutoscaler",
    "CronJob", "Job",
)  # fmt: skip
"""The category `all`, in the order in which kubectl asks for it."""
NOTHING_NAMED = (
    "You must provide one or more resources by argument or filename.\n"
    "Example resource specifications include:\n"
    "   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"
)
NO_TYPE_NEEDED = (
    "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form "
    "(e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'"
)
NO_NAME = "resource(s) were provided, but no name was specified"
NAME_AND_SELECTOR = "name cannot be provided when a selector is specified"
TUPLES_AND_SELECTOR = "selectors and the all flag cannot be used when passing resource/name arguments"
SEVERAL_SLASHES = "arguments in resource/name form may not have more than one slash"
NO_PAIR = "arguments in resource/name form must have a single resource and name"


def no_such_type(word: str) -> str:
    """The API server serves nothing under that name."""
    return f'the server doesn\'t have a resource type "{word}"'


def unselectable(kind: Kind, labels: str, fields: str, why: str) -> str:
    """The server cannot read a selector."""
    group, _, version = kind.api_version.rpartition("/")
    which = f'"{group}/{version}, Resource={kind.plural}"'
    return f'Unable to find {which} that match label selector "{labels}", field selector "{fields}": {why}'
