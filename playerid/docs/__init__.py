"""What follows from the code for people to read: the README's tables, the pages of the schema."""

from playerid.docs.readme import with_tables
from playerid.docs.site import write_site

__all__ = ["with_tables", "write_site"]
