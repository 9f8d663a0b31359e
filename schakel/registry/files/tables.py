"""The kinds of registry file: their columns, and what holds between columns.

docs/reference/registry-files.md says the same for people and is compared with this module by a test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from schakel.registry.files import forms, lists, names, networks
from schakel.registry.files.forms import Form
from schakel.registry.files.refusals import fault, is_fault

KEY = forms.text(100)
NAME = forms.text(250)
LANGUAGE = forms.choice(lists.LANGUAGES, "nl")
FUNCTIONS = forms.choices(lists.slugs("functions"))
SECTORS = lists.slugs("sectors")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kind of file."""

    name: str
    form: Form
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of file: columns in order, rules between columns, and what makes two rows the same.

    `distinct`: a column whose text stands in the file once, however it is written.
    """

    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    between: Callable[[], Mapping[str, pl.Expr]] = dict
    distinct: str = ""

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError when there is none."""
        return {column.name: column for column in self.columns}[name]


def ends_after(start: str, end: str) -> pl.Expr:
    """The end of a span, or a fault where it is not after the beginning (both days in normal form)."""
    both_stand = ~is_fault(pl.col(start)) & ~is_fault(pl.col(end))
    return pl.when(both_stand & (pl.col(end) <= pl.col(start))).then(fault("span")).otherwise(pl.col(end))


def contact_address() -> pl.Expr:
    """A contact's address in the form that its channel asks for."""
    address, channel = pl.col("address"), pl.col("channel")
    as_mail = names.mail(pl.when(channel.fill_null("mail") == "mail").then(address))
    as_webhook = names.webhook(pl.when(channel == "webhook").then(address))
    return (
        pl.when(is_fault(address) | is_fault(channel))
        .then(address)
        .when(channel == "webhook")
        .then(as_webhook)
        .otherwise(as_mail)
    )


def asset_value() -> pl.Expr:
    """An asset's value in the form that its kind asks for."""
    value, kind = pl.col("value"), pl.col("kind")
    as_domain = names.domain(pl.when(kind.is_in(["domain", "email_domain"])).then(value))
    as_network = networks.network(pl.when(kind == "network").then(value))
    as_asn = networks.asn(pl.when(kind == "asn").then(value))
    return (
        pl.when(is_fault(value) | is_fault(kind))
        .then(value)
        .when(kind.is_in(["domain", "email_domain"]))
        .then(as_domain)
        .when(kind == "network")
        .then(as_network)
        .otherwise(as_asn)
    )


def own_key() -> pl.Expr:
    """A prospect's key; where the file has none, one made from the name, the same every time."""
    slug = pl.col("name").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "-").str.strip_chars("-")
    return pl.coalesce("key", pl.when(~is_fault(pl.col("name"))).then("name:" + slug.str.slice(0, 95)))


def others() -> pl.Expr:
    """The organisations whom a prospect serves, or a fault where it names itself among them."""
    served = forms.split(pl.col("constituency"))
    is_own = [served.list.contains(pl.col(own)).fill_null(value=False) for own in ("key", "organisation", "name")]
    return pl.when(pl.any_horizontal(is_own)).then(fault("itself")).otherwise(pl.col("constituency"))


def ended_legacy() -> pl.Expr:
    """The last day of a former position, or a fault where none is named."""
    is_alone = pl.col("legacy").is_null() & pl.col("legacy_until").is_not_null()
    return pl.when(is_alone).then(fault("legacy-kind")).otherwise(pl.col("legacy_until"))


ORGANISATIONS = Table(
    columns=(
        Column("key", KEY, is_required=True),
        Column("name", NAME, is_required=True),
        Column("trade_names", forms.several(1000)),
        Column("kvk", forms.KVK),
        Column("rsin", forms.RSIN),
        Column("oin", forms.OIN),
        Column("sector", forms.choice(SECTORS)),
        Column("sbi", forms.SBI),
        Column("size_class", forms.choice(lists.SIZE_CLASSES, "unknown")),
        Column("region", forms.choice(lists.slugs("regions"))),
        Column("nis2", forms.choice(lists.NIS2_STATUSES, "unknown")),
        Column("language", LANGUAGE),
        Column("objects", forms.YES_OR_NO),
        Column("mail", forms.MAIL),
        Column("mail_verified", forms.YES_OR_NO),
    ),
    identity=("key",),
)

CONTACTS = Table(
    columns=(
        Column("organisation", KEY, is_required=True),
        Column("role", forms.choice(lists.CONTACT_ROLES), is_required=True),
        Column("address", forms.text(2000), is_required=True),
        Column("channel", forms.choice(lists.CHANNELS, "mail")),
        Column("language", LANGUAGE),
        Column("openpgp", forms.OPENPGP),
        Column("verified", forms.YES_OR_NO),
    ),
    identity=("organisation", "role", "channel", "address"),
    between=lambda: {"address": contact_address()},
)

PARTNERS = Table(
    columns=(
        Column("key", KEY, is_required=True),
        Column("name", NAME, is_required=True),
        Column("type", forms.choice(lists.slugs("partner_types")), is_required=True),
        Column("organisation", KEY),
        Column("functions", FUNCTIONS),
        Column("mail", forms.MAIL),
        Column("webhook", forms.WEBHOOK),
        Column("language", LANGUAGE),
        Column("sectors", forms.choices(SECTORS)),
        Column("agreement_from", forms.DAY),
        Column("agreement_until", forms.DAY),
        Column("agreement_functions", FUNCTIONS),
        Column("agreement_state", forms.choice(lists.AGREEMENT_STATES)),
    ),
    identity=("key",),
    between=lambda: {"agreement_until": ends_after("agreement_from", "agreement_until")},
)

ASSETS = Table(
    columns=(
        Column("organisation", KEY, is_required=True),
        Column("kind", forms.choice(lists.ASSET_KINDS), is_required=True),
        Column("value", forms.text(1000), is_required=True),
        Column("role", forms.choice(lists.ASSET_ROLES, "owner")),
        Column("evidence", forms.choice(lists.EVIDENCE, "claimed")),
        Column("valid_from", forms.DAY),
        Column("valid_until", forms.DAY),
    ),
    identity=("organisation", "kind", "value", "role"),
    between=lambda: {"value": asset_value(), "valid_until": ends_after("valid_from", "valid_until")},
)

CONSTITUENCIES = Table(
    columns=(
        Column("partner", KEY, is_required=True),
        Column("organisation", KEY, is_required=True),
        Column("relation", forms.choice(lists.RELATIONS, "member")),
        Column("chosen", forms.YES_OR_NO),
        Column("from", forms.DAY),
        Column("until", forms.DAY),
    ),
    identity=("partner", "organisation", "relation"),
    between=lambda: {"until": ends_after("from", "until")},
)

DESIGNATIONS = Table(
    columns=(
        Column("partner", KEY, is_required=True),
        Column("sector", forms.choice(SECTORS), is_required=True),
        Column("from", forms.DAY, is_required=True),
        Column("until", forms.DAY),
        Column("basis", forms.text(250)),
        Column("source", forms.text(500)),
        Column("checked", forms.DAY),
        Column("certain", forms.YES_OR_NO),
    ),
    identity=("partner", "sector", "from"),
    between=lambda: {"until": ends_after("from", "until")},
)

BASELINE = Table(
    columns=(
        Column("key", KEY),
        Column("name", NAME, is_required=True),
        Column("type", forms.choice(lists.slugs("partner_types")), is_required=True),
        Column("category", forms.choice(lists.CATEGORIES)),
        Column("category_reason", forms.text(2000)),
        Column("functions", FUNCTIONS),
        Column("sectors", forms.choices(SECTORS)),
        Column("regions", forms.choices(lists.slugs("regions"))),
        Column("activities_soft", forms.several(5000)),
        Column("activities_hard", forms.several(5000)),
        Column("website", forms.WEBSITE),
        Column("about", forms.text(5000)),
        Column("sources", forms.several(2000)),
        Column("language", LANGUAGE),
        Column("organisation", KEY),
        Column("constituency", forms.several(100_000)),
        Column("members", forms.COUNT),
        Column("customers", forms.COUNT),
        Column("suppliers", forms.COUNT),
        Column("members_customers", forms.COUNT),
        Column("participants", forms.COUNT),
        Column("measured_on", forms.DAY),
        Column("legacy", forms.choice(lists.LEGACY)),
        Column("legacy_until", forms.DAY),
        Column("origin", forms.text(100)),
    ),
    identity=("key",),
    between=lambda: {"key": own_key(), "constituency": others(), "legacy_until": ended_legacy()},
    distinct="name",
)

ESTIMATES = Table(
    columns=(
        Column("partner", KEY, is_required=True),
        Column("relation", forms.choice(lists.RELATIONS, "member")),
        Column("sector", forms.choice(SECTORS)),
        Column("sbi_section", forms.SECTION),
        Column("region", forms.choice(lists.slugs("regions"))),
        Column("size_class", forms.choice(lists.SIZE_CLASSES, "unknown")),
        Column("count", forms.COUNT, is_required=True),
        Column("source", forms.text(250), is_required=True),
        Column("counted_on", forms.DAY, is_required=True),
    ),
    identity=("partner", "relation", "sector", "sbi_section", "region", "size_class"),
)

TABLES: Mapping[str, Table] = {
    "organisations": ORGANISATIONS,
    "contacts": CONTACTS,
    "partners": PARTNERS,
    "assets": ASSETS,
    "constituencies": CONSTITUENCIES,
    "designations": DESIGNATIONS,
    "baseline": BASELINE,
    "estimates": ESTIMATES,
}
