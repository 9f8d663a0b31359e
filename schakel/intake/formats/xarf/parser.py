"""X-ARF objects (specification 4.2, and 3): the source of the abuse is the system that its owner must hear of."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from schakel.intake.formats.fields import Plan
from schakel.intake.formats.json_records import Object, flat, gathered, object_frame, objects
from schakel.intake.formats.shapes import ReadOptions, Reject
from schakel.intake.formats.sources import Source, Stretch, shaped_stretches
from schakel.intake.kinds import FALLBACK

TYPES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    tomllib.loads(Path(__file__).with_name("types.toml").read_text(encoding="utf-8"))
)
"""Of `category/type`: the kind, and the severity where it is not the usual one."""
_TYPE, _SEVERITY = "schakel.type", "schakel.severity"
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "observed_at": ("timestamp", "Report.Date"),
    "subject": ("source_identifier",),
    "address": ("Report.Source.IP", "Report.SourceIp"),
    "host": ("domain", "Report.Source.Domain"),
    "url": ("url", "infringing_url", "Report.Source.URL", "Report.Source.Url"),
    "email": ("Report.Source.Email",),
    "asn": ("asn",),
    "port": ("source_port", "service_port", "Report.Source.Port", "Report.SourcePort"),
    "protocol": ("protocol", "Report.Protocol"),
    "country": ("country_code",),
    "severity": ("severity", "risk_level", _SEVERITY),
    "kind": (_TYPE,),
    "cve": ("cve_id", "cve_ids", "exploit_cve", "vulnerability_exploited.cve"),
    "tag": ("tags",),
    "family": ("malware_family", "Report.AdditionalInfo.MalwareFamily", "webshell_details.family"),
})  # fmt: skip
_DETAIL: Final = (
    "service", "service_version", "description", "threat_type", "attack_vector", "compromise_method",
    "exposure_method", "target_brand", "subject", "Report.AdditionalInfo.TargetBrand",
)  # fmt: skip
_NAMES: Final = tuple(dict.fromkeys([name for names in _FIELDS.values() for name in names] + list(_DETAIL)))
_KEYS: Final = MappingProxyType({name: f"c{index}" for index, name in enumerate(_NAMES)})
_LEFT_OUT: Final = frozenset({"evidence", "Attachment", "Samples"})
"""Members that hold copies of mails and files. They are not needed for a notice, so they are not kept."""


def read(source: Source, options: ReadOptions) -> Iterator[Stretch]:
    """The reports of one file, an observation each."""
    plan = _plan(options)
    text = source.text(line_bytes=options.limits.object_bytes)
    items = objects(text, object_bytes=options.limits.object_bytes)
    for found, rejects in gathered(map(_without_evidence, items)):
        rows = [_row(one) for one in found]
        yield from shaped_stretches(object_frame(found, rows, _NAMES), rejects, plan)


def type_of(members: Mapping[str, str]) -> str:
    """`category/type` in lower case, of either version."""
    category = members.get("category") or members.get("Report.ReportClass", "")
    sort = members.get("type") or members.get("Report.ReportType", "")
    return f"{category}/{sort}".lower().replace("-", "_").replace(" ", "_")


def _plan(options: ReadOptions) -> Plan:
    return Plan(
        columns={field: tuple(_KEYS[name] for name in names) for field, names in _FIELDS.items()},
        names={key: name for name, key in _KEYS.items()},
        received_at=options.received_at,
        kind=options.default_kind or FALLBACK,
        severity=options.default_severity,
        detail=tuple(_KEYS[name] for name in _DETAIL),
        kinds={sort: known["kind"] for sort, known in TYPES.items()},
    )


def _without_evidence(one: Object | Reject) -> Object | Reject:
    if isinstance(one, Reject):
        return one
    members = _pruned(one.members)
    return Object(one.line, members, json.dumps(members, ensure_ascii=False).encode(errors="replace").decode())


def _pruned(members: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in members.items() if name not in _LEFT_OUT}
    if isinstance(report := kept.get("Report"), dict):
        kept["Report"] = _pruned(report)
    return kept


def _row(one: Object) -> dict[str, str]:
    members = dict(flat(one.members))
    sort = type_of(members)
    members[_TYPE] = sort
    if severity := TYPES.get(sort, {}).get("severity"):
        members[_SEVERITY] = severity
    return members
