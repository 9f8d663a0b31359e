"""The addresses of the feed of MISP."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.misp import feed

urlpatterns: list[URLPattern | URLResolver] = [
    path("feeds/misp/manifest.json", feed.manifest, name="misp_manifest"),
    path("feeds/misp/hashes.csv", feed.hashes, name="misp_hashes"),
    path("feeds/misp/<uuid:event_uuid>.json", feed.event, name="misp_event"),
]
