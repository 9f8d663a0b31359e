"""MISP: events in its core format, its feeds and its libraries (taxonomies, galaxies, warning lists, templates)."""
