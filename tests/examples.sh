#!/usr/bin/env bash
# The examples of jobs/ in three languages against a real server, whose accounts are those of
# config/redis-acl.conf, and a running `cpor work` that takes only what is signed: what they sign
# and push becomes claims, once each; what is not signed, or is refused, becomes a dead letter.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/common.sh

folder=$(mktemp -d)
trap finish EXIT

python=python3
"$python" -c 'import redis' 2>/dev/null || python=/usr/bin/python3

# All features of the whole workspace, as the tests have them: nothing is built twice.
cargo build --quiet --locked --workspace --all-features --bins --examples
target=${CARGO_TARGET_DIR:-target}/debug
cpor() {
    "$target/cpor" "$@"
}

port=$(free_port)
program=$(command -v redis-server || command -v valkey-server)
# Passwords in the place of their placeholders, as the file says.
password() {
    printf %s "$1 of $folder" | sha256sum | cut -d' ' -f1
}
hash_of() {
    printf %s "$(password "$1")" | sha256sum | cut -d' ' -f1
}
sed -e "s/#HASH_OF_THE_PASSWORD_OF_UPSTREAM/#$(hash_of upstream)/" \
    -e "s/#HASH_OF_THE_PASSWORD_OF_CPOR /#$(hash_of cpor) /" -e '/^user cpor-/d' \
    config/redis-acl.conf >"$folder/redis-acl.conf"
printf 'include %s\n' "$folder/redis-acl.conf" >"$folder/redis.conf"
"$program" "$folder/redis.conf" --port "$port" --bind 127.0.0.1 --dir "$folder" --save '' \
    --appendonly yes --logfile "$folder/redis.log" &
server=$!
started=$server
export REDIS_URL=redis://upstream:$(password upstream)@127.0.0.1:$port/
is_up() {
    [ "$(redis-cli --no-auth-warning -u "$REDIS_URL" PING)" = PONG ]
}
until_true is_up

export CPOR_REDIS__URL=redis://cpor:$(password cpor)@127.0.0.1:$port/
export CPOR_DATA__DIRECTORY=$folder CPOR_DIRECTORY__FILE=config/directory.example.toml
CPOR_SECRETS__KEYS=$(cpor secret new) CPOR_INTAKE__REQUIRE_SIGNATURE=true
export CPOR_SECRETS__KEYS CPOR_INTAKE__REQUIRE_SIGNATURE
"$target/cpor" work 2>"$folder/worker.log" &
worker=$!
started="$worker $server"

claims_are() {
    [ "$(cpor claims --json | wc -l)" = "$1" ]
}
dead_letters_are() {
    [ "$(cpor dead list --json | wc -l)" = "$1" ]
}
is_notified() {
    cpor claims --json | grep "\"idempotency_key\":\"$1\"" | grep -q '"status":"notified"'
}
file=config/demo/claims.jsonl
of_source() {
    grep "\"source\":\"$1\"" "$file"
}

# What is not signed, from Python, Rust and a shell.
"$python" jobs/examples/enqueue.py
"$target/examples/enqueue"
head -n 1 "$file" | jobs/examples/enqueue.sh
# What another source has signed.
CPOR_SOURCE_KEY=$(cpor source key crm-apac) "$python" jobs/examples/enqueue.py
until_true dead_letters_are 4
[ "$(cpor dead list --json | grep -c 'is not signed')" = 3 ]
[ "$(cpor dead list --json | grep -c 'key of another source')" = 1 ]
claims_are 0
cpor dead drop --all --yes >/dev/null

# What its source has signed, from each of them.
CPOR_SOURCE_KEY=$(cpor source key crm-emea)
export CPOR_SOURCE_KEY
"$python" jobs/examples/enqueue.py
until_true is_notified 2026-000123
# The same claim once more, from Rust: nothing is doubled. Then one of its own.
"$target/examples/enqueue"
"$target/examples/enqueue" from-rust
until_true claims_are 2
for source in $(grep -o '"source":"[^"]*"' "$file" | cut -d'"' -f4 | sort -u); do
    of_source "$source" | CPOR_SOURCE_KEY=$(cpor source key "$source") jobs/examples/enqueue.sh
done
# All lines of the file but the refused one, and the claims of Python and Rust.
claims=$(($(wc -l <"$file") - 1 + 2))
until_true claims_are "$claims"
until_true dead_letters_are 1
cpor check >/dev/null

# Whoever may push can do nothing else.
denied=$(redis-cli --no-auth-warning -u "$REDIS_URL" LRANGE cpor:intake 0 -1 2>&1 || true)
[[ $denied == *NOPERM* ]]

kill -TERM "$worker"
wait "$worker"
started=$server
echo "$claims signed claims from Python, Rust and a shell, and one dead letter; what was not" \
    'signed became no claim; the worker stopped cleanly.'
