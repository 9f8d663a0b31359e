"""The statements of `track`, each over the whole batch. `sighting` is the report, `judged` what of it has a finding."""

# Moments come as whole microseconds since 1970 (UTC): the server reads a number much faster than a date.
MAKE = """
CREATE TEMP TABLE sighting (
    organisation bigint, kind text, asset text, weakness text, severity smallint, detail text,
    operator bigint, first_us bigint, last_us bigint
) ON COMMIT DROP
"""

JUDGE = """
CREATE TEMP TABLE judged ON COMMIT DROP AS
SELECT s.*, timestamptz 'epoch' + s.last_us * interval '1 microsecond' AS last_at,
       f.id, f.state, f.series_id, f.missed_count, f.severity AS had_severity
FROM sighting s
JOIN notices_finding f
    ON (f.organisation_id, f.kind, f.asset, f.weakness) = (s.organisation, s.kind, s.asset, s.weakness)
"""

NEW = """
INSERT INTO notices_finding (
    organisation_id, kind, asset, weakness, detail, operator_id, severity, tlp, state, series_id, opened_in_id,
    missed_count, reopened_count, first_seen_at, last_seen_at, opened_at
)
SELECT organisation, kind, asset, weakness, detail, operator, severity, %(tlp)s, 'open', %(series)s, %(report)s, 0,
       0, timestamptz 'epoch' + first_us * interval '1 microsecond',
       timestamptz 'epoch' + last_us * interval '1 microsecond', %(at)s
FROM sighting s
WHERE NOT EXISTS (
    SELECT FROM judged j
    WHERE (j.organisation, j.kind, j.asset, j.weakness) = (s.organisation, s.kind, s.asset, s.weakness))
"""

REOPENED = """
WITH moved AS (
    UPDATE notices_finding f
    SET state = 'open', opened_in_id = %(report)s, series_id = %(series)s, operator_id = j.operator, missed_count = 0,
        last_seen_at = j.last_at, reopened_count = f.reopened_count + 1,
        opened_at = %(at)s, closed_at = NULL, due_on = NULL, severity = j.severity, tlp = %(tlp)s
    FROM judged j
    WHERE f.id = j.id AND (j.state = 'no-longer-theirs'
                           OR (j.state IN ('presumed-fixed', 'fixed') AND j.last_at > f.closed_at))
    RETURNING f.id, j.state
)
INSERT INTO notices_change (finding_id, from_state, to_state, at, report_id)
SELECT id, state, 'open', %(at)s, %(report)s FROM moved
"""

REFRESHED = """
UPDATE notices_finding f
SET missed_count = 0, last_seen_at = greatest(f.last_seen_at, j.last_at), severity = greatest(f.severity, j.severity)
FROM judged j
WHERE f.id = j.id AND j.state IN ('open', 'promised') AND j.series_id = %(series)s
  AND (j.missed_count > 0 OR j.severity > j.had_severity OR NOT %(is_complete)s)
"""

ALSO_SEEN = """
INSERT INTO notices_alsoseen (finding_id, series_id, missed_count, last_seen_at)
SELECT id, %(series)s, 0, last_at FROM judged
WHERE state IN ('open', 'promised') AND series_id <> %(series)s
ON CONFLICT (finding_id, series_id) DO UPDATE
SET missed_count = 0, last_seen_at = excluded.last_seen_at
WHERE notices_alsoseen.missed_count > 0 OR NOT %(is_complete)s
"""

STILL_SEEN = """
UPDATE notices_alsoseen a SET missed_count = 0, last_seen_at = j.last_at
FROM judged j WHERE a.finding_id = j.id AND a.series_id = %(series)s AND a.missed_count > 0
"""

STEPS = {
    "new": NEW, "reopened": REOPENED, "refreshed": REFRESHED, "also_seen": ALSO_SEEN, "still_seen": STILL_SEEN,
}  # fmt: skip

MAKE_GONE = """
CREATE TEMP TABLE gone_key (organisation bigint, kind text, asset text, weakness text) ON COMMIT DROP
"""

# `gone` holds the findings that the series may have seen for the last time: not in this report, but in the one before.
THESE_MAY_BE_GONE = """
CREATE TEMP TABLE gone ON COMMIT DROP AS
SELECT f.id FROM gone_key g
JOIN notices_finding f
    ON (f.organisation_id, f.kind, f.asset, f.weakness) = (g.organisation, g.kind, g.asset, g.weakness)
WHERE f.series_id = %(series)s
   OR EXISTS (SELECT FROM notices_alsoseen a WHERE a.finding_id = f.id AND a.series_id = %(series)s)
"""

ALL_MAY_BE_GONE = """
CREATE TEMP TABLE gone ON COMMIT DROP AS
SELECT f.id FROM notices_finding f
WHERE f.series_id = %(series)s AND f.state IN ('open', 'promised')
  AND NOT EXISTS (SELECT FROM judged j WHERE j.id = f.id)
UNION ALL
SELECT a.finding_id FROM notices_alsoseen a
WHERE a.series_id = %(series)s AND NOT EXISTS (SELECT FROM judged j WHERE j.id = a.finding_id)
"""

# What was missed before and is in no sighting now stays missed; it is in no report, so not in `gone` either.
# As an array, the numbers of the first change are looked up in the key's index: of a series that has just grown the
# planner knows too little, and believed that reading it whole would be as quick.
MISS = (
    """
INSERT INTO gone
SELECT f.id FROM notices_finding f
WHERE f.series_id = %(series)s AND f.state IN ('open', 'promised') AND f.missed_count > 0
  AND NOT EXISTS (SELECT FROM judged j WHERE j.id = f.id)
UNION ALL
SELECT a.finding_id FROM notices_alsoseen a
WHERE a.series_id = %(series)s AND a.missed_count > 0 AND NOT EXISTS (SELECT FROM judged j WHERE j.id = a.finding_id)
""",
    "ANALYZE gone",
    """
UPDATE notices_finding f
SET missed_count = f.missed_count + 1,
    last_seen_at = CASE WHEN f.missed_count = 0 THEN greatest(f.last_seen_at, %(latest_at)s) ELSE f.last_seen_at END
WHERE f.series_id = %(series)s AND f.state IN ('open', 'promised') AND f.opened_in_id <> %(report)s
  AND f.id = ANY(ARRAY(SELECT id FROM gone))
""",
    """
UPDATE notices_alsoseen a SET missed_count = a.missed_count + 1
WHERE a.series_id = %(series)s AND a.finding_id IN (SELECT id FROM gone)
""",
    """
WITH doubted AS (
    SELECT f.id, f.state FROM notices_finding f JOIN (SELECT DISTINCT id FROM gone) g ON g.id = f.id
    WHERE f.state IN ('open', 'promised') AND f.missed_count >= %(presumed_after)s
      AND NOT EXISTS (
          SELECT FROM notices_alsoseen a WHERE a.finding_id = f.id AND a.missed_count < %(presumed_after)s)
), moved AS (
    UPDATE notices_finding f SET state = 'presumed-fixed', closed_at = %(observed_at)s
    FROM doubted WHERE f.id = doubted.id
    RETURNING f.id, doubted.state
)
INSERT INTO notices_change (finding_id, from_state, to_state, at, report_id)
SELECT id, state, 'presumed-fixed', %(at)s, %(report)s FROM moved
""",
)

DROP = "DROP TABLE IF EXISTS judged, sighting, gone, gone_key"
