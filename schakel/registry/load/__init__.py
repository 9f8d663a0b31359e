"""Checked rows into the registry's tables, a batch at a time.

A batch goes into a temporary table by COPY. From there one statement per table finds what is new or different and
writes only that, so the same file again writes nothing.
"""

from collections.abc import Mapping

from schakel.registry.load.baseline import BASELINE, ESTIMATES
from schakel.registry.load.batch import Batch, load_batch
from schakel.registry.load.plans import ASSETS, CONSTITUENCIES, CONTACTS, DESIGNATIONS, ORGANISATIONS, PARTNERS, Plan
from schakel.registry.load.tally import SHOWN_ROWS, Tally

_ALL = (ORGANISATIONS, CONTACTS, PARTNERS, ASSETS, CONSTITUENCIES, DESIGNATIONS, BASELINE, ESTIMATES)
PLANS: Mapping[str, Plan] = {plan.kind: plan for plan in _ALL}
"""What each kind of file becomes."""

__all__ = ["PLANS", "SHOWN_ROWS", "Batch", "Plan", "Tally", "load_batch"]
