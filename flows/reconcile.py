"""Expected games against published ones; runs that crashed start again, or are given up."""

from prefect import flow

from tasks.platform.repair import Repair, repair_crashed, report_repair, waiting_games
from tasks.platform.settings import Settings


@flow(flow_run_name="reconcile")
def reconcile() -> Repair:
    """Start crashed runs again, at most three times each, and say which games are missing.

    A game whose runs crash more often is set aside. Games that wait are processed by the next
    night; nothing is started here that was not started before.
    """
    settings = Settings()
    settings.archive.probe()
    again, given_up = repair_crashed(settings)
    repair = Repair(again, given_up, waiting_games(settings))
    report_repair(repair)
    return repair
