"""What a customer's silence, and a customer's no, do to a claim; and when.

The window of a claim from Friday, 20 November 2026 ends at midnight in Istanbul after the fifth
business day, which is the Friday after.
"""

import pytest
from cpor_sandbox import Refused

LAST_INSTANT = "2026-11-27T20:59:59.999Z"
END = "2026-11-27T21:00:00Z"


def test_silence_makes_the_association_official(sandbox):
    claim = sandbox.submit()
    assert sandbox.travel(before_end_of=claim) == LAST_INSTANT
    assert sandbox.status(claim) == "notified"
    assert sandbox.travel(to=END) == END
    assert sandbox.status(claim) == "associated"
    assert len(sandbox.mails("reminder")) == 1
    assert len(sandbox.mails("partner_result")) == 1


def test_a_rejection_in_the_last_millisecond_wins(sandbox):
    claim = sandbox.submit()
    sandbox.travel(before_end_of=claim)
    done = sandbox.customers_page().send(answer="reject").send(confirm="yes")
    assert "Your answer has been recorded." in done.text
    sandbox.travel(to=END)
    assert sandbox.status(claim) == "rejected"


def test_a_rejection_at_the_end_is_too_late(sandbox):
    claim = sandbox.submit()
    sandbox.travel(before_end_of=claim)
    page = sandbox.customers_page()
    sandbox.travel(to=END)
    asked = page.send(answer="reject")
    assert "The time to reject ended" in asked.text
    assert "Your rejection came too late" in asked.send(confirm="yes").text
    assert sandbox.status(claim) == "associated"


def test_a_holiday_week_has_explained_days(make_sandbox):
    sandbox = make_sandbox(starts_at="2026-10-27T09:00:00Z")
    claim = sandbox.submit()
    deadline = sandbox.get(f"/v1/claims/{claim}/deadline")
    days = [(day["date"], day.get("number"), day["reason"]) for day in deadline["days"]]
    assert days == [
        ("2026-10-28", 1, "half_day"),
        ("2026-10-29", None, "holiday"),
        ("2026-10-30", 2, "business_day"),
        ("2026-10-31", None, "weekend"),
        ("2026-11-01", None, "weekend"),
        ("2026-11-02", 3, "business_day"),
        ("2026-11-03", 4, "business_day"),
        ("2026-11-04", 5, "business_day"),
    ]
    assert deadline["days"][1]["name"] == "Republic Day"
    assert deadline["closes_at_local"] == "2026-11-05T00:00:00+03:00"


def test_the_link_in_the_mail_leads_to_the_customers_page(sandbox):
    sandbox.submit(name="Rollout of Teams")
    notice = sandbox.mails("notice")[0]
    assert notice["to"] == "mert.kaya@anadoluelektrik.example"
    page = sandbox.customers_page()
    assert page.address.startswith(sandbox.base_url)
    assert "Rollout of Teams" in page.text


def test_two_sandboxes_do_not_see_each_other(make_sandbox):
    one, other = make_sandbox(), make_sandbox()
    claim = one.submit()
    one.travel(to=END)
    assert other.get("/v1/claims")["claims"] == []
    assert other.get("/v1/mails")["mails"] == []
    assert other.get("/v1/clock")["now"] == "2026-11-20T15:00:00Z"
    with pytest.raises(Refused) as refused:
        other.status(claim)
    assert refused.value.status == 404


@pytest.mark.parametrize("workload", ["exchange", "sharepoint", "teams", "yammer"])
def test_every_workload_becomes_official_on_its_own(sandbox, workload):
    claim = sandbox.submit(items=[{"workload": workload}])
    sandbox.travel(to=END)
    assert sandbox.status(claim) == "associated"
