"""The worked examples of the domain's rules."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from scripts import ROOT

Example = dict[str, Any]

_FILE = json.loads((ROOT / "tests" / "support" / "models" / "rules.json").read_text("utf-8"))
EXAMPLES: list[Example] = _FILE["cases"]
TODAY = dt.date.fromisoformat(_FILE["today"])
