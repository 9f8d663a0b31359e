"""What people do to the list of products that an organisation uses."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.models import Organisation, Product

LIMIT = 200
MOST = 2000
# CPE 2.3 formatted string binding (NISTIR 7695, 6.2): thirteen parts, colons inside a part are escaped.
CPE = re.compile(r"cpe:2\.3:[aho*-](?::(?:\\.|[^:\\\s])+){10}", re.IGNORECASE)


@transaction.atomic
def add(
    *, organisation: Organisation, vendor: str, product: str, by: Actor, at: datetime, version: str = "", cpe: str = ""
) -> Product:
    """Say that an organisation uses a product; an empty version means any. The same again changes nothing.

    Raises NotPermitted, and Invalid for a name that is missing or too long, a broken CPE, or too many products.
    """
    permit(Organisation.objects.of(by, Permission.CLAIM_MAKE).filter(pk=organisation.pk).exists())
    names = {"vendor": _text(vendor), "product": _text(product), "version": _text(version)}
    if not (names["vendor"] and names["product"]):
        raise Invalid(_("name the vendor and the product."))
    cpe = cpe.strip()
    if cpe and not CPE.fullmatch(cpe):
        raise Invalid(_("a CPE begins with cpe:2.3: and has thirteen parts."))
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if Product.objects.filter(organisation=organisation).count() >= MOST:
        raise Invalid(_("this list is full."))
    given = {"cpe": cpe, "added_at": at, "added_by": by.name}
    found, is_new = Product.objects.get_or_create(organisation=organisation, **names, defaults=given)
    if is_new:
        record("registry.product.added", by=by, at=at, on=found, organisation=organisation.pk)
    return found


@transaction.atomic
def remove(*, product: Product, by: Actor, at: datetime) -> None:
    """Take a product off the list. Raises NotPermitted."""
    permit(Organisation.objects.of(by, Permission.CLAIM_MAKE).filter(pk=product.organisation_id).exists())
    record("registry.product.removed", by=by, at=at, on=product, organisation=product.organisation_id)
    product.delete()


def _text(given: str) -> str:
    text = " ".join(given.split())
    if len(text) > LIMIT:
        raise Invalid(_("this text is too long."))
    return text
