"""Asks a Prometheus what the dashboard and the alerts ask it.

    prometheus.py URL sees QUERY                    whether the query has an answer
    prometheus.py URL answers DASHBOARD FIGURES     whether every query has one

FIGURES is docs/metrics.md.

A query of the dashboard has to give a number, one of an alert has to be one that Prometheus can
evaluate, over figures that are there.
"""

import json
import math
import re
import sys
import time
import urllib.parse
import urllib.request

SECONDS_MAX = 30
# What Grafana puts in for it where figures are read every second.
RATE_INTERVAL = "30s"


def get(url, path, **parameters):
    query = urllib.parse.urlencode(parameters)
    with urllib.request.urlopen(f"{url}/api/v1/{path}?{query}", timeout=5) as answer:
        return json.load(answer)["data"]


def numbers(url, query):
    try:
        data = get(url, "query", query=query)
    except urllib.error.HTTPError as error:
        sys.exit(f"{query}\n  {json.load(error)['error']}")
    return [float(series["value"][1]) for series in data["result"]]


def is_answered(url, query):
    return any(math.isfinite(number) for number in numbers(url, query))


def panels(part):
    for panel in part["panels"]:
        if panel["type"] == "row":
            yield from panels(panel)
        else:
            yield panel


def check_panel(panel):
    name = panel["title"]
    assert panel["description"].endswith("."), f"{name} has no description"
    assert panel["fieldConfig"]["defaults"]["unit"], f"{name} has no unit"
    assert panel["targets"], f"{name} shows nothing"
    for part in [panel, *panel["targets"]]:
        assert part["datasource"] == {"type": "prometheus", "uid": "${datasource}"}, name


def names(query):
    return set(re.findall(r"\bcpor_[a-z_]+", query))


def until_answered(url, queries):
    """Queries of figures that have only just begun to be read may need a moment."""
    left, begun = list(queries), time.monotonic()
    while left:
        left = [query for query in left if not is_answered(url, query)]
        if left and time.monotonic() - begun > SECONDS_MAX:
            sys.exit("no data for\n  " + "\n  ".join(left))
        time.sleep(0.5 if left else 0)


def answers(url, dashboard, figures):
    with open(dashboard, encoding="utf-8") as file:
        dashboard = json.load(file)
    with open(figures, encoding="utf-8") as file:
        figures = set(re.findall(r"^\| `(cpor_[a-z_]+)`", file.read(), re.MULTILINE))
    variables = [variable["name"] for variable in dashboard["templating"]["list"]]
    assert variables == ["datasource"], variables
    shown = list(panels(dashboard))
    ids = [panel["id"] for panel in shown]
    assert len(ids) == len(set(ids)), "two panels have one id"
    for panel in shown:
        check_panel(panel)
    asked = {target["expr"] for panel in shown for target in panel["targets"]}
    queries = {query.replace("$__rate_interval", RATE_INTERVAL) for query in asked}
    assert "$" not in "".join(queries), "a variable that is not known here"
    until_answered(url, queries)

    groups = get(url, "rules")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert rules, "Prometheus has no rules"
    for rule in rules:
        numbers(url, rule["query"])
    known = {name for rule in rules for name in names(rule["query"])}
    until_answered(url, {f"count({name})" for name in known})
    # What a figure is called in queries: a histogram by its parts.
    parts = re.compile("_(bucket|sum|count)$")
    asked_for = known | names(str(queries))
    used = {name if name in figures else parts.sub("", name) for name in asked_for}
    assert used <= figures, f"not in the table of figures: {used - figures}"
    unused = sorted(figures - used)
    print(f"{len(queries)} queries of {len(shown)} panels and {len(rules)} alerts are answered;")
    print(f"figures that neither asks for: {', '.join(unused) or 'none'}")


def main():
    url, doing, *rest = sys.argv[1:]
    if doing == "answers":
        answers(url, *rest)
    elif not is_answered(url, *rest):
        sys.exit(1)


main()
