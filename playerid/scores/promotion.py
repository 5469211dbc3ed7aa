"""Promotion: a model takes another's place in a pack unless it is worse by more than noise."""

import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np

from playerid.archive.local_files import in_one_step, sha256_of
from playerid.errors import LabelsError, WeightsError
from playerid.models import registry as backends
from playerid.models.packs import Model, Parameter, load_pack, model_of, pack_names
from playerid.models.pretrained import how_to_make
from playerid.scores.judge import Judged, check_job, judge, with_weights
from playerid.scores.score_table import LOWER_IS_BETTER

MIN_PICTURES = 20
COUNTS = frozenset({"frames", "crops", "torsos"})
"""Names of scores that only say how much there was."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One score of two models on the same pictures.

    Attributes:
        name: of the score.
        current: of the model in the pack.
        candidate: of the one that is to take its place.
        low, high: interval of candidate minus current, over resampled pictures.
    """

    name: str
    current: float
    candidate: float
    low: float
    high: float

    @property
    def is_worse(self) -> bool:
        """Whether the candidate is worse by more than noise: the whole interval says so."""
        return self.low > 0 if self.name in LOWER_IS_BETTER else self.high < 0

    def __str__(self) -> str:
        gap = self.candidate - self.current
        return (
            f"{self.name} {self.current:.3f} -> {self.candidate:.3f}"
            f" ({gap:+.3f}, interval {self.low:+.3f} to {self.high:+.3f})"
        )


def compare(
    current: Judged, candidate: Judged, resamples: int = 500, seed: int = 0
) -> list[Difference]:
    """Compare two models by a paired bootstrap over the pictures.

    Each resample draws pictures with replacement and scores both models on the same ones: what
    is hard for both does not count as a difference. The intervals hold together with 95 %
    (Bonferroni), so that one of several scores is seldom worse by chance.

    Args:
        current: the model in the pack.
        candidate: the other, on the same pictures in the same order.
        resamples: how many.
        seed: of the resamples.

    Returns:
        Every score that both have; those without a value are left out.

    Raises:
        LabelsError: There are too few pictures to tell models apart.

    References:
        Efron and Tibshirani, An Introduction to the Bootstrap, 1993.
    """
    count = len(current)
    assert len(candidate) == count, (len(candidate), count)
    if count < MIN_PICTURES:
        raise LabelsError(f"{count} pictures are too few to compare: take {MIN_PICTURES} or more")
    everything, rng = np.arange(count), np.random.default_rng(seed)
    of_current, of_candidate = current.scores(everything), candidate.scores(everything)
    names = [n for n in of_current if n not in COUNTS and np.isfinite(of_current[n])]
    gaps = np.full((resamples, len(names)), np.nan)
    for row in range(resamples):
        chosen = rng.integers(count, size=count)
        first, second = current.scores(chosen), candidate.scores(chosen)
        gaps[row] = [second[name] - first[name] for name in names]
    tail = 100 * 0.025 / max(len(names), 1)
    return [
        Difference(
            name,
            of_current[name],
            of_candidate[name],
            float(np.nanpercentile(gaps[:, column], tail)),
            float(np.nanpercentile(gaps[:, column], 100 - tail)),
        )
        for column, name in enumerate(names)
        if np.isfinite(gaps[:, column]).any()
    ]


def compare_weights(
    model: Model,
    candidate: Path,
    data: Path,
    cache: Path,
    on_progress: Callable[[str], None] = lambda what: None,
) -> list[Difference]:
    """Compare other weights with a model on a held-out file; see `compare`.

    Where nobody has made the model's weights yet, they are compared with the starter pack's model,
    which would do the job otherwise.
    """
    check_job(model.job)
    other = with_weights(model, candidate)
    model = load_pack("starter")[model.job] if how_to_make(model, "") else model
    on_progress(f"current {model.job} on {data.name}")
    first = judge(backends.load(model, cache), model.job, data)
    on_progress(f"candidate on {data.name}")
    second = judge(backends.load(other, cache), model.job, data)
    on_progress("comparing")
    return compare(first, second)


def refuse_worse(job: str, differences: Sequence[Difference]) -> None:
    """Raise WeightsError if a score is worse by more than noise; it says which, and by how much."""
    if worse := [str(difference) for difference in differences if difference.is_worse]:
        raise WeightsError(f"the candidate for the {job} is worse: {'; '.join(worse)}")


def write_promoted(pack: str, job: str, candidate: Path, to: Path) -> Model:
    """Write a pack in which a job has other weights; they are copied beside it, with their card.

    Args:
        pack: name or file of the pack to begin with.
        job: whose weights change.
        candidate: safetensors file.
        to: TOML file to write; may be the pack's own. Its comments stay.

    Returns:
        The model as the written pack has it.

    Raises:
        WeightsError: Weights of other jobs are named by where they lie beside the pack, and
            would not be found from there.
    """
    before = load_pack(pack)
    promoted = with_weights(model_of(pack, job), candidate)
    weights = to.parent / to.stem / f"{job}-{promoted.sha256[:12]}.safetensors"
    weights.parent.mkdir(parents=True, exist_ok=True)
    if not weights.is_file() or sha256_of(weights) != promoted.sha256:
        _copy(candidate, weights)
    if candidate.with_suffix(".md").is_file():
        _copy(candidate.with_suffix(".md"), weights.with_suffix(".md"))
    values = {"weights": weights.relative_to(to.parent).as_posix(), "sha256": promoted.sha256}
    text = _text_of(pack)
    if (promoted.backend, promoted.parameters) != (before[job].backend, before[job].parameters):
        text = _without_parameters(text, job, promoted.parameters)
        values["backend"] = promoted.backend
    with in_one_step(to) as partial:
        partial.write_text(_with_values(text, job, values), "utf-8")
        after = load_pack(str(partial))
        others = [j for j in before if j != job]
        if lost := [j for j in others if Path(after[j].weights) != Path(before[j].weights)]:
            partial.unlink()
            raise WeightsError(
                f"{to}: the weights of {lost} lie beside {pack}; write the pack there"
            )
    return load_pack(str(to))[job]


def _copy(source: Path, target: Path) -> None:
    with in_one_step(target) as partial:
        shutil.copyfile(source, partial)


def _text_of(pack: str) -> str:
    if pack in pack_names():
        return (resources.files("playerid.models.packs") / f"{pack}.toml").read_text("utf-8")
    return Path(pack).read_text("utf-8")


def _without_parameters(text: str, job: str, others: Mapping[str, Parameter]) -> str:
    """A pack's text in which the table of a job has other parameters, in one line."""
    lines, table = list[str](), ""
    for line in text.splitlines():
        if header := re.match(r"\s*\[([^\]]+)\]", line):
            table = header[1].strip()
        if table == f"{job}.parameters" or (table == job and re.match(r"\s*parameters\s*=", line)):
            continue
        lines.append(line)
        if header and table == job and others:
            inside = ", ".join(f"{name} = {json.dumps(value)}" for name, value in others.items())
            lines.append(f"parameters = {{{inside}}}")
    return "\n".join(lines) + "\n"


def _with_values(text: str, job: str, values: dict[str, str]) -> str:
    """A pack's text in which the table of a job has these values, and everything else stays."""
    lines, inside = list[str](), False
    for line in text.splitlines():
        header = re.match(r"\s*\[([^\]]+)\]", line)
        inside = header[1].strip() == job if header else inside
        if inside and re.match(rf"\s*({'|'.join(values)}|card)\s*=", line):
            continue
        lines.append(line)
        if header and inside:
            lines += [f'{name} = "{value}"' for name, value in values.items()]
    return "\n".join(lines) + "\n"
