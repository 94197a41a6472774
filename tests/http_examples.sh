#!/usr/bin/env bash
# The guide to the HTTP API against a running `cpor serve` on a virtual clock: every `sh` block of
# docs/http.md in order, and what is to come of it: claims, an association, a token that the example
# in Python accepts, events, and webhooks that are received and verified by the other one.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/common.sh

tools=$PWD/target/tools/http_examples
packages=(PyJWT==2.15.1 cryptography==50.0.2 cffi==2.1.1 pycparser==3.12)

folder=$(mktemp -d)
trap finish EXIT

python_with "$tools" "${packages[@]}"
# All features of the whole workspace, as the tests have them: nothing is built twice.
cargo build --quiet --locked --workspace --all-features --bins --examples
target=$(realpath "${CARGO_TARGET_DIR:-target}")
# The guide finds these as its readers do.
export PATH=$tools/bin:$target/debug:$PATH PYTHONDONTWRITEBYTECODE=1 no_proxy=127.0.0.1
python3 docs/examples/verify_webhook.py
ln -s "$PWD/docs" "$folder/docs"
receiver_program=$PWD/tests/receive_webhooks.py
awk '/^```/ { inside = $0 == "```sh"; print ""; next } inside' docs/http.md >"$folder/guide.sh"
cd "$folder"

port=$(free_port)
export URL=http://127.0.0.1:$port CPOR_HTTP__LISTEN=127.0.0.1:$port
export CPOR_DATA__DIRECTORY=$folder/data CPOR_CLOCK__MODE=virtual
export CPOR_WEBHOOKS__ALLOW_LOOPBACK_HTTP=true
cpor serve 2>"$folder/serve.log" &
server=$!
started=$server
until_true curl -sf "$URL/v1/openapi.json"
until_true grep -q 'key .*upstream_source' serve.log
KEY=$(sed -n 's/.*key *\(cpor_[^ ]*\) (upstream_source.*/\1/p' serve.log)
# The receiver starts when its secret is known; until then deliveries are retried.
hook_port=$(free_port)
export KEY HOOK=http://127.0.0.1:$hook_port/

{
    echo 'set -euo pipefail'
    cat guide.sh
    # For what follows here.
    echo 'printf %s "$SECRET" >secret; printf %s "$WEBHOOK" >webhook; printf %s "$TOKEN" >token'
} >run.sh
bash run.sh >guide.log 2>&1

# What the guide says of its answers.
says() {
    grep -q -- "$1" "$2" || { echo "$2 does not say: $1" >&2 && return 1; }
}
says '^201 /v1/claims/' guide.log
says '^200 /v1/claims/' guide.log
says 'urn:cpor:problem:key_reused' guide.log
says '"field":"customer.country"' guide.log
outcomes=$(grep -o '"outcome":"[^"]*"' answers.ndjson | cut -d'"' -f4 | sort | tr '\n' ' ')
[ "$outcomes" = 'accepted accepted refused repeated ' ] || { cat answers.ndjson >&2 && exit 1; }
says '^3 pages' guide.log
[ "$(wc -l <claims.csv)" = 4 ]
says 'workload:teams' seen.csv
[ "$(wc -l <seen.csv)" = 2 ]
says '"outcome":"withdrawn"' guide.log
says '"granted":true' guide.log
says '"code":"not_claimed"' guide.log
says '"aud": "usage-data"' guide.log
says '"code":"ended"' guide.log
says 'event: *association_finalized' events.txt
# Who comes back hears what follows the last id, and not what came before it. More may have happened
# meanwhile, and what happened at one instant may come in another order.
grep '^data:' events.txt | head -n 3 | sort >before.txt
grep '^data:' events.txt | tail -n +4 | sort >missed.txt
grep '^data:' rest.txt | sort >heard.txt
[ -s missed.txt ] && [ -z "$(comm -23 missed.txt heard.txt)$(comm -12 before.txt heard.txt)" ]

# A token that was changed, or is for another cpor, is refused.
token=$(cat token)
verify=docs/examples/verify_access_token.py
for refused in "$URL ${token%????}AAAA" "$URL/other $token" "$URL ${token%.*}." "$URL $KEY"; do
    read -r url changed <<<"$refused"
    if python3 "$verify" "$url" "$changed" 2>>refused.log; then
        echo "accepted: $refused" >&2
        exit 1
    fi
done

# What was sent before the receiver was there is sent again, and verified as the guide does it.
python3 "$receiver_program" "$hook_port" "$(cat secret)" >received.log 2>&1 &
receiver=$!
started="$receiver $server"
until_true curl -s -o /dev/null "$HOOK"
curl -sf -X POST -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
    "$URL/v1/webhooks/$(cat webhook)/replay" -d '{"since": "2020-01-01T00:00:00Z"}' >replayed.log
cpor clock advance --by 2min >/dev/null
until_true grep -q 'association_ended' received.log
# Two became official, and one of them has ended.
received() {
    [ "$(grep "^accepted $1" received.log | sort -u | wc -l)" = "$2" ]
}
until_true received association_finalized 2
until_true received association_ended 1
if grep -q '^wrong' received.log; then
    exit 1
fi
cpor check >/dev/null

kill -TERM "$server"
wait "$server"
started=$receiver
echo "The guide to the HTTP API ran as it stands: $(grep -c . guide.sh) lines, an association, an" \
    'access token and webhooks verified; what was changed was refused.'
