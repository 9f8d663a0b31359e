import io
import json

import pytest
from django.core.management import call_command

from schakel.commands import accounts
from schakel.commands.management.commands.demo import Command, DoesNotAddUp
from schakel.people.models import User

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
