#!/usr/bin/env bash
# The archive in an S3 bucket: a claim leaves Redis for moto's server (https://docs.getmoto.org), is
# listed, shown and verified there, and its personal data is erased there; a second sweep writes
# nothing, and a wrong key is told as such.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/common.sh

# All features of the whole workspace, as the tests have them: nothing is built twice.
cargo build --quiet --locked --workspace --all-features --bins --examples
cpor=$PWD/target/debug/cpor

folder=$(mktemp -d)
trap finish EXIT
start_s3 claims

export CPOR_DATA__DIRECTORY=$folder/data CPOR_CLOCK__MODE=virtual
export CPOR_CLOCK__STARTS_AT=2026-11-20T15:00:00Z CPOR_REDIS__PARTITIONS=2
export CPOR_ARCHIVE__STORE=s3://claims/of/cpor CPOR_ARCHIVE__RETENTION_DAYS=1
export CPOR_ARCHIVE__S3__ENDPOINT=$endpoint CPOR_ARCHIVE__S3__PATH_STYLE=true
export CPOR_ARCHIVE__S3__ACCESS_KEY_ID=testing CPOR_ARCHIVE__S3__SECRET_ACCESS_KEY=testing
cat >"$folder/tenants.toml" <<'TOML'
[[tenant]]
id = "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d"
domains = ["anadoluelektrik.com.tr"]
TOML
export CPOR_DIRECTORY__FILE=$folder/tenants.toml
python3 - >"$folder/claim.jsonl" <<'PYTHON'
import json
contact = {"name": "Mert Kaya", "title": "CIO", "email": "mert.kaya@anadoluelektrik.com.tr"}
print(json.dumps({
    "v": 1, "source": "crm-emea", "idempotency_key": "2026-000123", "name": "Teams rollout",
    "partner": {"mpn_id": "1234567", "contact": {"name": "Ece", "email": "ece@partner.example"}},
    "customer": {"tenant_id": "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d", "country": "TR",
                 "domain": "anadoluelektrik.com.tr", "contact": contact},
    "solution_area": "microsoft_365", "activities": ["usage"], "items": [{"workload": "teams"}],
    "proof_of_execution": [{"name": "sow.pdf", "sha256": "9f" * 32,
                            "location": "https://files.partner.example/sow.pdf"}],
}))
PYTHON

is() {
    if [ "$1" != "$2" ]; then
        echo "expected \`$2\`, found \`$1\`" >&2
        exit 1
    fi
}
field() {
    python3 -c 'import json, sys; print(json.loads(sys.stdin.readline())[sys.argv[1]])' "$1"
}

"$cpor" work >"$folder/work.log" 2>&1 &
worker=$!
started="$started $worker"
until_true "$cpor" queues
id=$("$cpor" submit --json "$folder/claim.jsonl" | field claim_id)
notified() { [ "$("$cpor" claim show "$id" --json | field status)" = notified ]; }
until_true notified
"$cpor" claim withdraw "$id" --reason 'Their own wish.' >/dev/null
"$cpor" clock advance --by 3d >/dev/null
is "$("$cpor" archive run --dry-run --json | field claims)" 1
is "$("$cpor" archive run --json | field claims)" 1
is "$("$cpor" archive run --json | field claims)" 0
is "$("$cpor" archive list --json | field object)" claims/2026/11/20.jsonl
is "$("$cpor" claims --archive --json | field id)" "$id"
is "$("$cpor" claim show "$id" --archive --json | field status)" withdrawn
"$cpor" erase --claim "$id" --reason 'Request 1.' >/dev/null 2>&1
"$cpor" claim history "$id" --archive --json >"$folder/20.jsonl"
grep -q personal_data_erased "$folder/20.jsonl"
if grep -q 'Their own wish' "$folder/20.jsonl"; then
    echo "the reason is still there after an erasure" >&2
    exit 1
fi
is "$("$cpor" archive verify --json | field claims)" 1
"$cpor" check >/dev/null
if CPOR_ARCHIVE__STORE=s3://nobody "$cpor" archive list 2>"$folder/refused"; then
    echo "a bucket that does not exist was listed" >&2
    exit 1
fi
grep -q 'could not list what is in s3://nobody' "$folder/refused"
echo 'The archive in S3 does what a folder does.'
