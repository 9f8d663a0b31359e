"""The addresses of telling: receipts, preferences, passing on, newsletters."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.ledger import bulletins, figures, newsletters, preferences, receipts

urlpatterns: list[URLPattern | URLResolver] = [
    path("sharing/items/<uuid:uid>/acknowledge", receipts.acknowledge, name="item_acknowledge"),
    path("sharing/items/<uuid:uid>/done", receipts.done, name="item_done"),
    path("sharing/items/<uuid:uid>/pass-on", bulletins.pass_on, name="item_pass_on"),
    path("sharing/bulletins", bulletins.index, name="bulletins"),
    path("sharing/bulletins/<int:passing_id>", bulletins.show, name="bulletin"),
    path("sharing/bulletins/<int:passing_id>/stop", bulletins.stop, name="bulletin_stop"),
    path("sharing/clients/<int:partner_id>", bulletins.clients, name="sharing_clients"),
    path("sharing/newsletters", newsletters.index, name="newsletters"),
    path("sharing/newsletters/new", newsletters.new, name="newsletter_new"),
    path("sharing/newsletters/<int:issue_id>", newsletters.show, name="newsletter"),
    path("sharing/newsletters/<int:issue_id>/edit", newsletters.edit, name="newsletter_edit"),
    path("sharing/newsletters/<int:issue_id>/send", newsletters.send, name="newsletter_send"),
    path("sharing/figures", figures.show, name="sharing_figures"),
    path("sharing/figures.csv", figures.export, name="sharing_figures_csv"),
    path("bulletins/<int:passing_id>", bulletins.public, name="public_bulletin"),
    path("bulletins/embed/<slug:key>", bulletins.embed, name="bulletin_embed"),
    path("bulletin/<str:token>", bulletins.read, name="bulletin_read"),
    path("account/sharing", preferences.mine, name="sharing_preference"),
    path("partners/<int:partner_id>/sharing", preferences.of_partner, name="partner_sharing_preference"),
    path(
        "organisations/<int:organisation_id>/sharing",
        preferences.of_organisation,
        name="organisation_sharing_preference",
    ),
    path("mail/stop/<str:token>", preferences.stop, name="mail_stop"),
]
