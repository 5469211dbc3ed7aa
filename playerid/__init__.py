"""playerid: which player is where in every frame of a game video."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playerid.warehouse.ask import OpenArchive


def open_archive(url: str, season: str | None = None) -> "OpenArchive":
    """Open the published games of an archive: `open_archive("demo").sql("from games").df()`.

    Args:
        url: folder or fsspec URL of the archive.
        season: only this one.

    Raises:
        ArchiveError: Nothing is published there.
    """
    from playerid.archive.archive import Archive  # noqa: PLC0415, every command imports the package
    from playerid.warehouse.ask import OpenArchive  # noqa: PLC0415

    return OpenArchive(Archive(url), season)
