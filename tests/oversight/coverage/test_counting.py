"""The kernel's figures are those of a plain SQL count."""

import random

import pytest
from django.db import connection

from schakel.oversight.coverage import reading, refreshing, tables
from schakel.oversight.coverage.dimensions import REGION, SECTION, SECTOR, SIZE, STATUS, functions
from schakel.oversight.models import CoverageShare
from schakel.policy.access import SYSTEM
from schakel.registry.files.lists import facts, slugs
from tests.cast import DESK, NOON
from tests.oversight.coverage.scene import DAY, STARTS, WAITING, Network

COLUMNS = {
    SECTOR: "o.sector",
    SECTION: "coalesce(s.letter, '')",
    REGION: "o.region",
    SIZE: "replace(o.size_class, 'unknown', '')",
    STATUS: "replace(o.nis2, 'unknown', '')",
}
SECTIONS = "(VALUES {}) s (letter, first, last)"
VALID = "(c.valid_from IS NULL OR c.valid_from <= %(day)s) AND (c.valid_until IS NULL OR c.valid_until > %(day)s)"
IN_FORCE = """a.state = 'signed' AND a.from_on <= %(day)s AND (a.until_on IS NULL OR a.until_on > %(day)s)
              AND %(function)s = ANY (a.functions)"""
HELD = "(o.has_objected OR o.region = ANY (%(waiting)s))"
COUNT = """
SELECT {columns}, count(*), count(*) FILTER (WHERE {held}), count(*) FILTER (WHERE NOT {held} AND EXISTS (
    SELECT FROM registry_constituency c JOIN registry_agreement a USING (partner_id)
    WHERE c.organisation_id = o.id AND {valid} AND {in_force}
))
FROM registry_organisation o
LEFT JOIN {sections} ON o.sbi = s.letter OR (o.sbi ~ '^[0-9]{{2}}' AND left(o.sbi, 2)::int BETWEEN s.first AND s.last)
GROUP BY {columns}
"""
RULES = {"valid": VALID, "in_force": IN_FORCE, "held": HELD}
ALONE = """
SELECT partner_id, count(*) FROM (
    SELECT c.organisation_id, min(c.partner_id) AS partner_id
    FROM registry_constituency c JOIN registry_organisation o ON o.id = c.organisation_id AND NOT {held}
    WHERE {valid} AND EXISTS (SELECT FROM registry_agreement a WHERE a.partner_id = c.partner_id AND {in_force})
    GROUP BY c.organisation_id HAVING count(DISTINCT c.partner_id) = 1
) one GROUP BY partner_id
"""


def sql(question, **values):
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall()


def plain(table, function):
    columns = ", ".join(COLUMNS[one] for one in table) or "''::text"
    letters = ", ".join(
        f"('{one}', {facts('sbi_sections')[one]['first']}, {facts('sbi_sections')[one]['last']})"
        for one in slugs("sbi_sections")
    )
    question = COUNT.format(**RULES, columns=columns, sections=SECTIONS.format(letters))
    rows = sql(question, day=DAY, function=function, waiting=WAITING.get(function, []))
    return {tuple(row[: len(table)]): row[-3:] for row in rows}


@pytest.mark.parametrize("seed", range(3))
def test_every_table_agrees_exactly_with_plain_sql(db, own_functions, seed):
    own_functions(STARTS)
    Network(random.Random(seed))
    counted = refreshing.refresh(by=SYSTEM, at=NOON)
    for function in functions():
        for table, cells in reading.cells(counted, function=function, tables=tables.TABLES).items():
            known = {cell.values: (cell.population, cell.held, cell.listed) for cell in cells if cell.population}
            assert known == plain(table, function), (function, table)
            assert all(cell.listed <= cell.low <= cell.high for cell in cells)


@pytest.mark.parametrize("seed", range(3))
def test_who_is_reached_by_one_partner_alone_agrees_with_plain_sql(db, own_functions, seed):
    own_functions(STARTS)
    Network(random.Random(seed))
    refreshing.refresh(by=SYSTEM, at=NOON)
    for function in functions():
        rows = sql(ALONE.format(**RULES), day=DAY, function=function, waiting=WAITING.get(function, []))
        found = {share.partner_id: share.alone.get(function, 0) for share in CoverageShare.objects.visible_to(DESK)}
        assert {partner: count for partner, count in found.items() if count} == dict(rows)


def test_a_shares_parts_add_up_to_the_whole(db):
    Network(random.Random(4))
    refreshing.refresh(by=SYSTEM, at=NOON)
    for share in CoverageShare.objects.all():
        for part in share.parts.values():
            columns = [sum(column) for column in zip(*part.values(), strict=True)] or [0] * (1 + len(functions()))
            assert columns[0] == share.members
            assert dict(zip(functions(), columns[1:], strict=True)) == {
                function: share.alone.get(function, 0) for function in functions()
            }
