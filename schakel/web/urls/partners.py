"""The addresses of the register of partners and prospects."""

from django.urls import URLPattern, URLResolver, path

from schakel.web import duplicates, partner_edit, partners, profiles, prospects, signals

urlpatterns: list[URLPattern | URLResolver] = [
    path("partners", profiles.index, name="profiles"),
    path("partners/<int:partner_id>", profiles.show, name="profile"),
    path("network/partners", partners.index, name="partners"),
    path("network/partners.csv", partners.export, name="partners_csv"),
    path("network/partners/<int:partner_id>", partners.show, name="partner"),
    path("network/partners/<int:partner_id>/describe", partner_edit.describe, name="partner_describe"),
    path("network/partners/<int:partner_id>/characterise", partner_edit.characterise, name="partner_characterise"),
    path("network/partners/<int:partner_id>/assess", partner_edit.assess, name="partner_assess"),
    path("network/partners/<int:partner_id>/continuity", partner_edit.continuity, name="partner_continuity"),
    path("network/partners/<int:partner_id>/maturity", partner_edit.maturity, name="partner_maturity"),
    path("network/partners/<int:partner_id>/profile", partner_edit.profile, name="partner_profile"),
    path("network/partners/<int:partner_id>/commitments/new", partner_edit.commit, name="commitment_new"),
    path("network/commitments/<int:commitment_id>/end", partner_edit.end_commitment, name="commitment_end"),
    path("network/partners/<int:partner_id>/activities/new", partner_edit.add_activity, name="activity_new"),
    path("network/activities/<int:activity_id>/drop", partner_edit.drop_activity, name="activity_drop"),
    path("network/partners/<int:partner_id>/estimates/new", partner_edit.add_estimate, name="estimate_new"),
    path("network/estimates/<int:estimate_id>/drop", partner_edit.drop_estimate, name="estimate_drop"),
    path("network/partners/<int:partner_id>/merge", duplicates.merge_partner, name="partner_merge"),
    path("network/partners/<int:partner_id>/split", duplicates.split_partner, name="partner_split"),
    path("network/organisations/<int:organisation_id>/merge", duplicates.merge_organisation, name="organisation_merge"),
    path("network/organisations/<int:organisation_id>/split", duplicates.split_organisation, name="organisation_split"),
    path("network/duplicates", duplicates.index, name="duplicates"),
    path("network/duplicates/<int:pair_id>", duplicates.show, name="duplicate"),
    path("network/duplicates/<int:pair_id>/judge", duplicates.judge, name="duplicate_judge"),
    path("network/mergers/<int:merger_id>/undo", duplicates.undo, name="merger_undo"),
    path("network/roles", partners.roles, name="roles"),
    path("network/roles/offices/new", signals.give_office, name="capacity_new"),
    path("network/roles/offices/<int:capacity_id>/end", signals.end_office, name="capacity_end"),
    path("network/signals", signals.index, name="signals"),
    path("network/signals/<int:signal_id>/handle", signals.handle, name="signal_handle"),
    path("network/prospects", prospects.index, name="prospects"),
    path("network/prospects/new", prospects.new, name="prospect_new"),
    path("network/prospects/<int:prospect_id>", prospects.show, name="prospect"),
    path("network/prospects/<int:prospect_id>/contact", prospects.contact, name="prospect_contact"),
    path("network/prospects/<int:prospect_id>/take", prospects.take, name="prospect_take"),
]
