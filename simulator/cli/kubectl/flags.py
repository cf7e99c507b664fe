"""The flags that podsim adds to those of kubectl's verbs: which run is looked at, and when a change of it is made."""

from __future__ import annotations

from simulator.golang.pflag import Flag
from simulator.kubectl.flags import NAMESPACE
from simulator.kubectl.verb import Reading, Verb

_REPLAY = "Of -w and other replays: the instant at which kubectl was started. Default: the beginning."
START = {
    ("get",): _REPLAY,
    ("events",): _REPLAY,
    ("wait",): ("The instant at which kubectl was started. Default: when there is something to wait for, or the last command was typed."),
    ("rollout", "status"): ("The instant at which kubectl was started. Default: when the object was made, or the last command was typed."),
}
"""Verbs that can be started at some instant, and what `--start` means to them."""
LOOK = (
    Flag("from", metavar="FILE", help="Look at a saved journal ('-': standard input). Default: the last run."),
    Flag("filename", "array", "f", metavar="PATH", help="Manifest, scenario or directory to run; may be repeated."),
    Flag("recursive", "bool", "R", help="With -f: read directories with those below them."),
    Flag("fail-fast", "bool", help="With -f: run nothing when an object is refused."),
    Flag("at", metavar="DURATION", help="The instant to look at: 40s, 2m36s. Default: the end."),
    Flag("kubectl", metavar="RELEASE", help="kubectl's own release: 1.36. Default: the journal's."),
    NAMESPACE,
    Flag("all-namespaces", "bool", "A", help="All namespaces."),
)
CHANGE = (
    Flag("at", metavar="DURATION", help="When it is done: 40s, 2m36s. Default: at the end of the last run."),
    Flag("for", metavar="DURATION", default="30s", help="How much longer to play then."),
    Flag("kubernetes", metavar="RELEASE", help="The release to imitate, when there is no last run."),
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
