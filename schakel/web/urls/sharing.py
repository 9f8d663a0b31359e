"""The addresses of information sharing."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.sharing import acts, audience, lists, page, public, writing

urlpatterns: list[URLPattern | URLResolver] = [
    path("shared", public.index, name="public_items"),
    path("shared/<uuid:uid>", public.show, name="public_item"),
    path("sharing/items", lists.index, name="items"),
    path("sharing/items.csv", lists.export, name="items_csv"),
    path("sharing/items/new", writing.new, name="item_new"),
    path("sharing/items/<uuid:uid>", page.show, name="item"),
    path("sharing/items/<uuid:uid>/edit", writing.edit, name="item_edit"),
    path("sharing/items/<uuid:uid>/history", page.history, name="item_history"),
    path("sharing/items/<uuid:uid>/indicators.csv", page.indicators_csv, name="item_indicators_csv"),
    path("sharing/items/<uuid:uid>/audience", audience.show, name="item_audience"),
    path("sharing/items/<uuid:uid>/audience.csv", audience.export, name="item_audience_csv"),
    path("sharing/items/<uuid:uid>/submit", acts.submit, name="item_submit"),
    path("sharing/items/<uuid:uid>/approve", acts.approve, name="item_approve"),
    path("sharing/items/<uuid:uid>/send-back", acts.send_back, name="item_send_back"),
    path("sharing/items/<uuid:uid>/publish", acts.publish, name="item_publish"),
    path("sharing/items/<uuid:uid>/retract", acts.retract, name="item_retract"),
    path("sharing/items/<uuid:uid>/drop", acts.drop, name="item_drop"),
    path("sharing/reviews", lists.reviews, name="item_reviews"),
]
