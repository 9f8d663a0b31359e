"""The catalogue of kinds is whole, and the report types of Shadowserver point into it."""

import re
import runpy
import tomllib
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from schakel.intake import kinds
from schakel.intake.kinds import KINDS, NATURES, REMEDY_DAYS, SEVERITIES, kind

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "kinds.md"
TYPES = tomllib.loads((ROOT / "schakel/intake/formats/shadowserver/types.toml").read_text(encoding="utf-8"))

# The types of the Reference Security Incident Taxonomy, version 1003, by class.
RSIT = {
    "abusive-content": {"spam", "harmful-speech", "violence"},
    "malicious-code": {"infected-system", "c2-server", "malware-distribution", "malware-configuration"},
    "information-gathering": {"scanner", "sniffing", "social-engineering"},
    "intrusion-attempts": {"ids-alert", "brute-force", "exploit"},
    "intrusions": {
        "privileged-account-compromise",
        "unprivileged-account-compromise",
        "application-compromise",
        "system-compromise",
        "burglary",
    },
    "availability": {"dos", "ddos", "misconfiguration", "sabotage", "outage"},
    "information-content-security": {
        "unauthorised-information-access",
        "unauthorised-information-modification",
        "data-loss",
        "data-leak",
    },
    "fraud": {"unauthorised-use-of-resources", "copyright", "masquerade", "phishing"},
    "vulnerable": {
        "weak-crypto",
        "ddos-amplifier",
        "potentially-unwanted-accessible",
        "information-disclosure",
        "vulnerable-system",
    },
    "other": {"other", "undetermined"},
    "test": {"test"},
}

every_kind = pytest.mark.parametrize("one", KINDS.values(), ids=KINDS.keys())
every_type = pytest.mark.parametrize(("name", "entry"), TYPES.items(), ids=TYPES.keys())


def test_rsit_has_thirty_nine_types():
    assert sum(map(len, RSIT.values())) == 39


def test_there_are_at_least_thirty_two_kinds():
    assert len(KINDS) >= 32


@every_kind
def test_a_slug_is_written_in_lower_case_with_hyphens(one):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", one.slug)


@every_kind
def test_a_kind_has_a_known_nature_and_severity(one):
    assert one.nature in NATURES
    assert one.severity in SEVERITIES
    assert one.gravity == NATURES.index(one.nature)


@every_kind
def test_a_kind_has_a_place_in_rsit(one):
    assert one.rsit_type in RSIT[one.rsit_class]
    assert one.rsit == f"{one.rsit_class}/{one.rsit_type}"


@every_kind
def test_a_kind_has_a_short_title_in_both_languages(one):
    assert set(one.title) == {"nl", "en"}
    assert all(10 <= len(title) <= 60 for title in one.title.values())


def test_no_two_kinds_share_a_title():
    assert len({one.title["nl"] for one in KINDS.values()}) == len(KINDS)
    assert len({one.title["en"] for one in KINDS.values()}) == len(KINDS)


def test_what_is_compromised_comes_before_what_is_merely_open():
    assert kind("infected-host").gravity < kind("vulnerable-vpn").gravity < kind("exposed-vnc").gravity


def test_every_severity_has_its_days_and_the_graver_has_fewer():
    days = [REMEDY_DAYS[severity] for severity in SEVERITIES]
    assert days == sorted(set(days))
    assert set(REMEDY_DAYS) == set(SEVERITIES)


def test_a_kind_takes_its_days_to_remedy_from_its_severity():
    assert kind("infected-host").remedy_days == REMEDY_DAYS["critical"]
    assert kind("weak-tls").remedy_days == REMEDY_DAYS["low"]


@every_kind
def test_a_reminder_comes_sooner_for_what_is_graver(one):
    assert 1 <= one.reminder_days <= 90
    assert one.severity != "critical" or one.reminder_days <= 3


def test_a_kind_nobody_knows_is_treated_as_other():
    assert kind("never-heard-of") is KINDS["other"]
    assert kind("web-shell").slug == "web-shell"


def test_the_catalogue_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        kind("other").severity = "info"  # type: ignore[misc]
    with pytest.raises(TypeError):
        KINDS["other"] = kind("web-shell")
    with pytest.raises(TypeError):
        kind("other").title["nl"] = "Anders"


def test_the_page_of_kinds_is_the_catalogue():
    assert PAGE.read_text(encoding="utf-8") == kinds.table()


def test_the_module_prints_the_page(capsys):
    runpy.run_path(kinds.__file__, run_name="__main__")
    assert capsys.readouterr().out == kinds.table()


def test_all_published_types_of_shadowserver_are_known():
    assert len(TYPES) >= 170


@every_type
def test_a_report_type_points_at_a_known_kind_and_severity(name, entry):
    assert re.fullmatch(r"[a-z0-9_]+", name)
    assert entry["kind"] in KINDS
    assert entry["severity"] in SEVERITIES
    assert set(entry) <= {"kind", "severity", "affected"}


@every_type
def test_a_report_type_for_ipv6_is_of_the_same_kind_as_its_twin(name, entry):
    twin = re.sub(r"^(scan|population)6_", r"\1_", name).replace("event6_", "event4_").removesuffix("6")
    assert TYPES[twin]["kind"] == entry["kind"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("event4_sinkhole", "infected-host"),
        ("scan_http_vulnerable", "vulnerable-service"),
        ("scan6_rdp", "exposed-remote-desktop"),
        ("scan_dns", "amplifier-dns"),
        ("compromised_website", "compromised-website"),
        ("device_id", "device-census"),
        ("botnet_drone", "infected-host"),
    ],
)
def test_well_known_reports_mean_what_they_say(name, slug):
    assert TYPES[name]["kind"] == slug


@pytest.mark.parametrize("name", [name for name in TYPES if name.startswith(("population", "device_id"))])
def test_a_census_is_no_finding_of_a_weakness(name):
    assert TYPES[name]["kind"] == "device-census"


def test_the_samples_are_of_known_types(shared_samples):
    names = {sample.stem for sample in (shared_samples / "shadowserver").glob("*.csv")}
    assert names
    assert names <= set(TYPES)
