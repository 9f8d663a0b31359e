"""Finding shared items: the page that answers, saved searches, and the end of their mails."""
