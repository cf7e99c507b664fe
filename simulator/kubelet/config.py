"""What a kubelet is configured with, and its fixed periods. All times in nanoseconds."""

from __future__ import annotations

from typing import NamedTuple

from simulator.engine.durations import Uniform
from simulator.units import HOUR, MILLISECOND, MINUTE, SECOND


class KubeletConfig(NamedTuple):
    """Settings of one kubelet.

    `relist_phase`: when its first relist of the simulation starts. `started_at`: when the kubelet itself started, before t=0 as a rule:
    probes of a kubelet younger than their period wait a random part of it. `skip_quiet_probes`: do not play probes that cannot say
    anything new; the journal is the same either way.
    """

    relist_phase: int = 211 * MILLISECOND
    relist_period: int = 1 * SECOND
    serialize_image_pulls: bool = True
    max_container_restart_period: int = 5 * MINUTE
    started_at: int = -24 * HOUR
    skip_quiet_probes: bool = True


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
"""How often the write that a startup probe causes is sent before the sync that it also causes has a fuller one (measured: every second)."""

TICK_LEAD = Uniform(60 * MILLISECOND, 100 * MILLISECOND)
"""How long before a relist the sync tick comes: both begin with the kubelet, and each relist puts off the next one (measured)."""

SYNC_WORK = 2 * MILLISECOND
"""What a sync takes before it acts: status, directories, cgroups (measured)."""
CREATE_WORK = Uniform(2 * MILLISECOND, 7 * MILLISECOND)
"""What the kubelet needs from the ready sandbox or the present image to the call that creates the container (measured: 2 to 8 ms)."""
STOP_WORK = 3 * MILLISECOND
"""What it needs from the decision to kill to the call that stops the container (measured: 1 to 3 ms)."""
