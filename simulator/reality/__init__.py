"""Whether a real cluster does what a simulation of its manifests does: its pods and Events held against several runs."""
