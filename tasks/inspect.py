"""Read and check what a game consists of, before anything is spent on it."""

from playerid.game.inputs import GameInputs, read_inputs
from tasks.platform.here import task
from tasks.platform.retry import EXPENSIVE
from tasks.platform.settings import Settings


@task(task_run_name="inspect-{game_id}", **EXPENSIVE)
def inspect_game(game_id: str, settings: Settings) -> GameInputs:
    """Check the game file and the corrections, and digest the videos.

    Raises:
        GameError: A file has mistakes, or names a video that is not there.
    """
    return read_inputs(settings.archive, game_id)
