"""Fine-tune SmolVLM2 to read jersey numbers: low-rank adapters, learned on crops."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from playerid.archive.local_files import in_one_step
from playerid.models.number_reader.smolvlm2 import folder_of, load_model, load_processor
from playerid.models.number_reader.smolvlm2_adapter import new_adapter, save_adapter
from playerid.models.precision import in_precision, training_precision
from playerid.models.pretrained import fetch_pretrained, weights_named
from playerid.scores.label_files import need_labels
from playerid.scores.number_scores import read_labelled_crops
from playerid.training.jobs import TrainingPlan
from playerid.training.loop import TrainingRun
from playerid.training.start import best_device
from playerid.training.training_job import Optimisation, TrainingLimits, TrainingMoment

PUBLISHED = "smolvlm2-500m"
PROMPT = "Read the number."


@dataclass(frozen=True, slots=True)
class AdapterRecipe:
    """How an adapter is trained.

    Attributes:
        rank: of the low-rank layers.
        batch: crops per step.
        learning_rate: highest rate of AdamW; reached after `warm_up` steps, then a cosine over
            the training time.
        warm_up: steps.
        layers: names of the layers that get one: attention, of pictures and of text.
    """

    rank: int = 8
    batch: int = 8
    learning_rate: float = 2e-4
    warm_up: int = 50
    layers: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "out_proj")

    @property
    def facts(self) -> dict[str, Any]:
        """Arguments of peft's `LoraConfig`."""
        return {"r": self.rank, "lora_alpha": 2 * self.rank, "target_modules": list(self.layers)}


class AdapterJob:
    """Training of an adapter: a `TrainingJob`.

    Attributes:
        network: the low-rank layers alone, so that checkpoints hold nothing else.
        optimisation: how its steps are taken.
        remembered: nothing.
        model: what the layers are part of; its own weights stay as they are.
    """

    def __init__(
        self,
        folder: Path,
        crops: Sequence[NDArray[np.uint8]],
        numbers: Sequence[str],
        recipe: AdapterRecipe,
        seed: int,
    ) -> None:
        """Begin with layers that change nothing.

        Args:
            folder: of SmolVLM2 in the published form.
            crops: N of number boxes.
            numbers: N that they show.
            recipe: how it is trained.
            seed: of the layers and of the order of the crops.
        """
        torch.manual_seed(seed)
        self._processor = load_processor(folder)
        self._processor.tokenizer.padding_side = "left"
        self.model = load_model(folder, "", torch.float32).to(best_device())
        self.model.requires_grad_(requires_grad=False)
        new_adapter(self.model, recipe.facts)
        self.network: nn.Module = nn.ParameterDict(
            {
                name.replace(".", "/"): parameter
                for name, parameter in self.model.named_parameters()
                if parameter.requires_grad
            }
        )
        self.optimisation = Optimisation(
            lambda at: recipe.learning_rate * at.rate(recipe.warm_up, 0.0),
            max_gradient=1.0,
            weight_decay=0.0,
        )
        self.remembered: dict[str, Tensor] = {}
        self._crops, self._numbers, self._recipe, self._seed = crops, numbers, recipe, seed
        message = [{"type": "image"}, {"type": "text", "text": PROMPT}]
        self._text = self._processor.apply_chat_template(
            [{"role": "user", "content": message}], add_generation_prompt=True
        )

    def batch(self, at: TrainingMoment) -> dict[str, Tensor]:
        """Crops with the question and the reply; the same step draws the same."""
        rng = np.random.default_rng([self._seed, at.step])
        rows = rng.integers(len(self._crops), size=self._recipe.batch).tolist()
        tokenizer = self._processor.tokenizer
        replies = [f" {self._numbers[row]}{tokenizer.eos_token}" for row in rows]
        inputs: dict[str, Tensor] = dict(
            self._processor(
                text=[self._text + reply for reply in replies],
                images=[[Image.fromarray(self._crops[row])] for row in rows],
                do_image_splitting=False,
                padding=True,
                return_tensors="pt",
            )
        )
        labels = torch.full_like(inputs["input_ids"], -100)
        for row, reply in enumerate(replies):
            length = len(tokenizer(reply, add_special_tokens=False)["input_ids"])
            labels[row, -length:] = inputs["input_ids"][row, -length:]
        return {**inputs, "labels": labels}

    def loss(self, network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
        """Cross-entropy of the tokens of the reply; the question does not count."""
        device = batch["input_ids"].device
        with in_precision(device, training_precision(device)):
            loss: Tensor = self.model(**batch).loss
        return loss

    def evaluate(self, at: TrainingMoment) -> dict[str, float]:
        """Nothing: the card measures the reader when it is ready."""
        return {}


def train(plan: TrainingPlan, recipe: AdapterRecipe | None = None, steps: float = np.inf) -> Path:
    """Train an adapter on crops of number boxes.

    Crops that are said to show no legible number are left out: in public sets most show one.

    Args:
        plan: `data` with `jersey_crops_train`; `start` is a folder of SmolVLM2 in the published
            form, or the weights in it, and otherwise the published ones are fetched.
        recipe: how to train.
        steps: to take at the most.

    Returns:
        The adapter, a safetensors file.

    Raises:
        LabelsError: The crops cannot be read.
        WeightsError: SmolVLM2 cannot be had.
    """
    recipe = recipe or AdapterRecipe()
    base = plan.start or fetch_pretrained(weights_named(PUBLISHED), plan.cache)
    crops, numbers = read_labelled_crops(need_labels(plan.data, "jersey_crops_train"))
    shown = [row for row, number in enumerate(numbers) if number]
    crops, numbers = [crops[row] for row in shown], [numbers[row] for row in shown]
    job = AdapterJob(folder_of(base), crops, numbers, recipe, plan.seed)
    run = TrainingRun(job, plan.out, TrainingLimits(plan.minutes, steps, plan.save_s))
    if plan.resume:
        run.resume()
    weights = plan.out / "number_reader.safetensors"
    named = str(folder_of(base).absolute()) if plan.start else PUBLISHED

    def write(network: nn.Module) -> None:
        with in_one_step(weights) as partial:
            save_adapter(job.model, recipe.facts, named, partial)

    run.train(write)
    return weights
