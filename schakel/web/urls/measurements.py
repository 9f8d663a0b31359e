"""The addresses of the measurements."""

from django.urls import URLPattern, URLResolver, path

from schakel.web import measurement_acts, measurement_changes, measurement_public, measurements, registry_files

urlpatterns: list[URLPattern | URLResolver] = [
    path("measurements", measurement_public.index, name="public_measurements"),
    path("measurements/<int:year>", measurement_public.show, name="public_measurement"),
    path("measurements/<int:year>.csv", measurement_public.export, name="public_measurement_csv"),
    path("network/measurements", measurements.index, name="measurements"),
    path("network/measurements/new", measurement_acts.begin, name="measurement_new"),
    path("network/measurements/import", registry_files.new, name="baseline_new"),
    path("network/measurements/<int:year>", measurements.show, name="measurement"),
    path("network/measurements/<int:year>.csv", measurements.export, name="measurement_csv"),
    path("network/measurements/<int:year>/changes", measurement_changes.index, name="measurement_changes"),
    path("network/measurements/<int:year>/changes.csv", measurement_changes.export, name="measurement_changes_csv"),
    path("network/measurements/<int:year>/describe", measurement_acts.describe, name="measurement_describe"),
    path("network/measurements/<int:year>/close", measurement_acts.close, name="measurement_close"),
    path("network/measurements/<int:year>/reopen", measurement_acts.reopen, name="measurement_reopen"),
    path("network/measurements/<int:year>/publish", measurement_acts.publish, name="measurement_publish"),
    path("network/measurements/<int:year>/withdraw", measurement_acts.withdraw, name="measurement_withdraw"),
]
