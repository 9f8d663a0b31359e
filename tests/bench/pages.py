"""Figures of the pages of the network at the size of a country, and of the jobs that run over it.

A row per page and who visits it, the coordinator or the largest partner: milliseconds of the median visit, how often
the plainest page fits into that, queries, and the slowest of them. A page should take 100 milliseconds at most on a
quiet core. With `--here` the database of this process's settings is visited as it is, otherwise one is made.

`python -m tests.bench.pages --here --only constituency`
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.bench import apart as process
from tests.bench import holdings, network, nightly, visits
from tests.bench.visits import Page

LONGEST = 24
"""A longer query is a place within a list, and is not named."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inside", default="base", help="small or base; measures in this process and its database")
    parser.add_argument("--here", action="store_true", help="visit the database as it is")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    given = parser.parse_args()
    process.ready()
    found = visit(given.only) if given.here else measured(network.of(given.inside))
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


def apart(folder: Path) -> dict[str, Any]:
    """The figures, from a process of their own."""
    return process.measured("pages", folder.name)


def measured(size: network.Size) -> dict[str, Any]:
    """The figures in this process; its database must be empty."""
    network.fill(size)
    holdings.fill()
    return {"jobs": nightly.figures(), "pages": visit()}


def visit(only: str = "") -> dict[str, Any]:
    """Every page, as the coordinator and as the largest partner."""
    import logging

    from django.conf import settings
    from django.test import override_settings

    logging.disable(logging.WARNING)  # Of pages that one of the two may not open.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = {**settings.STORAGES, "staticfiles": plain}
    found: dict[str, Any] = {}
    with override_settings(ALLOWED_HOSTS=["*"], STORAGES=storages):
        for who, browser, partner in browsers():
            pages = (page for page in of(partner) if only in page.name)
            found[who] = dict(visits.figures(browser, pages))
    return found


def browsers() -> Iterator[tuple[str, Any, Any]]:
    largest = _largest()
    yield "coordinator", _logged_in("coordinator"), largest
    yield "partner", _logged_in("partner", largest), largest


def _logged_in(role: str, partner: Any = None) -> Any:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.test import Client

    from schakel.people.models import User, UserGrant

    user, is_new = User.objects.get_or_create(username=f"bench-{role}")
    if is_new:
        UserGrant.objects.create(user=user, role=role, partner=partner)
        TOTP.activate(user, generate_totp_secret())
    client = Client(headers={"accept-language": "nl"})
    client.force_login(user)
    return client


def _largest() -> Any:
    """The partner with most members."""
    from django.db import connection

    from schakel.registry.models import Partner

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.partner_id FROM registry_constituency c JOIN registry_partner p ON p.id = c.partner_id"
            " WHERE p.standing = 'partner' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        )
        return Partner.objects.get(pk=cursor.fetchone()[0])


def of(partner: Any) -> Iterator[Page]:
    """The pages, with what they show picked from the database; a page of what is not there is left out."""
    from django.urls import reverse

    for name, more in LISTS:
        yield Page(f"{name}{more}", f"{reverse(name)}{more}")
    for name, pick in SINGLES:
        with suppress(LookupError):
            arguments, more = pick(partner)
            yield Page(f"{name}{more if len(more) < LONGEST else more[:6]}", f"{reverse(name, args=arguments)}{more}")


LISTS = (
    ("situation", ""), ("situation", "?days=365"), ("findings", ""), ("findings", "?kind=rdp"), ("notices", ""), ("campaigns", ""), ("reports", ""), ("rematches", ""),
    ("desk", ""), ("acts", ""),
    ("partners", ""), ("partners", "?standing=all&q=zorg"), ("prospects", ""), ("prospects", "?q=zorg"), ("roles", ""), ("directory", ""), ("signals", ""),
    ("network_map", ""), ("network_graph", ""), ("kingdom", ""), ("duplicates", ""),
    ("applications", ""), ("agreements", ""), ("agreements", "?view=running"), ("agreements", "?view=ending"), ("first_steps", ""), ("law", ""),
    ("coverage", ""), ("coverage", "?view=gaps"), ("coverage_shares", ""), ("advice", ""), ("measurements", ""),
    ("constituency", ""), ("enrolments", ""), ("claims", ""), ("claims", "?pile=disputed"),
    ("functions", ""), ("initiatives", ""), ("balances", ""), ("interests", ""), ("interest_conflicts", ""), ("network_figures", ""), ("questions", ""),
    ("profiles", ""), ("public_measurements", ""), ("join", ""), ("join_help", ""), ("terms", ""),
)  # fmt: skip


def _first(model: str, **wanted: Any) -> Any:
    """The newest row that fits. Raises LookupError where there is none."""
    from django.apps import apps

    found = apps.get_model(model)._base_manager.filter(**wanted).order_by("-pk").first()
    if found is None:
        raise LookupError(model)
    return found


def _member(partner: Any) -> int:
    from schakel.registry.models import Constituency

    return Constituency.objects.filter(partner=partner)[100].organisation_id


def _own(more: str = "") -> Callable[[Any], tuple[list[Any], str]]:
    return lambda partner: ([partner.pk], more)


def _of_member(partner: Any) -> tuple[list[Any], str]:
    return [_member(partner)], ""


def _newest(model: str, name: str = "pk", more: str = "", **wanted: Any) -> Callable[[Any], tuple[list[Any], str]]:
    return lambda _partner: ([getattr(_first(model, **wanted), name)], more)


def _middle(partner: Any) -> tuple[list[Any], str]:
    """Somewhere in the middle of the largest list, as its own links lead there."""
    from schakel.kit.paging import ordered_page
    from schakel.registry.models import Constituency

    members = Constituency.objects.filter(partner=partner).order_by("organisation_id")
    middle = members[members.count() // 2].organisation_id
    page = ordered_page(members.filter(organisation_id__gte=middle), by=["organisation_id"], size=1)
    return [partner.pk], f"?after={page.next_place}"


SINGLES: tuple[tuple[str, Callable[[Any], tuple[list[Any], str]]], ...] = (
    ("partner", _own()), ("partner_contacts", _own()), ("partner_people", _own()),
    ("partner_constituency", _own()), ("partner_constituency", _middle), ("partner_constituency", _own("?q=zorg")),
    ("partner_constituency", _own("?q=komt+niet+voor")), ("partner_constituency", _own("?past=yes")),
    ("coverage_share", _own()), ("balance", _own()), ("interest", _own()), ("profile", _own()),
    ("organisation", _of_member), ("organisation_claims", _of_member), ("organisation_contacts", _of_member),
    ("organisation_products", _of_member), ("organisation_partners", _of_member),
    ("prospect", _newest("registry.Partner", standing="prospect")),
    ("agreement", _newest("registry.Agreement")), ("advice_one", _newest("oversight.Advice", state="ready")),
    ("measurement", _newest("registry.Measurement", "year")), ("measurement_changes", _newest("registry.Measurement", "year")),
    ("finding", _newest("notices.Finding")), ("notice", _newest("notices.Notice")), ("report", _newest("intake.Report")),
    ("duplicate", _newest("registry.Likeness")), ("function", lambda _partner: (["notification"], "")),
)  # fmt: skip


if __name__ == "__main__":
    main()
