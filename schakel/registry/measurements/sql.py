"""The SQL of a measurement: the register as it stood on a day, what that counts up to, and what differs.

Every name in it is ours; values travel as parameters. A party that joined after the day stood as a prospect where some
measurement had found it by then, and was not there at all otherwise.
"""

# ruff: noqa: S608 - as said above, no text from outside enters a statement

COLUMNS = (
    "key, name, type, standing, category, functions, sectors, regions, soft_count, hard_count, legacy, is_public,"
    " partner_id"
)

JOINED_ON = """coalesce(p.joined_on, (
    SELECT min(a.from_on) FROM registry_agreement a
    WHERE a.partner_id = p.id AND a.state IN ('signed', 'suspended', 'ended')))"""
"""From when somebody takes part: its day of joining, or the first day of an agreement that was ever signed."""

STANDING = """CASE
    WHEN p.standing = 'partner' AND (j.joined_on IS NULL OR j.joined_on <= %(on)s) THEN 'partner'
    WHEN p.standing = 'left' AND (p.left_at AT TIME ZONE %(zone)s)::date > %(on)s
         AND (j.joined_on IS NULL OR j.joined_on <= %(on)s) THEN 'partner'
    WHEN p.standing IN ('prospect', 'joining') OR (p.standing = 'partner' AND p.origin <> '') THEN 'prospect'
END"""

REGISTER = f"""
    SELECT p.key, p.name, p.type, d.standing, p.category, p.functions, p.sectors, p.regions,
           coalesce(w.soft, 0) AS soft_count, coalesce(w.hard, 0) AS hard_count, p.legacy, p.is_public,
           p.id AS partner_id
    FROM registry_partner p
    CROSS JOIN LATERAL (SELECT {JOINED_ON} AS joined_on) j
    CROSS JOIN LATERAL (SELECT {STANDING} AS standing) d
    LEFT JOIN (
        SELECT partner_id, count(*) FILTER (WHERE side = 'soft') AS soft, count(*) FILTER (WHERE side = 'hard') AS hard
        FROM registry_activity GROUP BY partner_id
    ) w ON w.partner_id = p.id
    WHERE d.standing IS NOT NULL"""
"""Everybody as of the day `on`, from the register itself."""

KEPT = f"SELECT {COLUMNS} FROM registry_measured WHERE measurement_id = %(measurement)s"
"""Everybody as a closed measurement kept them."""

KEEP = (
    f"INSERT INTO registry_measured ({COLUMNS}, measurement_id) SELECT {COLUMNS}, %(measurement)s FROM ({REGISTER}) m"
)

_EACH = """
    SELECT standing, 'all' AS facet, '' AS word, '' AS other, 1 AS weight FROM m
    UNION ALL SELECT standing, 'category', category, '', 1 FROM m
    UNION ALL SELECT standing, 'type', type, '', 1 FROM m
    UNION ALL SELECT standing, 'function', coalesce(f, ''), '', 1 FROM m LEFT JOIN unnest(functions) f ON TRUE
    UNION ALL SELECT standing, 'region', coalesce(r, ''), '', 1 FROM m LEFT JOIN unnest(regions) r ON TRUE
    UNION ALL SELECT standing, 'sector', coalesce(s, ''), '', 1 FROM m LEFT JOIN unnest(sectors) s ON TRUE
    UNION ALL SELECT standing, 'sector', s, f, 1 FROM m, unnest(sectors) s, unnest(functions) f
    UNION ALL SELECT standing, 'side', 'soft', '', soft_count FROM m
    UNION ALL SELECT standing, 'side', 'hard', '', hard_count FROM m
    UNION ALL SELECT standing, 'legacy', legacy, '', 1 FROM m WHERE legacy <> ''
    UNION ALL SELECT standing, 'does',
        CASE WHEN soft_count > 0 AND hard_count > 0 THEN 'both' WHEN soft_count > 0 THEN 'soft'
             WHEN hard_count > 0 THEN 'hard' ELSE '' END, '', 1 FROM m
    UNION ALL SELECT standing, 'known', ((soft_count + hard_count > 0)::int + (category <> '')::int
        + (sectors <> '{}')::int + (functions <> '{}')::int)::text, '', 1 FROM m"""


def counts(source: str) -> str:
    """Facet, word, other word, standing and count of all parties of `source`."""
    return f"""
        WITH m AS MATERIALIZED ({source}), each AS ({_EACH})
        SELECT facet, word, other, standing, sum(weight)::bigint FROM each
        GROUP BY facet, word, other, standing HAVING sum(weight) > 0"""


KEEP_COUNTS = f"""
    INSERT INTO registry_measuredcount (measurement_id, facet, word, other, standing, count)
    SELECT %(measurement)s, facet, word, other, standing, count FROM ({counts(KEPT)}) AS c
        (facet, word, other, standing, count)"""

_DIFFERENCE = """
    WITH before AS MATERIALIZED ({before}), after AS MATERIALIZED ({after}), parties AS (
        SELECT coalesce(a.key, b.key) AS key, coalesce(a.name, b.name) AS name, coalesce(a.type, b.type) AS type,
            CASE WHEN b.key IS NULL THEN 'new' WHEN a.key IS NULL THEN 'gone'
                 WHEN b.standing <> a.standing AND a.standing = 'partner' THEN 'joined'
                 WHEN b.standing <> a.standing THEN 'left'
                 WHEN (b.category, b.type) IS DISTINCT FROM (a.category, a.type)
                   OR NOT (b.functions @> a.functions AND b.functions <@ a.functions)
                   OR NOT (b.sectors @> a.sectors AND b.sectors <@ a.sectors)
                   OR NOT (b.regions @> a.regions AND b.regions <@ a.regions) THEN 'changed' END AS change,
            b.category AS category_before, a.category AS category_after,
            b.functions AS functions_before, a.functions AS functions_after,
            b.sectors AS sectors_before, a.sectors AS sectors_after,
            b.regions AS regions_before, a.regions AS regions_after,
            coalesce(a.partner_id, b.partner_id) AS partner_id
        FROM after a FULL JOIN before b ON b.key = a.key
    )"""


def difference(before: str, after: str) -> str:
    """Everything that differs, a page of it in the order of names: `change` ('' for all), `after_name`, `after_key`."""
    return f"""{_DIFFERENCE.format(before=before, after=after)}
        SELECT m.*, p.standing FROM parties m LEFT JOIN registry_partner p ON p.id = m.partner_id
        WHERE m.change IS NOT NULL AND (%(change)s = '' OR m.change = %(change)s)
          AND (m.name, m.key) > (%(after_name)s, %(after_key)s)
        ORDER BY m.name, m.key LIMIT %(limit)s"""


def difference_counts(before: str, after: str) -> str:
    """How many differ, by change."""
    return f"""{_DIFFERENCE.format(before=before, after=after)}
        SELECT change, count(*) FROM parties WHERE change IS NOT NULL GROUP BY change"""


GROWTH = f"""
    WITH joined AS (
        SELECT p.category, p.functions, p.sectors, p.regions, {JOINED_ON} AS from_on,
               (p.left_at AT TIME ZONE %(zone)s)::date AS until_on
        FROM registry_partner p WHERE p.standing IN ('partner', 'left')
    ), words AS (
        SELECT from_on, until_on, unnest(CASE %(facet)s
            WHEN 'category' THEN ARRAY[category] WHEN 'function' THEN functions
            WHEN 'sector' THEN sectors WHEN 'region' THEN regions ELSE ARRAY[''] END) AS word
        FROM joined WHERE from_on IS NOT NULL
    )
    SELECT d.day::date, w.word, count(*)
    FROM unnest(%(days)s::date[]) AS d(day)
    JOIN words w ON w.from_on <= d.day AND (w.until_on IS NULL OR w.until_on > d.day)
    GROUP BY d.day, w.word"""
"""How many partners there were on each of `days`, by the words of one facet as they are now."""
