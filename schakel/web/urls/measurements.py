"""The addresses of the measurements."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.measurements import acts, changes, pages, public
from schakel.web.partners import registry_files

urlpatterns: list[URLPattern | URLResolver] = [
    path("measurements", public.index, name="public_measurements"),
    path("measurements/<int:year>", public.show, name="public_measurement"),
    path("measurements/<int:year>.csv", public.export, name="public_measurement_csv"),
    path("network/measurements", pages.index, name="measurements"),
    path("network/measurements/new", acts.begin, name="measurement_new"),
    path("network/measurements/import", registry_files.new, name="baseline_new"),
    path("network/measurements/<int:year>", pages.show, name="measurement"),
    path("network/measurements/<int:year>.csv", pages.export, name="measurement_csv"),
    path("network/measurements/<int:year>/changes", changes.index, name="measurement_changes"),
    path("network/measurements/<int:year>/changes.csv", changes.export, name="measurement_changes_csv"),
    path("network/measurements/<int:year>/describe", acts.describe, name="measurement_describe"),
    path("network/measurements/<int:year>/close", acts.close, name="measurement_close"),
    path("network/measurements/<int:year>/reopen", acts.reopen, name="measurement_reopen"),
    path("network/measurements/<int:year>/publish", acts.publish, name="measurement_publish"),
    path("network/measurements/<int:year>/withdraw", acts.withdraw, name="measurement_withdraw"),
]
