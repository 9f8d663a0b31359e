"""The addresses of coverage and of advice on the next partners."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
