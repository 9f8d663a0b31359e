"""A fictional country of any size, as files: for the demo, for benches, for training.

Pure arrays and columns, no framework. Size classes and sections follow the figures of CBS; the rest only has to
be plausible: nested and shared networks, hosting, overlapping constituencies, organisations that nobody serves.
"""

from schakel.registry.generate.country import generate

__all__ = ["generate"]
