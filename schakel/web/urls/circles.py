"""The addresses of circles."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.circles import acts, items, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("circles", pages.index, name="circles"),
    path("circles/new", acts.new, name="circle_new"),
    path("circles/<int:circle_id>", pages.show, name="circle"),
    path("circles/<int:circle_id>/edit", acts.edit, name="circle_edit"),
    path("circles/<int:circle_id>/open", acts.open_circle, name="circle_open"),
    path("circles/<int:circle_id>/phase", acts.set_phase, name="circle_phase"),
    path("circles/<int:circle_id>/end", acts.end, name="circle_end"),
    path("circles/<int:circle_id>/log", pages.show_log, name="circle_log"),
    path("circles/<int:circle_id>/members/new", acts.take_in, name="circle_take_in"),
    path("circles/<int:circle_id>/members/<int:member_id>/leave", acts.leave, name="circle_leave"),
    path("circles/<int:circle_id>/members/<int:member_id>/moderate", acts.moderate, name="circle_moderate"),
    path("circles/<int:circle_id>/items/<uuid:uid>", items.show, name="circle_item"),
    path("circles/<int:circle_id>/items/<uuid:uid>/together", items.act_together, name="circle_together"),
    path("circles/<int:circle_id>/items/<uuid:uid>/lend", items.lend, name="circle_lend"),
    path("circles/<int:circle_id>/items/<uuid:uid>/release", items.ask_release, name="circle_ask_release"),
    path("circles/<int:circle_id>/releases/<int:release_id>", items.release, name="circle_release"),
    path("circles/<int:circle_id>/releases/<int:release_id>/approve", items.approve, name="circle_approve"),
    path("circles/<int:circle_id>/releases/<int:release_id>/refuse", items.refuse, name="circle_refuse"),
]
