"""Fine-tune RF-DETR by the library's own trainer, from its published COCO weights."""

import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import Trainer
from pytorch_lightning.callbacks import LambdaCallback, Timer
from rfdetr.config import SegmentationTrainConfig, TrainConfig
from rfdetr.training import RFDETRDataModule, RFDETRModelModule, build_trainer

from playerid.archive.local_files import in_one_step
from playerid.models.detector.rfdetr_library import (
    read_checkpoint,
    save_fine_tuned,
    sizes_of,
    variant_config,
)
from playerid.models.pretrained import fetch_pretrained, weights_named
from playerid.training.box_masks import box_masks
from playerid.training.coco_export import MappedExport, map_export
from playerid.training.jobs import TrainingPlan

PLOTTED = {
    "train/loss": "loss",
    "val/mAP_50": "ap50",
    "val/mAP_50_95": "ap50_95",
    "val/segm_mAP_50": "mask_ap50",
}
"""Metrics of the library -> what the curve calls them."""


@dataclass(frozen=True, slots=True)
class LibraryRecipe:
    """How a variant is fine-tuned; what is not said here is the library's own recipe.

    Attributes:
        batch: pictures that go through together; a T4 holds four of Medium.
        effective: pictures of a step, over all devices.
        side_px: side of the square input; 0 is the variant's own.
        workers: processes that read pictures; 0 reads in this one.
        multi_scale: whether pictures are shown in several sizes.
    """

    batch: int = 4
    effective: int = 16
    side_px: int = 0
    workers: int = 2
    multi_scale: bool = True


def train(plan: TrainingPlan, recipe: LibraryRecipe | None = None) -> Path:
    """Fine-tune a variant on a COCO export.

    The library decides the precision: bfloat16 where a GPU has it, float16 with scaled losses on
    older ones, float32 on a CPU. Where there are several GPUs, all of them train. A run that was
    killed goes on from its last epoch.

    Args:
        plan: `variant` and `epochs` say what is trained and how long, `minutes` is the most.
        recipe: of the library's trainer.

    Returns:
        The weights, those of the best epoch: `detector.safetensors`, with `classes.md` beside
        them, which says what was mapped and what was dropped.

    Raises:
        LabelsError: The export is incomplete, or none of its classes is ours.
        WeightsError: The weights to begin with cannot be had, or are of another variant.
    """
    recipe = recipe or LibraryRecipe()
    start = plan.start or fetch_pretrained(weights_named(f"rfdetr-{plan.variant}"), plan.cache)
    mask = box_masks(plan.masks_from, plan.cache) if plan.masks_from else None
    export = map_export(plan.data, plan.out / "export", plan.renamed, mask)
    (plan.out / "classes.md").write_text(export.table() + "\n", "utf-8")
    kind, sizes = variant_config(plan.variant), sizes_of(read_checkpoint(start)[0])
    side_px = recipe.side_px or int(kind.model_fields["resolution"].default)
    with _quietly():
        model_config = kind(
            pretrain_weights=str(start.resolve()),
            resolution=side_px,
            **sizes | {"num_classes": len(export.names)},
        )
        train_config = _train_config(plan, recipe, export)
        trainer = _trainer(plan, train_config, model_config)
        last = plan.out / "last.ckpt"
        trainer.fit(
            RFDETRModelModule(model_config, train_config),
            RFDETRDataModule(model_config, train_config),
            ckpt_path=str(last) if plan.resume and last.exists() else None,
        )
    if not trainer.is_global_zero:
        raise SystemExit  # Lightning starts this command once more for each further GPU
    best, _ = read_checkpoint(plan.out / "checkpoint_best_total.pth")
    weights = plan.out / "detector.safetensors"
    with in_one_step(weights) as partial:
        save_fine_tuned(partial, best, plan.variant, export.names, side_px)
    return weights


def _train_config(plan: TrainingPlan, recipe: LibraryRecipe, export: MappedExport) -> TrainConfig:
    devices = max(torch.cuda.device_count(), 1)
    kind = SegmentationTrainConfig if plan.variant.startswith("seg") else TrainConfig
    return kind(
        dataset_dir=str(export.folder),
        dataset_file="roboflow",
        output_dir=str(plan.out),
        epochs=plan.epochs,
        batch_size=recipe.batch,
        grad_accum_steps=max(recipe.effective // (recipe.batch * devices), 1),
        num_workers=recipe.workers,
        multi_scale=recipe.multi_scale,
        expanded_scales=recipe.multi_scale,
        class_names=export.names,
        seed=plan.seed,
        devices=devices,
        strategy="ddp" if devices > 1 else "auto",
        tensorboard=False,
    )


def _trainer(plan: TrainingPlan, train_config: TrainConfig, model_config: Any) -> Trainer:
    """The library's trainer, with the limit of minutes and our curve beside its own."""
    trainer = build_trainer(
        train_config,
        model_config,
        accelerator="gpu" if torch.cuda.is_available() else "cpu",
        enable_model_summary=False,
    )
    timer = Timer(duration={"seconds": 60 * plan.minutes}, interval="step", verbose=False)

    def note(trainer: Trainer, module: object) -> None:
        metrics = {k: float(v) for k, v in trainer.callback_metrics.items()}
        known = {ours: metrics[theirs] for theirs, ours in PLOTTED.items() if theirs in metrics}
        minutes = timer.time_elapsed("train") / 60
        point = {"step": trainer.global_step, "epoch": trainer.current_epoch, "minutes": minutes}
        if trainer.is_global_zero:
            with (plan.out / "curve.jsonl").open("a") as curve:
                curve.write(json.dumps(point | known) + "\n")

    trainer.callbacks += [timer, LambdaCallback(on_train_epoch_end=note)]
    return trainer


@contextmanager
def _quietly() -> Iterator[None]:
    """Without what the libraries say of weights and sizes that are as they should be."""
    loggers = [logging.getLogger(name) for name in ("rf-detr", "pytorch_lightning", "lightning")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
