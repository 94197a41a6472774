#!/usr/bin/env bash
# Uploaded documents and a real clamd: what arrives while it is away waits, what is clean is kept,
# EICAR's test file is refused at once or found later, and a stream of 10 GB is refused in bounded
# memory. clamd gets one signature of our own, so that nothing has to be downloaded. And what the
# statement of work to download looks like to other programs.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/common.sh

bin/need poppler-utils 'command -v pdftotext'
bin/need clamav-daemon 'command -v clamd || test -x /usr/sbin/clamd'
clamd=$(command -v clamd || echo /usr/sbin/clamd)

# All features of the whole workspace, as the tests have them: nothing is built twice.
cargo build --quiet --locked --workspace --all-features --bins --examples
cpor=$PWD/target/debug/cpor

folder=$(mktemp -d)
trap finish EXIT
# EICAR's 68 characters, in two halves, so that no scanner of somebody's disk takes this script for
# what it is about.
eicar='X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR''-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'
mkdir "$folder/signatures"
printf 'Eicar-Test-Signature:0:*:%s\n' "$(printf %s "$eicar" | od -An -tx1 | tr -d ' \n')" \
    >"$folder/signatures/eicar.ndb"
cat >"$folder/clamd.conf" <<CONF
DatabaseDirectory $folder/signatures
LocalSocket $folder/clamd.ctl
Foreground yes
User $(id -un)
StreamMaxLength 30M
CONF

port=$(free_port)
export CPOR_DATA__DIRECTORY=$folder/data CPOR_CLOCK__MODE=virtual CPOR_REDIS__PARTITIONS=2
export CPOR_CLOCK__STARTS_AT=2026-11-20T15:00:00Z CPOR_HTTP__LISTEN=127.0.0.1:$port
export CPOR_DOCUMENTS__SCANNER=unix://$folder/clamd.ctl
"$cpor" serve >"$folder/serve.log" 2>&1 &
server=$!
started="$started $server"
until_true curl -sf "http://127.0.0.1:$port/readyz"
key() { "$cpor" key create --json "$@" | field key; }
field() {
    python3 -c 'import json, sys; print(json.loads(sys.stdin.readline())[sys.argv[1]])' "$1"
}
partner=$(key --role incentives_admin --partner 1234567 --label partner)
documents=http://127.0.0.1:$port/v1/documents

# upload NAME FILE: the answer's status in $status, its body in $folder/answer.
upload() {
    status=$(curl -s -o "$folder/answer" -w '%{http_code}' -H "Authorization: Bearer $partner" \
        -H 'Content-Type: application/octet-stream' -H 'Expect:' -T "$2" -X POST \
        "$documents?name=$1") || true
}
is() {
    if [ "$1" != "$2" ]; then
        echo "expected \`$2\`, found \`$1\`" >&2
        cat "$folder/answer" >&2
        exit 1
    fi
}
state() {
    curl -sf -H "Authorization: Bearer $partner" "$documents/$1" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["scan"]["state"])'
}

mail() {
    printf 'From: a@example.com\r\nTo: b@example.com\r\nSubject: Done\r\n'
    printf 'Date: Fri, 20 Nov 2026 15:00:00 +0300\r\n\r\n%s\r\n' "$1"
}
mail 'The work was done.' >"$folder/clean.eml"
mail "$eicar" >"$folder/infected.eml"

# The scanner is away: everything waits.
upload clean.eml "$folder/clean.eml"
is "$status" 201
clean=$(field id <"$folder/answer")
is "$(state "$clean")" waiting_for_scan
upload infected.eml "$folder/infected.eml"
is "$status" 201
infected=$(field id <"$folder/answer")
is "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $partner" \
    "$documents/$infected/content")" 409

# It is there: what waited is scanned on the agenda.
"$clamd" --config-file="$folder/clamd.conf" >"$folder/clamd.log" 2>&1 &
started="$started $!"
until_true test -S "$folder/clamd.ctl"
scanned() {
    "$cpor" clock advance --by 10m >/dev/null
    [ "$(state "$1")" != waiting_for_scan ]
}
until_true scanned "$clean"
until_true scanned "$infected"
is "$(state "$clean")" clean
is "$(state "$infected")" infected
upload infected.eml "$folder/infected.eml"
is "$status" 422
grep -q 'Eicar-Test-Signature' "$folder/answer"
upload clean.eml "$folder/clean.eml"
is "$status" 201
is "$(field scan <"$folder/answer" | grep -o clean)" clean
is "$(find "$folder/data/documents" -type f | wc -l)" 2

# 10 GB are refused long before they are sent, and nobody keeps them in memory.
memory() { awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$server/status"; }
before=$(memory)
status=$(head -c 10G /dev/zero | curl -s -o "$folder/answer" -w '%{http_code} %{size_upload}' \
    -H "Authorization: Bearer $partner" -H 'Content-Type: application/pdf' -H 'Expect:' -T - \
    -X POST "$documents?name=sow.pdf") || true
read -r code sent <<<"$status"
case $code in 413 | 000) ;; *) is "$code" 413 ;; esac
if [ "$sent" -gt 100000000 ] || [ $(($(memory) - before)) -gt 64 ]; then
    echo "$sent bytes were sent, and memory went from $before to $(memory) MB" >&2
    exit 1
fi
is "$(find "$folder/data/documents" -type f | wc -l)" 2
# The statement of work reads the same in other programs, in both languages.
claim=$(cat <<'JSON'
{"partner": {"mpn_id": "1234567", "contact": {"name": "Ece Yıldız", "email": "ece@p.example"}},
 "customer": {"domain": "ışık.com.tr", "contact": {"name": "Şükrü Ağaoğlu"}},
 "solution_area": "microsoft_365", "activities": ["usage"], "items": [{"workload": "teams"}]}
JSON
)
template() {
    curl -sf -H "Authorization: Bearer $partner" -H 'Content-Type: application/json' -d "$claim" \
        "$documents/template?format=$1&language=$2"
}
for language in en tr; do
    template pdf "$language" | pdftotext -layout - "$folder/$language.txt"
    template docx "$language" >"$folder/$language.docx"
    python3 - "$folder/$language.docx" >>"$folder/$language.txt" <<'PYTHON'
import sys, xml.etree.ElementTree as tree, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    for name in archive.namelist():
        tree.fromstring(archive.read(name))
    print("".join(tree.fromstring(archive.read("word/document.xml")).itertext()))
PYTHON
    is "$(grep -c 'Ece Yıldız' "$folder/$language.txt")" 2
    is "$(grep -c 'Şükrü Ağaoğlu' "$folder/$language.txt")" 2
    is "$(grep -c 'ışık.com.tr' "$folder/$language.txt")" 2
done
is "$(grep -c 'İş bildirimi' "$folder/tr.txt")" 2
is "$(grep -c 'Tenant ID (directory ID)' "$folder/en.txt")" 2

"$cpor" doctor --json >"$folder/doctor" || true
grep '"check":"scanner"' "$folder/doctor" | grep -q '"ok":true'
echo 'A real clamd decides about documents.'
