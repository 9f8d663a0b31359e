"""Where each column of a file of the registry goes: which table, under which identity.

SQL expressions name the arriving row `s`, and what its keys point at `o` (organisation) or `p` (partner).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from schakel.registry.models import (
    Agreement,
    Asset,
    ChannelKind,
    Constituency,
    Contact,
    Designation,
    Organisation,
    Partner,
)

SEPARATOR = "\x1f"  # Control characters are refused in the files, so none stands inside an entry of a list.
ARRIVAL = "registry_arrival"
# Two of the server's random UUIDs, as Standard Webhooks writes a secret.
NEW_SECRET = "'whsec_' || encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'base64')"  # noqa: S105 - how to make one


def table_of(model: type[Model]) -> str:
    """The name of a model's table."""
    return model._meta.db_table  # noqa: SLF001 - Django documents it


@dataclass(frozen=True, slots=True)
class Value:
    """One column of a table: its expression, and the column of the file that must be there to change it.

    Without `source` it is only set on new rows.
    """

    column: str
    sql: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A key in a file that names a row of another table, which must exist."""

    column: str
    model: type[Model]
    reason: str


@dataclass(frozen=True, slots=True)
class Check:
    """What the stored rows say against an arriving one: where `condition` holds, it is refused for `reason`."""

    column: str
    reason: str
    condition: str
    value: str = ""

    @property
    def shown(self) -> str:
        """The expression of the value that is shown with the reason."""
        return self.value or f"s.{self.column}::text"


@dataclass(frozen=True, slots=True)
class Target:
    """One table that a row of a file becomes a row of, where `condition` holds.

    `identity`: the columns by which a row is known again; NULL stands for a column that is empty.
    """

    model: type[Model]
    identity: Mapping[str, str]
    values: tuple[Value, ...]
    joins: str = ""
    condition: str = "TRUE"

    @property
    def table(self) -> str:
        """The name of the table."""
        return table_of(self.model)

    @property
    def has_revision(self) -> bool:
        """Whether a change of its rows gets a number."""
        return self.model is Asset

    def defaults(self) -> dict[str, Any]:
        """What new rows have in the columns that no file speaks of: Django keeps defaults out of the database."""
        ours = {*self.identity, *(value.column for value in self.values)} | (
            {"revision"} if self.has_revision else set()
        )
        fields = [field for field in self.model._meta.concrete_fields if field.has_default()]  # noqa: SLF001
        return {str(field.column): field.get_default() for field in fields if field.column not in ours}


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a kind of file becomes. The first target is the row itself, the others hang on it."""

    kind: str
    references: tuple[Reference, ...]
    targets: tuple[Target, ...]
    checks: tuple[Check, ...] = ()


def same(*names: str, **renamed: str) -> tuple[Value, ...]:
    """Columns taken over as they are; `renamed` maps a table's column to the file's."""
    pairs = {name: name for name in names} | renamed
    return tuple(Value(column, f's."{source}"', source) for column, source in pairs.items())


def texts(*names: str, **renamed: str) -> tuple[Value, ...]:
    """Columns that are an empty text where the file has nothing."""
    pairs = {name: name for name in names} | renamed
    return tuple(Value(column, f"coalesce(s.{source}, '')", source) for column, source in pairs.items())


def lists(*names: str, **renamed: str) -> tuple[Value, ...]:
    """Columns of several values."""
    pairs = {name: name for name in names} | renamed
    return tuple(Value(column, f"string_to_array(s.{source}, E'\\x1f')", source) for column, source in pairs.items())


def moments(*names: str) -> tuple[Value, ...]:
    """Days that become the moment at which they begin, here."""
    return tuple(Value(name, f"s.{name}::timestamp AT TIME ZONE %(zone)s", name) for name in names)


def _contact(holder: str, *, role: str, channel: str, address: str) -> Mapping[str, str]:
    """The identity of a contact; `holder` is o.id or p.id."""
    is_partner = holder == "p.id"
    return {
        "organisation_id": "NULL" if is_partner else holder,
        "partner_id": holder if is_partner else "NULL",
        "role": role,
        "channel": channel,
        "address": address,
    }


ORGANISATION = Reference("organisation", Organisation, "unknown-organisation")
PARTNER = Reference("partner", Partner, "unknown-partner")
TO_ORGANISATION = "JOIN registry_organisation o ON o.key = s.organisation"
TO_PARTNER = "JOIN registry_partner p ON p.key = s.partner"
TO_ITSELF_AS_ORGANISATION = "JOIN registry_organisation o ON o.key = s.key"
TO_ITSELF_AS_PARTNER = "JOIN registry_partner p ON p.key = s.key"

ORGANISATIONS = Plan(
    kind="organisations",
    references=(),
    targets=(
        Target(
            model=Organisation,
            identity={"key": "s.key"},
            values=(
                *same("name", "kvk", "rsin", "oin", "size_class", "nis2", "language", has_objected="objects"),
                *texts("sector", "sbi", "region"),
                *lists("trade_names"),
            ),
        ),
        Target(
            model=Contact,
            identity=_contact("o.id", role="'general'", channel="'mail'", address="s.mail"),
            values=same("language", is_verified="mail_verified"),
            joins=TO_ITSELF_AS_ORGANISATION,
            condition="s.mail IS NOT NULL",
        ),
    ),
)

CONTACTS = Plan(
    kind="contacts",
    references=(ORGANISATION,),
    targets=(
        Target(
            model=Contact,
            identity=_contact("o.id", role="s.role", channel="s.channel", address="s.address"),
            values=(
                *same("language", is_verified="verified"),
                *texts(openpgp_key="openpgp"),
                Value("webhook_secret", f"CASE s.channel WHEN 'webhook' THEN {NEW_SECRET} ELSE '' END"),
            ),
            joins=TO_ORGANISATION,
        ),
    ),
)


def _partner_contact(channel: str) -> Target:
    """Whom a partner tells us to write to is right by that: the desk that loads the list has the agreement."""
    secret = NEW_SECRET if channel == ChannelKind.WEBHOOK else "''"
    return Target(
        model=Contact,
        identity=_contact("p.id", role="'security'", channel=f"'{channel}'", address=f"s.{channel}"),
        values=(*same("language"), Value("is_verified", "TRUE"), Value("webhook_secret", secret)),
        joins=TO_ITSELF_AS_PARTNER,
        condition=f"s.{channel} IS NOT NULL",
    )


PARTNERS = Plan(
    kind="partners",
    references=(ORGANISATION,),
    targets=(
        Target(
            model=Partner,
            identity={"key": "s.key"},
            values=(
                *same("name", "type", "language"),
                *lists("functions", "sectors"),
                Value("organisation_id", "o.id", "organisation"),
            ),
            joins=f"LEFT {TO_ORGANISATION}",
        ),
        _partner_contact("mail"),
        _partner_contact("webhook"),
        Target(
            model=Agreement,
            identity={"partner_id": "p.id", "from_on": "s.agreement_from", "serial": "0"},
            values=(
                *same(until_on="agreement_until"),
                *lists(functions="agreement_functions"),
                Value("state", "coalesce(s.agreement_state, 'draft')", "agreement_state"),
            ),
            joins=TO_ITSELF_AS_PARTNER,
            condition="s.agreement_from IS NOT NULL",
        ),
    ),
    checks=(
        Check(
            "agreement_from",
            "overlap",
            "s.agreement_state = 'signed' AND EXISTS (SELECT FROM registry_agreement a"
            " JOIN registry_partner p ON p.id = a.partner_id WHERE p.key = s.key AND a.state IN ('signed', 'suspended')"
            " AND NOT (a.from_on = s.agreement_from AND a.serial = 0)"
            " AND a.functions && string_to_array(s.agreement_functions, E'\\x1f')"
            " AND daterange(a.from_on, a.until_on) && daterange(s.agreement_from, s.agreement_until))",
        ),
    ),
)

ASSETS = Plan(
    kind="assets",
    references=(ORGANISATION,),
    targets=(
        Target(
            model=Asset,
            identity={"organisation_id": "o.id", "kind": "s.kind", "value": "s.value", "role": "s.role"},
            values=(*same("evidence"), *moments("valid_from", "valid_until")),
            joins=TO_ORGANISATION,
        ),
    ),
)

CONSTITUENCIES = Plan(
    kind="constituencies",
    references=(PARTNER, ORGANISATION),
    targets=(
        Target(
            model=Constituency,
            identity={"partner_id": "p.id", "organisation_id": "o.id", "relation": "s.relation"},
            values=same(is_chosen="chosen", valid_from="from", valid_until="until"),
            joins=f"{TO_PARTNER} {TO_ORGANISATION}",
        ),
    ),
    checks=(
        Check(
            "organisation",
            "itself",
            "(s.partner, s.organisation) IN"
            " (SELECT p.key, o.key FROM registry_partner p JOIN registry_organisation o ON o.id = p.organisation_id)",
        ),
    ),
)

DESIGNATIONS = Plan(
    kind="designations",
    references=(PARTNER,),
    targets=(
        Target(
            model=Designation,
            identity={"partner_id": "p.id", "sector": "s.sector", "from_on": 's."from"'},
            values=(*same(until_on="until", checked_on="checked", is_certain="certain"), *texts("basis", "source")),
            joins=TO_PARTNER,
        ),
    ),
)
