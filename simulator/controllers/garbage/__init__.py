"""What goes when its owner goes (pkg/controller/garbagecollector)."""
