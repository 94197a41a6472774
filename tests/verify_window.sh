#!/usr/bin/env bash
# docs/verify_window.py, which shares no code with ours, against what `cpor window explain` says:
# the recorded cases, and the same windows with random pauses, outages and extensions. It has to
# agree with every one of them, and to find every one that was tampered with.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/common.sh

tools=$PWD/target/tools/verify_window
# The release of the time zone data that the recorded cases name and the bundled one has: 2026f.
packages=(tzdata==2026.6)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python_with "$tools" "${packages[@]}"
cargo build --quiet --locked --workspace --all-features --bins --examples
cpor=$(realpath "${CARGO_TARGET_DIR:-target}")/debug/cpor
# An empty path: the time zones are those of the package, whatever the system has.
export PYTHONTZPATH='' PYTHONDONTWRITEBYTECODE=1 SEED=${CPOR_TEST_SEED:-20261120}
verify() {
    "$tools/bin/python" docs/verify_window.py --quiet "$@"
}

echo "CPOR_TEST_SEED=$SEED"
"$tools/bin/python" - "$folder/questions.jsonl" <<'PYTHON'
import json, os, random, sys
from datetime import datetime, timedelta

dice = random.Random(int(os.environ["SEED"]))

def spans(notified_at, most):
    found = []
    for _ in range(dice.randint(0, most)):
        begin = notified_at + timedelta(seconds=dice.randint(-86_400, 10 * 86_400))
        end = begin + timedelta(milliseconds=dice.randint(1, 3 * 86_400_000))
        found.append({"from": begin.isoformat(), "to": end.isoformat()})
    return found

with open("tests/calendar/cases.jsonl") as cases, open(sys.argv[1], "w") as questions:
    for line in cases:
        case = json.loads(line)
        print(line.strip(), file=questions)
        at = datetime.fromisoformat(case["notified_at"])
        case["id"] += "-adjusted"
        case["adjustments"] = {
            "extra_business_days": dice.choice([0, 0, 1, 3]),
            "pauses": spans(at, 2),
            "outages": spans(at, 2),
        }
        print(json.dumps(case), file=questions)
PYTHON
"$cpor" window explain --batch --full --calendars config/calendars \
    <"$folder/questions.jsonl" >"$folder/explanations.jsonl"
[ "$(wc -l <"$folder/explanations.jsonl")" = 4000 ]
verify "$folder/explanations.jsonl"
verify --calendars config/calendars "$folder/explanations.jsonl"
"$cpor" window explain --calendar TR --zone Europe/Istanbul --at 2026-10-23T09:00:00Z --json |
    verify --calendars config/calendars

# Each tampered with in one way; none may pass for right.
"$tools/bin/python" - "$folder" <<'PYTHON'
import json, os, random, sys
from datetime import datetime, timedelta

dice = random.Random(int(os.environ["SEED"]))

def a_day_flipped(told):
    day = dice.choice(told["days"])
    day["counted"] = not day["counted"]

def a_day_named_otherwise(told):
    day = dice.choice(told["days"])
    day["reason"] = "holiday" if day["counted"] else "business_day"

def a_day_left_out(told):
    told["days"].remove(dice.choice(told["days"]))

def one_hour_later(told):
    for field in ("closes_at", "closes_at_local"):
        later = datetime.fromisoformat(told[field]) + timedelta(hours=dice.choice([-1, 1]))
        told[field] = later.isoformat()

def one_day_longer(told):
    told["business_days"] += 1

def one_day_granted(told):
    told["adjustments"]["extra_business_days"] += 1

def another_version(told):
    told["calendar_version"] = told["calendar_version"][:-1] + "x"

def another_notice(told):
    told["notified_at"] = "2025-01-01T12:00:00Z"

def another_zone(told):
    told["time_zone"] = "Pacific/Kiritimati" if "+14" not in told["closes_at_local"] else "UTC"

def another_last_day(told):
    told["last_day"] = told["notified_local_date"]

def a_pause_more(told):
    told["adjustments"]["pauses"].append({"from": told["notified_at"], "to": told["closes_at"]})

ways = [a_day_flipped, a_day_named_otherwise, a_day_left_out, one_hour_later, one_day_longer,
        one_day_granted, another_version, another_notice, another_zone, another_last_day,
        a_pause_more]
lines = open(f"{sys.argv[1]}/explanations.jsonl").readlines()
with open(f"{sys.argv[1]}/tampered.jsonl", "w") as out:
    for number, line in enumerate(lines[::4]):
        told = json.loads(line)
        way = ways[number % len(ways)]
        way(told)
        told["id"] = f"{told['id']} {way.__name__}"
        print(json.dumps(told), file=out)
PYTHON
for calendars in '' '--calendars config/calendars'; do
    # shellcheck disable=SC2086  # No option, or one with its value.
    if verify $calendars "$folder/tampered.jsonl" >"$folder/found"; then
        echo 'explanations that were tampered with passed for right' >&2
        exit 1
    fi
    tail -n 1 "$folder/found"
    if ! tail -n 1 "$folder/found" | grep -q '^0 agree'; then
        grep -v 'AGREE\|CANNOT' "$folder/found" >&2
        exit 1
    fi
done

# Another release of the time zone data is named and accuses nobody.
sed 's/2026f/2031a/g' "$folder/tampered.jsonl" >"$folder/newer.jsonl"
code=0
verify "$folder/newer.jsonl" >"$folder/found" || code=$?
[ "$code" = 2 ]
grep -q 'computed with the time zone data 2031a, and this computer has 2026f' "$folder/found"
