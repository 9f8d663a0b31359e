import io
import json

import pytest
from django.core.management import call_command

from schakel.commands import accounts
from schakel.commands.management.commands.demo import Command, DoesNotAddUp
from schakel.people.models import User, UserGrant, actor_of
from schakel.policy.access import Permission
from schakel.registry.models import Partner

pytestmark = pytest.mark.django_db


def test_the_demonstration_adds_up_and_can_be_repeated(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    for _again in range(2):
        out = io.StringIO()
        call_command("demo", once=True, organisations=300, stdout=out, stderr=io.StringIO(), json=True)
        figures = json.loads(out.getvalue())
        assert figures["rows"] == figures["quarantined"] + figures["unmatched"] + figures["matched"] > 0
        assert figures["quarantined"] == 5 * 2  # Each report has a row with too many fields and one without an address.
        assert figures["routes"]["all"] == sum(figures["routes"]["by"].values()) > 0
        assert figures["deliveries"]["by"] == {"sent": figures["notices"] - figures["withdrawn"]}
    assert "quarantined" in Command().words(figures)
    with pytest.raises(DoesNotAddUp):
        Command()._check(figures | {"rows": -1})


def test_its_accounts_work_with_a_password_and_a_code(country):
    said = accounts.demonstration()
    again = accounts.demonstration()
    assert said != again
    password, code = next(line.split()[1:3] for line in again.splitlines() if line.startswith("  desk"))
    user = User.objects.get(username="desk")
    assert user.check_password(password)
    assert code in accounts.RecoveryCodes(user.authenticator_set.get(type="recovery_codes")).get_unused_codes()


def test_everybody_who_comes_here_has_one(country):
    Partner.objects.filter(pk=country.harbour_circle.pk).update(type="trade-association")
    said = accounts.demonstration()
    assert "(Havenkring)" in said
    assert "(Haven van Zoutwijk)" in said
    roles = {grant.user.username: (grant.role, grant.partner, grant.organisation) for grant in UserGrant.objects.all()}
    assert roles == {
        "desk": ("coordinator", None, None),
        "partner": ("partner", country.harbour_circle, None),
        "member": ("organisation", None, country.harbour),
        "steward": ("steward", None, None),
        "auditor": ("auditor", None, None),
    }
    assert actor_of(User.objects.get(username="member")).may(
        Permission.PEOPLE_DELEGATE, organisation_id=country.harbour.pk
    )
