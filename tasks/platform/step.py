"""A step of the pipeline: its name, version, tables and models, stated once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from playerid.archive import store
from playerid.archive.store import Manifest
from playerid.tables import Table
from tasks.platform.caching import digests, remembered
from tasks.platform.memory import give_back, give_back_between
from tasks.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class Step:
    """What a step is, and so what its outputs depend on beside the facts of a run.

    Attributes:
        name: of the step.
        version: to be raised when the meaning of its outputs changes.
        reads: tables that earlier steps wrote.
        writes: tables that it makes.
        models: jobs of the pack whose models it asks.
        optional: the same of jobs that a pack may lack.
    """

    name: str
    version: int
    reads: tuple[Table, ...]
    writes: tuple[Table, ...]
    models: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def versioned(self) -> str:
        """Name and version: what its outputs are remembered under."""
        return f"{self.name}-{self.version}"

    def run(
        self,
        game_id: str,
        evidence: Sequence[Manifest],
        settings: Settings,
        make: Callable[["Work"], Mapping[str, pa.Table]],
        **facts: Any,
    ) -> list[Manifest]:
        """Find the outputs of an earlier run with the same facts, or make and record them.

        Args:
            game_id: the game.
            evidence: what the earlier steps made of it.
            settings: name the archive and the models.
            make: given the step's work, returns the rows of each table of `writes` by its name.
            facts: what the outputs depend on beside what the step reads and asks, as JSON.
        """
        work = Work(self, evidence, settings)
        facts["reads"] = {table.name: digests(evidence, table.name) for table in self.reads}
        asked = (*self.models, *(job for job in self.optional if job in settings.models))
        facts["models"] = {job: settings.models[job].digest for job in asked}

        def write() -> list[Manifest]:
            rows = make(work)
            made = [
                store.write(settings.archive, table, game_id, rows[table.name])
                for table in self.writes
            ]
            del rows
            give_back()
            return made

        return remembered(settings.archive, game_id, self.versioned, facts, write)


@dataclass(frozen=True, slots=True)
class Work:
    """What a step may use while it makes its outputs: what it declares, and nothing else."""

    step: Step
    evidence: Sequence[Manifest]
    settings: Settings

    def rows(self, table: Table) -> pa.Table:
        """The rows of a table that the step reads."""
        self._check_read(table)
        return store.read_all(self.settings.archive, table, self.evidence)

    def in_turn(self, table: Table) -> Iterator[pa.Table]:
        """The same rows, those of one part after the other's: of pictures, which are large."""
        self._check_read(table)
        return give_back_between(store.read_in_turn(self.settings.archive, table, self.evidence))

    def _check_read(self, table: Table) -> None:
        assert table in self.step.reads, f"{self.step.name} does not say that it reads {table.name}"

    def model(self, job: str) -> Any:
        """The model of a job that the step asks, loaded once per process."""
        asked = (*self.step.models, *self.step.optional)
        assert job in asked, f"{self.step.name} does not say that it asks the {job}"
        return self.settings.load(job)

    def new_model(self, job: str) -> Any:
        """A model of its own, for those that keep state, such as trackers."""
        assert job in self.step.models, f"{self.step.name} does not say that it asks the {job}"
        return self.settings.load_new(job)


def in_order(*steps: Step) -> tuple[Step, ...]:
    """Check that each step reads what earlier ones write, and that no table is written twice.

    Raises:
        ValueError: A step reads what no earlier step writes, or writes what one wrote.
    """
    written: dict[str, str] = {}
    for step in steps:
        for table in step.reads:
            if table.name not in written:
                raise ValueError(f"{step.name} reads {table.name}, which no earlier step writes")
        for table in step.writes:
            if table.name in written:
                raise ValueError(f"{step.name} writes {table.name}, as {written[table.name]} does")
            written[table.name] = step.name
    return steps
