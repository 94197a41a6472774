#!/usr/bin/env bash
# Evidence bundles against docs/verify_evidence.py, which shares no code with what made them: those
# of real lives agree, by command line and HTTP alike; and none passes any more after one byte of
# any file was changed, a file dropped, added or renamed, or the history reordered, cut or forged.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/common.sh

tools=$PWD/target/tools/evidence
# For the signature, and for the deadline the time zones that the bundled ones are.
packages=(cryptography==50.0.2 cffi==2.1.1 pycparser==3.12 tzdata==2026.6)

folder=$(mktemp -d)
trap finish EXIT

python_with "$tools" "${packages[@]}"
cargo build --quiet --locked --workspace --all-features --bins --examples
export PATH=$(realpath "${CARGO_TARGET_DIR:-target}")/debug:$PATH
export PYTHONTZPATH='' PYTHONDONTWRITEBYTECODE=1 no_proxy=127.0.0.1
docs=$PWD/docs
claims=$PWD/config/demo/claims.jsonl
cd "$folder"
verify() {
    "$tools/bin/python" "$docs/verify_evidence.py" "$@"
}

port=$(free_port)
export CPOR_DATA__DIRECTORY=$folder/data CPOR_CLOCK__MODE=virtual CPOR_HTTP__LISTEN=127.0.0.1:$port
export CPOR_DIRECTORY__FILE=${docs%/docs}/config/demo/directory.toml
URL=http://127.0.0.1:$port
cpor serve 2>serve.log &
server=$!
started=$server
until_true curl -sf "$URL/v1/evidence/keys"
KEY=$(sed -n 's/.*key *\(cpor_[^ ]*\) (reviewer.*/\1/p' serve.log)

# One that ends in silence, one that is paused and extended and then rejected, and whatever else the
# demo has.
cpor submit "$claims" --json >submitted.jsonl 2>submitted.log || [ $? = 1 ]
cpor clock advance --by 2min >/dev/null
mapfile -t ids < <(cpor claims --json | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
mapfile -t open < <(cpor claims --status notified --json | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
cpor claim extend "${open[0]}" --business-days 2 --reason 'The contact was away.' >/dev/null
cpor claim pause "${open[1]}" --reason 'A court looks at it.' >/dev/null
tip=$(cpor claim show "${open[0]}" --json | sed -n 's/.*"chain":"\([^"]*\)".*/\1/p')
cpor evidence "${open[0]}" --out early.zip >/dev/null
cpor clock advance --by 1d >/dev/null
cpor claim reject "${open[0]}" --reason 'We never met them.' >/dev/null
cpor clock advance --by 30d >/dev/null

cpor evidence --keys >keys.json
curl -sf "$URL/v1/evidence/keys" >published.json
verify early.zip --keys keys.json --deadline "$docs/verify_window.py" >early.log
for id in "${ids[@]}"; do
    cpor evidence "$id" --out "$id.zip" >/dev/null
    verify "$id.zip" --keys published.json >"$id.log"
    # A window that is paused has no end that could be computed.
    [ "$id" = "${open[1]}" ] ||
        verify "$id.zip" --keys published.json --deadline "$docs/verify_window.py" >"$id.log"
done
cat "${open[0]}.log"
cat ./*.log | grep -o 'decision: [a-z_]*' | sort | uniq -c
# What was told earlier is still in the history, and another tip never was.
verify "${open[0]}.zip" --keys keys.json --tip "$tip" --quiet
refuses() {
    code=0
    verify "$@" --quiet >refused.log || code=$?
    [ "$code" = 1 ] || { echo "exit code $code: $*" >&2 && cat refused.log >&2 && return 1; }
}
refuses "${open[0]}.zip" --keys keys.json --tip "${tip/[0-9]/f}e"
curl -sf -H "Authorization: Bearer $KEY" "$URL/v1/claims/${open[0]}/evidence" >by_http.zip
verify by_http.zip --keys "$URL/v1/evidence/keys" --quiet
# The key of another deployment says nothing about it.
code=0
CPOR_DATA__DIRECTORY=$folder/other cpor evidence --keys >other.json
verify by_http.zip --keys other.json --quiet >refused.log || code=$?
[ "$code" = 2 ]

"$tools/bin/python" "$docs/../tests/forge_evidence.py" "${open[0]}.zip" early.zip keys.json

kill -TERM "$server"
wait "$server"
started=''
