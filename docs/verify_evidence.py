#!/usr/bin/env python3
"""Checks the evidence of a claim, and says line by line what it has checked.

    docs/verify_evidence.py evidence-ID.zip --keys keys.json
    docs/verify_evidence.py evidence-ID.zip --keys https://cpor.example/v1/evidence/keys
    docs/verify_evidence.py evidence-ID.zip --keys keys.json --tip 7c0f…
    docs/verify_evidence.py evidence-ID.zip --keys keys.json --deadline docs/verify_window.py

--keys is a JSON Web Key Set, a file or an https address: what `cpor evidence --keys` prints and
`GET /v1/evidence/keys` gives. Get it from the deployment, not from whoever gave you the bundle.
--tip is a value of the claim's hash chain that you were told earlier, by a feed or webhook: the
history has to contain it. --deadline has the end of the window computed again by that program.

Needs Python 3.11 and the package `cryptography`, for the signature alone. It shares no code with the
program that made the bundle; docs/evidence.md describes the format.

Exit code: 0 everything agrees; 1 something does not; 2 something could not be checked.
"""

import argparse
import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from datetime import datetime
from pathlib import Path

FORMAT = "cpor-evidence/1"
NAME = re.compile(r"(?:mails/)?[A-Za-z0-9][A-Za-z0-9._-]*")
SIGNED = ("manifest.json", "manifest.sig")
ALWAYS = {"README.txt", "claim.json", "history.jsonl", "chain.jsonl", "decision.json",
          "mails/mails.json"}
WINDOW = {"deadline.json", "deadline.txt"}
# No bundle of one claim comes near these.
FILES_MAX, FILE_BYTES_MAX, BYTES_MAX = 100_000, 64 << 20, 256 << 20

# The events that open, move or close a window, and those that decide something.
WINDOWS = {"customer_notified", "window_resumed", "window_extended"}
DECISIONS = {"claim_rejected", "late_rejection_received", "claim_confirmed", "contact_proposed",
             "association_finalized", "association_ended", "claim_disqualified", "claim_withdrawn"}
MAILS = {"customer_notified": True, "notice_refused": False, "notice_deferred": False,
         "notice_uncertain": None, "customer_reminded": "delivered",
         "correction_sent": "delivered", "partner_notified": "delivered",
         "receipt_sent": "delivered"}
# What a claim is after an event, as far as the event alone says it.
ENDS_AS = {"claim_rejected": "rejected", "association_finalized": "associated",
           "association_ended": "ended", "claim_disqualified": "disqualified",
           "claim_withdrawn": "withdrawn"}


class Wrong(Exception):
    """The bundle is not what it says."""


class CannotCheck(Exception):
    """What is missing for an answer; no accusation."""


def demand(holds, problem):
    if not holds:
        raise Wrong(problem)


def strict_json(data, name):
    """JSON in UTF-8 in which no name stands twice."""

    def once(pairs):
        found = dict(pairs)
        demand(len(found) == len(pairs), f"{name} has a name twice")
        return found

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=once)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Wrong(f"{name} is not JSON: {error}") from None


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# The zip and the manifest

def read_zip(path):
    """The files of the bundle: plain names, each once, none too large."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise CannotCheck(f"{path} cannot be read: {error.strerror}") from None
    files, total = {}, 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            demand(len(bundle.infolist()) <= FILES_MAX, "the zip has too many files")
            for entry in bundle.infolist():
                name = entry.filename
                demand(NAME.fullmatch(name), f"the zip has a file named {name!r}")
                demand(name not in files, f"the zip has {name} twice")
                total += entry.file_size
                demand(entry.file_size <= FILE_BYTES_MAX and total <= BYTES_MAX,
                       f"{name} is too large")
                files[name] = bundle.read(entry)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Wrong(f"the zip cannot be read: {error}") from None
    except Exception as error:
        # What zlib and struct say of damaged data has no common ancestor.
        if isinstance(error, Wrong):
            raise
        raise Wrong(f"the zip cannot be read: {error}") from None
    return files


def public_keys(source):
    """Key id to public key, from a file or an https address."""
    try:
        if re.match(r"https?://", source):
            local = re.match(r"http://(127\.0\.0\.1|localhost|\[::1\])[:/]", source)
            if source.startswith("http://") and not local:
                raise CannotCheck("the keys have to come over https, or from a file")
            with urllib.request.urlopen(source, timeout=30) as answer:
                text = answer.read(1 << 20)
        else:
            text = Path(source).read_bytes()
        keys = json.loads(text)["keys"]
        return {key["kid"]: base64.urlsafe_b64decode(key["x"] + "=" * (-len(key["x"]) % 4))
                for key in keys if key.get("kty") == "OKP" and key.get("crv") == "Ed25519"}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotCheck(f"the keys cannot be read from {source}: {error}") from None


def check_signature(files, keys):
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise CannotCheck("the signature: install the Python package `cryptography`") from None
    for name in SIGNED:
        demand(name in files, f"{name} is not there")
    manifest = strict_json(files["manifest.json"], "manifest.json")
    demand(manifest.get("format") == FORMAT,
           f"the format is {manifest.get('format')!r}; this program knows {FORMAT}")
    key_id = manifest["key_id"]
    if key_id not in keys:
        raise CannotCheck(f"the signature: the key {key_id!r} is not among those given")
    try:
        key = Ed25519PublicKey.from_public_bytes(keys[key_id])
        key.verify(files["manifest.sig"], files["manifest.json"])
    except InvalidSignature:
        raise Wrong("the signature is not one of manifest.json by that key") from None
    return manifest, f"signed by the key {key_id} of {manifest['deployment']}"


def check_files(files, manifest):
    listed = {}
    for entry in manifest["files"]:
        demand(entry["name"] not in listed, f"the manifest lists {entry['name']} twice")
        listed[entry["name"]] = entry
    there = set(files) - set(SIGNED)
    demand(there == set(listed), "missing: {}; not listed: {}".format(
        sorted(set(listed) - there) or "nothing", sorted(there - set(listed)) or "nothing"))
    for name, entry in listed.items():
        demand(len(files[name]) == entry["bytes"] and sha256(files[name]) == entry["sha256"],
               f"{name} is not the file that was signed")
    demand(ALWAYS <= there, f"missing: {sorted(ALWAYS - there)}")
    return f"{len(listed)} files, each as it was signed"


# The history

def read_history(files):
    lines = files["history.jsonl"].split(b"\n")
    demand(lines.pop() == b"" and lines, "history.jsonl does not end with a line end")
    return lines, [strict_json(line, f"line {n} of history.jsonl") for n, line in enumerate(lines, 1)]


def check_chain(files, manifest, lines, events, known_tip):
    claim_id = manifest["claim_id"]
    link = hashlib.sha256(b"cpor history 1\n" + claim_id.encode()).digest()
    told = files["chain.jsonl"].splitlines()
    demand(len(told) == len(lines), "chain.jsonl has not one value for each event")
    values = []
    for number, (line, event) in enumerate(zip(lines, events), 1):
        link = hashlib.sha256(link + line).digest()
        demand(event["revision"] == number, f"event {number} says that it is {event['revision']}")
        value = strict_json(told[number - 1], "chain.jsonl")
        demand(value == {"revision": number, "chain": link.hex()},
               f"the chain breaks at event {number}")
        values.append(link.hex())
        demand(number == 1 or when(events[number - 2]["at"]) <= when(event["at"]),
               f"event {number} is earlier than the one before")
    demand(len(lines) == manifest["revision"], "the history is not as long as the manifest says")
    demand(values[-1] == manifest["chain"], "the history does not end in the tip of the manifest")
    if known_tip is not None:
        demand(known_tip.lower() in values, f"the history never had the tip {known_tip}")
    demand(events[0]["event"] == "claim_submitted", "the history begins without a submission")
    return f"{len(lines)} events, chained up to {values[-1][:16]}…"


def check_mails(files, events):
    mails = strict_json(files["mails/mails.json"], "mails/mails.json")
    expected = [event for event in events if event["event"] in MAILS]
    demand([mail["revision"] for mail in mails] == [event["revision"] for event in expected],
           "mails.json does not have the mails of the history")
    changed, named = 0, set()
    for mail, event in zip(mails, expected):
        where = f"the mail of event {event['revision']}"
        accepted = MAILS[event["event"]]
        accepted = event["delivered"] if accepted == "delivered" else accepted
        reply = event.get("reply", event.get("cause"))
        for field, value in (("event", event["event"]), ("at", event["at"]),
                             ("accepted", accepted), ("reply", reply),
                             ("recorded_sha256", event.get("mail_sha256"))):
            demand(mail[field] == value, f"{where}: {field} is not what the history says")
        if mail["file"] is None:
            changed += mail["recorded_sha256"] is not None
            continue
        demand(mail["file"] in files and mail["file"] not in named, f"{where}: no such file")
        named.add(mail["file"])
        digest = sha256(files[mail["file"]])
        as_sent = None if event.get("mail_sha256") is None else digest == event["mail_sha256"]
        demand(mail["as_sent"] == as_sent, f"{where}: as_sent is {mail['as_sent']}, not {as_sent}")
        changed += as_sent is False
    there = {name for name in files if name.endswith(".eml")}
    demand(there == named, f"mails that nothing tells of: {sorted(there - named)}")
    said = f"{len(mails)} mails and attempts, {len(named)} written again"
    if changed:
        said += f"; {changed} NOT as sent, because what mails are written with has changed"
    return said


# The end of the window and the decision

def when(text):
    demand(isinstance(text, str), f"{text!r} is no instant")
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Wrong(f"{text!r} is no instant") from None


def newest_window(events):
    return next((event for event in reversed(events) if event["event"] in WINDOWS), None)


def closes_at(event):
    return event["window"]["deadline"]["closes_at"]


def check_deadline(files, events, program):
    event = newest_window(events)
    demand((event is not None) == (WINDOW <= set(files)), "deadline.json is there without a window,"
           " or missing with one")
    if event is None:
        return "no window was ever opened"
    explained = strict_json(files["deadline.json"], "deadline.json")
    demand(when(explained["notified_at"]) == when(event["window"]["opened_at"]),
           "deadline.json explains a window of another notice")
    if explained.get("closes_at") is not None:
        demand(when(explained["closes_at"]) == when(closes_at(event)),
               "deadline.json explains another end than the history has")
    sentences = "".join(sentence + "\n" for sentence in explained["sentences"])
    demand(files["deadline.txt"].decode() == sentences, "deadline.txt says something else")
    if program is None:
        return "explained as the history has it (not computed again: no --deadline)"
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(files["deadline.json"])
        file.flush()
        done = subprocess.run([sys.executable, program, file.name], capture_output=True, text=True)
    if done.returncode == 2:
        raise CannotCheck(f"the deadline: {(done.stdout + done.stderr).strip()}")
    demand(done.returncode == 0, f"the deadline: {(done.stdout + done.stderr).strip()}")
    return "computed again, and the same"


def check_decision(files, manifest, events):
    decision = strict_json(files["decision.json"], "decision.json")
    claim = strict_json(files["claim.json"], "claim.json")
    for name, found in (("decision.json", decision["claim_id"]), ("claim.json", claim["id"])):
        demand(found == manifest["claim_id"], f"{name} is about another claim")
    for name, found in (("decision.json", decision), ("claim.json", claim)):
        demand(found["revision"] == len(events), f"{name} is of another revision")
    demand(claim["chain"] == manifest["chain"], "claim.json has another tip")
    demand(claim["status"] == decision["status"], "claim.json and decision.json differ in status")
    for found in (decision, claim):
        demand(when(found["submitted_at"]) == when(events[0]["at"]), "submitted at another instant")
    notices = [{"revision": e["revision"], "at": e["at"], "notice": e["notice"],
                "reply": e["reply"]} for e in events if e["event"] == "customer_notified"]
    demand(decision["notices"] == notices, "decision.json has other notices than the history")
    event = newest_window(events)
    window = event and {"revision": event["revision"], "opened_at": event["window"]["opened_at"],
                        "closes_at": closes_at(event)}
    demand(decision["window"] == window, "decision.json has another window than the history")
    fields = ("revision", "event", "at", "actor", "received_at", "official_at")
    decisions = [{field: e[field] for field in fields if e.get(field) is not None}
                 for e in events if e["event"] in DECISIONS]
    demand(decision["decisions"] == decisions, "decision.json has other decisions than the history")
    outcome = next((e for e in reversed(events) if e["event"] in ENDS_AS), None)
    reopened = outcome and any(e["event"] == "claim_validated" for e in events[outcome["revision"]:])
    if outcome and not reopened:
        demand(decision["status"] == ENDS_AS[outcome["event"]],
               f"the status is {decision['status']}, and the last decision {outcome['event']}")
    else:
        demand(decision["status"] not in ENDS_AS.values(), "decided without a decision")
    in_time(events)
    return f"{decision['status']}, as the history has it"


def in_time(events):
    """What was received in time has won, and silence has lasted to the end."""
    window = None
    confirmed = False
    for event in events:
        kind = event["event"]
        if kind in WINDOWS:
            window, confirmed = event, False
        elif kind == "claim_rejected" and window is not None:
            demand(when(event["received_at"]) < when(closes_at(window)),
                   "a rejection that came too late was counted")
        elif kind == "claim_confirmed":
            confirmed = True
        elif kind == "association_finalized" and not confirmed:
            demand(window is not None, "official without a window")
            demand(when(event["official_at"]) >= when(closes_at(window)) <= when(event["at"]),
                   "official before the window had ended")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], epilog=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", help="the zip")
    parser.add_argument("--keys", required=True, help="JSON Web Key Set: file or https address")
    parser.add_argument("--tip", help="a value of the chain that was told earlier")
    parser.add_argument("--deadline", metavar="verify_window.py", help="the program that computes "
                        "the end of the window again")
    parser.add_argument("--quiet", action="store_true", help="say only what is wrong")
    options = parser.parse_args()
    code = 0

    def check(what, function, *arguments):
        nonlocal code
        try:
            result = function(*arguments)
        except Wrong as problem:
            print(f"WRONG   {what}: {problem}")
            sys.exit(1)
        except (KeyError, TypeError, AttributeError, IndexError) as problem:
            print(f"WRONG   {what}: something is not of the form it has to be: {problem!r}")
            sys.exit(1)
        except CannotCheck as problem:
            print(f"CANNOT  {what}: {problem}")
            code = 2
            return None
        said = result[-1] if isinstance(result, tuple) else result
        if not options.quiet and isinstance(said, str):
            print(f"AGREES  {what}: {said}")
        return result

    files = check("the zip", read_zip, options.bundle)
    keys = check("the keys", public_keys, options.keys)
    if files is None or keys is None:
        return code
    signed = check("the signature", check_signature, files, keys)
    if signed is None:
        return code
    manifest = signed[0]
    check("the files", check_files, files, manifest)
    lines, events = check("the history", read_history, files)
    check("the chain", check_chain, files, manifest, lines, events, options.tip)
    check("the mails", check_mails, files, events)
    check("the deadline", check_deadline, files, events, options.deadline)
    check("the decision", check_decision, files, manifest, events)
    if not options.quiet:
        print(f"claim {manifest['claim_id']} at revision {manifest['revision']}, made at "
              f"{manifest['made_at']} by {manifest['made_by']}")
    return code


if __name__ == "__main__":
    sys.exit(main())
