"""Actions on a cluster from Python: the verbs of a Scenario's actions, which are kubectl's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from simulator.public.text import Text


class Verbs(ABC):
    """Each verb acts now, returns what kubectl prints, and raises RefusedError with kubectl's message when it is refused.

    A target is `kind/name`, or a kind with a `selector`. Further options are named as in a Scenario's action
    (`delete("pod", fieldSelector="spec.nodeName=node-2")`).
    """

    @abstractmethod
    def _act(self, verb: str, target: Any, **options: Any) -> Text:
        """Perform an action of a Scenario."""

    def scale(self, target: str, replicas: int, **options: Any) -> Text:
        """`kubectl scale`."""
        return self._act("scale", target, replicas=replicas, **options)

    def delete(
        self, target: str, *, grace_period: int | None = None, force: bool = False, cascade: str | None = None, **options: Any
    ) -> Text:
        """`kubectl delete --wait=false`; `cascade`: background, foreground or orphan."""
        return self._act("delete", target, gracePeriodSeconds=grace_period, force=force or None, cascade=cascade, **options)

    def patch(
        self, target: str, change: Mapping[str, Any] | Sequence[Any], *, kind: Literal["strategic", "merge", "json"] = "strategic"
    ) -> Text:
        """`kubectl patch --type KIND`."""
        return self._act("patch", target, type=kind, **{"with": change})

    def set_image(self, target: str, images: Mapping[str, str], **options: Any) -> Text:
        """`kubectl set image`: container name -> image; `*`: all."""
        return self._act("setImage", target, **{"with": dict(images)}, **options)

    def set_env(self, target: str, variables: Mapping[str, str | None], **options: Any) -> Text:
        """`kubectl set env`; None removes."""
        return self._act("setEnv", target, **{"with": dict(variables)}, **options)

    def set_resources(
        self, target: str, *, limits: Mapping[str, str] | None = None, requests: Mapping[str, str] | None = None, **options: Any
    ) -> Text:
        """`kubectl set resources`."""
        return self._act("setResources", target, limits=limits, requests=requests, **options)

    def rollout_pause(self, target: str) -> Text:
        """`kubectl rollout pause`."""
        return self._act("rolloutPause", target)

    def rollout_resume(self, target: str) -> Text:
        """`kubectl rollout resume`."""
        return self._act("rolloutResume", target)

    def rollout_restart(self, target: str) -> Text:
        """`kubectl rollout restart`."""
        return self._act("rolloutRestart", target)

    def rollout_undo(self, target: str, to_revision: int | None = None) -> Text:
        """`kubectl rollout undo`."""
        return self._act("rolloutUndo", target, toRevision=to_revision)

    def label(self, target: str, labels: Mapping[str, str | None], **options: Any) -> Text:
        """`kubectl label --overwrite`; None removes."""
        return self._act("label", target, **{"with": dict(labels)}, **options)

    def annotate(self, target: str, annotations: Mapping[str, str | None], **options: Any) -> Text:
        """`kubectl annotate --overwrite`; None removes."""
        return self._act("annotate", target, **{"with": dict(annotations)}, **options)

    def taint(self, node: str, *taints: str) -> Text:
        """`kubectl taint`, in its notation: `maint=yes:NoExecute`; `maint-` removes."""
        return self._act("taint", _node(node), **{"with": list(taints)})

    def cordon(self, node: str) -> Text:
        """`kubectl cordon`."""
        return self._act("cordon", _node(node))

    def uncordon(self, node: str) -> Text:
        """`kubectl uncordon`."""
        return self._act("uncordon", _node(node))

    def drain(self, node: str, **options: Any) -> Text:
        """`kubectl drain`, which takes time as the cluster runs on; daemon sets are ignored unless `ignoreDaemonsets=False`."""
        return self._act("drain", _node(node), **{"ignoreDaemonsets": True, **options})

    def exec(self, pod: str, *command: str, container: str | None = None) -> Text:
        """`kubectl exec`; returns the output once the command has ended, which may take simulated time."""
        return self._act("exec", _pod(pod), command=list(command), container=container)

    def kill(
        self, pod: str, container: str | None = None, *, signal: str | None = None, reason: str | None = None, exit_code: int | None = None
    ) -> Text:
        """End containers of pods (a name or glob) with a `signal` (KILL), a `reason` (OOMKilled) or an `exit_code`."""
        return self._act("kill", _pod(pod), container=container, signal=signal, reason=reason, exitCode=exit_code)

    def node_down(self, node: str, *, unreachable: bool = False) -> Text:
        """Let a node's kubelet hang; `unreachable`: its pods get no packets either."""
        return self._act("node", _node(node), down=True, unreachable=unreachable or None)

    def node_up(self, node: str) -> Text:
        """Let a node's kubelet continue; its containers kept running."""
        return self._act("node", _node(node), down=False)

    def kubelet(self, node: str, change: Literal["stop", "start", "restart"] = "restart") -> Text:
        """End a node's kubelet, start a new one, or both. A new kubelet knows nothing of the one before; containers keep running."""
        return self._act("node", _node(node), kubelet=change)

    def reboot(self, node: str, down: str = "down", *, containers: Literal["exited", "gone"] | None = None) -> Text:
        """Switch a node off for a time such as `60s`, off (`down`) or on (`up`); `containers`: what its runtime then reports of them."""
        return self._act("node", _node(node), reboot=down, containers=containers)

    def lose_sandbox(self, pod: str, what: Literal["pause", "dead", "removed"] = "dead") -> Text:
        """Take the sandbox from pods (a name or glob): only the sandbox, all their processes, or also what the runtime knows of them."""
        return self._act("kill", _pod(pod), sandbox=what)

    def image_registry_down(self, images: str | None = None, error: str | None = None) -> Text:
        """From now on pulls of matching images (a glob; default: all) fail with this error, or with that of a registry that answers 503."""
        return self._act("imageRegistry", "down", image=images, error=error)

    def image_registry_up(self, images: str | None = None) -> Text:
        """Images can be pulled again."""
        return self._act("imageRegistry", "up", image=images)

    def dns_down(self, state: Literal["down", "refused", "failing"] = "down") -> Text:
        """From now on no name resolves: queries get no answer, are refused (as when no CoreDNS pod is ready), or get SERVFAIL."""
        return self._act("dns", state)

    def dns_up(self) -> Text:
        """Names resolve again."""
        return self._act("dns", "up")

    def programs(self, programs: Sequence[Mapping[str, Any]]) -> Text:
        """Replace the programs of containers that start from now on; entries as under `programs` in a Scenario."""
        return self._act("programs", list(programs))


def _node(name: str) -> str:
    return name if "/" in name else f"node/{name}"


def _pod(name: str) -> str:
    return name if "/" in name else f"pod/{name}"
