"""Receives webhooks on loopback and says what docs/examples/verify_webhook.py makes of them.

receive_webhooks.py PORT SECRET: one line for each delivery, `accepted <event> <delivery>`, or
`wrong` when a good one is refused, or one whose body was changed is accepted.
"""

import http.server
import sys

sys.path.insert(0, "docs/examples")
from verify_webhook import Refused, verify

SECRET = sys.argv[2]


def judged(headers, body):
    """What is to be said of a delivery."""
    try:
        # The deployment is on a virtual clock, and so are its timestamps.
        now = int(headers["webhook-timestamp"])
        event = verify(SECRET, headers, body, now)
    except (Refused, KeyError, ValueError) as error:
        return f"wrong: refused, {error}"
    try:
        verify(SECRET, headers, body.replace(b'"claim"', b'"Claim"'), now)
    except Refused:
        return f"accepted {event['event']} {event['id']}"
    return "wrong: accepted a changed body"


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers 204 to everything, one after the other, so that lines stay whole."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        print(judged(dict(self.headers), body), flush=True)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        """What the server itself would print is of no use here."""


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
