"""A Scenario from a real cluster: what its pods and Events show about images, programs and nodes."""
