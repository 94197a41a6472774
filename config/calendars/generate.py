#!/usr/bin/env python3
"""Generates the calendars of this folder, and config/subdivisions.tab, from python-holidays.

    python3 -m venv /tmp/calendars
    /tmp/calendars/bin/pip install -r config/calendars/requirements.txt
    /tmp/calendars/bin/python config/calendars/generate.py            # writes
    /tmp/calendars/bin/python config/calendars/generate.py --check    # compares, writes nothing

Needs Python 3.11 and exactly the version of python-holidays in requirements.txt, the one place
where it is pinned. docs/calendars.md says what the files mean; this is how they are made.

- One file per country python-holidays knows (ISO 3166-1), and one per subdivision (ISO 3166-2)
  whose calendar differs from the country's. Subdivisions that are not ISO codes ("Augsburg", the
  school zones of France) are left out: a claim cannot name them.
- The entries are those of its category `public`, and as half days those of `half_day` on other
  dates; names in American English; several names of one date are joined by python-holidays
  with "; ". Entries on weekends stay: they explain, and a weekend may move.
- `work` entries are the weekend days it knows as worked in place of another day.
- Weekends are its weekends, changes included. Where we know better, corrections.py says so.
- A country has no calendar of its own, and *needs a subdivision*, if on some date at least two
  thirds of its subdivisions have a holiday that is not the country's: Easter Monday in GB. Then
  all of its subdivisions have a file.
- The span is 2023 to 2041: last year to 15 years ahead, and the two years before that and one
  more, which recorded cases reach into (tests/calendar). A calendar ends sooner where a table of
  python-holidays ends sooner: it says nothing rather than forget Diwali.
"""

import argparse
import importlib.metadata
import re
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

# No folder of compiled Python beside the calendars.
sys.dont_write_bytecode = True

from calendar_file import Calendar
from corrections import FIRST_YEARS, LAST_YEARS, SUBDIVISIONS, WEEKENDS

FOLDER = Path(__file__).resolve().parent
TABLE = "subdivisions.tab"
FIRST_YEAR, LAST_YEAR = 2023, 2041

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ISO_SUBDIVISION = re.compile(r"[A-Z0-9]{1,3}")
SUBSTITUTED = re.compile(r"\(substituted from (\d\d)/(\d\d)/(\d{4})\)")

TABLE_HEADER = """\
# Which calendar a country and a subdivision have; made by config/calendars/generate.py.
#
# country TAB subdivision TAB calendar
# country: ISO 3166-1 alpha-2. subdivision: ISO 3166-2 without the country; `-` when a claim names
# none, which a country that needs a subdivision has no line for; `*` for any subdivision without
# a line, where python-holidays knows none. calendar: the name of the file in config/calendars.
"""


class Ends:
    """Where python-holidays' tables of dates end, found out by asking: a holiday that it would
    add, but has no date for in any year from X on, ends its calendar with X - 1."""

    def __init__(self):
        from holidays.groups.eastern import EasternCalendarHolidays as Eastern

        self.dated, self.undated = defaultdict(set), defaultdict(set)
        one = Eastern._add_eastern_calendar_holiday
        several = Eastern._add_eastern_calendar_holiday_set

        def add_one(holidays, name, dated, **kwargs):
            self.note(holidays, name, dated[0] is not None)
            return one(holidays, name, dated, **kwargs)

        def add_several(holidays, name, dated, **kwargs):
            dated = list(dated)
            self.note(holidays, name, bool(dated))
            return several(holidays, name, dated, **kwargs)

        Eastern._add_eastern_calendar_holiday = add_one
        Eastern._add_eastern_calendar_holiday_set = add_several

    def note(self, holidays, name, has_date):
        (self.dated if has_date else self.undated)[holidays.tr(name)].add(holidays._year)

    def forget(self):
        self.dated.clear()
        self.undated.clear()

    def last_year(self):
        """The last year before a holiday lost its dates for good."""
        last = LAST_YEAR
        for name, years in self.undated.items():
            dated = max(self.dated[name], default=0)
            last = min([last, *(year - 1 for year in years if year > dated)])
        return last


class Generator:
    """Asks python-holidays for every calendar."""

    def __init__(self, version):
        import holidays

        self.holidays = holidays
        self.source = f"holidays-{version}"
        self.ends = Ends()

    def countries(self):
        """Every country with its subdivisions, in their order."""
        known = self.holidays.list_supported_countries(include_aliases=False)
        for country in sorted(known):
            codes = SUBDIVISIONS.get(country) or known[country]
            yield country, sorted(filter(ISO_SUBDIVISION.fullmatch, codes))

    def calendar(self, country, subdivision=None):
        """The calendar of a country or of a subdivision."""
        kind_of_country = getattr(self.holidays, country)
        id = f"{country}-{subdivision}" if subdivision else country
        first = date(FIRST_YEARS.get(country, FIRST_YEAR), 1, 1)
        self.ends.forget()

        def ask(category):
            english = "en_US" in kind_of_country.supported_languages
            return self.holidays.country_holidays(
                country,
                subdiv=None if country in SUBDIVISIONS else subdivision,
                years=range(first.year, LAST_YEAR + 1),
                categories=category,
                language="en_US" if english else None,
            )

        public = ask("public")
        days = {day: ("holiday", name) for day, name in public.items()}
        if "half_day" in kind_of_country.supported_categories:
            for day, name in ask("half_day").items():
                days.setdefault(day, ("half", name))
        moved_to = {}
        for day, name in public.items():
            for month, of_month, year in SUBSTITUTED.findall(name):
                moved_to.setdefault(date(int(year), int(month), int(of_month)), day)
        for day in public.weekend_workdays:
            free = f" (day off moved to {moved_to[day]})" if day in moved_to else ""
            days[day] = ("work", f"Working day{free}")
        last_year = min(self.ends.last_year(), kind_of_country.end_year)
        if not kind_of_country.start_year <= first.year <= last_year:
            sys.exit(f"{id}: python-holidays knows nothing of {first.year}; shorten its span")
        last = date(last_year, 12, 31)
        return Calendar(
            id=id,
            valid_from=first,
            valid_to=last,
            weekend=weekend(id, public, first, last),
            days=tuple((day, *days[day]) for day in sorted(days) if first <= day <= last),
        )

    def world(self):
        """Every calendar there is to write, and the lines of the table."""
        calendars, rows = [], []
        for country, subdivisions in self.countries():
            own = self.calendar(country)
            parts = {code: self.calendar(country, code) for code in subdivisions}
            needed = needs_subdivision(own, parts.values())
            open_ended = not parts or country in SUBDIVISIONS
            last_year = LAST_YEARS.get(country)
            if not needed:
                whole = self.until(own, last_year) if last_year else own
                calendars.append(whole)
                rows.append((country, "-", country))
                rows += [(country, "*", country)] if open_ended else []
            for code, part in parts.items():
                differs = needed or replace(part, id=own.id) != own
                calendars += [part] if differs else []
                rows.append((country, code, part.id if differs else country))
        return calendars, rows

    def until(self, calendar, last_year):
        """A calendar of a country that goes on though one of its tables has ended."""
        self.ends.last_year = lambda: last_year
        longer = self.calendar(calendar.id)
        del self.ends.last_year
        return longer


def weekend(id, public, first, last):
    """The weekend masks of the span: python-holidays' own, or those of WEEKENDS."""
    masks, corrected = [], WEEKENDS.get(id)
    if corrected:
        return tuple((begins or first, tuple(days.split())) for begins, days in corrected)
    day = first
    while day <= last:
        mask = tuple(WEEKDAYS[weekday] for weekday in sorted(public._get_weekend(day)))
        if not masks or masks[-1][1] != mask:
            masks.append((day, mask))
        day += timedelta(days=1)
    return tuple(masks)


def needs_subdivision(own, parts):
    """Whether two thirds of the subdivisions have a holiday on one date that is not the
    country's."""
    national = {day for day, _, _ in own.days}
    having = Counter(
        day for part in parts for day, kind, _ in part.days
        if kind == "holiday" and day not in national
    )
    return any(3 * count >= 2 * len(parts) for count in having.values())


def write(generator, folder, table):
    """Writes every calendar to the folder, and the table."""
    calendars, rows = generator.world()
    for calendar in calendars:
        path = folder / f"{calendar.id}.toml"
        path.write_text(calendar.toml(generator.source), encoding="utf-8")
    lines = "".join("\t".join(row) + "\n" for row in rows)
    table.write_text(TABLE_HEADER + lines, encoding="utf-8")
    return {f"{calendar.id}.toml" for calendar in calendars}


def check(generator):
    """What is committed and what would be written, file by file."""
    with tempfile.TemporaryDirectory() as temporary:
        temporary = Path(temporary)
        names = write(generator, temporary, temporary / TABLE)
        committed = {path.name for path in FOLDER.glob("*.toml")}
        problems = [f"{name} is not committed" for name in sorted(names - committed)]
        problems += [f"{name} would not be written" for name in sorted(committed - names)]
        pairs = [(name, FOLDER / name) for name in sorted(names & committed)]
        for name, path in [*pairs, (TABLE, FOLDER.parent / TABLE)]:
            if not path.exists() or path.read_bytes() != (temporary / name).read_bytes():
                problems.append(f"{name} differs from what is generated")
    if problems:
        sys.exit("\n".join([*problems, "Run config/calendars/generate.py, and look at the diff."]))
    print(f"{len(names)} calendars and {TABLE} are what python-holidays gives.")


def pinned_version():
    """The version of python-holidays, if it is the pinned one; otherwise how to get that."""
    pinned = (FOLDER / "requirements.txt").read_text(encoding="utf-8").strip().split("==")[1]
    try:
        installed = importlib.metadata.version("holidays")
    except importlib.metadata.PackageNotFoundError:
        installed = "none"
    if installed != pinned or sys.version_info < (3, 11):
        here = f"Python {sys.version_info.major}.{sys.version_info.minor}, holidays {installed}"
        sys.exit(
            f"needs Python 3.11 and holidays {pinned}, but this is {here}; make an environment:\n"
            "  python3 -m venv /tmp/calendars\n"
            f"  /tmp/calendars/bin/pip install -r {FOLDER}/requirements.txt\n"
            f"  /tmp/calendars/bin/python {FOLDER}/generate.py"
        )
    return pinned


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    arguments = parser.parse_args()
    generator = Generator(pinned_version())
    # What it warns of, a table that ends, is what `Ends` looks for.
    warnings.simplefilter("ignore")
    if arguments.check:
        return check(generator)
    for path in FOLDER.glob("*.toml"):
        path.unlink()
    names = write(generator, FOLDER, FOLDER.parent / TABLE)
    print(f"{len(names)} calendars and {TABLE} were written.")


if __name__ == "__main__":
    main()
