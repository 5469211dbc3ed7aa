"""Evidence of a whole game -> its atoms and who each of them is."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from playerid.assemble import court_positions
from playerid.identify import POSITIONS, gather_evidence, identify_by_evidence, split_tracklets
from playerid.roster import Game
from playerid.team_crops import vote_teams
