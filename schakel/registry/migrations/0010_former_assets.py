"""Assets get their revision, and leave a row behind when they change or go, whoever writes them and how."""

from django.db import migrations, models

# The lock is that of imports (`registry/load/batch.py`): writers take turns, so that revisions become visible in order.
REVISIONS = """
CREATE FUNCTION registry_asset_revised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1548372786);
    NEW.revision := nextval('registry_asset_revision');
    RETURN NEW;
END $$;
CREATE TRIGGER asset_is_new BEFORE INSERT ON registry_asset FOR EACH ROW
    WHEN (NEW.revision = 0) EXECUTE FUNCTION registry_asset_revised();
CREATE TRIGGER asset_is_changed BEFORE UPDATE ON registry_asset FOR EACH ROW
    WHEN (NEW.revision = OLD.revision
          AND (OLD.organisation_id, OLD.kind, OLD.value, OLD.role, OLD.valid_from, OLD.valid_until)
          IS DISTINCT FROM (NEW.organisation_id, NEW.kind, NEW.value, NEW.role, NEW.valid_from, NEW.valid_until))
    EXECUTE FUNCTION registry_asset_revised();
"""
FORMER = """
CREATE FUNCTION registry_asset_ended() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at_revision bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM pg_advisory_xact_lock(1548372786);
        at_revision := nextval('registry_asset_revision');
    ELSE
        at_revision := NEW.revision;
    END IF;
    INSERT INTO registry_formerasset (
        asset_id, organisation_id, kind, value, role, valid_from, valid_until, revision, ended_at)
    VALUES (OLD.id, OLD.organisation_id, OLD.kind, OLD.value, OLD.role, OLD.valid_from, OLD.valid_until, at_revision,
            now());
    RETURN NULL;
END $$;
CREATE TRIGGER asset_was_otherwise AFTER UPDATE ON registry_asset FOR EACH ROW
    WHEN ((OLD.organisation_id, OLD.kind, OLD.value, OLD.role, OLD.valid_from, OLD.valid_until)
          IS DISTINCT FROM (NEW.organisation_id, NEW.kind, NEW.value, NEW.role, NEW.valid_from, NEW.valid_until))
    EXECUTE FUNCTION registry_asset_ended();
CREATE TRIGGER asset_is_gone AFTER DELETE ON registry_asset FOR EACH ROW EXECUTE FUNCTION registry_asset_ended();
"""
UNDO_REVISIONS = """
DROP TRIGGER asset_is_new ON registry_asset;
DROP TRIGGER asset_is_changed ON registry_asset;
DROP FUNCTION registry_asset_revised();
"""
UNDO_FORMER = """
DROP TRIGGER asset_was_otherwise ON registry_asset;
DROP TRIGGER asset_is_gone ON registry_asset;
DROP FUNCTION registry_asset_ended();
"""


class Migration(migrations.Migration):
    """Adds the table and the triggers."""

    dependencies = [
        ("registry", "0009_designations"),
    ]

    operations = [
        migrations.CreateModel(
            name='FormerAsset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asset_id', models.BigIntegerField()),
                ('organisation_id', models.BigIntegerField()),
                ('kind', models.TextField(choices=[('network', 'network'), ('domain', 'domain name'), ('asn', 'autonomous system'), ('email_domain', 'e-mail domain')])),
                ('value', models.TextField()),
                ('role', models.TextField(choices=[('owner', 'owner'), ('operator', 'operator')])),
                ('valid_from', models.DateTimeField(null=True)),
                ('valid_until', models.DateTimeField(null=True)),
                ('revision', models.BigIntegerField()),
                ('ended_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['revision'], name='former_asset_by_revision')],
            },
        ),
        migrations.RunSQL(REVISIONS, UNDO_REVISIONS),
        migrations.RunSQL(FORMER, UNDO_FORMER),
    ]
