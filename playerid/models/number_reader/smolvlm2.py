"""Jersey numbers read by SmolVLM2, a small vision-language model, asked to read the number."""

import copy
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from transformers import AutoModelForImageTextToText, AutoProcessor

from playerid.errors import WeightsError
from playerid.models.number_reader import Readings
from playerid.tables import NUMBERS

Tokens = tuple[int, ...]


class SmolVLM2NumberReader:
    """Reads jersey numbers by the probability of each as the start of the model's reply.

    Every answer is scored, not only the likeliest, so that a reading is a distribution; whatever
    part of it does not begin with a number is "no legible number". The probabilities are the
    model's own: calibrated only as far as its training made them.
    """

    def __init__(
        self,
        weights: Path | None,
        adapter: str = "",
        prompt: str = "Read the number.",
        device: str = "",
        dtype: str = "bfloat16",
    ) -> None:
        """Load model and processor from this machine; nothing is fetched.

        Args:
            weights: Folder in the published form (`config.json`, `model.safetensors`, processor
                and tokenizer files), or the `model.safetensors` in it.
            adapter: Folder of a LoRA adapter as peft writes it; "" for none.
            prompt: What the model is asked; an adapter knows only the one it was trained with.
            device: As torch names it; "" takes a GPU where there is one.
            dtype: Of the weights, as torch names it.

        Raises:
            WeightsError: No weights, or not of this architecture.
        """
        if weights is None:
            raise WeightsError("backend 'smolvlm2' needs weights: a folder in the published form")
        folder = weights if weights.is_dir() else weights.parent
        self._device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._processor = _load_processor(folder)
        self._model = _load_model(folder, adapter, getattr(torch, dtype)).to(self._device)
        self._text = self._processor.apply_chat_template(
            [
                {
                    "role": "user",
                    "content": [{"type": "image"}, {"type": "text", "text": prompt}],
                }
            ],
            add_generation_prompt=True,
        )
        self._spellings = _spellings(self._processor.tokenizer)

    def read(self, crops: Sequence[NDArray[np.uint8]]) -> Readings:
        """Read each crop, one after the other; one without pixels is illegible.

        Args:
            crops: RGB crops of number boxes, each (height, width, 3), any size.
        """
        probs = np.zeros((len(crops), len(NUMBERS)), np.float32)
        for row, crop in zip(probs, crops, strict=True):
            if crop.size:
                row[:] = answer_probs(self._prefix_probs(crop), self._spellings)
            else:
                row[NUMBERS.index("")] = 1
        return Readings(probs)

    def _prefix_probs(self, crop: NDArray[np.uint8]) -> dict[Tokens, float]:
        """Probability that the reply begins with each spelling or the start of one."""
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
            for prefixes in _prefixes_by_length(self._spellings):
                cache = copy.deepcopy(asked.past_key_values)
                cache.batch_repeat_interleave(len(prefixes))
                seen = inputs["attention_mask"].expand(len(prefixes), -1)
                tokens = torch.tensor(prefixes, device=self._device)
                mask = torch.cat([seen, torch.ones_like(tokens)], dim=1)
                replied = self._model(
                    input_ids=tokens, attention_mask=mask, past_key_values=cache, logits_to_keep=1
                )
                found |= self._extend(prefixes, replied.logits[:, -1], found)
        return found

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
    prefix_probs: Mapping[Tokens, float], spellings: Mapping[Tokens, str]
) -> NDArray[np.float32]:
    """Probability of each of `NUMBERS`, (102,): that the reply begins with it and no longer one.

    Args:
        prefix_probs: Probability that the reply begins with these tokens, for each spelling.
        spellings: Tokens -> number; several may stand for one number.
    """
    probs = np.zeros(len(NUMBERS))
    for tokens, number in spellings.items():
        probs[NUMBERS.index(number)] += prefix_probs[tokens]
        shorter = next((s for s in reversed(list(_starts(tokens))[:-1]) if s in spellings), None)
        if shorter is not None:
            probs[NUMBERS.index(spellings[shorter])] -= prefix_probs[tokens]
    probs = np.clip(probs, 0, 1)
    probs[NUMBERS.index("")] = max(0.0, 1 - probs.sum())
    return np.asarray(probs / probs.sum(), np.float32)


def _starts(tokens: Tokens) -> Iterator[Tokens]:
    return (tokens[:length] for length in range(1, len(tokens) + 1))


def _prefixes_by_length(spellings: Mapping[Tokens, str]) -> list[list[Tokens]]:
    """Every proper start of a spelling, those of one length together, shortest first."""
    by_length: defaultdict[int, set[Tokens]] = defaultdict(set)
    for tokens in spellings:
        for start in list(_starts(tokens))[:-1]:
            by_length[len(start)].add(start)
    return [sorted(by_length[length]) for length in sorted(by_length)]


def _spellings(tokenizer: Any) -> dict[Tokens, str]:
    """Token sequences that say a number, with and without a space before it."""
    return {
        tuple(tokenizer(before + number, add_special_tokens=False)["input_ids"]): number
        for number in NUMBERS
        if number
        for before in ("", " ")
    }


def _load_processor(folder: Path) -> Any:
    try:
        return AutoProcessor.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(f"{folder.name} holds no processor of SmolVLM2: {error}") from error


def _load_model(folder: Path, adapter: str, dtype: torch.dtype) -> Any:
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
