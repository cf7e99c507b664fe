"""Which volume a claim gets (pkg/controller/volume/persistentvolume)."""
