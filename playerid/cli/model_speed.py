"""`playerid models speed` and `quantise`: how fast a pack is here, and what makes it faster."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from playerid.cli.options import CacheOption, PackOption, console, plain_errors
from playerid.errors import WeightsError
from playerid.leagues import FIRST_SPORT
from playerid.models.packs import WEIGHTS_CACHE, load_pack, model_of, sport_of
from playerid.models.speeds import Speed, SpeedTable


def speed(  # noqa: PLR0913, PLR0917
    pack: PackOption = "starter",
    people: Annotated[str, typer.Option(help="people in a frame, for the tracker")] = "1,2,4,8,16",
    side: Annotated[str, typer.Option(help="sides of SAM 2's input, pixels")] = "256,512,1024",
    seconds: Annotated[float, typer.Option(min=0, help="for each measurement")] = 1.0,
    out: Annotated[Path | None, typer.Option(help="JSON file, which plan --speed reads")] = None,
    prices: Annotated[
        str, typer.Option(envvar="PLAYERID_PRICES", help="section of the price table")
    ] = "gcp",
    cache: CacheOption = WEIGHTS_CACHE,
) -> None:
    """Measure every model of a pack on this machine, and say what a 48-minute game would cost.

    Weights that are not here are replaced by random ones of the same architecture, which are as
    fast. SAM 2 is measured with each number of people and each side; in the sum of a game it has
    the smallest side.
    """
    from playerid.models import measuring, registry  # noqa: PLC0415, torch
    from playerid.operate.game_estimate import PLAY_S, estimate_game, price_of  # noqa: PLC0415
    from playerid.operate.prices import load_prices  # noqa: PLC0415

    with plain_errors(), console.status("measuring ...") as status:
        rows = list(
            measuring.measure_pack(
                load_pack(pack), cache, _numbers(people), _numbers(side), status.update, seconds
            )
        )
        found = SpeedTable(pack, registry.device_name(), registry.holds_gpu(), rows)
        shares = estimate_game(found)
        price = price_of(found, shares, load_prices(prices))
    console.print(_shown(found))
    total_s = sum(share.seconds for share in shares)
    for share in shares:
        console.print(
            f"{share.job}: {share.calls:,.0f} / {share.per_second:,.1f} = {share.seconds:,.0f} s"
        )
    console.print(
        f"{PLAY_S / 60:.0f} minutes of play at 10 frames a second, one job after the other:"
        f" {total_s / 3600:.2f} hours, {price:.2f} ({prices})"
    )
    if out:
        found.write(out)


def quantise(
    job: Annotated[str, typer.Argument(help="detector, number_reader, torso_reader or court")],
    weights: Annotated[Path, typer.Option(help="safetensors file that `playerid train` wrote")],
    data: Annotated[
        Path, typer.Option(help="folder with labels of the training, such as players_train")
    ],
    pack: PackOption = "starter",
    cache: CacheOption = WEIGHTS_CACHE,
) -> None:
    """Let a small network compute in 8-bit integers, where a processor is quicker at it.

    Pictures of the training are shown to it, and the ranges of its layers are written into the
    file, which then has another SHA-256. `playerid train` does so by itself.
    """
    from playerid.scores.judge import with_weights  # noqa: PLC0415, seconds
    from playerid.training.int8_ranges import note_ranges  # noqa: PLC0415, seconds

    with plain_errors():
        model = with_weights(model_of(pack, job), weights)
        with console.status(f"{job}: showing pictures ..."):
            if not note_ranges(model, data, sport_of(pack) or FIRST_SPORT, cache):
                raise WeightsError(f"{weights}: the {job} {model.backend!r} has no small networks")
        sha256 = with_weights(model, weights).sha256
    console.print(f"{weights}: {job} is now {sha256}", soft_wrap=True)


def _numbers(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError as error:
        raise typer.BadParameter(f"{text!r}: expected numbers, as 1,2,4") from error


def _shown(found: SpeedTable) -> Table:
    table = Table("model", "input", "a second", "ms", "MB", "precision", "weights")
    table.title = f"pack {found.pack} on {found.device}"
    for row in found.speeds:
        ms, rate = f"{1000 / row.per_second:.1f}", f"{row.per_second:.1f} {row.of}s"
        shown = [f"{row.job}: {row.backend}", _input(row), rate, ms, f"{row.megabytes:.0f}"]
        table.add_row(*shown, row.precision, row.weights)
    return table


def _input(row: Speed) -> str:
    people = f"{row.people} people" if row.people else ""
    return f"{row.side_px} px, {people}" if row.side_px else people
