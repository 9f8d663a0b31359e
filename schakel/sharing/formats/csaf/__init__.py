"""CSAF 2.0 and 2.1 (OASIS): security advisories as JSON, read and written, with nothing lost in between."""
