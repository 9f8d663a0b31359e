"""The ways to each organisation, in the order in which they are tried. Tables of the registry in, columns out.

The order is that of the distribution plan: the organisation's own preference, the CSIRT designated by law, its
guardian partners, the organisation itself, and last who runs the network around it.
"""

from datetime import date

import polars as pl

from schakel.kit.copying import copy_out

SCHEMA = {
    "organisation": pl.Int64,
    "place": pl.Int32,
    "via": pl.String,
    "standing": pl.String,
    "partner": pl.Int64,
    "contact": pl.Int64,
    "language": pl.String,
    "has_agreement": pl.String,
    "is_encrypted": pl.String,
    "is_verified": pl.String,
}
FLAGS = ("has_agreement", "is_encrypted", "is_verified")

# One line per organisation and way. `told` holds the organisations in question. A partner's contact is its verified
# one for security; an organisation's own: verified before not, security before the rest.
WAYS = """
WITH partner_contact AS (
    SELECT DISTINCT ON (partner_id) partner_id, id, language, openpgp_key <> '' OR channel = 'webhook' AS is_encrypted,
           is_verified
    FROM registry_contact WHERE partner_id IS NOT NULL
    ORDER BY partner_id, is_verified DESC, role <> 'security', id
), ready AS (
    SELECT p.id, p.type, p.sectors, p.key, EXISTS (
        SELECT FROM registry_agreement a
        WHERE a.partner_id = p.id AND a.state = 'signed' AND 'notification' = ANY (a.functions)
          AND a.from_on <= %(day)s AND (a.until_on IS NULL OR a.until_on > %(day)s)) AS has_agreement
    FROM registry_partner p
), way AS (
    SELECT c.organisation_id AS organisation,
           CASE WHEN bool_or(c.is_chosen) THEN 100 ELSE 300 END
           + CASE r.type WHEN 'csirt' THEN 0 WHEN 'isac' THEN 10
             WHEN 'trade-association' THEN 20 WHEN 'regional' THEN 20
             WHEN 'chain' THEN 20 WHEN 'msp' THEN 30 WHEN 'mssp' THEN 30 WHEN 'isp' THEN 30 ELSE 40 END AS place,
           CASE WHEN bool_or(c.is_chosen) THEN 'preference' ELSE 'guardian' END AS via,
           r.id AS partner, r.has_agreement
    FROM registry_constituency c
    JOIN told ON told.id = c.organisation_id
    JOIN ready r ON r.id = c.partner_id
    WHERE (c.valid_from IS NULL OR c.valid_from <= %(day)s) AND (c.valid_until IS NULL OR c.valid_until > %(day)s)
    GROUP BY c.organisation_id, r.id, r.type, r.has_agreement
    UNION ALL
    SELECT o.id, 200, 'designated', r.id, r.has_agreement
    FROM registry_organisation o
    JOIN told ON told.id = o.id
    JOIN ready r ON r.type = 'csirt' AND o.sector = ANY (r.sectors)
    WHERE o.nis2 IN ('essential', 'important') AND o.sector <> ''
)
SELECT way.organisation, way.place, way.via, 'guardian', way.partner, pc.id, pc.language,
       way.has_agreement, pc.is_encrypted, pc.is_verified
FROM way LEFT JOIN partner_contact pc ON pc.partner_id = way.partner
UNION ALL
SELECT o.id, 400, 'contact', 'affected', NULL, oc.id, oc.language, TRUE, oc.is_encrypted, oc.is_verified
FROM told
JOIN registry_organisation o ON o.id = told.id
LEFT JOIN LATERAL (
    SELECT id, language, openpgp_key <> '' OR channel = 'webhook' AS is_encrypted, is_verified
    FROM registry_contact WHERE organisation_id = o.id AND role <> 'privacy'
    ORDER BY is_verified DESC, role <> 'security', role <> 'technical', id LIMIT 1
) oc ON TRUE
"""
OPERATORS = """
SELECT DISTINCT ON (b.organisation) b.organisation, 600, 'operator', 'operator', NULL, c.id, c.language, TRUE,
       c.openpgp_key <> '' OR c.channel = 'webhook', c.is_verified
FROM run_by b
LEFT JOIN registry_contact c ON c.organisation_id = b.operator
ORDER BY b.organisation, c.role <> 'abuse', c.is_verified DESC, c.id
"""


def ways(day: date) -> pl.DataFrame:
    """Each way to the organisations in the table `told`, best first within an organisation.

    The table `run_by` (organisation, operator) says who runs the networks around them.
    """
    rows = pl.concat([copy_out(WAYS, {"day": day}, schema=SCHEMA), copy_out(OPERATORS, schema=SCHEMA)])
    flags = [(pl.col(name) == "t").fill_null(value=False).alias(name) for name in FLAGS]
    rows = rows.with_columns(*flags, has_channel=pl.col("contact").is_not_null())
    rows = rows.sort("organisation", "place", "partner")
    return rows.unique(subset=["organisation", "partner", "contact"], keep="first", maintain_order=True)
