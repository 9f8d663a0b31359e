"""The addresses of telling: receipts, preferences, passing on, newsletters."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.ledger import preferences, receipts

urlpatterns: list[URLPattern | URLResolver] = [
    path("sharing/items/<uuid:uid>/acknowledge", receipts.acknowledge, name="item_acknowledge"),
    path("sharing/items/<uuid:uid>/done", receipts.done, name="item_done"),
    path("account/sharing", preferences.mine, name="sharing_preference"),
    path("partners/<int:partner_id>/sharing", preferences.of_partner, name="partner_sharing_preference"),
    path(
        "organisations/<int:organisation_id>/sharing",
        preferences.of_organisation,
        name="organisation_sharing_preference",
    ),
    path("mail/stop/<str:token>", preferences.stop, name="mail_stop"),
]
