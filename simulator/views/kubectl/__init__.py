"""kubectl's texts: get, describe, events, logs, rollout, wait.

Each view takes a `View` (a snapshot and a dialect) and returns `Printed`.
"""
