"""The addresses of our CSAF provider, as the standard names them (CSAF 2.0, 7.1)."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.csaf import provider

ROOT = ".well-known/csaf"
urlpatterns: list[URLPattern | URLResolver] = [
    path(".well-known/security.txt", provider.security_txt, name="security_txt"),
    path(f"{ROOT}/provider-metadata.json", provider.metadata, name="csaf_metadata"),
    path(f"{ROOT}/openpgp/<slug:fingerprint>.asc", provider.key, name="csaf_key"),
    path(f"{ROOT}/<slug:folder>/", provider.listing, name="csaf_folder"),
    path(f"{ROOT}/<slug:folder>/index.txt", provider.index, name="csaf_index"),
    path(f"{ROOT}/<slug:folder>/changes.csv", provider.changes, name="csaf_changes"),
    path(f"{ROOT}/<slug:folder>/csaf-feed-tlp-<slug:label>.json", provider.feed, name="csaf_feed"),
    path(f"{ROOT}/<slug:folder>/<int:year>/", provider.listing, name="csaf_year"),
    path(f"{ROOT}/<slug:folder>/<int:year>/<str:name>", provider.document, name="csaf_document"),
]
