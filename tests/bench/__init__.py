"""Figures of speed and memory, each beside a yardstick of the same run."""

from schakel.kit import memory

memory.keep()  # As the command does, and like it before polars is imported.
