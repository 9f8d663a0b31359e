"""Numbers that tell what changed in the population and in each constituency, whoever wrote it and how."""

from django.db import migrations

ORGANISATIONS = """
CREATE SEQUENCE registry_organisation_revision;
CREATE FUNCTION registry_organisation_revised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := nextval('registry_organisation_revision');
    RETURN NEW;
END $$;
CREATE TRIGGER organisation_is_new BEFORE INSERT ON registry_organisation
    FOR EACH ROW EXECUTE FUNCTION registry_organisation_revised();
CREATE TRIGGER organisation_is_changed BEFORE UPDATE ON registry_organisation FOR EACH ROW
    WHEN ((OLD.sector, OLD.sbi, OLD.region, OLD.size_class, OLD.nis2)
          IS DISTINCT FROM (NEW.sector, NEW.sbi, NEW.region, NEW.size_class, NEW.nis2))
    EXECUTE FUNCTION registry_organisation_revised();
"""
# Partners are locked in the order of their numbers, so that two writers wait for each other instead of for ever.
CONSTITUENCIES = """
CREATE SEQUENCE registry_constituency_revision;
CREATE FUNCTION registry_constituency_revised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM id FROM registry_partner WHERE id IN (SELECT partner_id FROM changed) ORDER BY id FOR NO KEY UPDATE;
    UPDATE registry_partner SET constituents_revision = nextval('registry_constituency_revision')
    WHERE id IN (SELECT partner_id FROM changed);
    RETURN NULL;
END $$;
CREATE TRIGGER constituency_is_new AFTER INSERT ON registry_constituency
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION registry_constituency_revised();
CREATE TRIGGER constituency_is_changed AFTER UPDATE ON registry_constituency
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION registry_constituency_revised();
CREATE TRIGGER constituency_has_moved AFTER UPDATE ON registry_constituency
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION registry_constituency_revised();
CREATE TRIGGER constituency_is_gone AFTER DELETE ON registry_constituency
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION registry_constituency_revised();
"""
UNDO_ORGANISATIONS = """
DROP TRIGGER organisation_is_new ON registry_organisation;
DROP TRIGGER organisation_is_changed ON registry_organisation;
DROP FUNCTION registry_organisation_revised();
DROP SEQUENCE registry_organisation_revision;
"""
UNDO_CONSTITUENCIES = """
DROP TRIGGER constituency_is_new ON registry_constituency;
DROP TRIGGER constituency_is_changed ON registry_constituency;
DROP TRIGGER constituency_has_moved ON registry_constituency;
DROP TRIGGER constituency_is_gone ON registry_constituency;
DROP FUNCTION registry_constituency_revised();
DROP SEQUENCE registry_constituency_revision;
"""


class Migration(migrations.Migration):
    """Adds sequences and triggers."""

    dependencies = [("registry", "0006_network")]
    operations = [
        migrations.RunSQL(ORGANISATIONS, UNDO_ORGANISATIONS),
        migrations.RunSQL(CONSTITUENCIES, UNDO_CONSTITUENCIES),
    ]
