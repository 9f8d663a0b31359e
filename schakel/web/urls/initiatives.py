"""The addresses of initiatives and of the balance."""

from django.urls import URLPattern, URLResolver, path

from schakel.web import balance, initiative_acts, initiatives, interests, merge_proposals

urlpatterns: list[URLPattern | URLResolver] = [
    path("network/initiatives", initiatives.index, name="initiatives"),
    path("network/initiatives.csv", initiatives.export_csv, name="initiatives_csv"),
    path("network/initiatives.json", initiatives.export_json, name="initiatives_json"),
    path("network/initiatives/new", initiative_acts.new, name="initiative_new"),
    path("network/initiatives/ideas", initiatives.ideas, name="ideas"),
    path("network/figures", initiatives.figures, name="network_figures"),
    path("network/initiatives/merges/<int:proposal_id>", merge_proposals.show, name="merge_proposal"),
    path("network/initiatives/merges/<int:proposal_id>/agree", merge_proposals.agree, name="merge_agree"),
    path("network/initiatives/merges/<int:proposal_id>/refuse", merge_proposals.refuse, name="merge_refuse"),
    path("network/initiatives/merges/<int:proposal_id>/withdraw", merge_proposals.withdraw, name="merge_withdraw"),
    path("network/initiatives/<slug:initiative>", initiatives.show, name="initiative"),
    path("network/initiatives/<slug:initiative>/edit", initiative_acts.edit, name="initiative_edit"),
    path("network/initiatives/<slug:initiative>/check", initiative_acts.check, name="initiative_check"),
    path("network/initiatives/<slug:initiative>/central", initiative_acts.make_central, name="initiative_central"),
    path("network/initiatives/<slug:initiative>/join", initiative_acts.join, name="initiative_join"),
    path("network/initiatives/<slug:initiative>/lessons", initiative_acts.lessons, name="initiative_lessons"),
    path("network/initiatives/<slug:initiative>/merge", merge_proposals.propose, name="merge_propose"),
    *initiative_acts.urlpatterns,
    path("network/participants/<int:participant_id>/end", initiative_acts.leave, name="participant_end"),
    path("network/use-case-links/<int:link_id>/end", initiative_acts.unlink, name="use_case_link_end"),
    path("network/balance", balance.index, name="balances"),
    path("network/balance/<int:partner_id>", balance.show, name="balance"),
    path("network/balance/<int:partner_id>.csv", balance.export, name="balance_csv"),
    *balance.urlpatterns,
    path(
        "network/balance/contributions/<int:contribution_id>/withdraw", balance.withdraw, name="contribution_withdraw"
    ),
    path("network/balance/expectations/<int:expectation_id>/agree", balance.agree, name="expectation_agree"),
    path("network/balance/expectations/<int:expectation_id>/review", balance.review, name="expectation_review"),
    path("network/balance/expectations/<int:expectation_id>/end", balance.end, name="expectation_end"),
    path("network/interests", interests.index, name="interests"),
    path("network/interests/<int:partner_id>", interests.show, name="interest"),
    path("network/interests/<int:partner_id>/conflict", interests.raise_conflict, name="interest_conflict_raise"),
    path("network/interests/conflicts", interests.conflicts, name="interest_conflicts"),
    path("network/interests/conflicts/<int:clash_id>", interests.conflict, name="interest_conflict"),
    path("network/interests/conflicts/<int:clash_id>/talk", interests.talk, name="interest_conflict_talk"),
    path("network/interests/conflicts/<int:clash_id>/share", interests.share, name="interest_conflict_share"),
    path("network/interests/conflicts/<int:clash_id>/end", interests.end, name="interest_conflict_end"),
]
