"""`python -m playerid.docs README.md`: bring the tables of a README to what the code declares."""

import sys
from pathlib import Path

from playerid.docs.readme import with_tables

path = Path(sys.argv[1])
path.write_text(with_tables(path.read_text("utf-8")), "utf-8")
