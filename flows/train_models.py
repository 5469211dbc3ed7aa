"""New weights for the jobs of a pack: trained, and put into it unless they are worse."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from playerid.training.jobs import TrainingPlan
from tasks.platform.settings import Settings
from tasks.train_model import promote_model, train_model

WITH_LABELS = ("detector", "number_reader", "court")
"""Jobs whose models can be compared on labelled files."""


@flow(flow_run_name="train-models", validate_parameters=False)
def train_models(
    plan: TrainingPlan,
    pack_to: Path,
    settings: Settings | None = None,
    jobs: Sequence[str] = WITH_LABELS,
) -> dict[str, str]:
    """Train models one after the other, and write a pack with those that are not worse.

    Run again, it goes on with what was interrupted.

    Args:
        plan: of every job; each has a folder of its own name in `plan.out`.
        pack_to: TOML file of the new pack; it begins as the pack of the settings.
        settings: read from the environment if not given.
        jobs: some of `WITH_LABELS`.

    Returns:
        Job -> SHA-256 of its new weights, or why it keeps the old ones.
    """
    settings = settings or Settings()
    outcomes = {}
    for job in jobs:
        own = replace(plan, out=plan.out / job, cache=settings.weights_cache)
        trained = train_model(job, own, return_state=True)
        promoted = promote_model(job, trained, plan.data, pack_to, settings, return_state=True)
        outcomes[job] = outcome(trained, promoted)
    return outcomes


def outcome(*states: State[Any]) -> str:
    """What the last of some states returned, or the first error among them."""
    for state in states:
        if not state.is_completed():
            return str(state.result(raise_on_failure=False))
    return str(states[-1].result())
