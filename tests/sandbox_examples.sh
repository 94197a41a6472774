#!/usr/bin/env bash
# The examples of tests in sandboxes, against `cpor serve --sandbox`: docs/examples/sandbox in
# Python, four at once, with a server that the example starts itself and with one that is there;
# and examples/sandbox_life.rs. Afterwards no sandbox is left.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/common.sh

tools=$PWD/target/tools/sandbox_examples
folder=$(mktemp -d)
trap finish EXIT

# shellcheck disable=SC2046
python_with "$tools" $(grep -v '^#' docs/examples/sandbox/requirements.txt)
# All features of the whole workspace, as the tests have them: nothing is built twice.
cargo build --quiet --locked --workspace --all-features --bins --examples
target=$(realpath "${CARGO_TARGET_DIR:-target}")
export PATH=$tools/bin:$target/debug:$PATH PYTHONDONTWRITEBYTECODE=1 no_proxy=127.0.0.1
run_python() {
    pytest -q -p no:cacheprovider docs/examples/sandbox "$@"
}

# The examples start a server of their own.
run_python -n 4 >"$folder/own_server.log"
sandbox_life=$target/debug/examples/sandbox_life
"$sandbox_life" >"$folder/life.log"

# One server for all of them.
port=$(free_port)
url=http://127.0.0.1:$port
CPOR_HTTP__LISTEN=127.0.0.1:$port CPOR_DATA__DIRECTORY=$folder/data \
    cpor serve --sandbox 2>"$folder/serve.log" &
started=$!
until_true curl -sf "$url/v1/openapi.json"
export CPOR_URL=$url
run_python >"$folder/one_server.log"
"$sandbox_life" >"$folder/life.log"
redis=$(find "$folder/data" -name '*.sock' | head -n 1)
keys=$(redis-cli -s "$redis" --scan --pattern '*sandbox-*' | wc -l)
[ "$keys" = 0 ] || { echo "$keys keys of sandboxes are left" >&2 && exit 1; }

kill -TERM "$started"
wait "$started"
started=''
cat "$folder/life.log"
echo "The examples in Python, in a sandbox for each test: $(tail -n 1 "$folder/own_server.log")"
