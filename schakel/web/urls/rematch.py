"""The addresses of the runs that match stored observations again."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.notices import rematches

urlpatterns: list[URLPattern | URLResolver] = [
    path("reports/again", rematches.index, name="rematches"),
    path("reports/again/ask", rematches.ask, name="rematch_ask"),
]
