#!/usr/bin/env python3
"""Puts one claim on the intake list, with redis-py:   pip install redis && python3 enqueue.py

The claim's idempotency key can be given as an argument. REDIS_URL is the server (default
redis://127.0.0.1:6379/), CPOR_NAMESPACE the deployment's namespace (default cpor), and
CPOR_SOURCE_KEY the key of the source, as `cpor source key` prints it, with which the claim is
signed; without it, it is not.
"""

import base64
import hashlib
import hmac
import json
import os
import sys

import redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError
from redis.retry import Retry

INTAKE_MAX = 100_000
SUBMISSION_BYTES_MAX = 64 * 1024

CLAIM = {
    "v": 1,
    "source": "crm-emea",
    "idempotency_key": "2026-000123",
    "name": "Teams rollout",
    "partner": {
        "mpn_id": "1234567",
        "contact": {"name": "Ece Yıldız", "email": "ece.yildiz@partner.example"},
    },
    "customer": {
        "tenant_id": "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d",
        "domain": "anadoluelektrik.com.tr",
        "country": "TR",
        "time_zone": "Europe/Istanbul",
        "contact": {
            "name": "Mert Kaya",
            "title": "BT Müdürü",
            "email": "mert.kaya@anadoluelektrik.com.tr",
            "language": "tr",
        },
    },
    "solution_area": "microsoft_365",
    "activities": ["usage"],
    "items": [{"workload": "teams"}],
    "proof_of_execution": [
        {
            "name": "sow.pdf",
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "location": "https://files.partner.example/sow.pdf",
        }
    ],
    "comment": "Pilot done in May.",
}


def signed(claim: bytes, source_key: str) -> bytes:
    """The claim under a line with the signature of its source."""
    key_id, key = source_key.strip().split(":")
    mac = hmac.new(base64.urlsafe_b64decode(key + "="), claim, hashlib.sha256).hexdigest()
    return f"cpor-hmac-sha256 {key_id} {mac}\n".encode() + claim


def enqueue(server: redis.Redis, intake: str, claim: dict, source_key: str | None) -> bool:
    """Pushes one claim; false when that was the last for now, because too many are waiting."""
    entry = json.dumps(claim, ensure_ascii=False, separators=(",", ":")).encode()
    if len(entry) > SUBMISSION_BYTES_MAX:
        raise ValueError(f"the claim has {len(entry)} bytes; the limit is {SUBMISSION_BYTES_MAX}")
    waiting = server.lpush(intake, signed(entry, source_key) if source_key else entry)
    return waiting < INTAKE_MAX


def main() -> None:
    # Repeating a push is harmless: source and idempotency_key always lead to the same claim.
    server = redis.Redis.from_url(
        os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/"),
        socket_timeout=10,
        retry=Retry(ExponentialBackoff(cap=2, base=0.05), retries=5),
        retry_on_error=[BusyLoadingError, ConnectionError, TimeoutError],
    )
    intake = f"{os.environ.get('CPOR_NAMESPACE', 'cpor')}:intake"
    claim = CLAIM | dict(zip(["idempotency_key"], sys.argv[1:]))
    has_room = enqueue(server, intake, claim, os.environ.get("CPOR_SOURCE_KEY"))
    print("enqueued", claim["source"], "/", claim["idempotency_key"])
    if not has_room:
        print("the intake is full: wait before you push more", file=sys.stderr)


if __name__ == "__main__":
    main()
