"""The addresses of our own pages; accounts are allauth's, of which only what we use is mounted."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from schakel.web import mailing, parts, situation
from schakel.web.notices import findings, reports
from schakel.web.urls import (
    circles,
    claims,
    coverage,
    csaf,
    incoming,
    initiatives,
    joining,
    ledger,
    maps,
    measurements,
    misp,
    partners,
    rematch,
    search,
    sharing,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", situation.front, name="situation"),
    path("findings", findings.index, name="findings"),
    path("findings.csv", findings.export, name="findings_csv"),
    path("findings/<int:finding_id>", findings.show, name="finding"),
    path("reports", reports.index, name="reports"),
    path("reports/new", reports.new, name="report_new"),
    path("reports/<int:report_id>", reports.show, name="report"),
    path("reports/<int:report_id>/progress", reports.progress, name="report_progress"),
    path("account/login", account.login, name="account_login"),
    path("account/logout", account.logout, name="account_logout"),
    path("account/confirm", account.reauthenticate, name="account_reauthenticate"),
    path("account/password", account.password_change, name="account_change_password"),
    path("account/password/first", account.password_set, name="account_set_password"),
    path("account/mail", mailing.mine, name="mail_choice"),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("language/", set_language, name="set_language"),
    path("ui", parts.show, name="parts"),
    *rematch.urlpatterns,
    *partners.urlpatterns,
    *joining.urlpatterns,
    *measurements.urlpatterns,
    *coverage.urlpatterns,
    *maps.urlpatterns,
    *initiatives.urlpatterns,
    *claims.urlpatterns,
    *incoming.urlpatterns,
    *misp.urlpatterns,
    *ledger.urlpatterns,
    *csaf.urlpatterns,
    *search.urlpatterns,
    *circles.urlpatterns,
    *sharing.urlpatterns,
]
