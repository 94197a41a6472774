#!/usr/bin/env python3
"""Changes a bundle of evidence in every way there is, and has docs/verify_evidence.py find each.

    tests/forge_evidence.py BUNDLE.zip EARLIER.zip KEYS

EARLIER is a bundle of the same claim at an earlier revision. Forgeries that go further than the
zip are signed anew with a key of our own, under which the checks beyond the signature have to find
them. Prints its seed; CPOR_TEST_SEED plays one again.
"""

import base64
import contextlib
import hashlib
import io
import json
import os
import random
import runpy
import sys
import warnings
import zipfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

checker = Path(__file__).parent.parent / "docs" / "verify_evidence.py"
bundle, earlier, keys = sys.argv[1:4]
seed = os.environ.get("CPOR_TEST_SEED", str(random.randrange(1 << 32)))
dice = random.Random(seed)
warnings.simplefilter("ignore")  # A name that stands twice is what some of them are.
forger = Ed25519PrivateKey.generate()
tried = 0


def read(path):
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(files):
    with zipfile.ZipFile("forged.zip", "w") as forged:
        for name, data in files.items() if isinstance(files, dict) else files:
            forged.writestr(zipfile.ZipInfo(name), data)


def check(keys, *more):
    said, code = io.StringIO(), 0
    before, sys.argv = sys.argv, ["verify_evidence.py", "forged.zip", "--keys", keys, *more]
    try:
        with contextlib.redirect_stdout(said):
            runpy.run_path(str(checker), run_name="__main__")
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.argv = before
    return code, said.getvalue()


def refused(what, files, keys=keys, more=(), codes=(1,)):
    global tried
    tried += 1
    packed(files)
    code, said = check(keys, *more)
    if code not in codes:
        sys.exit(f"CPOR_TEST_SEED={seed}: {what}: exit code {code}\n{said}")


def flipped(data):
    at = dice.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1:]


def signed_anew(files):
    """The whole bundle made to agree with its files, under the forger's key."""
    files = {name: data for name, data in files.items() if name != "manifest.sig"}
    manifest = json.loads(files.pop("manifest.json"))
    manifest["key_id"] = "forger"
    manifest["files"] = [
        {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()]
    files["manifest.json"] = json.dumps(manifest).encode()
    files["manifest.sig"] = forger.sign(files["manifest.json"])
    return files


def forged_keys():
    public = base64.urlsafe_b64encode(forger.public_key().public_bytes_raw()).decode().rstrip("=")
    key = {"kid": "forger", "kty": "OKP", "crv": "Ed25519", "x": public}
    Path("forger.json").write_text(json.dumps({"keys": [key]}))
    return "forger.json"


def changed(data, change):
    told = json.loads(data)
    change(told)
    return json.dumps(told).encode()


files, before = read(bundle), read(earlier)
packed(files)
code, said = check(keys)
assert code == 0, said

# The zip: every file with a byte changed, without it, twice, and under another name.
for name, data in files.items():
    for _ in range(20):
        # A manifest may name another key then, and that cannot be checked.
        codes = (1, 2) if name == "manifest.json" else (1,)
        refused(f"a byte of {name} changed", {**files, name: flipped(data)}, codes=codes)
    refused(f"{name} cut", {**files, name: data[:-1]})
    refused(f"{name} longer", {**files, name: data + b"\n"})
    refused(f"{name} dropped", {other: files[other] for other in files if other != name})
    refused(f"{name} twice", [*files.items(), (name, data)])
    refused(f"{name} renamed", {("renamed" if n == name else n): d for n, d in files.items()})
for name in ["../evil", "/etc/evil", "mails/../../evil", "a\\..\\evil", "mails/", "C:evil", "a\nb",
             "notes.txt", "mails/0999-notice.eml", ".hidden"]:
    refused(f"{name!r} added", {**files, name: b"x"})
with open(bundle, "rb") as whole:
    whole = whole.read()
for _ in range(50):
    Path("forged.zip").write_bytes(whole[:dice.randrange(len(whole))])
    tried += 1
    assert check(keys)[0] == 1, "a zip that was cut"
refused("the signature of another bundle", {**files, "manifest.sig": before["manifest.sig"]})
refused("an earlier manifest", {**files, "manifest.json": before["manifest.json"],
                                "manifest.sig": before["manifest.sig"]})
refused("signed by another key under the name of ours", {
    **files, "manifest.sig": forger.sign(files["manifest.json"])})
refused("signed by another key", signed_anew(files), codes=(2,))

# What agrees with itself, and not with the history.
theirs = forged_keys()
packed(signed_anew(files))
code, said = check(theirs)
assert code == 0, said
tip = json.loads(files["manifest.json"])["chain"]
lines = files["history.jsonl"].splitlines(keepends=True)


def history(what, lines):
    refused(what, signed_anew({**files, "history.jsonl": b"".join(lines)}), theirs)


history("two events exchanged", [lines[1], lines[0], *lines[2:]])
history("the last event cut", lines[:-1])
history("the first event cut", lines[1:])
history("an event twice", [*lines, lines[-1]])
for at, line in enumerate(lines):
    history("an event by another", [*lines[:at], line.replace(b'"actor":"', b'"actor":"x'),
                                    *lines[at + 1:]])


def with_chain(lines):
    """A history with the chain and the tip that follow from it."""
    manifest = json.loads(files["manifest.json"])
    link = hashlib.sha256(b"cpor history 1\n" + manifest["claim_id"].encode()).digest()
    told = []
    for number, line in enumerate(lines, 1):
        link = hashlib.sha256(link + line.rstrip(b"\n")).digest()
        told.append(json.dumps({"revision": number, "chain": link.hex()}) + "\n")
    manifest["chain"] = link.hex()
    claim = changed(files["claim.json"], lambda told: told.update(chain=link.hex()))
    return signed_anew({**files, "history.jsonl": b"".join(lines), "claim.json": claim,
                        "chain.jsonl": "".join(told).encode(),
                        "manifest.json": json.dumps(manifest).encode()})


def event(name, change):
    forged = []
    for line in lines:
        told = json.loads(line)
        if told["event"] == name:
            change(told)
        forged.append(json.dumps(told).encode() + b"\n")
    return with_chain(forged)


later = "2031-01-01T00:00:00Z"
refused("a rejection received otherwise",
        event("claim_rejected", lambda told: told.update(received_at=later)), theirs)
refused("a notice accepted otherwise",
        event("customer_notified", lambda told: told.update(reply="250 Fine")), theirs)
refused("another mail", event("customer_notified", lambda told: told.update(mail_sha256="0" * 64)),
        theirs)
refused("another window", event(
    "window_extended", lambda told: told["window"]["deadline"].update(closes_at=later)), theirs)
# A history that was rewritten as a whole agrees with itself; a tip that was told earlier finds it.
rewritten = event("partner_notified", lambda told: told.update(actor="nobody"))
packed(rewritten)
assert check(theirs)[0] == 0
refused("a history that was rewritten", rewritten, theirs, ("--tip", tip))

for name, change in [
    ("decision.json", lambda told: told.update(status="associated")),
    ("decision.json", lambda told: told["decisions"].pop()),
    ("decision.json", lambda told: told["decisions"][-1].update(received_at=later)),
    ("decision.json", lambda told: told["window"].update(closes_at=later)),
    ("decision.json", lambda told: told["notices"].clear()),
    ("decision.json", lambda told: told.update(submitted_at=later)),
    ("claim.json", lambda told: told.update(status="associated")),
    ("claim.json", lambda told: told.update(chain="0" * 64)),
    ("claim.json", lambda told: told.update(revision=1)),
    ("deadline.json", lambda told: told.update(closes_at=later)),
    ("deadline.json", lambda told: told.update(notified_at=later)),
    ("deadline.json", lambda told: told["sentences"].append("And more.")),
    ("mails/mails.json", lambda told: told.pop()),
    ("mails/mails.json", lambda told: told[0].update(reply="250 Fine")),
    ("mails/mails.json", lambda told: told[0].update(accepted=False)),
    ("mails/mails.json", lambda told: told[0].update(recorded_sha256=None)),
    ("mails/mails.json", lambda told: told[0].update(file=told[1]["file"])),
]:
    refused(f"{name} says otherwise", signed_anew({**files, name: changed(files[name], change)}),
            theirs)
for name in [name for name in files if name.endswith(".eml")]:
    refused(f"{name} says otherwise", signed_anew({**files, name: flipped(files[name])}), theirs)
    refused(f"{name} not there", signed_anew({n: d for n, d in files.items() if n != name}), theirs)
refused("no window", signed_anew({n: d for n, d in files.items() if not n.startswith("dead")}),
        theirs)
print(f"CPOR_TEST_SEED={seed}: {tried} forgeries, each found")
