"""Where the calendars say something else than python-holidays, and why."""

from datetime import date

# Recorded cases of the Emirates reach over the change of their weekend in 2022.
FIRST_YEARS = {"AE": 2020}

# The recorded cases, and every claim that names its version, know the calendar of all India to
# 2041. Its Hindu holidays end with 2035 (see docs/calendars.md); those of its states end there.
LAST_YEARS = {"IN": 2041}

# Weekends that python-holidays does not know, with the date each begins (None: the whole span).
WEEKENDS = {
    # The emirate of Sharjah rests on Fridays too since the Emirates moved their weekend in 2022.
    "AE-SH": [(None, "fri sat"), (date(2022, 1, 1), "fri sat sun")],
    # Friday and Saturday, as CLDR says too, where python-holidays has its default.
    "LY": [(None, "fri sat")],
    # Friday and Saturday in the public sector and in banks; the same default.
    "PS": [(None, "fri sat")],
}

# Subdivisions with a weekend of their own in countries where python-holidays knows none.
SUBDIVISIONS = {"AE": ["SH"]}
