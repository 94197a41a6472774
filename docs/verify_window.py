#!/usr/bin/env python3
"""Computes explained rejection windows again, and says line by line whether it agrees.

    cpor claim deadline ID --json | docs/verify_window.py --calendars config/calendars
    docs/verify_window.py window.json
    docs/verify_window.py < explanations.jsonl

An explanation is what `GET /v1/claims/{id}/deadline`, `cpor claim deadline --json`, `cpor window
explain --json` and the link on the customer's page give: one JSON object, or one per line. This
program shares no code with the one that made it, and needs Python 3.11 and nothing else.

Without --calendars it asks whether the explanation agrees with itself and with the time zone: do
its days follow each other and count up to what was promised, do pauses, outages and half days fit
their reasons, does the last counted day end when it says. Whether a day is weekend or a holiday it
believes. With --calendars DIR it first makes sure that DIR has the very calendar that the
explanation names, by its digest, and then judges every day anew. DIR has files <ID>.toml as in
config/calendars; the operator's own entries have to be in them.

The rule, as the customer was promised it:
  - The local date of the notice is never counted.
  - Each later date is a business day by the first of these that applies: it is listed as `work`:
    yes; as `holiday`: no; it is the weekend: no; it is listed as `half`: as the policy says; yes.
    A date that the zone skipped is none.
  - A date that a pause touches is not counted. A date that an outage of the page touches is made
    good by one business day: a business day by not being counted, any other date, also the one of
    the notice, by counting one more.
  - The window ends with the end of the last counted day: at the first instant from which local
    clocks show a later date for good. What arrives at that instant is late.

Exit code: 0 everything agrees; 1 something does not; 2 something could not be checked.
"""

import argparse
import hashlib
import json
import os
import sys
import tomllib
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

DAY = timedelta(days=1)
COUNTED = {"business_day", "half_day", "make_up_day"}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class CannotCheck(Exception):
    """What is missing for an answer; no accusation."""


# Time zones

def tzdb_version():
    """The release of the time zone data that zoneinfo uses here, such as 2026f; or nothing."""
    # zoneinfo takes the system's files first, and the package `tzdata` where there are none.
    for folder in TZPATH:
        if not os.path.exists(os.path.join(folder, "UTC")):
            continue
        for name in ("tzdata.zi", "+VERSION"):
            try:
                first = Path(folder, name).read_text(encoding="ascii").splitlines()[0]
            except (OSError, IndexError):
                continue
            return first.removeprefix("# version ").strip()
        return None
    try:
        import tzdata
    except ImportError:
        return None
    return tzdata.IANA_VERSION


def zone_of(name):
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise CannotCheck(f"there is no time zone {name!r} here: {error}") from error


def local_date(instant, zone):
    return instant.astimezone(zone).date()


def end_of(day, zone):
    """The first instant from which the local date stays after `day`."""
    # Sixteen hours after midnight in UTC it is a later date everywhere. From there back to the
    # last instant at which it is not: minute by minute, because clocks that are put back over
    # midnight show the old date again, then second by second.
    at = datetime(day.year, day.month, day.day, 16, tzinfo=timezone.utc) + DAY
    for step in (timedelta(minutes=1), timedelta(seconds=1)):
        while local_date(at - step, zone) > day:
            at -= step
    return at


def exists(day, zone):
    """Whether clocks show this date at any time; the date line has moved over some places."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=timezone.utc)
    return any(local_date(noon + timedelta(hours=h), zone) == day for h in range(-30, 31))


def touched(spans, since, until, zone):
    """The local dates that spans touch, as far as they are in the window."""
    dates = set()
    for span in spans:
        at, end = max(instant(span["from"]), since), min(instant(span["to"]), until)
        if at < end:
            dates.add(local_date(end - timedelta(milliseconds=1), zone))
        while at < end:
            dates.add(local_date(at, zone))
            at += timedelta(minutes=1)
    return dates


# Calendars

class Calendar:
    """A calendar file: what kind of day a date is, apart from any window."""

    def __init__(self, path):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise CannotCheck(f"could not read {path}: {error}") from error
        self.id = content["id"]
        self.source = content["source"]
        self.first = date.fromisoformat(str(content["valid_from"]))
        self.last = date.fromisoformat(str(content["valid_to"]))
        self.weekends = [
            (date.fromisoformat(str(mask["from"])), mask["days"]) for mask in content["weekend"]
        ]
        self.entries = {
            date.fromisoformat(str(day["date"])): (day["kind"], day["name"])
            for day in content.get("days", [])
        }

    def version(self):
        """The version that follows from the content: a digest of it as compact JSON."""
        content = {
            "id": self.id,
            "valid_from": str(self.first),
            "valid_to": str(self.last),
            "weekend": [[str(begin), days] for begin, days in self.weekends],
            "days": [[str(day), *self.entries[day]] for day in sorted(self.entries)],
        }
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        return f"{self.id}@{self.source}+{digest[:12]}"

    def reason(self, day, half_days):
        """Why a date is a business day or not, and its name where that is the reason."""
        if not self.first <= day <= self.last:
            raise CannotCheck(f"the calendar says nothing about {day}")
        kind, name = self.entries.get(day, (None, None))
        weekend = [days for begin, days in self.weekends if begin <= day][-1]
        is_weekend = WEEKDAYS[day.weekday()] in weekend
        if kind == "work":
            return ("make_up_day", name) if is_weekend else ("business_day", None)
        if is_weekend:
            return "weekend", None
        if kind == "holiday":
            return "holiday", name
        if kind == "half":
            return ("half_day" if half_days == "count" else "skipped_half_day"), name
        return "business_day", None


# The check

def instant(text):
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no offset from UTC")
    return at.astimezone(timezone.utc)


class Check:
    """One explanation, and what was found wrong with it."""

    def __init__(self, explanation, calendars):
        self.told = explanation
        self.wrong = []
        self.zone = zone_of(explanation["time_zone"])
        self.notified_at = instant(explanation["notified_at"])
        self.days = [(date.fromisoformat(day["date"]), day) for day in explanation["days"]]
        adjustments = explanation["adjustments"]
        self.extra = adjustments["extra_business_days"]
        # Enough later to be after the window in every zone.
        until = self.notified_at + (len(self.days) + 3) * DAY
        self.paused = touched(adjustments["pauses"], self.notified_at, until, self.zone)
        self.out = touched(adjustments["outages"], self.notified_at, until, self.zone)
        self.calendar = self.calendar_in(calendars) if calendars else None

    def expect(self, what, told, computed):
        if told != computed:
            self.wrong.append(f"{what}: it says {told}, computed is {computed}")

    def calendar_in(self, folder):
        name, version = self.told["calendar"], self.told["calendar_version"]
        if not name.replace("-", "").replace("_", "").isalnum():
            raise CannotCheck(f"{name!r} is no name of a calendar")
        calendar = Calendar(folder / f"{name}.toml")
        if calendar.version() != version:
            raise CannotCheck(
                f"the window was computed with the calendar {version}, and {folder} has "
                f"{calendar.version()}; look for the one that was in force"
            )
        return calendar

    def run(self):
        notice_date = local_date(self.notified_at, self.zone)
        self.local("notified_at_local", self.notified_at)
        self.expect("notified_local_date", self.told["notified_local_date"], str(notice_date))
        last = self.count(notice_date)
        self.expect("last_day", self.told["last_day"], str(last))
        if last is not None:
            closes_at = end_of(last, self.zone)
            self.expect("closes_at", instant(self.told["closes_at"]), closes_at)
            self.local("closes_at_local", closes_at)
        self.lists()

    def local(self, field, at):
        told = datetime.fromisoformat(self.told[field])
        local = at.astimezone(self.zone)
        self.expect(field, told.isoformat(), local.isoformat())

    def count(self, notice_date):
        """Pays the business days that the customer is owed, day by day; the day of the last."""
        owed = self.told["business_days"] + self.extra + (notice_date in self.out)
        made_good = [str(notice_date)] if notice_date in self.out else []
        number, last = 0, None
        for index, (day, told) in enumerate(self.days):
            self.expect(f"day {index + 1}", str(day), str(notice_date + (index + 1) * DAY))
            reason, name = self.reason(day, told)
            self.expect(f"{day}, reason", told["reason"], reason)
            self.expect(f"{day}, name", told.get("name"), name)
            if reason in COUNTED:
                number, owed, last = number + 1, owed - 1, day
            elif day in self.out and reason not in ("outage", "paused"):
                made_good.append(str(day))
                owed += 1
            self.expect(f"{day}, counted", told["counted"], reason in COUNTED)
            self.expect(
                f"{day}, number", told.get("number"), number if reason in COUNTED else None
            )
            if owed == 0 and index + 1 < len(self.days):
                self.wrong.append(f"the window has to end with {day}, and goes on")
                break
        if owed > 0:
            self.wrong.append(f"the window has to go on: {owed} business days are missing")
        self.expect("adjustments.made_good", self.told["adjustments"]["made_good"], made_good)
        return last

    def reason(self, day, told):
        """The reason of a day, by the calendar where there is one; else the one given, if it fits
        what is known without a calendar."""
        if self.calendar:
            reason, name = self.calendar.reason(day, self.told["half_days"])
        else:
            reason, name = told["reason"], told.get("name")
            if reason in ("half_day", "skipped_half_day"):
                reason = "half_day" if self.told["half_days"] == "count" else "skipped_half_day"
            if reason in ("paused", "outage", "missing_date"):
                # If nothing of the kind happened, it would be a business day.
                reason = "business_day"
        if not exists(day, self.zone):
            return "missing_date", None
        if reason in COUNTED and day in self.paused:
            return "paused", None
        if reason in COUNTED and day in self.out:
            return "outage", None
        return reason, name

    def lists(self):
        """What the explanation says twice."""
        skipped = [
            {"date": str(day), "name": told["name"]}
            | ({"half": True} if told["reason"] == "skipped_half_day" else {})
            for day, told in self.days
            if told["reason"] in ("holiday", "skipped_half_day")
        ]
        self.expect("skipped", self.told["skipped"], skipped)
        for sentence in (self.told["calendar_version"], self.told["tzdb"]):
            if not any(sentence in line for line in self.told["sentences"]):
                self.wrong.append(f"no sentence names {sentence}")


def verify(explanation, calendars, ours):
    """What is wrong with an explanation; an exception where that cannot be known."""
    if not isinstance(explanation, dict) or "closes_at" not in explanation:
        raise CannotCheck("this is not an explanation: it has no closes_at")
    if explanation["closes_at"] is None:
        raise CannotCheck("the window is paused: it has no end until it is resumed")
    try:
        check = Check(explanation, calendars)
        check.run()
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise CannotCheck(f"this is not an explanation: {error!r}") from error
    theirs = explanation["tzdb"]
    if check.wrong and (ours is None or ours != theirs):
        raise CannotCheck(
            f"the window was computed with the time zone data {theirs}, and this computer has "
            f"{ours or 'some of unknown age'}, with which: " + "; ".join(check.wrong)
        )
    return check.wrong


def explanations(text):
    """One JSON document, or one per line."""
    try:
        document = json.loads(text)
        yield from document if isinstance(document, list) else [document]
        return
    except json.JSONDecodeError:
        pass
    for line in text.splitlines():
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                yield error


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", help="explanations; standard input unless given")
    parser.add_argument("--calendars", type=Path, metavar="DIR", help="folder with <ID>.toml")
    parser.add_argument("--quiet", action="store_true", help="say nothing of what agrees")
    args = parser.parse_args()
    try:
        raw = Path(args.file).read_bytes() if args.file else sys.stdin.buffer.read()
        text = raw.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"could not read: {error}", file=sys.stderr)
        return 2
    ours = tzdb_version()
    agree = disagree = unknown = 0
    for number, explanation in enumerate(explanations(text), 1):
        name = f"{number}"
        if isinstance(explanation, dict):
            name += f" ({explanation.get('claim_id') or explanation.get('id') or 'window'})"
        try:
            wrong = verify(explanation, args.calendars, ours)
        except CannotCheck as error:
            unknown += 1
            print(f"{name}: CANNOT BE CHECKED: {error}")
            continue
        if wrong:
            disagree += 1
            print(f"{name}: DOES NOT AGREE: {'; '.join(wrong)}")
        else:
            agree += 1
            if not args.quiet:
                print(f"{name}: agrees: ends before {explanation['closes_at_local']}")
    judged = "judged by the calendars" if args.calendars else "as it is told; no --calendars"
    print(f"{agree} agree, {disagree} do not, {unknown} could not be checked (days {judged}; "
          f"time zone data {ours or 'of unknown release'})")
    return 1 if disagree else 2 if unknown or agree == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
