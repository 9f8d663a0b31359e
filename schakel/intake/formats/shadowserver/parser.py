"""Shadowserver's CSV: columns go by name, the type of report goes by the name of the file.

A layout names the affected system `ip`, `port`, `hostname` …; an event between two systems names it `src_ip`
… beside `dst_ip` …; a few types name it otherwise, which `types.toml` states.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any, Final

from schakel.intake.formats.fields import Plan
from schakel.intake.formats.headers import Header, take
from schakel.intake.formats.shapes import FormatRefused, Layout, ReadOptions
from schakel.intake.formats.sources import Source, Stretch, stretches
from schakel.intake.kinds import FALLBACK

TYPES: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    tomllib.loads(Path(__file__).with_name("types.toml").read_text(encoding="utf-8"))
)
"""Of each report type: its kind, its severity, and its affected column where that is special."""
_NAME: Final = re.compile(r"(?:\d{4}-\d{2}-\d{2}-)?([a-z0-9_]+)")
_TWINS: Final = (("scan6_", "scan_"), ("event6_", "event4_"), ("population6_", "population_"))
_LIKELY_KINDS: Final = (
    (re.compile(r"event[46]?_.*sinkhole|botnet|drone"), "infected-host"),
    (re.compile(r"event[46]?_"), "suspicious-use"),
    (re.compile(r"compromised_"), "compromised-device"),
    (re.compile(r"(population|device)[46]?_"), "device-census"),
    (re.compile(r"scan[46]?_"), "exposed-service"),
)
"""What a type that is newer than our list is about, by how Shadowserver names its types."""
_OF_THE_AFFECTED: Final = {"address": "ip", "port": "port", "host": "hostname", "asn": "asn", "country": "geo"}
_OF_THE_ROW: Final = {
    "observed_at": ("timestamp",), "protocol": ("protocol",), "severity": ("severity",), "tag": ("tag",),
    "cve": ("cve", "cve_id"), "family": ("family", "infection", "malware"), "email": ("email",),
}  # fmt: skip
_OF_ONE_SYSTEM: Final = {"http_host": ("http_host",), "url": ("url",), "host": ("hostname", "domain")}
_DETAIL: Final = (
    "reason", "category", "infection", "vendor", "device_vendor", "device_model", "product", "server",
    "server_type", "banner", "version", "www_authenticate", "subject_common_name", "detail", "tag",
)  # fmt: skip
_DETAIL_COUNT: Final = 5


def read(source: Source, options: ReadOptions) -> Iterator[Stretch]:
    """The rows of one file. Raises FormatRefused for a header without any column of an affected system."""
    taken = take(iter(source.text()), limits=options.limits)
    if taken is None:
        return
    header, text = taken
    report_type = type_of(options.type, source.name, source.outer_name)
    plan = plan_for(header, report_type=report_type, options=options)
    layout = Layout(columns=header.names, delimiter=header.dialect.delimiter)
    yield from stretches(text, header.dialect, plan, layout)


def type_of(*names: str | None) -> str:
    """The report type that a name stands for: the first that we know, else what the first name says."""
    stems = [found.group(1) for name in names if name and (found := _NAME.match(PurePath(name).name.lower()))]
    for stem in stems:
        if stem in TYPES:
            return stem
        for six, four in _TWINS:
            if (twin := four + stem.removeprefix(six)) in TYPES and stem.startswith(six):
                return twin
    return stems[0] if stems else ""


def plan_for(header: Header, *, report_type: str, options: ReadOptions) -> Plan:
    """How the columns of this layout are to be understood."""
    names = [name.lower() for name in header.names]
    known = TYPES.get(report_type, {})
    columns = _columns(names, affected=known.get("affected"))
    if not {"address", "host", "url", "email"} & set(columns):
        raise FormatRefused("unknown-columns", "No column of this report names an address, host or web address.")
    detail = [_key(names, name) for name in _DETAIL if name in names]
    return Plan(
        columns=columns,
        names={f"c{index}": name for index, name in enumerate(header.names)},
        received_at=options.received_at,
        kind=known.get("kind") or options.default_kind or _likely_kind(report_type),
        severity=known.get("severity") or options.default_severity,
        detail=tuple(detail[:_DETAIL_COUNT]),
        is_loose=False,
    )


def _columns(names: list[str], *, affected: str | None) -> dict[str, tuple[str, ...]]:
    prefix = (affected or ("src_ip" if "src_ip" in names else "ip")).removesuffix("ip")
    wanted = {field: (prefix + name,) for field, name in _OF_THE_AFFECTED.items()} | _OF_THE_ROW
    if not prefix:
        wanted |= _OF_ONE_SYSTEM
    found = {field: tuple(_key(names, name) for name in of if name in names) for field, of in wanted.items()}
    return {field: keys for field, keys in found.items() if keys}


def _key(names: list[str], name: str) -> str:
    return f"c{names.index(name)}"


def _likely_kind(report_type: str) -> str:
    return next((kind for shape, kind in _LIKELY_KINDS if shape.match(report_type)), FALLBACK)
