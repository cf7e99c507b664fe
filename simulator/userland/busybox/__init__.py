"""BusyBox releases as values, and which images have which. Only this package contains BusyBox release numbers."""
