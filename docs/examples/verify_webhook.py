"""Verifies deliveries of cpor's webhooks, with the standard library only.

They are signed as Standard Webhooks have it (https://www.standardwebhooks.com). As a module:

    from verify_webhook import Refused, verify
    event = verify(secret, request_headers, request_body_bytes)

As a program it checks itself: python3 verify_webhook.py
"""

import base64
import binascii
import hashlib
import hmac
import json
import time

# How old a delivery may be, and how far clocks may differ, in seconds.
TOLERANCE_SECONDS = 300


class Refused(Exception):
    """The request does not come from cpor, or is not what cpor sent, or is too old."""


def verify(secret, headers, body, now=None):
    """Returns the event that a delivery tells, or raises Refused.

    `secret` is what cpor showed when the webhook was made (`whsec_...`), `headers` a mapping,
    `body` the bytes as they came: parsed and written again they are others. `now` is the time in
    seconds since the epoch, the machine's unless given.
    """
    headers = {name.lower(): value for name, value in headers.items()}
    try:
        delivery_id = headers["webhook-id"]
        timestamp = headers["webhook-timestamp"]
        signatures = headers["webhook-signature"].split(" ")
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        age_seconds = (time.time() if now is None else now) - int(timestamp)
    except KeyError as missing:
        raise Refused(f"there is no header {missing}") from None
    except (ValueError, binascii.Error):
        raise Refused("the time or the secret cannot be read") from None
    if abs(age_seconds) > TOLERANCE_SECONDS:
        raise Refused("it is too old, or the clocks differ")
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
    # While keys rotate there are several signatures; one that fits is enough.
    if not any(hmac.compare_digest(expected, one.encode()) for one in signatures):
        raise Refused("the signature does not fit")
    return json.loads(body)


def check():
    """The example that libraries for Standard Webhooks are tested with, as it is and changed."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body, sent_at = b'{"test": 2432232314}', 1614265330
    headers = {
        "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "Webhook-Timestamp": str(sent_at),
        "Webhook-Signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert verify(secret, headers, body, sent_at + 299) == {"test": 2432232314}
    for changed in [
        (secret, headers, body + b" ", sent_at),
        (secret, headers, body, sent_at + 301),
        (secret, headers, body, sent_at - 301),
        (secret, {**headers, "Webhook-Id": "msg_other"}, body, sent_at),
        (secret, {**headers, "Webhook-Timestamp": str(sent_at + 1)}, body, sent_at),
        (secret, {**headers, "Webhook-Timestamp": "soon"}, body, sent_at),
        (secret, {**headers, "Webhook-Signature": "v1,AAAA"}, body, sent_at),
        (secret, {}, body, sent_at),
        ("whsec_" + base64.b64encode(b"another").decode(), headers, body, sent_at),
    ]:
        try:
            verify(*changed)
        except Refused:
            continue
        raise AssertionError(f"accepted: {changed}")
    print("verify_webhook.py accepts what was sent, and refuses what was changed.")


if __name__ == "__main__":
    check()
