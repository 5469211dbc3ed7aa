"""What each crop says about the team of its tracklet; without the models that looked at it."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def crop_log_odds(team_crops: pa.Table) -> NDArray[np.float64]:
    """Log-odds of cluster 1 for each row of `team_crops`: (N,), NaN where it was set aside."""
    scores = pc.fill_null(team_crops["cluster_score"], float("nan")).to_numpy()
    size = 2 * np.arctanh(np.minimum(scores, 1 - 1e-6).astype(np.float64))
    of_1 = pc.fill_null(team_crops["cluster"], 0).to_numpy() == 1
    return np.asarray(np.where(of_1, size, -size), np.float64)
