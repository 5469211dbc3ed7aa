"""The loop, with a job small enough to follow by hand, and the number reader's."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from playerid.errors import WeightsError
from playerid.training.loop import TrainingRun
from playerid.training.number_crops import draw_crops
from playerid.training.number_fit import NumberJob, RealCrops, new_network
from playerid.training.start import process_index, train_in_processes
from playerid.training.training_job import Optimisation, TrainingLimits
from tests.playerid.training.tiny import RECIPE


class LineJob:
    """Fits y = 2 x; noise is dropped out, so that torch draws random numbers, too."""

    def __init__(self, *, rate=0.1, drop=0.0, fresh_share=lambda count: 0.25, is_ahead=False):
        torch.manual_seed(0)
        self.network = nn.Sequential(nn.Linear(4, 4), nn.Dropout(drop), nn.Linear(4, 1)).train()
        self.optimisation = Optimisation(
            lambda at: rate * (1 - at.share),
            max_gradient=1.0,
            weight_decay=0.0,
            fresh_share=fresh_share,
            is_ahead=is_ahead,
        )
        self.remembered = {"seen": torch.tensor(0)}

    def batch(self, at):
        rng = np.random.default_rng([process_index(), at.step])
        return torch.from_numpy(rng.normal(size=(8, 4)).astype(np.float32))

    def loss(self, network, batch):
        self.remembered["seen"] = self.remembered["seen"] + len(batch)
        return (network(batch)[:, 0] - 2 * batch[:, 0]).square().mean()

    def evaluate(self, at):
        return {"share": at.share}


def weights_of(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


def assert_same(first, second):
    assert first.keys() == second.keys()
    for name, value in first.items():
        assert torch.equal(value, second[name]), name


@pytest.mark.parametrize("is_ahead", [False, True])
def test_a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(tmp_path, is_ahead):
    def run_of(folder):
        job = LineJob(drop=0.5, is_ahead=is_ahead)
        return TrainingRun(job, tmp_path / folder, TrainingLimits(math.inf, steps=6)), job

    whole, whole_job = run_of("whole")
    whole.train()
    stopped, job = run_of("parts")
    for _ in range(3):
        stopped.learn(job.batch(stopped.moment))
    stopped.save()
    torch.manual_seed(99)
    resumed, resumed_job = run_of("parts")
    resumed.resume()
    resumed.train()
    assert (resumed.step, whole.step) == (6, 6)
    assert resumed_job.remembered["seen"] == whole_job.remembered["seen"] == 48
    assert_same(weights_of(whole.shipped), weights_of(resumed.shipped))
    assert_same(weights_of(whole_job.network), weights_of(resumed_job.network))


def test_a_number_reader_that_is_resumed_is_the_one_of_an_uninterrupted_run(tmp_path):
    crops = draw_crops(12, seed=3)
    real = RealCrops(crops.subset(np.arange(8)), crops.subset(np.arange(8, 12)))

    def run_of(folder, steps):
        job = NumberJob(new_network(RECIPE.architecture, 5), RECIPE, real, tmp_path / folder, 5)
        return TrainingRun(job, tmp_path / folder, TrainingLimits(math.inf, steps=steps)), job

    whole, _ = run_of("whole", steps=6)
    whole.train()
    stopped, job = run_of("parts", steps=6)
    for _ in range(4):  # the real crops were set upright after 0.3 of them
        stopped.learn(job.batch(stopped.moment))
    assert job.remembered["oriented"] == 1
    stopped.save()
    resumed, _ = run_of("parts", steps=6)
    resumed.resume()
    resumed.train()
    assert_same(weights_of(whole.shipped), weights_of(resumed.shipped))


def test_the_average_takes_a_share_of_each_step(tmp_path):
    """Two steps with shares of 1/2 and 1/3: first + (second - first)/2, then a third of the way."""
    job = LineJob(fresh_share=lambda count: 1 / (count + 1))
    run = TrainingRun(job, tmp_path, TrainingLimits(math.inf))
    states = [weights_of(job.network)]
    for _ in range(2):
        run.learn(job.batch(run.moment))
        states.append(weights_of(job.network))
    for name, value in run.shipped.state_dict().items():
        half = (states[0][name] + states[1][name]) / 2
        assert value.numpy() == pytest.approx(
            (2 * half / 3 + states[2][name] / 3).numpy(), abs=1e-6
        )


def test_a_part_of_the_network_learns_at_its_share_of_the_rate(tmp_path):
    job = LineJob()
    job.optimisation = replace(
        job.optimisation, rate_share=lambda name: 0.0 if name.startswith("0.") else 1.0
    )
    run, before = TrainingRun(job, tmp_path, TrainingLimits(math.inf)), weights_of(job.network)
    run.learn(job.batch(run.moment))
    changed = [n for n, v in job.network.state_dict().items() if not torch.equal(v, before[n])]
    assert changed == ["2.weight", "2.bias"]


def test_without_an_average_the_weights_are_shipped_as_they_are(tmp_path):
    job = LineJob(fresh_share=None)
    run = TrainingRun(job, tmp_path, TrainingLimits(math.inf, steps=2))
    assert run.train() is job.network


def test_a_run_writes_weights_before_the_checkpoint_and_a_line_of_the_curve(tmp_path):
    written = []

    def write(shipped):
        written.append((tmp_path / "checkpoint.pt").exists())

    run = TrainingRun(LineJob(), tmp_path, TrainingLimits(math.inf, steps=2, save_s=0))
    run.train(write)
    assert written == [False, True]
    lines = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2]
    assert [line["share"] for line in lines] == [0.5, 1.0]
    assert [line["learning_rate"] for line in lines] == [0.1, 0.05]
    again = TrainingRun(LineJob(), tmp_path, TrainingLimits(math.inf, steps=2))
    again.resume()
    again.train(write)  # nothing is left to do, and nothing is written
    assert len(written) == 2


def test_a_run_of_no_time_leaves_the_weights_it_began_with(tmp_path):
    job, written = LineJob(), []
    before = weights_of(job.network)
    TrainingRun(job, tmp_path, TrainingLimits(minutes=0)).train(
        lambda shipped: written.append(weights_of(shipped))
    )
    assert_same(written[0], before)
    assert (tmp_path / "checkpoint.pt").exists()
    assert not (tmp_path / "curve.jsonl").exists()


def test_the_checkpoint_of_another_training_is_refused(tmp_path):
    run = TrainingRun(LineJob(), tmp_path, TrainingLimits(math.inf))
    torch.save({"network": {}, "optimizer": {}}, tmp_path / "checkpoint.pt")
    with pytest.raises(WeightsError, match=r"checkpoint\.pt is no checkpoint of this training"):
        run.resume()


def train_line(out, steps):
    """In each process."""
    run = TrainingRun(LineJob(), out, TrainingLimits(math.inf, steps=steps))
    run.train()
    torch.save(weights_of(run.shipped), out / f"shipped-{process_index()}.pt")


def test_two_processes_take_the_step_of_both_batches(tmp_path):
    train_in_processes(2, train_line, tmp_path, 3)
    first, second = (torch.load(tmp_path / f"shipped-{n}.pt", weights_only=True) for n in (0, 1))
    assert_same(first, second)
    assert len((tmp_path / "curve.jsonl").read_text().splitlines()) == 1
    alone = TrainingRun(LineJob(), tmp_path / "alone", TrainingLimits(math.inf, steps=3))
    for step in range(3):
        rngs = [np.random.default_rng([process, step]) for process in (0, 1)]
        both = np.concatenate([rng.normal(size=(8, 4)) for rng in rngs])
        alone.learn(torch.from_numpy(both.astype(np.float32)))
    for name, value in alone.shipped.state_dict().items():
        assert value.numpy() == pytest.approx(first[name].numpy(), abs=1e-6)
