"""The addresses of finding, of saved searches, and of feedback."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.search import feedback, pages, saved

urlpatterns: list[URLPattern | URLResolver] = [
    path("sharing/search", pages.index, name="search"),
    path("sharing/search/saved", saved.index, name="saved_searches"),
    path("sharing/search/saved/<int:search_id>", saved.change, name="saved_search"),
    path("sharing/search/saved/<int:search_id>/forget", saved.forget, name="saved_search_forget"),
    path("sharing/search/stop/<str:token>", saved.stop, name="saved_search_stop"),
    path("sharing/items/<uuid:uid>/feedback", feedback.give, name="item_feedback"),
    path("sharing/items/<uuid:uid>/feedback/<int:feedback_id>/forget", feedback.forget, name="item_feedback_forget"),
    path("sharing/items/<uuid:uid>/sightings", feedback.sight, name="item_sighting"),
]
