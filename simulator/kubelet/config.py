"""A kubelet's settings and its fixed periods. All times in nanoseconds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from simulator.engine.durations import Uniform
from simulator.units import HOUR, MILLISECOND, MINUTE, SECOND


class KubeletConfig(NamedTuple):
    """Settings of one kubelet.

    Attributes:
        relist_phase: When its first relist of the simulation starts.
        relist_period: The time from one relist to the next.
        serialize_image_pulls: Whether pulls wait for each other.
        max_container_restart_period: The maximum of the restart back-off.
        started_at: When the kubelet itself started, usually before t=0. Probes of a kubelet younger than their period wait a random
            part of it.
        host_paths: What is at paths of the node in addition to the well-known ones: their kinds.
        shutdown_grace_period: How long pods have to stop when the node shuts down; 0: they are not stopped.
        shutdown_grace_period_critical_pods: The part of it that critical pods have, after all others.
        evicts: Whether programs state what they use, so that the node may run out of memory or disk.
        csi_drivers: The CSI drivers that are registered with it, in addition to those of CSIDriver objects.
        skip_quiet: Skip probes and syncs that cannot change anything; the journal is the same either way.
    """

    relist_phase: int = 211 * MILLISECOND
    relist_period: int = 1 * SECOND
    serialize_image_pulls: bool = True
    max_container_restart_period: int = 5 * MINUTE
    started_at: int = -24 * HOUR
    skip_quiet: bool = True
    host_paths: Mapping[str, str] = MappingProxyType({})
    csi_drivers: tuple[str, ...] = ()
    shutdown_grace_period: int = 0
    shutdown_grace_period_critical_pods: int = 0
    evicts: bool = False


# The timeline of a new kubelet, from the start of its process (recorded with 1.36).
FIRST_RELIST = 250 * MILLISECOND
REPORTS_NODE = 290 * MILLISECOND
TAKES_PODS = 1_240 * MILLISECOND
"""When the API server has answered for all sources of pods."""
FIRST_HOUSEKEEPING = 2_250 * MILLISECOND
FIRST_WRITES = 100 * MILLISECOND
"""How long the first statuses of a new kubelet take to be written (recorded: 60 to 500 ms)."""
OLD_CONTAINER = 10 * SECOND
"""How long before the kubelet a container must have started to count as one that an earlier kubelet left (kubeletRestartGracePeriod)."""

# Periods of pkg/kubelet, with their names there.
RESYNC_INTERVAL = 1 * MINUTE
BACK_OFF_PERIOD = 10 * SECOND
JITTER_FACTOR = 0.5
"""workerResyncIntervalJitterFactor and workerBackOffPeriodJitterFactor: a wait of d lasts d to 1.5 d."""
SYNC_TICK = 1 * SECOND
HOUSEKEEPING_PERIOD = 2 * SECOND

CONTAINER_BACK_OFF_INITIAL = 10 * SECOND
IMAGE_BACK_OFF_INITIAL = 10 * SECOND
IMAGE_BACK_OFF_MAX = 300 * SECOND
MINIMUM_GRACE = 2 * SECOND
"""minimumGracePeriodInSeconds: containers always get this long to shut down."""

VOLUME_RECONCILE = 100 * MILLISECOND
VOLUME_WAIT_POLL = 300 * MILLISECOND
VOLUME_WAIT_TIMEOUT = 2 * MINUTE + 3 * SECOND

STATUS_ALONE = 0.5
"""The share of startup results whose status is written before the sync that they also cause has a fuller one (measured: one half)."""

STATUS_LATE = 0.1
"""The share of the others that is written so late that a readiness result is in the same write (recorded once, with 1.34)."""
LATE_WRITE = 15 * MILLISECOND
"""How late: the status manager writes one status after the other, each with two requests. Assumed."""

TICK_LEAD = Uniform(60 * MILLISECOND, 100 * MILLISECOND)
"""How long before a relist the sync tick comes (measured). Both start with the kubelet, and each relist delays the next one."""

SYNC_WORK = 2 * MILLISECOND
"""The time that a sync needs before it acts: status, directories, cgroups (measured)."""
CREATE_WORK = Uniform(2 * MILLISECOND, 7 * MILLISECOND)
"""The time from the ready sandbox or the present image to the call that creates the container (measured: 2 to 8 ms)."""
STOP_WORK = 3 * MILLISECOND
"""The time from the decision to kill to the call that stops the container (measured: 1 to 3 ms)."""
