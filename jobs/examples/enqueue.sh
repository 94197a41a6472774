#!/bin/sh
# Puts claims on the intake list, one per line of JSON:   enqueue.sh < claims.jsonl
#
# REDIS_URL is the server (default redis://127.0.0.1:6379/), CPOR_NAMESPACE the deployment's
# namespace (default cpor). `redis-cli -x` reads the entry from standard input, so nothing in it
# is taken for an option or is limited by the length of a command line; `printf %s` leaves out the
# line's end. A repeat with the same source and idempotency_key is harmless.
set -eu

intake="${CPOR_NAMESPACE:-cpor}:intake"
while IFS= read -r line || [ -n "$line" ]; do
    [ -n "$line" ] || continue
    printf %s "$line" |
        redis-cli -e -u "${REDIS_URL:-redis://127.0.0.1:6379/}" -x LPUSH "$intake" >/dev/null
done
