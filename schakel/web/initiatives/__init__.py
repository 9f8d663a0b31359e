"""The register of initiatives, what members do to it, and proposals to merge."""
