#!/usr/bin/env bash
# How cpor lives on a machine: the systemd units are right and closed off, the container file and
# the compose file are well formed, and a server tells systemd that it is ready, alive, stopping.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/common.sh

folder=$(mktemp -d)
trap finish EXIT
bin/need systemd 'command -v systemd-analyze'

cargo build --quiet --locked --workspace --all-features --bins --examples
cpor=$PWD/${CARGO_TARGET_DIR:-target}/debug/cpor

# A unit is only verified when its program exists.
for unit in cpor cpor-work; do
    sed "s|/usr/local/bin/cpor|$cpor|" "config/systemd/$unit.service" >"$folder/$unit.service"
    said=$(systemd-analyze verify --man=no "$folder/$unit.service" 2>&1)
    if grep -F "$unit.service" <<<"$said"; then
        echo "config/systemd/$unit.service: systemd-analyze verify has something to say" >&2
        exit 1
    fi
    # 0 is closed off, 10 is open; what is left is the network, which it is for.
    systemd-analyze security --offline=true --threshold=25 "$folder/$unit.service" \
        >"$folder/$unit.security.log"
    tail -n 1 "$folder/$unit.security.log"
done

python_with target/tools/container 'dockerfile-parse==2.0.1' 'PyYAML==6.0.2'
target/tools/container/bin/python - "$cpor" <<'PYTHON'
import json, os, re, subprocess, sys

import yaml
from dockerfile_parse import DockerfileParser

cpor = sys.argv[1]
parser = DockerfileParser(path="config/container/Dockerfile")
steps = [(step["instruction"], step["value"]) for step in parser.structure]
known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "STOPSIGNAL",
         "HEALTHCHECK", "ENTRYPOINT", "CMD", "COMMENT"}
assert {name for name, _ in steps} <= known, steps
stages = [value.split(" AS ")[1] for name, value in steps if name == "FROM" and " AS " in value]
for name, value in steps:
    if name == "COPY" and "--from=" in value:
        assert re.search(r"--from=(\S+)", value)[1] in stages, value
last = max(i for i, (name, _) in enumerate(steps) if name == "FROM")
users = [value for name, value in steps[last:] if name == "USER"]
assert users and users[-1] not in ("root", "0"), users
lists = {name: json.loads(value[value.index("["):]) for name, value in steps
         if name in ("ENTRYPOINT", "CMD", "HEALTHCHECK")}
for words in (lists["ENTRYPOINT"] + lists["CMD"], lists["HEALTHCHECK"]):
    assert words[0] == "cpor", words
    subprocess.run([cpor, *words[1:], "--help"], check=True, stdout=subprocess.DEVNULL)

compose = yaml.safe_load(open("config/container/compose.yaml"))
service = compose["services"]["cpor"]
assert os.path.exists(os.path.join("config/container", service["build"]["context"],
                                   service["build"]["dockerfile"]))
assert set(service["depends_on"]) <= set(compose["services"])
for one in compose["services"].values():
    for volume in one["volumes"]:
        assert volume.split(":")[0] in compose["volumes"], volume
assert "noeviction" in compose["services"]["redis"]["command"]

# Every setting that is named anywhere is one: cpor refuses others.
named = dict(service["environment"])
for path in ("config/systemd/cpor.service", "config/systemd/cpor-work.service"):
    lines = open(path).read().splitlines()
    named.update(line.split("=", 2)[1:] for line in lines if line.startswith("Environment=CPOR_"))
environment = {name: value for name, value in os.environ.items() if not name.startswith("CPOR_")}
subprocess.run([cpor, "settings"], env=environment | named, check=True, stdout=subprocess.DEVNULL)
print(f"{len(steps)} instructions, {len(compose['services'])} services, {len(named)} settings")
PYTHON

# What systemd is told.
port=$(free_port)
export CPOR_DATA__DIRECTORY=$folder/data CPOR_HTTP__LISTEN=127.0.0.1:$port
python3 - "$folder" "$cpor" <<'PYTHON'
import os, signal, socket, subprocess, sys

folder, cpor = sys.argv[1:]
heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
heard.settimeout(30)
# A name that begins with @ is in the abstract namespace, which Python writes with a zero byte.
for name in (f"{folder}/notify", f"@cpor-{os.getpid()}"):
    heard.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
    environment = os.environ | {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "200000"}
    log = open(f"{folder}/serve.log", "w")
    server = subprocess.Popen([cpor, "serve"], env=environment, stdout=log, stderr=log)
    try:
        said = [heard.recv(100).decode()]
        assert said == ["READY=1"], said
        for question in (["health"], ["health", "--ready"]):
            subprocess.run([cpor, *question], check=True, stdout=subprocess.DEVNULL)
        while said.count("WATCHDOG=1") < 3:
            said.append(heard.recv(100).decode())
        server.send_signal(signal.SIGTERM)
        while "STOPPING=1" not in said:
            said.append(heard.recv(100).decode())
        assert server.wait(30) == 0
        assert subprocess.run([cpor, "health"], stderr=subprocess.DEVNULL).returncode == 2
        print("told systemd:", ", ".join(dict.fromkeys(said)))
    finally:
        server.kill()
        server.wait()
    heard.close()
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.settimeout(30)
PYTHON
