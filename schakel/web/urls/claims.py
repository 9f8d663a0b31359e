"""The addresses at which an organisation and its partner keep what is theirs."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.self_service import claims, confirming, constituency, contacts, delegation, organisations, uploads

urlpatterns: list[URLPattern | URLResolver] = [
    path("organisation/<int:organisation_id>", organisations.show, name="organisation"),
    path("organisation/<int:organisation_id>/claims", claims.index, name="organisation_claims"),
    path("organisation/<int:organisation_id>/products", organisations.product_list, name="organisation_products"),
    path("organisation/<int:organisation_id>/contacts", contacts.of_organisation, name="organisation_contacts"),
    path("network/partners/<int:partner_id>/contacts", contacts.of_partner, name="partner_contacts"),
    path("contacts/confirm/<str:token>", confirming.contact, name="contact_confirm"),
    path("contacts/<int:contact_id>/act", contacts.act, name="contact_act"),
    path("organisation/<int:organisation_id>/partners", constituency.of_organisation, name="organisation_partners"),
    path("organisation/<int:organisation_id>/partners/ask", constituency.join, name="organisation_join"),
    path(
        "organisation/<int:organisation_id>/partners/leave-open",
        constituency.leave_open,
        name="organisation_leave_open",
    ),
    path("constituency", constituency.index, name="constituency"),
    path("constituency/of/<int:partner_id>", constituency.show, name="partner_constituency"),
    path("constituency/of/<int:partner_id>.csv", constituency.export, name="partner_constituency_csv"),
    path("constituency/members/<int:constituency_id>", constituency.act, name="constituency_act"),
    path("constituency/wishes", constituency.wishes, name="enrolments"),
    path("constituency/wishes/<int:enrolment_id>", constituency.answer, name="enrolment_answer"),
    path("organisation/<int:organisation_id>/people", delegation.of_organisation, name="organisation_people"),
    path("network/partners/<int:partner_id>/people", delegation.of_partner, name="partner_people"),
    path("people/grants/<int:grant_id>", delegation.act, name="grant_act"),
    path("people/invitations/<int:invitation_id>/revoke", delegation.revoke, name="invitation_revoke"),
    path("invitation/<str:token>", delegation.accept, name="invitation"),
    path("organisation/<int:organisation_id>/upload", uploads.of_organisation, name="organisation_upload"),
    path("constituency/of/<int:partner_id>/upload", uploads.of_partner, name="partner_upload"),
    path("uploads/<int:upload_id>", uploads.show, name="upload"),
    path("products/<int:product_id>/remove", organisations.product_remove, name="product_remove"),
    path("claims/confirm/<str:token>", confirming.claim, name="claim_confirm"),
    path("claims/<int:claim_id>", claims.show, name="claim"),
    path("claims/<int:claim_id>/look", claims.look, name="claim_look"),
    path("claims/<int:claim_id>/proof", claims.choose, name="claim_proof"),
    path("claims/<int:claim_id>/withdraw", claims.withdraw, name="claim_withdraw"),
    path("claims/<int:claim_id>/judge", claims.judge, name="claim_judge"),
    path("claims/<int:claim_id>/settle", claims.settle, name="claim_settle"),
    path("conflicts/<int:conflict_id>", claims.conflict, name="conflict"),
    path("network/claims", claims.pile, name="claims"),
]
