"""kubectl in a running cluster: the command lines of containers' processes."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.api.authorization.access import Access
from simulator.api.authorization.request import AccessDenied, named_user, request_for
from simulator.api.authorization.tokens import TOKEN, pod_user
from simulator.container.birth import KubectlCall
from simulator.container.queries import QueryResult, denied_result
from simulator.errors import Problem
from simulator.golang.pflag import Flag, FlagError
from simulator.journal.records import Cause
from simulator.journal.watchers import Watchers
from simulator.kubectl.errors import Denied, KubectlError, Refusal, Unsupported
from simulator.kubectl.flags import ALL_NAMESPACES, CONNECTION, LIST_OPTIONS, NAMESPACE, Words, parse, require
from simulator.kubectl.resolve import Selection, filtered, key, listed, targets
from simulator.kubectl.running import Cluster, Ended, ReadCommand, WriteCommand
from simulator.kubectl.verb import PROGRAM, Caller, Reading, Understand, Verb, check_output, output_format
from simulator.kubectl.words import MODULES, find, first_word
from simulator.kubectl.write.acting import Origin, Site
from simulator.kubectl.write.documents import unreadable_path
from simulator.network.reads import NO_SERVER
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.process.world import Running

CONTAINER = Cause(0, "USR-03")
ASKS_ABOUT_OBJECTS = ("get", "describe", "wait", "rollout")


UNAUTHORIZED = "error: You must be logged in to the server (Unauthorized)"
GROUPS_WITHOUT_USER = "error: requesting uid, groups or user-extra without impersonating a user"


class Executor:
    """Runs kubectl for containers, with what their ServiceAccounts may do; `authorizes` False: with everything."""

    def __init__(self, site: Site, *, authorizes: bool = True) -> None:
        self._cluster = Cluster(site, Watchers(site.api.store))
        self._authorizes = authorizes

    def start(self, call: KubectlCall) -> Running | None:
        """Run a command line. None: podsim has no such verb, or does not know what it is asked to do."""
        argv = list(call.request.argv)
        word, place = first_word(argv)
        if word not in MODULES or "-h" in argv or "--help" in argv:
            return None
        del argv[place]
        verb, rest, path = find(word, argv)
        if verb is None:
            return _unknown(path, rest)
        try:
            return self._verb(verb, rest, call)
        except Unsupported:
            return None
        except Refusal as error:
            see = f"\nSee '{PROGRAM} {verb.name} -h' for help and examples" if error.usage else ""
            return Ended(1, err=f"{error}{see}\n")
        except KubectlError as error:
            return Ended(error.code, err=f"{error}\n")

    def _verb(self, verb: Verb, argv: Sequence[str], call: KubectlCall) -> Running:
        """Raises KubectlError when it is refused before it has begun."""
        try:
            words = parse(argv, flags_of(verb), call.files)
        except FlagError as error:
            return Ended(1, err=f"error: {error}\nSee '{PROGRAM} {verb.name} --help' for usage.\n")
        if not call.credentials and words.flags.get("dry-run") != "client" and not (words["server"] and words["token"]):
            call.record(QueryResult("connection refused", False, "localhost", 8080))
            return Ended(1, err=f"{NO_SERVER}\n")
        access = self._access(words, call)
        if isinstance(verb.does, Reading):
            return self._read(verb, verb.does, words, call, access)
        return self._write(verb, verb.does, words, call, access)

    def _access(self, words: Words, call: KubectlCall) -> Access | None:
        """What the command line's user may do; None: everything. Raises KubectlError."""
        if not self._authorizes or call.credentials == "kubeconfig":
            return None
        if words["token"] not in ("", TOKEN):
            raise KubectlError(UNAUTHORIZED)
        store = self._cluster.site.api.store
        pod = store.get(Key("Pod", call.who.namespace, call.who.pod))
        if not isinstance(pod, Pod):
            return None  # the pod is gone: nothing that its processes still do has an effect
        access = Access(store, pod_user(pod), lambda error: call.record(denied_result(error)))
        if words["as-group"] and not words["as"]:
            raise KubectlError(GROUPS_WITHOUT_USER)
        if not words["as"]:
            return access
        try:
            return access.impersonate(named_user(words["as"], tuple(words["as-group"])))
        except AccessDenied as error:
            raise Denied(error) from error

    def _read(self, verb: Verb, reading: Reading, words: Words, call: KubectlCall, access: Access | None) -> Running:
        reading.check(words)
        namespace = words["namespace"] or call.who.namespace
        if verb.path[0] in ASKS_ABOUT_OBJECTS:
            self._record(words, namespace, call, access)
        start = self._cluster.site.api.store.journal.so_far(self._cluster.engine.now)
        return ReadCommand(reading, words, Caller(namespace, start, live=True, access=access), self._cluster, call.wake)

    def _write(self, verb: Verb, understand: Understand, words: Words, call: KubectlCall, access: Access | None) -> Running:
        try:
            require(words, flags_of(verb))
        except FlagError as error:
            return Ended(1, err=f"error: {error}\n")
        check_output(words, verb)
        request = understand(words)
        if problem := next((item for item in request.sources if isinstance(item, Problem)), None):
            return Ended(1, err=f"error: {unreadable_path(problem)}\n")
        if words["namespace"]:
            request = request._replace(options={**request.options, "namespace": words["namespace"]})
        origin = Origin(call.who.namespace, cause=CONTAINER, eviction=CONTAINER, access=access)
        form = output_format(words) if "output" in words.flags else ""
        return WriteCommand(request, origin, form, self._cluster, call.wake)

    def _record(self, words: Words, namespace: str, call: KubectlCall, access: Access | None) -> None:
        """Record which objects the command asks about, and whether they exist. What it may not read is recorded when it is refused."""
        reads = self._cluster.site.api.store
        where = None if words["all-namespaces"] else namespace
        selection = Selection(words.flags.get("selector", ""), words.flags.get("field-selector", ""))
        named = words["namespace"]
        try:
            queries = targets(words.args, reads, selection)
            for kind, names in queries:
                for name in names:
                    if access is not None and not access.allows(request_for("get", kind, namespace, name)):
                        continue
                    there = reads.get(key(kind, namespace, name)) is not None
                    call.record(QueryResult("found" if there else "not found", there, object=f"{kind.singular}/{name}", namespace=named))
                if not names and (access is None or access.allows(request_for("list", kind, where))):
                    items = filtered(kind, listed(kind, where, reads), selection)
                    about = f"{kind.plural}/{selection.labels}" if selection.labels else kind.plural
                    call.record(QueryResult(f"{len(items)} found" if items else "not found", bool(items), object=about, namespace=named))
        except KubectlError as error:
            call.record(QueryResult(str(error), False, object=" ".join(words.args), namespace=named))


def flags_of(verb: Verb) -> tuple[Flag, ...]:
    """The flags of a verb in a cluster: its own, and those that all have."""
    own = {flag.name for flag in verb.flags}
    more = (NAMESPACE, *((ALL_NAMESPACES, *LIST_OPTIONS) if isinstance(verb.does, Reading) else ()), *CONNECTION)
    return (*verb.flags, *(flag for flag in more if flag.name not in own))


def _unknown(path: Sequence[str], rest: Sequence[str]) -> Running | None:
    """A word that follows no verb; None: the words of a group alone, which print its help."""
    word, _ = first_word(rest)
    if not word:
        return None
    return Ended(1, err=f"error: unknown command \"{word}\"\nSee '{PROGRAM} {' '.join(path)} -h' for help and examples\n")
