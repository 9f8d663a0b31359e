"""An item that ends comes with its end for a calendar; one that does not comes without."""

from datetime import timedelta

from icalendar import Calendar

from schakel.post.models import Delivery
from tests.cast import NOON
from tests.sharing import world


def test_the_end_of_an_item_comes_along_for_the_calendar(network, tell):
    until = NOON + timedelta(days=30)
    tell(world.out(by=network.member, owner=network.harbour, document=world.document(valid_until=until)))
    name, held = Delivery.objects.select_related("content").get().enclosed
    (event,) = Calendar.from_ical(held).walk("VEVENT")
    assert name == "schakel.ics"
    assert event.decoded("dtstart") == until
    assert str(event["summary"]) == "TLP:GREEN Niet meer geldig: Lek in Poortwachter"


def test_without_an_end_nothing_comes_along(network, tell):
    tell(world.out(by=network.member, owner=network.harbour))
    assert Delivery.objects.select_related("content").get().enclosed == ("", b"")


def test_a_link_alone_comes_without_it(network, tell):
    item = world.out(
        by=network.member, owner=network.harbour, tlp="amber", addresses=[f"partner:{network.care.pk}"],
        reviewer=network.colleague, document=world.document(valid_until=NOON + timedelta(days=30)),
    )  # fmt: skip
    tell(item)
    assert Delivery.objects.select_related("content").get().enclosed == ("", b"")
