"""The pretend container runtime: what containers, images and sandboxes do over time."""
