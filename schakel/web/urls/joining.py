"""The addresses of the join desk, of agreements and of the law."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
