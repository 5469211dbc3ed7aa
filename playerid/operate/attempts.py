"""Runs of a game that have begun and not ended: each leaves a mark, which a killed one keeps."""

from dataclasses import dataclass

from playerid.archive import layout
from playerid.archive.archive import Archive
from playerid.errors import GameError


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of a game, told from all others.

    Attributes:
        archive: where the marks are.
        game_id: the game.
        run_id: of this run; a run that starts again has another.
    """

    archive: Archive
    game_id: str
    run_id: str

    @property
    def marks(self) -> str:
        """Folder of the marks."""
        return layout.marks_folder(self.game_id)

    def begin(self, inputs_sha256: str, *, most_crashes: int = 3) -> None:
        """Mark the run, so that its silence is noticed if it is killed.

        Args:
            inputs_sha256: what the game is made from; other inputs are another chance.
            most_crashes: so many runs of the same inputs may end without a word.

        Raises:
            GameError: More did.
        """
        inputs = inputs_sha256[:16]
        silent = [name for name in self.archive.names(self.marks) if name.startswith(inputs)]
        if len(silent) > most_crashes:
            raise GameError(
                f"{self.game_id}: {len(silent)} runs ended without a word, as if killed;"
                f" change the game, or remove {self.marks} to try again"
            )
        self.archive.write(f"{self.marks}/{inputs}-{self.run_id}", b"")

    def end(self, *, clear_all: bool) -> None:
        """Remove the mark of this run; of a game that went well, those of all its runs."""
        for name in self.archive.names(self.marks):
            if clear_all or name.endswith(self.run_id):
                self.archive.remove(f"{self.marks}/{name}")


def has_unfinished(archive: Archive, game_id: str) -> bool:
    """Whether a run of a game has begun and not ended."""
    return bool(archive.names(layout.marks_folder(game_id)))
