"""When another runs a network: what is open in it knows, and what was told to who ran it goes to who runs it now.

What waits to be told to who ran it takes its next way when notices are handed over (`divert`); what led to nobody is
routed anew with the rest (`reroute`).
"""

from datetime import datetime

import polars as pl
from django.db import connection

from schakel.journal.actions import record
from schakel.kit.copying import copy_in, copy_out
from schakel.notices import next_way
from schakel.notices.sightings import KEYS
from schakel.notices.steps.compose import close_windows, gather
from schakel.policy.access import Actor

MAKE = """
CREATE TEMP TABLE now_run_by (organisation bigint, kind text, asset text, weakness text, operator bigint) ON COMMIT DROP
"""
MOVE = """
CREATE TEMP TABLE elsewhere ON COMMIT DROP AS
WITH moved AS (
    UPDATE notices_finding f SET operator_id = a.operator FROM now_run_by a
    WHERE (f.organisation_id, f.kind, f.asset, f.weakness) = (a.organisation, a.kind, a.asset, a.weakness)
      AND f.state IN ('open', 'promised') AND f.operator_id IS DISTINCT FROM a.operator
    RETURNING f.opened_in_id AS report, f.organisation_id AS organisation, f.kind
)
SELECT report, organisation, kind, count(*) AS findings FROM moved GROUP BY report, organisation, kind
"""
# Of what was told last to an operator: that of which nothing is in its network any more.
TOLD = """
SELECT r.report_id, r.organisation_id, r.kind, r.round + 1, 'escalation', max(f.severity), count(*)
FROM elsewhere e
JOIN notices_route r ON (r.report_id, r.organisation_id, r.kind) = (e.report, e.organisation, e.kind)
JOIN notices_notice n ON n.id = r.notice_id
JOIN notices_finding f ON (f.organisation_id, f.kind, f.opened_in_id) = (r.organisation_id, r.kind, r.report_id)
WHERE r.via = 'operator' AND n.state IN ('sent', 'answered') AND f.state = 'open'
  AND NOT EXISTS (
      SELECT FROM notices_route l WHERE (l.report_id, l.organisation_id, l.kind)
          = (r.report_id, r.organisation_id, r.kind) AND l.round > r.round)
GROUP BY r.id, n.organisation_id
HAVING bool_and(f.operator_id IS DISTINCT FROM n.organisation_id)
"""
TOLD_SCHEMA = {
    "report": pl.Int64,
    "organisation": pl.Int64,
    "kind": pl.String,
    "round": pl.Int16,
    "occasion": pl.String,
    "severity": pl.Int16,
    "findings_count": pl.Int32,
}
COUNT = "SELECT coalesce(sum(findings), 0) FROM elsewhere"
DROP = "DROP TABLE now_run_by, elsewhere"


def run_by(now: pl.DataFrame, *, by: Actor, at: datetime) -> dict[str, int]:
    """Write down who runs the network around each open finding of `now` (KEYS and `operator`, or null). Safe to repeat.

    In the caller's transaction. Returns how many findings `changed_operator`, and how many routes were made `anew`.
    """
    with connection.cursor() as cursor:
        cursor.execute(MAKE)
        copy_in(now.select(*KEYS, "operator"), table="now_run_by")
        cursor.execute("ANALYZE now_run_by")
        cursor.execute(MOVE)
        told = copy_out(TOLD, schema=TOLD_SCHEMA)
        cursor.execute(COUNT)
        counts = {"changed_operator": int(cursor.fetchone()[0]), "anew": next_way.anew(told, at)}
        cursor.execute(DROP)
    if counts["changed_operator"]:
        gather(None, at)
        close_windows(at=at)
        record("notices.findings.run_by_others", by=by, at=at, counts=counts)
    return counts
