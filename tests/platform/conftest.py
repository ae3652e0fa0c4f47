"""The set-up's own package lies in script/, outside Django: its pure parts are tested from here."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "script"))
