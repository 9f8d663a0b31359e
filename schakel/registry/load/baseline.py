"""Where each column of a baseline goes: who could become a partner, what they do, and whom they may reach.

As in `plans`, an expression names the arriving row `s`, the stored row `t`, a value out of a cell of several `a`.
"""

# ruff: noqa: S608 - no text of a file enters a statement

from schakel.registry.files.lists import facts
from schakel.registry.load.plans import (
    ARRIVAL,
    ORGANISATION,
    PARTNER,
    TO_ITSELF_AS_PARTNER,
    TO_ORGANISATION,
    TO_PARTNER,
    Check,
    Plan,
    Target,
    Value,
    lists,
    same,
    texts,
)  # fmt: skip
from schakel.registry.models import Activity, Constituency, Estimate, Prospect, Relation, Side

ESTIMATES = Plan(
    kind="estimates",
    references=(PARTNER,),
    targets=(
        Target(
            model=Estimate,
            identity={
                "partner_id": "p.id",
                "relation": "s.relation",
                "sector": "coalesce(s.sector, '')",
                "sbi_section": "coalesce(s.sbi_section, '')",
                "region": "coalesce(s.region, '')",
                "size_class": "s.size_class",
            },
            values=same("count", "source", "counted_on"),
            joins=TO_PARTNER,
        ),
    ),
)

_TODAY = "(now() AT TIME ZONE %(zone)s)::date"
_ORIGIN = f"coalesce(s.origin, '{facts('baseline')['origin']}')"
# A judgement of a later day than the file's stands, and so does any where the file has none.
_STANDS = "s.category IS NULL OR t.category_on > s.measured_on"


def _judged(column: str, sql: str, *, none: str = "''") -> Value:
    """A column of the category, which change together."""
    return Value(column, f"CASE WHEN {_STANDS} THEN coalesce(t.{column}, {none}) ELSE {sql} END", "category")


def _listed(column: str, name: str) -> str:
    """The values of a cell, each once, as rows beside its own."""
    return f"CROSS JOIN LATERAL (SELECT DISTINCT unnest(string_to_array(s.{column}, E'\\x1f')) AS {name}) a"


def _activities(side: Side, condition: str = "TRUE") -> Target:
    return Target(
        model=Activity,
        identity={"partner_id": "p.id", "title": "a.title"},
        values=(Value("side", f"'{side}'", f"activities_{side}"),),
        joins=f"{TO_ITSELF_AS_PARTNER} {_listed(f'activities_{side}', 'title')}",
        condition=condition,
    )


def _total(relation: Relation, column: str) -> Target:
    """A constituency of which only the size is known."""
    source = f"coalesce(nullif(replace(s.sources, E'\\x1f', '; '), ''), {_ORIGIN})"
    return Target(
        model=Estimate,
        identity={
            "partner_id": "p.id",
            "relation": f"'{relation}'",
            "sector": "''",
            "sbi_section": "''",
            "region": "''",
            "size_class": "'unknown'",
        },
        values=(
            Value("count", f"s.{column}", column),
            Value("source", source, column),
            Value("counted_on", f"coalesce(s.measured_on, t.counted_on, {_TODAY})", column),
        ),
        joins=TO_ITSELF_AS_PARTNER,
        condition=f"s.{column} IS NOT NULL",
    )


# The first of the keys in a cell that is no organisation's.
_STRANGER = (
    "(SELECT min(c.key) FROM unnest(string_to_array(s.constituency, E'\\x1f')) AS c(key)"
    " WHERE NOT EXISTS (SELECT FROM registry_organisation o WHERE o.key = c.key))"
)

BASELINE = Plan(
    kind="baseline",
    references=(ORGANISATION,),
    targets=(
        Target(
            model=Prospect,
            identity={"key": "s.key"},
            values=(
                *same("name", "type", "language", legacy_until_on="legacy_until"),
                *texts("website", "about", "legacy"),
                *lists("functions", "sectors", "regions", "sources"),
                _judged("category", "s.category"),
                _judged("category_reason", "coalesce(s.category_reason, '')"),
                _judged("category_by", _ORIGIN),
                _judged("category_on", f"coalesce(s.measured_on, t.category_on, {_TODAY})", none="NULL"),
                Value("organisation_id", "o.id", "organisation"),
                Value("standing", "'prospect'"),
                Value("origin", _ORIGIN),
            ),
            joins=f"LEFT {TO_ORGANISATION}",
        ),
        # What is named on both sides is hard: whoever does something hard does something soft with it.
        _activities(Side.SOFT, "NOT a.title = ANY(string_to_array(coalesce(s.activities_hard, ''), E'\\x1f'))"),
        _activities(Side.HARD),
        _total(Relation.MEMBER, "members"),
        _total(Relation.CUSTOMER, "customers"),
        _total(Relation.SUPPLIER, "suppliers"),
        _total(Relation.MEMBERS_CUSTOMER, "members_customers"),
        _total(Relation.PARTICIPANT, "participants"),
        Target(
            model=Constituency,
            identity={"partner_id": "p.id", "organisation_id": "o.id", "relation": "'member'"},
            values=(),
            joins=f"{TO_ITSELF_AS_PARTNER} {_listed('constituency', 'key')} "
            "JOIN registry_organisation o ON o.key = a.key",
        ),
    ),
    checks=(
        Check(
            "key",
            "not-prospect",
            "EXISTS (SELECT FROM registry_partner p WHERE p.key = s.key AND p.standing <> 'prospect')",
        ),
        Check(
            "name",
            "known-name",
            "lower(s.name) IN (SELECT lower(p.name) FROM registry_partner p "
            f"WHERE NOT EXISTS (SELECT FROM {ARRIVAL} a WHERE a.key = p.key))",
        ),
        Check("constituency", "unknown-organisation", f"{_STRANGER} IS NOT NULL", _STRANGER),
    ),
)
