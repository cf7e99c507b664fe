"""The lab: podsim in a browser tab. `bench` runs in the browser's Python and in this one; `site` serves the page and writes it to disk."""
