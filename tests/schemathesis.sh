#!/usr/bin/env bash
# Requests that schemathesis makes up from /v1/openapi.json, good and bad ones, against a running
# `cpor serve`: the answers are what the description says, whatever was sent, and never a 5xx.
# The description itself is checked against the rules of OpenAPI 3.1.
#
#   tests/schemathesis.sh [EXAMPLES]    requests to every operation and phase; 20 unless said
#
# CPOR_TEST_SEED=<seed> makes the same requests again. Its tools stay in target/tools.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/common.sh

examples=${1:-20}
seed=${CPOR_TEST_SEED:-$((RANDOM * 32768 + RANDOM))}
# Longest time that the requests may take.
seconds_max=120
tools=$PWD/target/tools/schemathesis
packages=(schemathesis==4.32.5 openapi-spec-validator==0.9.0)

folder=$(mktemp -d)
server=''
finish() {
    code=$?
    if [ "$code" != 0 ]; then
        tail -n 20 "$folder/serve.log" >&2 || true
        echo "CPOR_TEST_SEED=$seed tests/schemathesis.sh $examples makes the same requests." >&2
    fi
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
    exit "$code"
}
trap finish EXIT

python_with "$tools" "${packages[@]}"

# All features of the whole workspace, as the tests have them: nothing is built twice.
cargo build --quiet --locked --workspace --all-features --bins --examples
target=${CARGO_TARGET_DIR:-target}/debug
cpor() {
    "$target/cpor" "$@"
}

port=$(free_port)
url=http://127.0.0.1:$port
export CPOR_DATA__DIRECTORY=$folder/data CPOR_HTTP__LISTEN=127.0.0.1:$port
export CPOR_DIRECTORY__FILE=config/directory.example.toml CPOR_ACCESS__DEVELOPMENT_KEYS=false
export CPOR_HTTP__METRICS_PUBLIC=false
# As many requests as can be made; limits have tests of their own.
export CPOR_HTTP__REQUESTS_PER_SECOND=1000000 CPOR_HTTP__REQUESTS_BURST=1000000
# Every job there is but one: nobody is to be told of anything at an address that was made up.
except=deliver_webhook
jobs=$(cpor settings --json | sed -n 's/.*"key":"workers\.\([a-z_]*\)\.concurrency".*/\1/p')
grep -qx "$except" <<<"$jobs"
jobs=$(grep -vx "$except" <<<"$jobs" | paste -sd,)
"$target/cpor" serve --only "$jobs" 2>"$folder/serve.log" &
server=$!
until_true curl --noproxy '*' -sf "$url/v1/openapi.json" -o "$folder/openapi.json"

"$tools/bin/openapi-spec-validator" "$folder/openapi.json"

# Of the roles, people of a partner may do the most. What they may not is answered with 403.
partner=1234567
key=$(cpor key create --role incentives_admin --partner "$partner" 2>/dev/null)

# Claims to ask about: one notified, one official.
claim_on() {
    sed "s/\"teams\"/\"$1\"/; s/2026-000123/$1/" jobs/tests/wire/submit_claim.v1.json |
        cpor submit - --json | sed 's/.*"claim_id":"\([^"]*\)".*/\1/'
}
is() {
    cpor claim show "$1" --json | grep -q "\"status\":\"$2\""
}
notified=$(claim_on teams)
official=$(claim_on exchange)
until_true is "$notified" notified
until_true is "$official" notified
cpor claim confirm "$official" >/dev/null
export TEST_CLAIMS="$notified $official" TEST_PARTNER=$partner

# And a webhook.
TEST_WEBHOOK=$(cpor webhook create --partner "$partner" --url https://example.com/ --json |
    sed 's/.*"id":"\([^"]*\)".*/\1/')
export TEST_WEBHOOK

echo "schemathesis with seed $seed. Not tried, because they are streams and not one JSON document:"
streams=(submit_claims explain_windows follow_events put_usage upload_document download_document)
echo "  ${streams[*]}; they have tests of their own in tests/it."
export SCHEMATHESIS_HOOKS=tests/schemathesis/hooks.py PYTHONDONTWRITEBYTECODE=1
mapfile -t excluded < <(printf -- '--exclude-operation-id\n%s\n' "${streams[@]}")
timeout "$seconds_max" "$tools/bin/schemathesis" \
    --config-file tests/schemathesis/schemathesis.toml \
    run "$folder/openapi.json" --url "$url" --header "Authorization: Bearer $key" \
    --max-examples "$examples" --seed "$seed" --checks all --continue-on-failure \
    --generation-database none --warnings off --no-color "${excluded[@]}"
