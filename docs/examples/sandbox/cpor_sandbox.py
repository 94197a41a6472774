"""A sandbox of cpor as tests use it, with the standard library only."""

import copy
import json
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

CLAIM = {
    "v": 1,
    "source": "crm-emea",
    "idempotency_key": "2026-000123",
    "name": "Teams rollout",
    "partner": {
        "mpn_id": "1234567",
        "contact": {"name": "Ece Yıldız", "email": "ece.yildiz@partner.example"},
    },
    "customer": {
        "tenant_id": "82e9d699-f15b-4916-90ee-30b51eb64fb0",
        "domain": "anadoluelektrik.example",
        "country": "TR",
        "time_zone": "Europe/Istanbul",
        "contact": {
            "name": "Mert Kaya",
            "title": "BT Müdürü",
            "language": "en",
            "email": "mert.kaya@anadoluelektrik.example",
        },
    },
    "solution_area": "microsoft_365",
    "activities": ["usage"],
    "items": [{"workload": "teams"}],
    "proof_of_execution": [
        {
            "name": "sow.pdf",
            "location": "https://files.partner.example/sow.pdf",
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }
    ],
}


class Refused(Exception):
    """cpor has answered with a problem."""

    def __init__(self, status, problem):
        super().__init__(f"{status}: {problem}")
        self.status = status


class Sandbox:
    """A namespace of its own: data, clock, keys and mails."""

    def __init__(self, server, starts_at):
        made = call("POST", f"{server}/v1/sandboxes", {"starts_at": starts_at})
        self.base_url = made["base_url"]
        self._address = f"{server}/v1/sandboxes/{made['sandbox_id']}"
        self._key = made["keys"]["upstream_source"]

    def remove(self):
        """Removes it with all that is in it."""
        call("DELETE", self._address)

    def submit(self, **changes):
        """A claim whose customer has been notified; `changes` replace fields of `CLAIM`."""
        claim_id = self.post("/v1/claims", copy.deepcopy(CLAIM) | changes)["id"]
        self.travel(advance_by_seconds=1)
        return claim_id

    def travel(self, **way):
        """Moves the clock, and returns once everything on the way is done; says where it stands."""
        return self.post("/v1/clock", way)["now"]

    def status(self, claim_id):
        return self.get(f"/v1/claims/{claim_id}")["status"]

    def mails(self, kind):
        return [mail for mail in self.get("/v1/mails")["mails"] if mail["kind"] == kind]

    def customers_page(self):
        """The page that the newest notice leads to, as a browser shows it."""
        links = self.mails("notice")[-1]["links"]
        return Page(next(link for link in links if "/r/" in link))

    def get(self, path):
        return call("GET", self.base_url + path, key=self._key)

    def post(self, path, body):
        return call("POST", self.base_url + path, body, self._key)


class Page:
    """A page with at most one form, as somebody without scripts sees it."""

    def __init__(self, address, fields=None):
        body = urllib.parse.urlencode(fields).encode() if fields is not None else None
        with urllib.request.urlopen(address, body) as answer:
            self.address, self.text = answer.url, answer.read().decode()
        self._form = Form(self.text)

    def send(self, **choices):
        """Fills in the form, sends it, and gives the page that follows."""
        address = urllib.parse.urljoin(self.address, self._form.action)
        return Page(address, self._form.fields | choices)


class Form(HTMLParser):
    """What a form sends when nothing is changed: its hidden and its text fields."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields = "", {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self.action = attributes["action"]
        elif tag == "input" and attributes["type"] != "radio":
            self.fields[attributes["name"]] = attributes.get("value", "")


def call(method, address, body=None, key=None):
    """One request with a JSON answer, if there is any."""
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    body = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(address, body, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or "null")
    except urllib.error.HTTPError as error:
        raise Refused(error.code, error.read().decode()) from None
