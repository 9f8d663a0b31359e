"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from schakel.web.notices import campaigns, desk, pages, respond

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("schakel.api.root")),
    path("taxii2/", include("schakel.api.taxii.urls")),
    path("n/<str:token>", respond.show, name="respond"),
    path("n/<str:token>/systems", respond.systems, name="respond_systems"),
    path("n/<str:token>/systems.csv", respond.systems_csv, name="respond_csv"),
    path("n/<str:token>/stop", respond.stop, name="respond_stop"),
    path("n/<str:token>/thanks", respond.thanks, name="respond_thanks"),
    path("notices", pages.index, name="notices"),
    path("notices/<int:notice_id>", pages.show, name="notice"),
    path("notices/<int:notice_id>/answer", pages.answer, name="notice_answer"),
    path("notices/<int:notice_id>/withdraw", pages.withdraw, name="notice_withdraw"),
    path("notices/<int:notice_id>/revoke-link", pages.revoke_link, name="notice_revoke_link"),
    path("responses/<int:response_id>/handled", pages.mark_handled, name="response_handled"),
    path("campaigns", campaigns.index, name="campaigns"),
    path("campaigns/new", campaigns.new, name="campaign_new"),
    path("campaigns/phase", campaigns.set_phase, name="phase_set"),
    path("campaigns/<slug:slug>", campaigns.show, name="campaign"),
    path("campaigns/<slug:slug>/end", campaigns.end, name="campaign_end"),
    path("desk", desk.show, name="desk"),
    path("desk/messages/<int:delivery_id>", desk.mend_delivery, name="desk_message"),
    path("desk/unreached/<int:route_id>", desk.mend_route, name="desk_route"),
    path("", include("schakel.web.urls")),
]
