"""The ports of one node's containers: in each network, a port belongs to the program that opened it first."""

from __future__ import annotations

from simulator.container.answers import Opened
from simulator.container.birth import Who
from simulator.container.container_table import ContainerTable
from simulator.container.facts import ContainerFacts
from simulator.container.instance import Instance
from simulator.container.interior import InteriorFactory


class Sockets:
    """Opens and closes ports. A pod's containers share a network; pods of the host network share that of the node."""

    def __init__(self, table: ContainerTable, facts: ContainerFacts, interiors: InteriorFactory) -> None:
        self._table = table
        self._facts = facts
        self._interiors = interiors

    def open(self, instance: Instance, port: int, opened: Opened) -> bool:
        """Open a port; False: another program has it.

        Where one of the two may listen elsewhere, both run: that the later one does is recorded as an assumption.
        """
        assert instance.behavior is not None
        holder = self._table.port_holder(instance.record.id, port)
        if holder is None or _share(holder, instance):
            instance.behavior.opened[port] = opened
            self._facts.port_changed(instance, port, True)
            return True
        assert holder.behavior is not None
        if opened.guessed or holder.behavior.opened[port].guessed:
            self._assume_elsewhere(instance, port, holder)
            return True
        self._facts.port_taken(instance, port, holder)
        return False

    def close(self, instance: Instance, port: int) -> None:
        """Close a port, if this container has it."""
        if instance.behavior is not None and instance.behavior.opened.pop(port, None) is not None:
            self._facts.port_changed(instance, port, False)

    def _assume_elsewhere(self, instance: Instance, port: int, holder: Instance) -> None:
        who = Who(*instance.pod_name, instance.record.name, self._table.node, instance.attempt)
        run = instance.run._replace(listen=tuple(rule for rule in instance.run.listen if rule.port != port))
        reason = f"{_name(holder, instance)} uses the port, and it is uncertain that both would"
        self._interiors.assume_run(who, run, f"does not listen on {port}", reason)


def _name(holder: Instance, other: Instance) -> str:
    pod = "" if holder.pod is other.pod else f" of pod {holder.pod.metadata.name}"
    return f"container {holder.record.name}{pod}"


def _share(holder: Instance, other: Instance) -> bool:
    """Whether two programs can have one port."""
    if holder is other:
        return False
    from simulator.container.failures import shares_ports

    return shares_ports(holder.container.image, other.container.image)
