"""Train the court network of pitches, on painted pictures alone."""

import logging
from pathlib import Path

import torch

from playerid.leagues import load_league
from playerid.leagues.soccer.pitch import Pitch
from playerid.models.court.keypoints import CourtNetwork
from playerid.models.state import save_state
from playerid.training.court_network import CourtJob, painted
from playerid.training.loop import TrainingRun
from playerid.training.pitch_pictures import PitchPainter
from playerid.training.start import begin_with_what_fits
from playerid.training.training_job import TrainingLimits

logger = logging.getLogger(__name__)
HELD_OUT_SEED = 4_300_000
"""Of the pictures that are measured on; training draws from smaller seeds."""


def train(  # noqa: PLR0913
    out: Path,
    minutes: float,
    seed: int,
    resume: bool,
    start: Path | None = None,
    *,
    league: str = "ifab",
    held_out: int = 24,
    save_s: float = 120,
) -> Path:
    """Train the court network of a league's pitches.

    Args:
        out: folder for the checkpoint, the curve (`curve.jsonl`) and `court.safetensors`.
        minutes: of training, counting what earlier runs in `out` took.
        seed: of weights and pictures.
        resume: go on from the checkpoint in `out`, if there is one.
        start: weights to begin with as far as they fit: another sport's know lines and people.
        league: whose pitches are painted.
        held_out: how many pictures the curve is measured on.
        save_s: seconds between checkpoints.

    Returns:
        The weights file.
    """
    pitch = load_league(league).court
    assert isinstance(pitch, Pitch), league
    torch.manual_seed(seed)
    network = CourtNetwork.for_court(pitch)
    if start:
        begin_with_what_fits(network, start)
    painter = PitchPainter(HELD_OUT_SEED, pitch, stadiums=held_out)
    pictures = [painter.paint(640, 360) for _ in range(held_out)]
    source = painted(lambda drawn: PitchPainter(drawn, pitch), seed)
    job = CourtJob(network, [(1.0, source)], pictures, seed)
    run = TrainingRun(job, out, TrainingLimits(minutes, save_s=save_s))
    if resume:
        run.resume()
    logger.info("from step %d", run.step)
    run.train(lambda shipped: save_state(shipped, out / "court.safetensors"))
    return out / "court.safetensors"
