"""The addresses of coverage and of advice on the next partners."""

from django.urls import URLPattern, URLResolver, path

from schakel.web import advice, coverage

urlpatterns: list[URLPattern | URLResolver] = [
    path("network/coverage", coverage.show, name="coverage"),
    path("network/coverage.csv", coverage.export_csv, name="coverage_csv"),
    path("network/coverage.json", coverage.export_json, name="coverage_json"),
    path("network/coverage/count", coverage.count, name="coverage_count"),
    path("network/coverage/partners", coverage.shares, name="coverage_shares"),
    path("network/coverage/partners/<int:partner_id>", coverage.share, name="coverage_share"),
    path("network/advice", advice.index, name="advice"),
    path("network/advice/new", advice.new, name="advice_new"),
    path("network/advice/<int:advice_id>", advice.show, name="advice_one"),
    path("network/advice/<int:advice_id>/progress", advice.progress, name="advice_progress"),
    path("network/advice/<int:advice_id>/what-if", advice.what_if, name="advice_what_if"),
    path("network/advice/<int:advice_id>.csv", advice.export_csv, name="advice_csv"),
    path("network/advice/<int:advice_id>.json", advice.export_json, name="advice_json"),
]
