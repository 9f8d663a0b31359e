"""The addresses of TAXII 2.1, section 1.6: each ends with a slash."""

from django.urls import URLPattern, URLResolver, path

from schakel.api.taxii import reading, sending

urlpatterns: list[URLPattern | URLResolver] = [
    path("", reading.discovery, name="taxii_discovery"),
    path("root/", reading.root, name="taxii_root"),
    path("root/status/<uuid:submission_uid>/", reading.status, name="taxii_status"),
    path("root/collections/", reading.index, name="taxii_collections"),
    path("root/collections/<str:collection>/", reading.show, name="taxii_collection"),
    path("root/collections/<str:collection>/manifest/", reading.manifest, name="taxii_manifest"),
    path("root/collections/<str:collection>/objects/", sending.objects, name="taxii_objects"),
    path("root/collections/<str:collection>/objects/<str:stix_id>/", reading.one, name="taxii_object"),
    path("root/collections/<str:collection>/objects/<str:stix_id>/versions/", reading.versions, name="taxii_versions"),
]
