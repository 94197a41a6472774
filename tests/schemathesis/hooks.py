"""What schemathesis cannot know from the description: claims that exist, and how one is accepted.

Every other request that keeps to the description is about a claim that exists, or is one that can
be accepted, so that what lies behind the first "not found" is tried too. Requests that are meant
to be wrong stay as they are.
"""

import itertools
import json
import os
import pathlib

import schemathesis

KNOWN = os.environ["TEST_CLAIMS"].split()
PARTNER = os.environ["TEST_PARTNER"]
EXAMPLE = pathlib.Path("jobs/tests/wire/submit_claim.v1.json")

turns = itertools.count()


def with_whole_numbers(value):
    """JSON Schema takes 7.0 for an integer; cpor wants a whole number written as one, like 7."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, list):
        return [with_whole_numbers(one) for one in value]
    if isinstance(value, dict):
        return {name: with_whole_numbers(one) for name, one in value.items()}
    return value


def a_claim(turn):
    claim = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    claim["source"] = f"mpn-{PARTNER}"
    claim["idempotency_key"] = f"made-up-{turn}"
    return claim


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is not None and not case.meta.generation.mode.is_negative:
        case.body = with_whole_numbers(case.body)
    turn = next(turns)
    if turn % 2 or case.meta is None or case.meta.generation.mode.is_negative:
        return
    operation = case.operation.definition.raw.get("operationId")
    if operation == "submit_claim":
        case.body = a_claim(turn)
        case.headers.pop("Idempotency-Key", None)
    elif operation == "create_webhook":
        case.body = {"url": f"https://example.com/{turn}"}
    elif case.meta.phase.name == "stateful" or case.operation.method.upper() == "DELETE":
        # What another request has made is asked about, and what is known stays.
        return
    if "claim_id" in case.path_parameters:
        case.path_parameters["claim_id"] = KNOWN[turn // 2 % len(KNOWN)]
    if "webhook_id" in case.path_parameters:
        case.path_parameters["webhook_id"] = os.environ["TEST_WEBHOOK"]
