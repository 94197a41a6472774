# What the scripts here share; they source it.

# A check that fails says which it was.
set -E
trap 'echo "$0, line $LINENO: failed: $BASH_COMMAND" >&2' ERR

# `trap finish EXIT`: after a failure says what the logs in $folder end with, then stops the
# programs in $started, which is their process ids, and removes $folder.
started=''
finish() {
    code=$?
    if [ "$code" != 0 ]; then
        tail -n 20 "$folder"/*.log >&2 || true
    fi
    for pid in $started; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$folder"
    exit "$code"
}

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

# A port that was free a moment ago; the server says so when it is not any more.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0));
print(s.getsockname()[1])'
}

# A virtual environment of Python in FOLDER with exactly these PACKAGEs, kept until they change.
python_with() {
    local folder=$1
    shift
    if [ "$(cat "$folder/packages" 2>/dev/null)" != "$*" ]; then
        rm -rf "$folder"
        # Debian's own Python, which its package python3-venv belongs to, before any other one.
        /usr/bin/python3 -m venv "$folder" 2>/dev/null || python3 -m venv --clear "$folder"
        "$folder/bin/pip" install --quiet --disable-pip-version-check "$@"
        echo "$*" >"$folder/packages"
    fi
}

# moto's S3 server with an empty BUCKET: its address in $endpoint, its process in $moto. Its tools
# stay in target/tools.
start_s3() {
    local tools=$PWD/target/tools/moto port
    python_with "$tools" 'moto[s3]==5.1.22' flask==3.1.3 flask-cors==6.0.2
    port=$(free_port)
    "$tools/bin/moto_server" -H 127.0.0.1 -p "$port" >"$folder/moto.log" 2>&1 &
    moto=$!
    started="$started $moto"
    endpoint=http://127.0.0.1:$port
    until_true curl -sf "$endpoint/moto-api/"
    curl -sf -X PUT "$endpoint/$1" >/dev/null
}
