#!/usr/bin/env bash
# docs/time_travel.md against a running `cpor serve --sandbox`: every `sh` block of it in order, and
# what is to come of it.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/common.sh

folder=$(mktemp -d)
trap finish EXIT

cargo build --quiet --locked --workspace --all-features --bins --examples
target=$(realpath "${CARGO_TARGET_DIR:-target}")
export PATH=$target/debug:$PATH no_proxy=127.0.0.1
guide=docs/time_travel.md
awk '/^```/ { inside = $0 == "```sh"; print ""; next } inside' "$guide" >"$folder/guide.sh"
cd "$folder"

port=$(free_port)
export URL=http://127.0.0.1:$port CPOR_HTTP__LISTEN=127.0.0.1:$port
export CPOR_DATA__DIRECTORY=$folder/data
cpor serve --sandbox 2>"$folder/serve.log" &
started=$!
until_true curl -sf "$URL/v1/openapi.json"
{ echo 'set -euo pipefail' && cat guide.sh; } >run.sh
bash run.sh >guide.log 2>&1

says() {
    grep -q -- "$1" "$2" || { echo "$2 does not say: $1" >&2 && return 1; }
}
says '^notified$' guide.log
says '^associated$' guide.log
says 'notice$' guide.log
says '"now":"2026-11-27T20:59:59.999Z"' guide.log
says '"event":"association_finalized"' guide.log
says '"now":"2027-01-04T06:00:00Z"' guide.log
says '^303$' guide.log
says 'sandboxes live an hour' guide.log
says 'virtual clock' clock.html
says 'anadoluelektrik.example' page.html

# A killed server leaves a sandbox behind, which is gone after the next start.
curl -sf "$URL/v1/sandboxes" -H 'Content-Type: application/json' -d '{}' >left.json
kill -KILL "$started"
wait "$started" 2>/dev/null || true
cpor serve --sandbox 2>"$folder/serve.log" &
started=$!
until_true curl -sf "$URL/v1/openapi.json"
redis=$(find data -name '*.sock' | head -n 1)
keys=$(redis-cli -s "$redis" --scan --pattern '*sandbox-*' | wc -l)
[ "$keys" = 0 ] || { echo "$keys keys of sandboxes are left" >&2 && exit 1; }

kill -TERM "$started"
wait "$started"
started=''
echo "The guide to travelling in time ran as it stands: $(grep -c . guide.sh) lines, and nothing" \
    'was left of its sandboxes.'
