"""Objections count as changes of an organisation, and organisations that go are counted, whoever takes them away."""

from django.db import migrations

# A row and no sequence: who reads the count must not hear of what is not done yet.
GONE = """
CREATE TABLE registry_population (gone_count bigint NOT NULL);
INSERT INTO registry_population VALUES (0);
CREATE FUNCTION registry_organisation_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry_population SET gone_count = gone_count + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER organisation_is_gone AFTER DELETE ON registry_organisation
    FOR EACH STATEMENT EXECUTE FUNCTION registry_organisation_gone();
CREATE TRIGGER organisation_is_succeeded AFTER UPDATE ON registry_organisation FOR EACH ROW
    WHEN (OLD.successor_id IS DISTINCT FROM NEW.successor_id) EXECUTE FUNCTION registry_organisation_gone();
"""
UNDO_GONE = """
DROP TRIGGER organisation_is_gone ON registry_organisation;
DROP TRIGGER organisation_is_succeeded ON registry_organisation;
DROP FUNCTION registry_organisation_gone();
DROP TABLE registry_population;
"""
CHANGED = """
CREATE OR REPLACE TRIGGER organisation_is_changed BEFORE UPDATE ON registry_organisation FOR EACH ROW
    WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION registry_organisation_revised();
"""
BEFORE = ("sector", "sbi", "region", "size_class", "nis2", "name", "kvk", "rsin", "oin")


def _changed(*columns: str) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return CHANGED.format(old=old, new=new)


class Migration(migrations.Migration):
    """Adds a table of one row and its triggers, and widens one."""

    dependencies = [("registry", "0023_joining_and_leaving")]
    operations = [
        migrations.RunSQL(GONE, UNDO_GONE),
        migrations.RunSQL(_changed(*BEFORE, "has_objected"), _changed(*BEFORE)),
    ]
