#!/usr/bin/env bash
# The calendars of config/ are what the pinned version of python-holidays gives, file by file. Its
# tools stay in target/tools.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/common.sh

tools=$PWD/target/tools/calendars
python_with "$tools" "$(cat config/calendars/requirements.txt)"
"$tools/bin/python" config/calendars/generate.py --check
