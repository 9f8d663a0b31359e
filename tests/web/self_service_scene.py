"""Something on every page that an organisation and its partner keep themselves."""

from django.utils import timezone

from schakel.people import delegating
from schakel.policy.access import SYSTEM
from schakel.registry.claims import actions, links, outcome
from schakel.registry.constituents import attesting, enrolling, products
from schakel.registry.models import Claim, Contact, Upload
from tests.cast import DESK, working_at


def pages(country, reader):
    """The addresses inside, for the coordinator with that account."""
    now, own = timezone.now(), working_at(country.harbour)
    claims = [
        actions.make(organisation=country.harbour, kind=kind, value=value, proof=proof, by=own, at=now)
        for kind, value, proof in (
            ("domain", "linde.example", "dns"), ("domain", "nieuw.example", "dns"), ("domain", "winkel.example", "site"),
            ("asn", "64500", "mail"), ("network", "203.0.113.0/24", "approval"),
        )
    ]  # fmt: skip
    outcome.prove(Claim.objects.get(pk=claims[0].pk), evidence={"record": "x"}, verified=True, by=SYSTEM, at=now)
    products.add(organisation=country.harbour, vendor="Fortinet", product="FortiOS", version="7.2", by=DESK, at=now)
    enrolling.ask(partner=country.care_csirt, named="Kapper", kvk="12345678", by=DESK, at=now)
    delegating.invite(holder=country.harbour, mail="anna@haven.example", level="member", by=DESK, at=now)
    fault = {"line": 3, "column": "value", "value": "nl", "reason": "public-suffix"}
    upload = Upload.objects.create(
        kind="claims", organisation=country.harbour, file_name="claims.csv", rows=[{"kind": "domain", "value": "a.example"}],
        faults=[fault], made_at=now, made_by=f"user:{reader.pk}",
    )  # fmt: skip
    organisation, partner = f"/organisation/{country.harbour.pk}", country.harbour_circle.pk
    return [
        organisation, f"/organisation/{country.hospital.pk}", f"/organisation/{country.bakery.pk}",
        *(f"{organisation}/{part}" for part in ("claims", "contacts", "products", "partners", "people", "upload")),
        *(f"/claims/{claim.pk}" for claim in claims), f"/claims/{claims[1].pk}/withdraw",
        f"/conflicts/{claims[0].conflicts.get().pk}", "/network/claims", "/network/claims?pile=disputed",
        "/constituency", f"/constituency/of/{partner}", f"/constituency/of/{partner}?past=yes", "/constituency/wishes",
        f"/constituency/of/{partner}/upload", f"/network/partners/{partner}/contacts", f"/network/partners/{partner}/people",
        f"/uploads/{upload.pk}",
    ]  # fmt: skip


def outside(country):
    """The pages behind links."""
    now = timezone.now()
    claim = Claim.objects.get(kind="asn")
    Claim.objects.filter(pk=claim.pk).update(seen="mailed", mailed_at=now, mailed_to="abuse@noc.example")
    contact = Contact.objects.get(address="beveiliging@haven.example")
    attesting.ask(contact, at=now)
    contact.refresh_from_db()
    invitation = delegating.invite(holder=country.harbour, mail="b@haven.example", level="member", by=DESK, at=now)
    return [
        f"/claims/confirm/{links.token_of(Claim.objects.get(pk=claim.pk))}",
        f"/contacts/confirm/{attesting.token_of(contact)}",
        f"/invitation/{delegating.token_of(invitation)}",
    ]
