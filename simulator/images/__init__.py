"""Images as they are written in manifests: their names, what they are made of, and the programs that they have."""
