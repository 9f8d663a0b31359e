"""The addresses of initiatives and of the balance."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.balance import interests, pages
from schakel.web.initiatives import acts, merge_proposals, register

urlpatterns: list[URLPattern | URLResolver] = [
    path("network/initiatives", register.index, name="initiatives"),
    path("network/initiatives.csv", register.export_csv, name="initiatives_csv"),
    path("network/initiatives.json", register.export_json, name="initiatives_json"),
    path("network/initiatives/new", acts.new, name="initiative_new"),
    path("network/initiatives/ideas", register.ideas, name="ideas"),
    path("network/figures", register.figures, name="network_figures"),
    path("network/initiatives/merges/<int:proposal_id>", merge_proposals.show, name="merge_proposal"),
    path("network/initiatives/merges/<int:proposal_id>/agree", merge_proposals.agree, name="merge_agree"),
    path("network/initiatives/merges/<int:proposal_id>/refuse", merge_proposals.refuse, name="merge_refuse"),
    path("network/initiatives/merges/<int:proposal_id>/withdraw", merge_proposals.withdraw, name="merge_withdraw"),
    path("network/initiatives/<slug:initiative>", register.show, name="initiative"),
    path("network/initiatives/<slug:initiative>/edit", acts.edit, name="initiative_edit"),
    path("network/initiatives/<slug:initiative>/check", acts.check, name="initiative_check"),
    path("network/initiatives/<slug:initiative>/central", acts.make_central, name="initiative_central"),
    path("network/initiatives/<slug:initiative>/join", acts.join, name="initiative_join"),
    path("network/initiatives/<slug:initiative>/lessons", acts.lessons, name="initiative_lessons"),
    path("network/initiatives/<slug:initiative>/merge", merge_proposals.propose, name="merge_propose"),
    *acts.urlpatterns,
    path("network/participants/<int:participant_id>/end", acts.leave, name="participant_end"),
    path("network/use-case-links/<int:link_id>/end", acts.unlink, name="use_case_link_end"),
    path("network/balance", pages.index, name="balances"),
    path("network/balance/<int:partner_id>", pages.show, name="balance"),
    path("network/balance/<int:partner_id>.csv", pages.export, name="balance_csv"),
    *pages.urlpatterns,
    path("network/balance/contributions/<int:contribution_id>/withdraw", pages.withdraw, name="contribution_withdraw"),
    path("network/balance/expectations/<int:expectation_id>/agree", pages.agree, name="expectation_agree"),
    path("network/balance/expectations/<int:expectation_id>/review", pages.review, name="expectation_review"),
    path("network/balance/expectations/<int:expectation_id>/end", pages.end, name="expectation_end"),
    path("network/interests", interests.index, name="interests"),
    path("network/interests/<int:partner_id>", interests.show, name="interest"),
    path("network/interests/<int:partner_id>/conflict", interests.raise_conflict, name="interest_conflict_raise"),
    path("network/interests/conflicts", interests.conflicts, name="interest_conflicts"),
    path("network/interests/conflicts/<int:clash_id>", interests.conflict, name="interest_conflict"),
    path("network/interests/conflicts/<int:clash_id>/talk", interests.talk, name="interest_conflict_talk"),
    path("network/interests/conflicts/<int:clash_id>/share", interests.share, name="interest_conflict_share"),
    path("network/interests/conflicts/<int:clash_id>/end", interests.end, name="interest_conflict_end"),
]
