"""A Scenario from a real cluster: what its pods and Events show of images, programs and nodes."""
