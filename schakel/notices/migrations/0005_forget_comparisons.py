"""Where findings are deleted, a report no longer tells which of its sightings have one: all series are looked at anew."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION notices_forget_comparisons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE intake_series SET compared_id = NULL WHERE compared_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER notices_finding_deleted AFTER DELETE ON notices_finding
    FOR EACH STATEMENT EXECUTE FUNCTION notices_forget_comparisons();
"""
BACKWARDS = """
DROP TRIGGER notices_finding_deleted ON notices_finding;
DROP FUNCTION notices_forget_comparisons();
"""


class Migration(migrations.Migration):
    """Adds the trigger."""

    dependencies = [("notices", "0004_differences")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
