"""The ways to each organisation, in the order in which they are tried. Tables of the registry in, columns out.

The order is that of the distribution plan: the organisation's own preference, the CSIRT designated by law, its
guardian partners, the organisation itself, and last who runs the network around it.
"""

from datetime import date

import polars as pl

from schakel.kit.copying import copy_out
from schakel.policy.sharing import Refusal
from schakel.registry.agreements import in_force
from schakel.registry.models import NetworkFunction

SCHEMA = {
    "organisation": pl.Int64,
    "place": pl.Int32,
    "via": pl.String,
    "standing": pl.String,
    "partner": pl.Int64,
    "contact": pl.Int64,
    "language": pl.String,
    "is_encrypted": pl.String,
    "is_verified": pl.String,
    "operator": pl.Int64,
}
FLAGS = ("is_encrypted", "is_verified")
AGREEMENT_SCHEMA = {"partner": pl.Int64, "agreement": pl.String}

# One line per organisation and way. `told` holds the organisations in question. A partner's contact is its verified
# one for security; an organisation's own: verified before not, security before the rest. What is suspended is
# no way, and what is in doubt comes after what is in use.
WAYS = """
WITH partner_contact AS (
    SELECT DISTINCT ON (partner_id) partner_id, id, language, openpgp_key <> '' OR channel = 'webhook' AS is_encrypted,
           is_verified
    FROM registry_contact WHERE partner_id IS NOT NULL AND standing <> 'suspended'
    ORDER BY partner_id, is_verified DESC, standing <> 'active', role <> 'security', id
), way AS (
    SELECT c.organisation_id AS organisation,
           CASE WHEN bool_or(c.is_chosen) THEN 100 ELSE 300 END
           + CASE r.type WHEN 'csirt' THEN 0 WHEN 'isac' THEN 10
             WHEN 'trade-association' THEN 20 WHEN 'regional' THEN 20
             WHEN 'chain' THEN 20 WHEN 'msp' THEN 30 WHEN 'mssp' THEN 30 WHEN 'isp' THEN 30 ELSE 40 END AS place,
           CASE WHEN bool_or(c.is_chosen) THEN 'preference' ELSE 'guardian' END AS via,
           r.id AS partner
    FROM registry_constituency c
    JOIN told ON told.id = c.organisation_id
    JOIN registry_partner r ON r.id = c.partner_id AND r.standing <> 'prospect'
    WHERE (c.valid_from IS NULL OR c.valid_from <= %(day)s) AND (c.valid_until IS NULL OR c.valid_until > %(day)s)
    GROUP BY c.organisation_id, r.id, r.type
    UNION ALL
    SELECT o.id, 200, 'designated', d.partner_id
    FROM registry_organisation o
    JOIN told ON told.id = o.id
    JOIN registry_designation d ON d.sector = o.sector AND d.from_on <= %(day)s
         AND (d.until_on IS NULL OR d.until_on > %(day)s)
    WHERE o.nis2 IN ('essential', 'important')
)
SELECT way.organisation, way.place, way.via, 'guardian', way.partner, pc.id, pc.language,
       pc.is_encrypted, pc.is_verified, NULL::bigint
FROM way LEFT JOIN partner_contact pc ON pc.partner_id = way.partner
UNION ALL
SELECT o.id, 400, 'contact', 'affected', NULL, oc.id, oc.language, oc.is_encrypted, oc.is_verified, NULL
FROM told
JOIN registry_organisation o ON o.id = told.id
LEFT JOIN LATERAL (
    SELECT id, language, openpgp_key <> '' OR channel = 'webhook' AS is_encrypted, is_verified
    FROM registry_contact WHERE organisation_id = o.id AND role <> 'privacy' AND standing <> 'suspended'
    ORDER BY is_verified DESC, standing <> 'active', role <> 'security', role <> 'technical', id LIMIT 1
) oc ON TRUE
"""
OPERATORS = """
SELECT DISTINCT ON (b.organisation, b.operator) b.organisation, 600, 'operator', 'operator', NULL, c.id, c.language,
       c.openpgp_key <> '' OR c.channel = 'webhook', c.is_verified, b.operator
FROM run_by b
LEFT JOIN registry_contact c ON c.organisation_id = b.operator AND c.standing <> 'suspended'
ORDER BY b.organisation, b.operator, c.role <> 'abuse', c.is_verified DESC, c.standing <> 'active', c.id
"""


def ways(day: date) -> pl.DataFrame:
    """Each way to the organisations in the table `told`, best first within an organisation.

    The table `run_by` (organisation, operator) says who runs the networks around them; the way to each of these bears
    its number as `operator`.
    """
    rows = pl.concat([copy_out(WAYS, {"day": day}, schema=SCHEMA), copy_out(OPERATORS, schema=SCHEMA)])
    flags = [(pl.col(name) == "t").fill_null(value=False).alias(name) for name in FLAGS]
    rows = rows.with_columns(*flags, has_channel=pl.col("contact").is_not_null())
    rows = rows.join(_agreements(day), on="partner", how="left", maintain_order="left")
    # Who is told without a partner needs no agreement; a partner that we know nothing of has none.
    unknown = pl.when(pl.col("partner").is_null()).then(pl.lit("")).otherwise(pl.lit(Refusal.NO_AGREEMENT.value))
    rows = rows.with_columns(agreement=pl.col("agreement").fill_null(unknown))
    rows = rows.sort("organisation", "place", "partner", "operator")
    nobody = pl.when(pl.col("contact").is_null()).then("operator").alias("nobody")  # Who has no contact, all the same.
    rows = rows.with_columns(nobody).unique(
        subset=["organisation", "partner", "contact", "nobody"], keep="first", maintain_order=True
    )
    return rows.drop("nobody")


def _agreements(day: date) -> pl.DataFrame:
    """Per partner why its agreements do not let it notify on that day, or ''."""
    found = in_force.refusals(NetworkFunction.NOTIFICATION, day=day)
    rows = [(partner, refusal.value if refusal else "") for partner, refusal in found.items()]
    return pl.DataFrame(rows, schema=AGREEMENT_SCHEMA, orient="row")
