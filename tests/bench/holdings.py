"""What the organisations and partners of a bench's network hold: systems, contacts, and what was found at them.

Written by the database itself, row by row made up from numbers, without triggers and checks.
"""

HOLDINGS = """
INSERT INTO registry_asset (organisation_id, kind, value, role, evidence, revision)
SELECT o.id, kind, CASE kind WHEN 'domain' THEN format('o%%s.example', o.id)
       ELSE format('10.%%s.%%s.%%s/32', o.id / 65536 %% 256, o.id / 256 %% 256, o.id %% 256) END, 'owner', 'claimed', 1
FROM registry_organisation o, unnest(ARRAY['domain', 'network']) AS kind;
INSERT INTO registry_contact (organisation_id, role, channel, address, language, openpgp_key, webhook_secret, is_verified)
SELECT id, 'security', 'mail', format('cert@o%%s.example', id), 'nl', '', '', TRUE
FROM registry_organisation WHERE id %% 3 = 0;
INSERT INTO registry_contact (partner_id, role, channel, address, language, openpgp_key, webhook_secret, is_verified)
SELECT id, 'security', 'mail', format('cert@p%%s.example', id), 'nl', '', '', TRUE FROM registry_partner;
INSERT INTO notices_finding (
    organisation_id, kind, asset, weakness, detail, severity, tlp, state, series_id, opened_in_id, missed_count,
    reopened_count, first_seen_at, last_seen_at, opened_at)
SELECT id, (ARRAY['open-telnet', 'exposed-rdp', 'weak-tls'])[1 + id %% 3], format('o%%s.example', id), '', '',
       id %% 5, 'amber', 'open', %(series)s, %(report)s, 0, 0, now(), now(), now() - id %% 300 * interval '1 day'
FROM registry_organisation WHERE id %% 10 < 3;
"""
"""Two systems each, a contact for one in three, and something found at three in ten."""
TABLES = ("registry_asset", "registry_contact", "notices_finding")
PROSPECTS = 152
"""So many of the partners are none yet, so that there is somebody to advise on."""


def fill() -> None:
    """Everything beside the lists, and the summaries that the pages read."""
    from django.db import connection

    report = _report()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in HOLDINGS.strip().split(";\n"):
            cursor.execute(statement.rstrip(";"), {"series": report.series_id, "report": report.pk})
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("DELETE FROM registry_agreement WHERE partner_id <= %s", [PROSPECTS])
        cursor.execute("UPDATE registry_partner SET standing = 'prospect' WHERE id <= %s", [PROSPECTS])


def _report():
    from django.utils import timezone

    from schakel.intake.models import Report, Series, Source

    source, _is_new = Source.objects.get_or_create(slug="bench", defaults={"name": "Bench"})
    series = Series.objects.create(source=source, type="scan")
    return Report.objects.create(
        series=series, name="scan.csv", digest="bench", tlp="amber", received_at=timezone.now(), state="composed"
    )
