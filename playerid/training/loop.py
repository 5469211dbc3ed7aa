"""The training loop of every model: a job gives data, loss and scores; the rest is done here.

A step is AdamW on one batch, with gradients clipped and weights averaged. Now and then, and at the
end, the loop writes a checkpoint that a killed run goes on from, and a line of the curve.
"""

import json
import logging
import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic

import numpy as np
import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from accelerate.utils import send_to_device
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from playerid.archive.local_files import in_one_step
from playerid.errors import WeightsError
from playerid.training.training_job import Batch, TrainingJob, TrainingLimits, TrainingMoment

logger = logging.getLogger(__name__)


class TrainingRun(Generic[Batch]):
    """A training that can be stopped and continued.

    Where several processes were started (`accelerate`), each learns from batches of its own, they
    take every step together, and the first one writes.

    Attributes:
        elapsed_s: seconds trained, over all runs that were resumed.
        step: steps taken.
    """

    def __init__(self, job: TrainingJob[Batch], out: Path, limits: TrainingLimits) -> None:
        """Begin, from the weights that the job's network has.

        Args:
            job: what is trained.
            out: folder of the run, for `checkpoint.pt` and `curve.jsonl`.
            limits: how long.
        """
        out.mkdir(parents=True, exist_ok=True)
        self._job, self._out, self._limits = job, out, limits
        self._devices = Accelerator(
            cpu=not torch.cuda.is_available(),
            mixed_precision="no",  # a job says itself what is computed in half precision
            kwargs_handlers=[DistributedDataParallelKwargs(find_unused_parameters=True)],
        )
        job.network.to(self._devices.device)
        self._average = _averaged(job) if job.optimisation.fresh_share else None
        optimiser = torch.optim.AdamW(_parameter_groups(job))
        self._network, self._optimiser = self._devices.prepare(job.network, optimiser)
        self.step, self.elapsed_s = 0, 0.0

    @property
    def shipped(self) -> nn.Module:
        """The network with averaged weights, or as it is where none are averaged."""
        if self._average is None:
            return self._job.network
        averaged: nn.Module = self._average.module
        return averaged

    @property
    def moment(self) -> TrainingMoment:
        """Where the training stands."""
        share = self._limits.share(self.elapsed_s, self.step)
        return TrainingMoment(self.step, share, self.shipped)

    def train(self, write: Callable[[nn.Module], None] = lambda shipped: None) -> nn.Module:
        """Take steps until a limit is reached.

        Args:
            write: is given the network to ship, to write its weights, before each checkpoint.

        Returns:
            The network to ship.
        """
        losses: list[float] = []
        started_s = time.monotonic() - self.elapsed_s
        saved_s = time.monotonic()
        with self._batches() as batches:
            while self.moment.share < 1:
                losses.append(self.learn(next(batches)))
                self.elapsed_s = self._longest(time.monotonic() - started_s)
                is_due = time.monotonic() - saved_s >= self._limits.save_s
                if is_due or self.moment.share >= 1:
                    self._note(losses, write)
                    losses, saved_s = [], time.monotonic()
        if not (self._out / "checkpoint.pt").exists():
            self._note(losses, write)
        return self.shipped

    def learn(self, batch: Batch) -> float:
        """Take one step; returns the loss."""
        facts = self._job.optimisation
        for group in self._optimiser.param_groups:
            group["lr"] = group["rate_share"] * facts.learning_rate(self.moment)
        on_device: Batch = send_to_device(batch, self._devices.device)
        loss = self._job.loss(self._network, on_device)
        self._optimiser.zero_grad()
        self._devices.backward(loss)
        self._devices.clip_grad_norm_(self._network.parameters(), facts.max_gradient)
        self._optimiser.step()
        self.step += 1
        if self._average is not None:
            self._average.update_parameters(self._job.network)
        return float(loss.detach())

    def save(self) -> None:
        """Write the checkpoint, in one step."""
        state = {
            **self._job.remembered,
            "network": self._job.network.state_dict(),
            "averaged": self._average.state_dict() if self._average is not None else {},
            "optimiser": self._optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "step": self.step,
            "elapsed_s": self.elapsed_s,
        }
        with in_one_step(self._out / "checkpoint.pt") as partial:
            torch.save(state, partial)

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one.

        Raises:
            WeightsError: It is of another training.
        """
        path = self._out / "checkpoint.pt"
        if not path.exists():
            return
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
            self._job.network.load_state_dict(state["network"])
            if self._average is not None:
                self._average.load_state_dict(state["averaged"])
            self._optimiser.load_state_dict(state["optimiser"])
            self._job.remembered.update({name: state[name] for name in self._job.remembered})
            torch.set_rng_state(state["random"])
            self.step, self.elapsed_s = state["step"], state["elapsed_s"]
        except (KeyError, ValueError, RuntimeError, pickle.UnpicklingError) as error:
            raise WeightsError(f"{path} is no checkpoint of this training: {error}") from error

    @contextmanager
    def _batches(self) -> Iterator[Iterator[Batch]]:
        """Batches without end; one is made ahead where the job says so."""
        with ThreadPoolExecutor(1) as pool:

            def made_ahead() -> Iterator[Batch]:
                coming = pool.submit(self._job.batch, self.moment)
                while True:
                    batch, now = coming.result(), self.moment
                    step = now.step + 1
                    share = self._limits.share(self.elapsed_s, step)
                    coming = pool.submit(self._job.batch, TrainingMoment(step, share, now.shipped))
                    yield batch

            def made_in_turn() -> Iterator[Batch]:
                while True:
                    yield self._job.batch(self.moment)

            yield made_ahead() if self._job.optimisation.is_ahead else made_in_turn()

    def _longest(self, elapsed_s: float) -> float:
        """The longest time of any process, so that all of them stop after the same step."""
        own = torch.tensor([elapsed_s], dtype=torch.float64, device=self._devices.device)
        return float(self._devices.gather(own).max())

    def _note(self, losses: list[float], write: Callable[[nn.Module], None]) -> None:
        """Write weights, checkpoint and, of steps that were taken, a line of the curve."""
        if not self._devices.is_main_process:
            return
        write(self.shipped)
        self.save()
        if not losses:
            return
        now = self.moment
        point = {
            "step": self.step,
            "minutes": round(self.elapsed_s / 60, 4),
            "loss": float(np.mean(losses)),
            "learning_rate": max(group["lr"] for group in self._optimiser.param_groups),
            **self._job.evaluate(now),
        }
        with (self._out / "curve.jsonl").open("a") as curve:
            curve.write(json.dumps(point) + "\n")
        logger.info("%s", point)


def _averaged(job: TrainingJob[Batch]) -> AveragedModel:
    """The average of a job's weights; those that it begins with count as the first."""
    fresh_share = job.optimisation.fresh_share
    assert fresh_share is not None

    @torch.no_grad()
    def blend(averaged: Sequence[Tensor], fresh: Sequence[Tensor], count: Tensor | int) -> None:
        share = fresh_share(int(count))
        for old, new in zip(averaged, fresh, strict=True):
            if old.is_floating_point():
                old.lerp_(new, share)
            else:
                old.copy_(new)

    average = AveragedModel(job.network, multi_avg_fn=blend, use_buffers=True)
    average.n_averaged += 1
    average.eval()
    return average


def _parameter_groups(job: TrainingJob[Batch]) -> list[dict[str, Any]]:
    """The parameters, by whether they decay and by their share of the learning rate."""
    facts = job.optimisation
    groups: dict[tuple[bool, float], list[nn.Parameter]] = {}
    for name, parameter in job.network.named_parameters():
        kind = (facts.decays(name, parameter), facts.rate_share(name))
        groups.setdefault(kind, []).append(parameter)
    return [
        {"params": group, "weight_decay": decays * facts.weight_decay, "rate_share": share}
        for (decays, share), group in groups.items()
    ]
