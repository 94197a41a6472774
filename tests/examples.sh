#!/usr/bin/env bash
# The examples of jobs/ in three languages against a real server and a running `cpor work`: what
# they push becomes claims, once each, and what the rules refuse becomes a dead letter.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
server='' worker=''
finish() {
    code=$?
    if [ "$code" != 0 ]; then
        tail -n 20 "$folder"/*.log >&2 || true
    fi
    for pid in $worker $server; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$folder"
    exit "$code"
}
trap finish EXIT

# Asks again until COMMAND says yes, for at most 30 seconds.
until_true() {
    for _ in $(seq 300); do
        if "$@" >/dev/null 2>&1; then
            return
        fi
        sleep 0.1
    done
    echo "still not true after 30 seconds: $*" >&2
    return 1
}

python=python3
"$python" -c 'import redis' 2>/dev/null || python=/usr/bin/python3

# All features of the whole workspace, as the tests have them: nothing is built twice.
cargo build --quiet --locked --workspace --all-features --bins --examples
target=${CARGO_TARGET_DIR:-target}/debug
cpor() {
    "$target/cpor" "$@"
}

# A port that was free a moment ago; the server says so when it is not any more.
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0));
print(s.getsockname()[1])')
program=$(command -v redis-server || command -v valkey-server)
"$program" --port "$port" --bind 127.0.0.1 --dir "$folder" --save '' --appendonly yes \
    --logfile "$folder/redis.log" &
server=$!
export REDIS_URL=redis://127.0.0.1:$port/
until_true redis-cli -u "$REDIS_URL" PING

export CPOR_REDIS__URL=$REDIS_URL CPOR_DATA__DIRECTORY=$folder
export CPOR_DIRECTORY__FILE=config/directory.example.toml
"$target/cpor" work 2>"$folder/worker.log" &
worker=$!

"$python" jobs/examples/enqueue.py
# The same claim once more, from Rust: nothing is doubled.
"$target/examples/enqueue"
jobs/examples/enqueue.sh <config/demo/claims.jsonl

claims_are() {
    [ "$(cpor claims --json | wc -l)" = "$1" ]
}
dead_letters_are() {
    [ "$(cpor dead list --json | wc -l)" = "$1" ]
}
is_notified() {
    cpor claims --json | grep "\"idempotency_key\":\"$1\"" | grep -q '"status":"notified"'
}
# One claim of the Python and the Rust example, and all lines of the file but the refused one.
lines=$(wc -l <config/demo/claims.jsonl)
until_true claims_are "$lines"
until_true dead_letters_are 1
until_true is_notified 2026-000123

kill -TERM "$worker"
wait "$worker"
worker=''
echo "$lines claims from Python, Rust and a shell, and one dead letter; the worker stopped cleanly."
