"""The worked examples of the domain's rules."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from scripts import ROOT

Example = dict[str, Any]

_FOLDER = ROOT / "tests" / "support" / "models"
_RULES, _CELLS = (
    json.loads((_FOLDER / name).read_text("utf-8")) for name in ("rules.json", "cells.json")
)
EXAMPLES: list[Example] = _RULES["cases"]
CELL_EXAMPLES: list[Example] = _CELLS["cases"]
"""Those of what cells mean (rules 1, 2 and 16 to 19), of which the model knows nothing."""
TODAY = dt.date.fromisoformat(_RULES["today"])
