"""Every page against the rules that a program can check (axe-core: WCAG 2.2 A and AA), light and wide, dark and on a phone.

What was found is written to build/axe.json: a list of pages with their violations.
"""

import json

import pytest
from django.conf import settings
from django.utils import timezone

from schakel.governance.beginning import begin
from schakel.governance.questions import ask
from schakel.governance.selections import open_round, propose
from schakel.notices import links
from schakel.notices.models import Campaign, Finding
from schakel.web import build
from tests import browser
from tests.cast import DESK, Country
from tests.reports import taken
from tests.telling import finding_of, report_of, tell
from tests.web import (
    collaboration_scene,
    coverage_scene,
    joining_scene,
    measurement_scene,
    network_scene,
    self_service_scene,
)

pytestmark = [pytest.mark.browser]
AXE = build.ROOT / "node_modules" / "axe-core" / "axe.min.js"
RUN = "axe.run({resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
NARROW = """() => [...document.querySelectorAll("input, select, textarea")]
    .filter(one => !["checkbox", "radio", "hidden", "submit", "button", "file"].includes(one.type))
    .filter(one => one.checkVisibility() && one.offsetWidth < 96).map(one => one.name)"""
"""Fields in which one cannot see what one fills in."""
LOOKS = [("light", browser.WIDE), ("dark", browser.PHONE)]


@pytest.fixture
def pages(real_commits, member):
    """A country with something on every page: addresses by the session that may see them."""
    country = Country()
    taken("192.0.2.10,443,,cve-2024-3400", "198.51.100.4", "999.1.1.1", day=timezone.now())
    report = report_of(at=timezone.now())
    finding_of(report, country.harbour)
    notice = tell(report, country.harbour, at=timezone.now())
    to_partner = tell(report_of("second.csv", at=timezone.now()), country.harbour, partner=country.harbour_circle)
    Campaign.objects.create(
        slug="pan-os", title="PAN-OS", weakness="CVE-2024-3400", tlp="amber", started_at=timezone.now()
    )
    finding, link = Finding.objects.first(), links.url_of(notice).removeprefix(settings.BASE_URL)
    begin(by=DESK, at=timezone.now())
    selection = open_round(function="notification", year=2027, places=1, by=DESK, at=timezone.now())
    offering = propose(selection=selection, title="Strategie", kind="product", by=DESK, at=timezone.now())
    question = ask(function="", title="Wanneer?", words="", partner=None, by=DESK, at=timezone.now())
    desk = member("coordinator", language="nl")
    session = desk.cookies["sessionid"].value
    inside = [
        "/", "/reports", "/reports/new", "/reports/again", f"/reports/{report.pk}", "/findings", "/findings?kind=infected-host",
        f"/findings/{finding.pk}", "/campaigns", "/campaigns/new", "/campaigns/pan-os", "/notices",
        f"/notices/{notice.pk}", f"/notices/{to_partner.pk}", "/desk", "/network/law", "/ui", "/account/password", "/nowhere",
        "/network/map", "/network/kingdom", "/network/map?words=nergens", "/network/functions", "/network/functions/notification", "/network/functions/notification/versions/1",
        "/network/functions/notification/plan", "/network/functions/notification/rounds/2027",
        f"/network/offerings/{offering.pk}", "/network/flows/new", "/network/questions", "/network/questions/new",
        f"/network/questions/{question.pk}",
        *network_scene.pages(country), *collaboration_scene.pages(country),
        *measurement_scene.pages(), *coverage_scene.pages(country), *joining_scene.pages(country),
        *self_service_scene.pages(country, desk.user),
    ]  # fmt: skip
    outside = [
        link,
        f"{link}/stop",
        "/n/wrong",
        "/account/login",
        *measurement_scene.PUBLIC,
        *joining_scene.public(),
        *self_service_scene.outside(country),
    ]
    return {session: inside, None: outside}


def test_no_page_breaks_a_rule_of_accessibility(live_server, pages):
    found = []
    with browser.opened() as chromium:
        for scheme, size in LOOKS:
            for session, addresses in pages.items():
                context = chromium.new_context(
                    color_scheme=scheme, viewport=size, locale="nl-NL", bypass_csp=True, reduced_motion="reduce"
                )
                if session:
                    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
                page = context.new_page()
                for address in addresses:
                    page.goto(live_server.url + address)
                    found.append({"page": _name(address), "scheme": scheme, "width": size["width"], **_looked_at(page)})
                context.close()
    (build.ROOT / "build").mkdir(exist_ok=True)
    (build.ROOT / "build" / "axe.json").write_text(json.dumps(found, indent=1))
    assert [entry for entry in found if entry["violations"]] == []


def _name(address):
    return address if "/n/" not in address else "/n/…"


def _looked_at(page):
    page.evaluate(AXE.read_text())
    broken = page.evaluate(RUN)["violations"]
    assert (page.url, page.evaluate(NARROW)) == (page.url, [])
    return {"violations": _short(broken)}


def _short(violations):
    return [
        {"id": one["id"], "impact": one["impact"], "where": [node["target"] for node in one["nodes"]][:5]}
        for one in violations
    ]
