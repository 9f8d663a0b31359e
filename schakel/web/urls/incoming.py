"""The addresses of what comes in to be shared, and of the news feed of what went out."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.incoming import feeds, held

urlpatterns: list[URLPattern | URLResolver] = [
    path("sharing/held", held.index, name="held"),
    path("sharing/held/<int:held_id>", held.settle, name="held_settle"),
    path("sharing/feed.atom", feeds.show, name="news_feed"),
]
