"""The kubelet of a node: pure deciders (`pod_actions`, `phase`, `conditions`, ...) and the processes that act on what they decide."""
