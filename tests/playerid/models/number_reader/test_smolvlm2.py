from pathlib import Path

import numpy as np
import pytest
import torch
from peft import LoraConfig, get_peft_model
from PIL import Image
from transformers import SmolVLMForConditionalGeneration, SmolVLMProcessor

from playerid.errors import WeightsError
from playerid.models.number_reader.smolvlm2 import SmolVLM2NumberReader, answer_probs
from playerid.tables import NUMBERS
from tests.playerid.models.number_reader.tiny_smolvlm2 import write_published

CROP = np.random.default_rng(3).integers(0, 255, (40, 29, 3), np.uint8)


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    return write_published(tmp_path_factory.mktemp("smolvlm2"))


def test_probabilities_are_those_of_the_replies_spelled_out_one_by_one(published):
    reader = SmolVLM2NumberReader(published, precision="float32", refuse_from=0.0)
    probs = reader.read([CROP]).probs[0]

    model = SmolVLMForConditionalGeneration.from_pretrained(published).eval()
    processor = SmolVLMProcessor.from_pretrained(published)
    text = "user: <image>Read the number.<end_of_utterance>Assistant:"
    image = Image.fromarray(CROP)

    digits = [token for text, token in processor.tokenizer.get_vocab().items() if text.isdigit()]

    def is_said(reply: str) -> float:
        inputs = processor(
            text=text + reply, images=[[image]], do_image_splitting=False, return_tensors="pt"
        )
        with torch.inference_mode():
            log_probs = model(**inputs).logits[0].double().log_softmax(dim=-1)
        ids = inputs["input_ids"][0]
        places = range(len(ids) - len(reply), len(ids))
        said = np.exp(sum(float(log_probs[place - 1, ids[place]]) for place in places))
        return float(said * (1 - log_probs[-1, digits].exp().sum()))

    seven = sum(is_said(space + "7") for space in ("", " "))
    # Neither "70", which is an answer of its own, nor "230", which is none, is a "7" or a "23".
    assert probs[NUMBERS.index("7")] == pytest.approx(seven, rel=1e-3, abs=1e-7)
    assert probs[NUMBERS.index("23")] == pytest.approx(
        is_said("23") + is_said(" 23"), rel=1e-3, abs=1e-9
    )
    assert probs.sum() == pytest.approx(1, abs=1e-5)


def test_the_picture_matters(published):
    reader = SmolVLM2NumberReader(published / "model.safetensors", precision="float32")
    black, crop = reader.read([np.zeros_like(CROP), CROP]).probs
    assert np.abs(black - crop).max() > 1e-4


def test_an_empty_crop_is_illegible(published):
    probs = SmolVLM2NumberReader(published).read([np.zeros((0, 5, 3), np.uint8)]).probs
    assert probs[0, NUMBERS.index("")] == 1


def test_an_adapter_changes_the_reading(published, tmp_path):
    torch.manual_seed(1)
    base = SmolVLMForConditionalGeneration.from_pretrained(published)
    lora = LoraConfig(r=2, target_modules=["q_proj", "v_proj"], init_lora_weights=False)
    get_peft_model(base, lora).save_pretrained(tmp_path)
    plain = SmolVLM2NumberReader(published, precision="float32").read([CROP]).probs
    adapted = SmolVLM2NumberReader(published, adapter=str(tmp_path), precision="float32")
    assert np.abs(adapted.read([CROP]).probs - plain).max() > 1e-4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"weights": None}, "needs weights", id="none"),
        pytest.param({"weights": Path("nowhere/model.safetensors")}, "processor", id="missing"),
    ],
)
def test_missing_weights_are_named(arguments, message):
    with pytest.raises(WeightsError, match=message):
        SmolVLM2NumberReader(**arguments)


def test_a_missing_adapter_is_named(published, tmp_path):
    with pytest.raises(WeightsError, match="adapter_model"):
        SmolVLM2NumberReader(published, adapter=str(tmp_path))


def test_answers_that_no_roster_can_have_are_refused():
    spellings = {(5,): "5", (5, 5): "55"}
    probs = answer_probs({(5,): 0.9, (5, 5): 0.8}, {(5,): 0.85, (5, 5): 0.75}, spellings)
    # Of 0.9 that begin with 5, 0.85 go on; of 0.8 that begin with 55, 0.75 go on ("550").
    assert probs[NUMBERS.index("5")] == pytest.approx(0.9 * 0.15)
    assert probs[NUMBERS.index("55")] == pytest.approx(0.8 * 0.25)
    assert probs[NUMBERS.index("")] == pytest.approx(1 - 0.135 - 0.2)


def test_answer_probs_leave_the_rest_to_no_legible_number():
    spellings = {(5,): "5", (5, 5): "55", (9, 5): "5"}
    probs = answer_probs({(5,): 0.6, (5, 5): 0.25, (9, 5): 0.1}, {}, spellings)
    # 0.6 - 0.25 of replies are "5" alone, 0.1 are " 5"; 0.25 are "55"; the rest is no number.
    assert probs[NUMBERS.index("5")] == pytest.approx(0.45)
    assert probs[NUMBERS.index("55")] == pytest.approx(0.25)
    assert probs[NUMBERS.index("")] == pytest.approx(0.30)
