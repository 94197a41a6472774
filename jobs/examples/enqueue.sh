#!/bin/sh
# Puts claims on the intake list, one per line of JSON:   enqueue.sh < claims.jsonl
#
# REDIS_URL is the server (default redis://127.0.0.1:6379/), CPOR_NAMESPACE the deployment's
# namespace (default cpor), and CPOR_SOURCE_KEY the key of the source, as `cpor source key` prints
# it, with which the claims are signed; without it, they are not. `redis-cli -x` reads the entry
# from standard input, so nothing in it is taken for an option or is limited by the length of a
# command line; `printf %s` leaves out the line's end. A repeat with the same source and
# idempotency_key is harmless.
set -eu

intake="${CPOR_NAMESPACE:-cpor}:intake"

# The claim $1 under a line with its signature by the key $2.
signed() {
    key=$(printf '%s=' "${2#*:}" | tr '_-' '/+' | base64 -d | od -An -v -tx1 | tr -d ' \n')
    if [ "${#key}" != 64 ]; then
        echo 'CPOR_SOURCE_KEY is not what `cpor source key` prints' >&2
        return 1
    fi
    mac=$(printf %s "$1" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -r)
    printf 'cpor-hmac-sha256 %s %s\n%s' "${2%%:*}" "${mac%% *}" "$1"
}

# The entry for the claim $1.
entry() {
    if [ -n "${CPOR_SOURCE_KEY:-}" ]; then
        signed "$1" "$CPOR_SOURCE_KEY"
    else
        printf %s "$1"
    fi
}

pushed=0
while IFS= read -r line || [ -n "$line" ]; do
    [ -n "$line" ] || continue
    entry=$(entry "$line")
    waiting=$(printf %s "$entry" | redis-cli -e --no-auth-warning \
        -u "${REDIS_URL:-redis://127.0.0.1:6379/}" -x LPUSH "$intake")
    pushed=$((pushed + 1))
    if [ "$waiting" -ge 100000 ]; then
        echo "the intake is full: go on after claim number $pushed later" >&2
        exit 1
    fi
done
