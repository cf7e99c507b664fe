"""The flags that podsim adds to those of kubectl's verbs: which run is looked at, and when a change of it is made."""

from __future__ import annotations

from simulator.golang.pflag import Flag
from simulator.kubectl.flags import NAMESPACE
from simulator.kubectl.verb import Reading, Verb

_REPLAY = "With -w: start watching at this time. Default: the beginning of the run."
START = {
    ("get",): _REPLAY,
    ("events",): _REPLAY,
    ("wait",): ("Start kubectl at this time. Default: when there is something to wait for, or when the last command was typed."),
    ("rollout", "status"): ("Start kubectl at this time. Default: when the spec last changed, or when the last command was typed."),
}
"""Verbs that can be started at some instant, and what `--start` means to them."""
LOOK = (
    Flag("from", metavar="FILE", help="Read a saved journal ('-': standard input). Default: the last run."),
    Flag("filename", "array", "f", metavar="PATH", help="Manifest, Scenario or directory to run. Repeatable."),
    Flag("recursive", "bool", "R", help="With -f: read directories recursively."),
    Flag("fail-fast", "bool", help="With -f: if an object is refused, run nothing."),
    Flag("at", metavar="DURATION", help="Time to show: 40s, 2m36s. Default: the end of the run."),
    Flag("kubectl", metavar="RELEASE", help="Release of kubectl: 1.36. Default: the run's release."),
    NAMESPACE,
    Flag("all-namespaces", "bool", "A", help="Show all namespaces."),
)
CHANGE = (
    Flag("at", metavar="DURATION", help="Time at which the command is run: 40s, 2m36s. Default: the end of the last run."),
    Flag("for", metavar="DURATION", default="30s", help="How long to simulate after the command."),
    Flag("kubernetes", metavar="RELEASE", help="Kubernetes release to simulate if there is no last run."),
    NAMESPACE,
)


def flags_of(verb: Verb) -> tuple[Flag, ...]:
    """The flags of a verb on podsim's command line, in the order of its help."""
    if not isinstance(verb.does, Reading):
        return (*verb.flags, *CHANGE)
    taken = {flag.short for flag in verb.flags}
    look = tuple(flag._replace(short="") if flag.short in taken else flag for flag in LOOK)
    start = (Flag("start", metavar="DURATION", help=START[verb.path]),) if verb.path in START else ()
    return (*verb.flags, *start, *look)
