"""What tables call their columns, Dutch and English, so that an ordinary export needs no mapping."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from schakel.intake.formats.headers import plain_name

ALIASES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "observed_at": (
        "timestamp", "observed_at", "last_seen", "time_source", "time_observation", "seen_at", "detected_at",
        "event_time", "datetime", "date_time", "time", "date", "first_seen", "laatst_gezien", "gezien_op",
        "waargenomen_op", "tijdstip", "datum_tijd", "datumtijd", "datum", "tijd", "eerst_gezien",
    ),
    "address": (
        "ip", "ip_address", "ipaddress", "ip_adres", "ipadres", "ip_addr", "address", "source_ip", "src_ip",
        "ipv4", "ipv6", "ipv4_adres", "ipv6_adres", "network", "netwerk", "source_network", "prefix", "cidr",
        "subnet", "netblock", "range", "bereik",
    ),
    "host": (
        "hostname", "host_name", "host", "fqdn", "hostnaam", "servernaam", "source_fqdn", "domain",
        "domain_name", "domeinnaam", "domein", "source_reverse_dns", "reverse_dns", "rdns",
    ),
    "url": (
        "url", "source_url", "uri", "website", "web_address", "webadres", "internetsite", "link",
        "phishing_url",
    ),
    "email": (
        "email", "e_mail", "mail", "email_address", "e_mail_address", "emailadres", "e_mailadres", "mailadres",
        "source_account",
    ),
    "asn": ("asn", "as_number", "asnummer", "as_nummer", "source_asn", "src_asn", "origin_asn", "origin_as"),
    "port": ("port", "poort", "source_port", "src_port", "poortnummer"),
    "protocol": ("protocol", "proto", "transport", "protocol_transport"),
    "country": (
        "country_code", "country", "geo", "cc", "landcode", "land", "source_geolocation_cc", "src_geo",
    ),
    "severity": ("severity", "ernst", "risk_level", "prioriteit"),
    "kind": ("kind", "soort"),
    "cve": ("cve", "cve_id", "cves", "cve_nummer", "vulnerability", "kwetsbaarheid", "weakness"),
    "tag": ("tag", "tags"),
    "family": ("malware_family", "malware_name", "malware", "family", "infection", "besmetting"),
    "subject": ("value", "indicator", "ioc", "asset", "observable", "waarde"),
    "detail": (
        "detail", "details", "description", "omschrijving", "toelichting", "product", "service", "server",
        "banner", "version", "versie", "comment", "opmerking", "event_description_text",
    ),
})  # fmt: skip
"""Of each field, the names that stand for it, most telling first, as `plain_name` writes them."""
ASSETS: Final = ("address", "host", "url", "email", "asn", "subject")
"""The fields of which a table needs at least one."""


def columns_by_name(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Of each field, the keys `c0`, `c1`, … of the columns that stand for it. A name counts where it stands first."""
    keys: dict[str, str] = {}
    for index, name in enumerate(names):
        keys.setdefault(plain_name(name), f"c{index}")
    found = {field: tuple(keys[alias] for alias in known if alias in keys) for field, known in ALIASES.items()}
    return {field: columns for field, columns in found.items() if columns}


def names_an_asset(names: Iterable[str]) -> bool:
    """Whether one of these columns can name the affected system."""
    plain = {plain_name(name) for name in names}
    return any(not plain.isdisjoint(ALIASES[field]) for field in ASSETS)
