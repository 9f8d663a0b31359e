"""What the world knows of a weakness, and what that does to the severity of a finding."""

from collections.abc import Collection

import polars as pl
from django.db.models import Q

from schakel.intake.models import Weakness

LIKELY = 0.5  # The chance (EPSS) that a weakness is used within 30 days from which we treat it as used.
SEVEREST = 4


def grave(cves: Collection[str]) -> list[str]:
    """Those of `cves` (any case) that are used, or likely will be, in upper case. One query.

    Used: it is in the catalogue of known exploited vulnerabilities (KEV). Likely: its EPSS is at least LIKELY.
    """
    if not cves:
        return []
    known = Weakness.objects.filter(Q(is_kev=True) | Q(epss__gte=LIKELY), cve__in={cve.upper() for cve in cves})
    return list(known.values_list("cve", flat=True))


def raised(sightings: pl.DataFrame) -> pl.DataFrame:
    """The same rows, `severity` (0 to 4) raised where `weakness` (a CVE, '' if none) is used or likely will be."""
    names = sightings["weakness"].unique().drop_nulls()
    cves = names.filter(names.str.to_uppercase().str.starts_with("CVE-"))
    worse = cves.filter(cves.str.to_uppercase().is_in(grave(cves.to_list())))
    is_grave = pl.col("weakness").is_in(worse.implode()).fill_null(value=False)
    higher = (pl.col("severity") + 1).clip(upper_bound=SEVEREST).cast(sightings.schema["severity"])
    return sightings.with_columns(severity=pl.when(is_grave).then(higher).otherwise("severity"))
