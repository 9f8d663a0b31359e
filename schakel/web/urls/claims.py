"""The addresses at which an organisation and its partner keep what is theirs."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
