"""The addresses of the join desk, of agreements and of the law."""

from django.urls import URLPattern, URLResolver, path

from schakel.web import law

urlpatterns: list[URLPattern | URLResolver] = [
    path("network/law", law.show, name="law"),
]
