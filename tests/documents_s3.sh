#!/usr/bin/env bash
# Documents in an S3 bucket, which is moto's server (https://docs.getmoto.org): what is uploaded is
# there, in one piece or in several, is downloaded byte for byte, is deleted, and is swept when
# nobody names it; what S3 does not take is not kept.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/common.sh

# All features of the whole workspace, as the tests have them: nothing is built twice.
cargo build --quiet --locked --workspace --all-features --bins --examples
cpor=$PWD/target/debug/cpor

folder=$(mktemp -d)
trap finish EXIT
start_s3 proofs

port=$(free_port)
http=http://127.0.0.1:$port
export CPOR_DATA__DIRECTORY=$folder/data CPOR_CLOCK__MODE=virtual
export CPOR_CLOCK__STARTS_AT=2026-11-20T15:00:00Z CPOR_REDIS__PARTITIONS=2
export CPOR_HTTP__LISTEN=127.0.0.1:$port
export CPOR_DOCUMENTS__URL=s3://proofs/of/cpor CPOR_DOCUMENTS__UNUSED_DAYS=3
export CPOR_DOCUMENTS__S3__ENDPOINT=$endpoint CPOR_DOCUMENTS__S3__PATH_STYLE=true
export CPOR_DOCUMENTS__S3__ACCESS_KEY_ID=testing CPOR_DOCUMENTS__S3__SECRET_ACCESS_KEY=testing

is() {
    if [ "$1" != "$2" ]; then
        echo "expected \`$2\`, found \`$1\`" >&2
        exit 1
    fi
}
field() {
    python3 -c 'import json, sys; print(json.loads(sys.stdin.readline())[sys.argv[1]])' "$1"
}
serve() {
    "$cpor" serve >>"$folder/serve.log" 2>&1 &
    server=$!
    started="$started $server"
    until_true curl -sf "$http/readyz"
}
# The ids of what is in the bucket.
kept() {
    curl -sf "$endpoint/proofs?list-type=2" |
        { grep -o '<Key>[^<]*</Key>' || true; } | sed 's|<Key>of/cpor/cpor/||; s|</Key>||' | sort
}
call() {
    curl -sf -H "Authorization: Bearer $key" "$@"
}
upload() {
    call -H 'Content-Type: application/pdf' --data-binary "@$1" "$http/v1/documents?name=sow.pdf" |
        field id
}

serve
key=$("$cpor" key create --role incentives_admin --partner 1234567 --label 'the test' --json \
    2>/dev/null | field key)
printf '%%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n' \
    >"$folder/small.pdf"
# More than one piece of a multipart upload.
python3 - "$folder/small.pdf" >"$folder/large.pdf" <<'PYTHON'
import sys
small = open(sys.argv[1], "rb").read()
head, rest = small.split(b"\n", 1)
sys.stdout.buffer.write(head + b"\n" + b"% and so on\n" * 600000 + rest)
PYTHON
small=$(upload "$folder/small.pdf")
large=$(upload "$folder/large.pdf")
is "$(kept)" "$(printf '%s\n' "$small" "$large" | sort)"
for name in small large; do
    call -o "$folder/found" "$http/v1/documents/${!name}/content"
    cmp "$folder/found" "$folder/$name.pdf"
done
call -X DELETE "$http/v1/documents/$large"
is "$(kept)" "$small"

# A worker sweeps when it starts.
second=$(upload "$folder/small.pdf")
"$cpor" clock advance --by 2d >/dev/null
third=$(upload "$folder/small.pdf")
"$cpor" clock advance --by 2d >/dev/null
kill "$server"
wait "$server" || true
serve
swept() { [ "$(kept)" = "$third" ]; }
until_true swept
is "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $key" \
    "$http/v1/documents/$second")" 404

# Without S3 an upload is refused, and is no document afterwards.
kill "$moto"
wait "$moto" 2>/dev/null || true
is "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $key" \
    -H 'Content-Type: application/pdf' --data-binary "@$folder/small.pdf" \
    "$http/v1/documents?name=sow.pdf")" 503
is "$(call "$http/v1/documents" | python3 -c 'import json, sys
print(len(json.load(sys.stdin)["documents"]))')" 1
echo 'Documents in S3 do what they do in a folder.'
