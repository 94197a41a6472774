"""What a calendar file says, its version, and its text."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Calendar:
    """What a file says. Two are alike if they differ in nothing but their id."""

    id: str
    valid_from: date
    valid_to: date
    weekend: tuple  # of (from, (weekday, ..)), in the order of their dates
    days: tuple  # of (date, kind, name), in the order of their dates

    def version(self, source):
        """The version as src/calendar/content.rs computes it from the content."""
        content = {
            "id": self.id,
            "valid_from": str(self.valid_from),
            "valid_to": str(self.valid_to),
            "weekend": [[str(begins), list(days)] for begins, days in self.weekend],
            "days": [[str(day), kind, name] for day, kind, name in self.days],
        }
        canonical = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
        return f"{self.id}@{source}+{hashlib.sha256(canonical.encode()).hexdigest()[:12]}"

    def toml(self, source):
        """The file's text."""
        lines = [
            f"id = {text(self.id)}",
            f"version = {text(self.version(source))}",
            f"source = {text(source)}",
            f'valid_from = "{self.valid_from}"',
            f'valid_to = "{self.valid_to}"',
            "weekend = [",
        ]
        for begins, days in self.weekend:
            named = ", ".join(f'"{day}"' for day in days)
            lines.append(f'  {{ from = "{begins}", days = [{named}] }},')
        lines += ["]", "days = ["]
        for day, kind, name in self.days:
            lines.append(f'  {{ date = "{day}", kind = "{kind}", name = {text(name)} }},')
        return "\n".join([*lines, "]", ""])


def text(raw):
    """A basic string of TOML, which for names without control characters is one of JSON."""
    return json.dumps(raw, ensure_ascii=False)
