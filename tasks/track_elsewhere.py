"""The GPU half of a game, on machines with GPUs."""

from prefect import task
from prefect.context import FlowRunContext

from playerid.game.inputs import GameInputs
from tasks.platform.elsewhere import start_elsewhere, wait_for
from tasks.platform.settings import Settings
from tasks.sample import sample_frames

TRACK_GAME = "track-game/games"


@task(task_run_name="track-{game_id}", retries=2, retry_delay_seconds=10, persist_result=False)
def track_elsewhere(game_id: str, inputs_sha256: str, shares: int) -> None:
    """Run the GPU half of a game on the GPUs' pool, its parts spread over `shares` machines."""
    queue = queue_of_flow()
    parameters = {"game_id": game_id, "inputs_sha256": inputs_sha256, "shares": shares}
    runs = [
        start_elsewhere(TRACK_GAME, f"track:{game_id}:{n}/{shares}", queue, share=n, **parameters)
        for n in range(shares)
    ]
    for state in [wait_for(run) for run in runs]:
        if not state.is_completed():
            raise RuntimeError(f"the GPU half of {game_id}: {state.name}: {state.message}")


def queue_of_flow() -> str | None:
    """Work queue of the flow around a task, which its GPU half shares; None if it has none."""
    context = FlowRunContext.get()
    return context.flow_run.work_queue_name if context and context.flow_run else None


def look_elsewhere(inputs: GameInputs, settings: Settings) -> None:
    """Where there are work pools, let machines with GPUs compute what needs one.

    The parts of a game that is spread over several machines are tracked first; then one machine
    finds all parts remembered and sees to teams and numbers.
    """
    if not settings.on_pools:
        return
    game_id, digest = inputs.game.game_id, settings.digest_of(inputs)
    if settings.gpu_machines > 1:
        sample_frames(inputs, settings)
        track_elsewhere(game_id, digest, settings.gpu_machines)
    track_elsewhere(game_id, digest, 1)
