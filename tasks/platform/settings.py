"""What differs between machines and runs; every value can be set as PLAYERID_<NAME>."""

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field, PositiveFloat, PositiveInt, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from playerid.archive.archive import Archive, check_url, holds_key
from playerid.errors import ArchiveError, WeightsError
from playerid.game.inputs import GameInputs
from playerid.leagues import load_league
from playerid.models import registry as backends
from playerid.models.packs import WEIGHTS_CACHE, Model, load_pack, sport_of


class Settings(BaseSettings):
    """Read from arguments, then from the environment."""

    model_config = SettingsConfigDict(env_prefix="PLAYERID_", frozen=True, extra="forbid")

    archive_url: str = Field(default="archive", description="fsspec URL or folder of the archive")
    pack: str = Field(
        default="", description="model pack: a name, or a TOML file; else that of the game's sport"
    )
    weights_cache: Path = Field(default=WEIGHTS_CACHE, description="where fetched weights are kept")
    samples_per_second: PositiveFloat = Field(
        default=10, description="frames looked at, per second"
    )
    samples_per_number: PositiveInt = Field(
        default=2, description="read numbers on every n-th sample"
    )
    samples_per_torso: PositiveInt = Field(
        default=2,
        description="read upper bodies on every n-th sample, if the pack has a reader of them",
    )
    keeps_masks: bool = Field(
        default=False,
        description="find masks in people's boxes by the pack's mask head, and keep them: they"
        " take nine times the room of everything else",
    )
    identity_threshold: float = Field(
        default=0.9, ge=0, le=1, description="least probability at which a player is named"
    )

    prices: str = Field(
        default="gcp", description="section of the price table, or FILE:SECTION of one's own"
    )
    on_pools: bool = Field(
        default=False,
        description="games and their GPU halves run as deployments on work pools, else here",
    )
    database: Path | None = Field(
        default=None, description="DuckDB file for other tools, written anew by every night"
    )
    writes_pages: bool = Field(
        default=True, description="write the page of each game, which takes some seconds"
    )
    pages_url: str = Field(
        default="", description="where people open the archive, as https://...; else its own URL"
    )
    studio_url: str = Field(
        default="", description="where people open the studio, as https://...; pages link to it"
    )
    gpu_machines: PositiveInt = Field(
        default=1, description="machines over which the GPU half of a game is spread"
    )

    @field_validator("archive_url", "pages_url", "studio_url")
    @classmethod
    def _holds_no_key(cls, url: str) -> str:
        check_url(url)
        return url

    @field_validator("pack", "prices")
    @classmethod
    def _is_no_url_with_a_key(cls, name: str) -> str:
        if holds_key(name):
            raise ArchiveError(
                "a pack and a price table are files of this machine, not a URL with a key in it,"
                " which logs would show"
            )
        return name

    @property
    def archive(self) -> Archive:
        """The archive."""
        return Archive(self.archive_url)

    def digest_of(self, inputs: GameInputs) -> str:
        """What a game is made from under these settings: its inputs, the models, what they ask."""
        models = {job: model.digest for job, model in self.of_game(inputs).models.items()}
        names = (
            "samples_per_second",
            "samples_per_number",
            "samples_per_torso",
            "keeps_masks",
            "identity_threshold",
        )
        return inputs.digest(models, {name: getattr(self, name) for name in names})

    def of_game(self, inputs: GameInputs) -> "Settings":
        """These settings, with the pack of the game's sport where none is named.

        Raises:
            WeightsError: The pack that is named is of another sport.
        """
        game = inputs.game
        sport = load_league(game.league).sport
        pack = self.pack or sport.pack
        if sport_of(pack) not in {"", sport.name}:
            raise WeightsError(
                f"game {game.game_id} is {sport.name}, and pack {pack!r} knows {sport_of(pack)}:"
                f" name another, or none, which takes {sport.pack!r}"
            )
        return self.model_copy(update={"pack": pack})

    @property
    def models(self) -> dict[str, Model]:
        """Job -> model of the pack."""
        return load_pack(self.pack)

    def load(self, job: str) -> Any:
        """The backend of a job, loaded once per process."""
        return _loaded(job, self.pack, self.weights_cache, self.models[job].digest)

    def load_new(self, job: str) -> Any:
        """A backend of its own, for those that keep state, such as trackers."""
        return backends.load(self.models[job], self.weights_cache)


@cache
def _loaded(job: str, pack: str, weights_cache: Path, _digest: str) -> Any:
    return backends.load(load_pack(pack)[job], weights_cache)
