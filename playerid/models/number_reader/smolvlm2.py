"""Jersey numbers read by SmolVLM2, a small vision-language model, asked to read the number."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from transformers import AutoModelForImageTextToText, AutoProcessor

from playerid.errors import WeightsError
from playerid.models.number_reader import Readings
from playerid.models.number_reader.smolvlm2_adapter import is_adapter, put_adapter
from playerid.models.precision import precision_of
from playerid.tables import NUMBERS

Tokens = tuple[int, ...]


class SmolVLM2NumberReader:
    """Reads jersey numbers by the probability of each as the model's reply.

    Every answer is scored, not only the likeliest, so that a reading is a distribution. What is no
    number of a roster is refused: a reply of "011" or "3000" is "no legible number", as is whatever
    does not begin with a digit. The probabilities are the model's own: calibrated only as far as
    its training made them.
    """

    def __init__(  # noqa: PLR0913
        self,
        weights: Path | None,
        *,
        adapter: str = "",
        base: str = "",
        prompt: str = "Read the number.",
        device: str = "",
        precision: str = "auto",
        refuse_from: float = 0.01,
    ) -> None:
        """Load model and processor from this machine; nothing is fetched.

        Args:
            weights: Folder in the published form (`config.json`, `model.safetensors`, processor
                and tokenizer files), or the `model.safetensors` in it; or an adapter that was
                trained here, which needs `base`.
            adapter: Folder of a LoRA adapter as peft writes it; "" for none.
            base: Folder in the published form, or the weights in it, that an adapter belongs to.
            prompt: What the model is asked; an adapter knows only the one it was trained with.
            device: As torch names it; "" takes a GPU where there is one.
            precision: Of the weights: "auto" is what the device is fast at, see
                `playerid.models.precision`; or as torch names it.
            refuse_from: Numbers that the reply begins with at this probability are looked at once
                more: how likely is a further digit? Less likely ones are not worth the time.

        Raises:
            WeightsError: No weights, or not of this architecture.
        """
        if weights is None:
            raise WeightsError("backend 'smolvlm2' needs weights: a folder in the published form")
        trained = weights if is_adapter(weights) else None
        if trained and not base:
            raise WeightsError(f"{weights.name} is an adapter of SmolVLM2: name its base as well")
        folder = folder_of(Path(base) if trained else weights)
        self._device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._processor = load_processor(folder)
        self.precision = precision_of(precision, self._device)
        self._model = load_model(folder, adapter, self.precision)
        if trained:
            put_adapter(self._model, trained)
        self._model.to(self._device)
        self._text = self._processor.apply_chat_template(
            [
                {
                    "role": "user",
                    "content": [{"type": "image"}, {"type": "text", "text": prompt}],
                }
            ],
            add_generation_prompt=True,
        )
        self._refuse_from = refuse_from
        self._spellings = _spellings(self._processor.tokenizer)
        self._digits = digit_tokens(self._processor.tokenizer)

    def read(self, crops: Sequence[NDArray[np.uint8]]) -> Readings:
        """Read each crop, one after the other; one without pixels is illegible.

        Args:
            crops: RGB crops of number boxes, each (height, width, 3), any size.
        """
        probs = np.zeros((len(crops), len(NUMBERS)), np.float32)
        for row, crop in zip(probs, crops, strict=True):
            if crop.size:
                row[:] = answer_probs(*self._reply_probs(crop), self._spellings)
            else:
                row[NUMBERS.index("")] = 1
        return Readings(probs)

    def _reply_probs(
        self, crop: NDArray[np.uint8]
    ) -> tuple[dict[Tokens, float], dict[Tokens, float]]:
        """What the reply begins with, and whether it goes on with a digit.

        Returns:
            Probability that the reply begins with each spelling or the start of one; and of the
            likely spellings, that a digit follows if it does.
        """
        inputs = self._processor(
            text=self._text,
            images=[[Image.fromarray(crop)]],
            do_image_splitting=False,
            return_tensors="pt",
        ).to(self._device, self._model.dtype)
        found: dict[Tokens, float] = {(): 1.0}
        with torch.inference_mode():
            asked = self._model(**inputs, use_cache=True, logits_to_keep=1)
            found |= self._extend([()], asked.logits[:, -1], found)
            for prefixes in _by_length(_proper_starts(self._spellings)):
                found |= self._extend(prefixes, self._go_on(asked, inputs, prefixes), found)
            goes_on: dict[Tokens, float] = {}
            for likely in _by_length({s for s in self._spellings if found[s] >= self._refuse_from}):
                following = self._go_on(asked, inputs, likely).double().softmax(dim=-1)
                shares = following[:, self._digits].sum(dim=-1).tolist()
                goes_on |= dict(zip(likely, shares, strict=True))
        return found, goes_on

    def _go_on(self, asked: Any, inputs: Any, prefixes: Sequence[Tokens]) -> torch.Tensor:
        """Logits of the token after each of some beginnings of equal length."""
        cache = copy.deepcopy(asked.past_key_values)
        cache.batch_repeat_interleave(len(prefixes))
        seen = inputs["attention_mask"].expand(len(prefixes), -1)
        tokens = torch.tensor(prefixes, device=self._device)
        mask = torch.cat([seen, torch.ones_like(tokens)], dim=1)
        replied = self._model(
            input_ids=tokens, attention_mask=mask, past_key_values=cache, logits_to_keep=1
        )
        logits: torch.Tensor = replied.logits[:, -1]
        return logits

    def _extend(
        self, prefixes: Sequence[Tokens], logits: torch.Tensor, found: Mapping[Tokens, float]
    ) -> dict[Tokens, float]:
        """Probabilities of the sequences that are one token longer than `prefixes`."""
        following = logits.double().softmax(dim=-1).cpu().numpy()
        place = {prefix: row for row, prefix in enumerate(prefixes)}
        return {
            longer: found[longer[:-1]] * float(following[place[longer[:-1]], longer[-1]])
            for tokens in self._spellings
            for longer in _starts(tokens)
            if longer[:-1] in place
        }


def answer_probs(
    prefix_probs: Mapping[Tokens, float],
    goes_on: Mapping[Tokens, float],
    spellings: Mapping[Tokens, str],
) -> NDArray[np.float32]:
    """Probability of each of `NUMBERS`, (102,): that the reply begins with it and no further digit.

    Args:
        prefix_probs: Probability that the reply begins with these tokens, for each spelling.
        goes_on: Spelling -> probability that a digit follows it. Of spellings that are not in
            here, what is taken for longer numbers is that of the longer spellings.
        spellings: Tokens -> number; several may stand for one number.
    """
    probs = np.zeros(len(NUMBERS))
    for tokens, number in spellings.items():
        probs[NUMBERS.index(number)] += prefix_probs[tokens] * (1 - goes_on.get(tokens, 0.0))
        shorter = next((s for s in reversed(list(_starts(tokens))[:-1]) if s in spellings), None)
        if shorter is not None and shorter not in goes_on:
            probs[NUMBERS.index(spellings[shorter])] -= prefix_probs[tokens]
    probs = np.clip(probs, 0, 1)
    probs[NUMBERS.index("")] = max(0.0, 1 - probs.sum())
    return np.asarray(probs / probs.sum(), np.float32)


def _starts(tokens: Tokens) -> Iterator[Tokens]:
    return (tokens[:length] for length in range(1, len(tokens) + 1))


def _proper_starts(spellings: Iterable[Tokens]) -> set[Tokens]:
    """Every start of a spelling that is not all of it."""
    return {start for tokens in spellings for start in list(_starts(tokens))[:-1]}


def _by_length(many: Iterable[Tokens]) -> list[list[Tokens]]:
    """Those of one length together, shortest first."""
    by_length: defaultdict[int, list[Tokens]] = defaultdict(list)
    for tokens in sorted(many):
        by_length[len(tokens)].append(tokens)
    return [by_length[length] for length in sorted(by_length)]


def digit_tokens(tokenizer: Any) -> list[int]:
    """Tokens that go on with a number: those whose text begins with a digit."""
    return [token for text, token in tokenizer.get_vocab().items() if text[:1] in set("0123456789")]


def folder_of(weights: Path) -> Path:
    """The folder in the published form that weights lie in, or are."""
    return weights if weights.is_dir() else weights.parent


def _spellings(tokenizer: Any) -> dict[Tokens, str]:
    """Token sequences that say a number, with and without a space before it."""
    return {
        tuple(tokenizer(before + number, add_special_tokens=False)["input_ids"]): number
        for number in NUMBERS
        if number
        for before in ("", " ")
    }


def load_processor(folder: Path) -> Any:
    """What turns pictures and text into the model's input, of a folder in the published form."""
    try:
        return AutoProcessor.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(f"{folder.name} holds no processor of SmolVLM2: {error}") from error


def load_model(folder: Path, adapter: str, dtype: torch.dtype) -> Any:
    """The model of a folder in the published form, perhaps with the adapter of another folder."""
    try:
        model = AutoModelForImageTextToText.from_pretrained(
            folder, dtype=dtype, local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(f"{folder.name} holds no weights of SmolVLM2: {error}") from error
    if adapter:
        if not (Path(adapter) / "adapter_model.safetensors").is_file():
            raise WeightsError(f"adapter {adapter}: expected adapter_model.safetensors in it")
        model.load_adapter(adapter, adapter_kwargs={"local_files_only": True})
    return model.eval()
