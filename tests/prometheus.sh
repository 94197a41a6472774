#!/usr/bin/env bash
# Prometheus and cpor: the alert rules against their own tests, the figures against the conventions,
# and a real Prometheus that reads a `cpor serve` and a `cpor work` at work and answers every query
# of the dashboard and of the alerts.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/common.sh

folder=$(mktemp -d)
trap finish EXIT
config=$PWD/config/prometheus

promtool check rules "$config/alerts.yml"
promtool check config "$config/prometheus.yml"
promtool test rules "$config/alerts_test.yml"

# All features of the whole workspace, as the tests have them: nothing is built twice.
cargo build --quiet --locked --workspace --all-features --bins --examples
target=$(realpath "${CARGO_TARGET_DIR:-target}")/debug
export PATH=$target:$PATH no_proxy=127.0.0.1 PYTHONDONTWRITEBYTECODE=1

port=$(free_port)
serve=$(free_port)
work=$(free_port)
export CPOR_DATA__DIRECTORY=$folder/data CPOR_HTTP__LISTEN=127.0.0.1:$port
export CPOR_WEBHOOKS__ALLOW_LOOPBACK_HTTP=true
CPOR_TELEMETRY__LISTEN=127.0.0.1:$serve cpor serve --no-workers 2>"$folder/serve.log" &
server=$!
started=$server
figures=http://127.0.0.1:$serve/metrics
until_true curl -sf "$figures"
CPOR_TELEMETRY__LISTEN=127.0.0.1:$work cpor work 2>"$folder/work.log" &
worker=$!
started="$worker $server"
until_true curl -sf "http://127.0.0.1:$work/metrics"

# What promtool says of the figures; business days are counted, and are no length of time.
curl -sf -H 'Accept: text/plain' "$figures" >"$folder/figures.txt"
promtool check metrics <"$folder/figures.txt" >"$folder/complaints.txt" 2>&1 || true
if grep -v '^cpor_window_business_days use base unit' "$folder/complaints.txt"; then
    echo "promtool check metrics has more to say than expected." >&2
    exit 1
fi

# As the example has it, but for the targets and how often they are read.
targets="\"127.0.0.1:$serve\", \"127.0.0.1:$work\""
sed "s/targets: .*/targets: [$targets]/; s/15s/1s/; s|\[alerts.yml\]|[\"$config/alerts.yml\"]|" \
    "$config/prometheus.yml" >"$folder/prometheus.yml"
prometheus_port=$(free_port)
prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/tsdb" \
    --web.listen-address="127.0.0.1:$prometheus_port" --log.level=warn 2>"$folder/prometheus.log" &
started="$! $started"
url=http://127.0.0.1:$prometheus_port
until_true python3 tests/prometheus.py "$url" sees 'count(cpor_ready == 1) == 2'

# Claims by the API and by the command line, a webhook, and a claim that a person has to look at.
until_true grep -q 'key .*upstream_source' "$folder/serve.log"
key=$(sed -n 's/.*key *\(cpor_[^ ]*\) (upstream_source.*/\1/p' "$folder/serve.log")
cpor webhook create --source crm-emea --url "http://127.0.0.1:$(free_port)/" >"$folder/webhook.log"
while read -r claim; do
    curl -s -o /dev/null -H "Authorization: Bearer $key" -H 'Content-Type: application/json' \
        "http://127.0.0.1:$port/v1/claims" -d "$claim"
done <config/demo/claims.jsonl
cpor submit jobs/tests/wire/submit_claim.v1.json >"$folder/submit.log" 2>&1 || true

python3 tests/prometheus.py "$url" answers config/grafana/cpor.json docs/metrics.md
kill -TERM "$worker" && wait "$worker"
kill -TERM "$server" && wait "$server"
