"""One `cpor serve --sandbox` for the whole run, and a sandbox of its own for each test."""

import os
import re
import shutil
import subprocess
import tempfile
import time

import pytest
from cpor_sandbox import Sandbox

A_FRIDAY = "2026-11-20T15:00:00Z"
START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 30


@pytest.fixture
def make_sandbox():
    """Makes sandboxes that are removed after the test."""
    made = []

    def make(starts_at=A_FRIDAY):
        made.append(Sandbox(os.environ["CPOR_URL"].rstrip("/"), starts_at))
        return made[-1]

    yield make
    for sandbox in made:
        sandbox.remove()


@pytest.fixture
def sandbox(make_sandbox):
    """A sandbox whose clock stands at a Friday."""
    return make_sandbox()


class Server:
    """`cpor serve --sandbox` on a free port, with data that is gone afterwards."""

    def __init__(self):
        program = os.environ.get("CPOR_BIN") or shutil.which("cpor")
        if not program:
            pytest.exit("Name a running server in CPOR_URL, or the program cpor in CPOR_BIN.", 2)
        self._folder = tempfile.TemporaryDirectory(prefix="cpor-sandboxes-")
        self._log = open(os.path.join(self._folder.name, "serve.log"), "w+", encoding="utf-8")
        data = os.path.join(self._folder.name, "data")
        # CPOR_BIN is no setting of cpor, which refuses what it does not know.
        env = {name: value for name, value in os.environ.items() if name != "CPOR_BIN"}
        env |= {"CPOR_HTTP__LISTEN": "127.0.0.1:0", "CPOR_DATA__DIRECTORY": data}
        self._process = subprocess.Popen(
            [program, "serve", "--sandbox"],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )

    def url(self):
        """Where it listens, as soon as it does."""
        end = time.monotonic() + START_SECONDS_MAX
        while True:
            self._log.seek(0)
            said = self._log.read()
            if found := re.search(r"serving sandboxes on (http://\S+?);", said):
                return found[1]
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                pytest.exit(f"cpor serve --sandbox did not start:\n{said}", 2)
            time.sleep(0.02)

    def stop(self):
        self._process.terminate()
        self._process.wait(STOP_SECONDS_MAX)
        self._log.close()
        self._folder.cleanup()


# With pytest-xdist there is one process that starts the others: it alone has the server, and the
# others find it in their environment.
@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    is_one_of_many = hasattr(session.config, "workerinput")
    if is_one_of_many or os.environ.get("CPOR_URL") or session.config.option.collectonly:
        return
    session.config.cpor_server = Server()
    os.environ["CPOR_URL"] = session.config.cpor_server.url()
    # A proxy cannot know what is on this machine.
    os.environ["no_proxy"] = os.environ.get("no_proxy", "") + ",127.0.0.1"


def pytest_unconfigure(config):
    if server := getattr(config, "cpor_server", None):
        server.stop()
