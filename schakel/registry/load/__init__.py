"""Checked rows into the registry's tables, a batch at a time.

A batch goes into a temporary table by COPY. From there one statement per table finds what is new or different and
writes only that, so the same file again writes nothing.
"""

from schakel.registry.load.batch import Batch, load_batch
from schakel.registry.load.plans import PLANS, Plan
from schakel.registry.load.tally import SHOWN_ROWS, Tally

__all__ = ["PLANS", "SHOWN_ROWS", "Batch", "Plan", "Tally", "load_batch"]
