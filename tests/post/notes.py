"""Delivery status notifications as mail servers write them (RFC 3464)."""


def note(*, to="retour@schakel.example", action="failed", status="5.1.1", original="Subject: x", more=""):
    """A notification; `original` holds the headers of the message it returns."""
    words = [
        "From: MAILER-DAEMON@mx.example", f"To: {to}", "Subject: Undelivered", "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "",
        "--b", "Content-Type: text/plain", "", "It could not be delivered.", "",
        "--b", "Content-Type: message/delivery-status", "",
        "Reporting-MTA: dns; mx.example", "", "Final-Recipient: rfc822; beveiliging@haven.example",
        f"Action: {action}", f"Status: {status}", f"Diagnostic-Code: smtp; 550 {status}", "  nobody here", "", more,
        "--b", "Content-Type: message/rfc822", "", original, "", "body", "", "--b--", "",
    ]  # fmt: skip
    return "\n".join(words).encode()
