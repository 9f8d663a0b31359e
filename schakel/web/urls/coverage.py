"""The addresses of coverage and of advice on the next partners."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.coverage import advice, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("network/coverage", pages.show, name="coverage"),
    path("network/coverage.csv", pages.export_csv, name="coverage_csv"),
    path("network/coverage.json", pages.export_json, name="coverage_json"),
    path("network/coverage/count", pages.count, name="coverage_count"),
    path("network/coverage/partners", pages.shares, name="coverage_shares"),
    path("network/coverage/partners/<int:partner_id>", pages.share, name="coverage_share"),
    path("network/advice", advice.index, name="advice"),
    path("network/advice/new", advice.new, name="advice_new"),
    path("network/advice/<int:advice_id>", advice.show, name="advice_one"),
    path("network/advice/<int:advice_id>/progress", advice.progress, name="advice_progress"),
    path("network/advice/<int:advice_id>/what-if", advice.what_if, name="advice_what_if"),
    path("network/advice/<int:advice_id>.csv", advice.export_csv, name="advice_csv"),
    path("network/advice/<int:advice_id>.json", advice.export_json, name="advice_json"),
]
