"""The journal takes new rows only: the database itself refuses to change, remove or empty it."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only';
END $$;
CREATE TRIGGER journal_event_append_only BEFORE UPDATE OR DELETE ON journal_event
    FOR EACH ROW EXECUTE FUNCTION journal_append_only();
CREATE TRIGGER journal_event_never_emptied BEFORE TRUNCATE ON journal_event
    FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
"""
BACKWARDS = """
DROP TRIGGER journal_event_append_only ON journal_event;
DROP TRIGGER journal_event_never_emptied ON journal_event;
DROP FUNCTION journal_append_only();
"""


class Migration(migrations.Migration):
    """Adds the triggers."""

    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
