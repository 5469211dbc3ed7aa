from pathlib import Path

import numpy as np
import pytest
import torch
from peft import LoraConfig, get_peft_model
from PIL import Image
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    PreTrainedTokenizerFast,
    SmolVLMConfig,
    SmolVLMForConditionalGeneration,
    SmolVLMImageProcessor,
    SmolVLMProcessor,
    SmolVLMVideoProcessor,
)

from playerid.errors import WeightsError
from playerid.models.number_reader.smolvlm2 import SmolVLM2NumberReader, answer_probs
from playerid.tables import NUMBERS

SPECIAL = ["<pad>", "<end_of_utterance>", "<image>", "<fake_token_around_image>", "<global-img>"]
TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}{% endfor %}"
    "<end_of_utterance>{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}"
)
CROP = np.random.default_rng(3).integers(0, 255, (40, 29, 3), np.uint8)


def write_processor(folder: Path) -> PreTrainedTokenizerFast:
    """Letters, digits and the space are one token each, as digits are in SmolVLM2."""
    alphabet = [chr(code) for code in range(33, 127)] + ["Ġ"]
    vocabulary = {token: index for index, token in enumerate(SPECIAL + alphabet)}
    backend = Tokenizer(models.BPE(vocabulary, [], unk_token="?"))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    named = {
        "fake_image_token": "<fake_token_around_image>",
        "image_token": "<image>",
        "global_image_token": "<global-img>",
        "end_of_utterance_token": "<end_of_utterance>",
    }
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="<pad>",
        eos_token="<end_of_utterance>",
        extra_special_tokens=named,
    )
    sizes = {"size": {"longest_edge": 64}, "max_image_size": {"longest_edge": 32}}
    SmolVLMProcessor(
        SmolVLMImageProcessor(**sizes),
        tokenizer,
        SmolVLMVideoProcessor(**sizes),
        image_seq_len=4,
        chat_template=TEMPLATE,
    ).save_pretrained(folder)
    return tokenizer


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """A folder as SmolVLM2 is published, of a model two layers deep with random weights."""
    folder = tmp_path_factory.mktemp("smolvlm2")
    tokenizer = write_processor(folder)
    layers = {"num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48}
    torch.manual_seed(0)
    config = SmolVLMConfig(
        vision_config={**layers, "hidden_size": 32, "image_size": 32, "patch_size": 8},
        text_config={
            **layers,
            "model_type": "llama",
            "hidden_size": 32,
            "num_key_value_heads": 1,
            "vocab_size": len(tokenizer),
            "initializer_range": 0.6,
            "pad_token_id": 0,
        },
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        scale_factor=2,
        pad_token_id=0,
    )
    SmolVLMForConditionalGeneration(config).save_pretrained(folder)
    return folder


def test_probabilities_are_those_of_the_replies_spelled_out_one_by_one(published):
    reader = SmolVLM2NumberReader(published, dtype="float32")
    probs = reader.read([CROP]).probs[0]

    model = SmolVLMForConditionalGeneration.from_pretrained(published).eval()
    processor = SmolVLMProcessor.from_pretrained(published)
    text = "user: <image>Read the number.<end_of_utterance>Assistant:"
    image = Image.fromarray(CROP)

    def begins_with(reply: str) -> float:
        inputs = processor(
            text=text + reply, images=[[image]], do_image_splitting=False, return_tensors="pt"
        )
        with torch.inference_mode():
            log_probs = model(**inputs).logits[0].double().log_softmax(dim=-1)
        ids = inputs["input_ids"][0]
        places = range(len(ids) - len(reply), len(ids))
        return float(np.exp(sum(float(log_probs[place - 1, ids[place]]) for place in places)))

    seven = sum(
        begins_with(space + "7") - sum(begins_with(f"{space}7{digit}") for digit in range(10))
        for space in ("", " ")
    )
    # "70" to "79" are answers of their own; "7" is what is left of the replies that begin with 7.
    assert probs[NUMBERS.index("7")] == pytest.approx(seven, rel=1e-3, abs=1e-7)
    assert probs[NUMBERS.index("23")] == pytest.approx(
        begins_with("23") + begins_with(" 23"), rel=1e-3, abs=1e-9
    )
    assert probs.sum() == pytest.approx(1, abs=1e-5)


def test_the_picture_matters(published):
    reader = SmolVLM2NumberReader(published / "model.safetensors", dtype="float32")
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
    plain = SmolVLM2NumberReader(published, dtype="float32").read([CROP]).probs
    adapted = SmolVLM2NumberReader(published, adapter=str(tmp_path), dtype="float32")
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


def test_answer_probs_leave_the_rest_to_no_legible_number():
    spellings = {(5,): "5", (5, 5): "55", (9, 5): "5"}
    probs = answer_probs({(5,): 0.6, (5, 5): 0.25, (9, 5): 0.1}, spellings)
    # 0.6 - 0.25 of replies are "5" alone, 0.1 are " 5"; 0.25 are "55"; the rest is no number.
    assert probs[NUMBERS.index("5")] == pytest.approx(0.45)
    assert probs[NUMBERS.index("55")] == pytest.approx(0.25)
    assert probs[NUMBERS.index("")] == pytest.approx(0.30)
