"""Crops of a game's people -> embeddings, clusters, and the team of each tracklet."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from playerid import tables
from playerid.frames.crops import decode_jpeg
from playerid.game.roster import Game
from playerid.models.team_embedder import TeamEmbedder
from playerid.models.team_embedder.colour import head_legs_and_feet, shirt_colour
from playerid.tables import TEAM_VOTES
from playerid.teams.clusters import (
    UNDECIDED,
    cluster_embeddings,
    name_clusters,
    role_of_tracklet,
    vote_cluster,
    weigh_shirts,
)
from playerid.teams.crop_odds import crop_log_odds
from playerid.teams.kit_colours import ClusterColours, cluster_colours, kit_log_odds

AT_ONCE = 256


def roles_of(boxes: pa.Table) -> dict[int, str]:
    """Tracklet -> role of its person, by vote over its boxes.

    Args:
        boxes: rows of `tracked_boxes`.
    """
    labels = boxes.group_by("tracklet_id").aggregate([("label", "list")])
    return {row["tracklet_id"]: role_of_tracklet(row["label_list"]) for row in labels.to_pylist()}


def cluster_teams(crops: Iterable[pa.Table], boxes: pa.Table, embedder: TeamEmbedder) -> pa.Table:
    """Embed the crops and cluster those of players.

    Args:
        crops: rows of `player_crops`, some of the game after the others: as pictures they take a
            hundred times the room of what is kept of them.
        boxes: rows of `tracked_boxes`; their labels tell who wears no team's shirt.
        embedder: describes crops.

    Returns:
        Rows of `team_crops`.
    """
    described = [
        _describe(some.slice(start, AT_ONCE), embedder)
        for some in crops
        for start in range(0, some.num_rows, AT_ONCE)
    ]
    if not described:
        return tables.TEAM_CROPS.schema.empty_table()
    looks = pa.concat_tables(described)
    embeddings = np.stack(looks["embedding"].to_numpy())
    aside = [tracklet for tracklet, role in roles_of(boxes).items() if role != "player"]
    clusters = cluster_embeddings(embeddings, np.asarray(looks["tracklet_id"]), aside)
    is_player = clusters.crop_clusters != UNDECIDED
    return (
        looks.append_column(
            "cluster", pa.array(clusters.crop_clusters, pa.int32(), mask=~is_player)
        )
        .append_column(
            "cluster_score", pa.array(clusters.crop_scores, pa.float32(), mask=~is_player)
        )
        .cast(tables.TEAM_CROPS.schema)
    )


def _describe(crops: pa.Table, embedder: TeamEmbedder) -> pa.Table:
    images = [decode_jpeg(jpeg) for jpeg in crops["jpeg"].to_pylist()]
    vector = pa.list_(pa.float32())
    return (
        crops.select(["game_id", "tracklet_id", "frame_index"])
        .append_column("embedding", pa.array(list(embedder.embed(images)), vector))
        .append_column("look", pa.array(list(map(head_legs_and_feet, images)), vector))
        .append_column("shirt", pa.array(list(map(shirt_colour, images)), vector))
    )


def vote_teams(
    team_crops: pa.Table,
    boxes: pa.Table,
    readings: pa.Table,
    game: Game,
    known: Mapping[int, int] = MappingProxyType({}),
    bystanders: Collection[int] = (),
) -> pa.Table:
    """Name the clusters by their shirts and the numbers read, and let each tracklet's crops vote.

    Args:
        team_crops: rows of `team_crops`.
        boxes: rows of `tracked_boxes`; a crop counts for the tracklet that has its frame now.
        readings: rows of `number_readings`.
        game: the rosters, and what the teams wear if the game file says so.
        known: tracklet -> 0 home, 1 away, where it was said by hand.
        bystanders: tracklets of people who do not play; nothing of theirs counts.

    Returns:
        Rows of `playerid.tables.TEAM_VOTES`, one per tracklet.
    """
    roles = roles_of(boxes) | dict.fromkeys(bystanders, "other")
    probs = {t: p for t, p in _cluster_probs(team_crops).items() if t not in bystanders}
    numbers: dict[int, list[str]] = {}
    for row in readings.select(["tracklet_id", "jersey_number"]).to_pylist():
        if row["tracklet_id"] is not None and row["jersey_number"]:
            numbers.setdefault(row["tracklet_id"], []).append(row["jersey_number"])
    rosters = [{p.number for p in team.players if p.active} for team in game.teams]
    colours = cluster_colours(_shirts(team_crops), probs)
    of_shirts = kit_log_odds(colours, (game.home.shirt, game.away.shirt))
    names = weigh_shirts(name_clusters(probs, numbers, (rosters[0], rosters[1]), known), of_shirts)
    rows = []
    for tracklet_id, role in sorted(roles.items()):
        # P(home) over both namings of the clusters, each as likely as shirts and numbers make it.
        of_1 = probs.get(tracklet_id, 0.5)
        home = names.prob * (1 - of_1) + (1 - names.prob) * of_1
        votes = role == "player" and tracklet_id in probs
        is_decided = votes and names.home_cluster is not None
        rows.append(
            {
                "tracklet_id": tracklet_id,
                "role": role,
                "team_id": game.teams[home < 0.5].team_id if is_decided else None,
                "team_prob": max(home, 1 - home) if is_decided else None,
                "team_cluster": _sure_cluster(of_1, colours) if votes else None,
            }
        )
    return pa.Table.from_pylist(rows, TEAM_VOTES)


def _sure_cluster(
    of_1: float, colours: ClusterColours, *, min_prob: float = 0.8, min_apart: float = 20.0
) -> str | None:
    """Letter of the likelier cluster, "a" where the shirts are lighter.

    Args:
        of_1: probability of cluster 1.
        colours: of both.
        min_prob: a tracklet whose likelier cluster is less likely has none.
        min_apart: clusters whose shirts lie nearer than this, in Lab, may be one team: halves of
            one differ by up to 18 on five real clips, teams by 30 to 40.
    """
    if not colours.apart >= min_apart or max(of_1, 1 - of_1) < min_prob:
        return None
    return "a" if (of_1 > 0.5) == colours.lighter else "b"


def _shirts(team_crops: pa.Table) -> dict[int, list[list[float]]]:
    """Tracklet -> colours of its shirt, one per crop where it was seen."""
    shirts: dict[int, list[list[float]]] = {}
    for row in team_crops.select(["tracklet_id", "shirt"]).to_pylist():
        if row["shirt"] is not None:
            shirts.setdefault(row["tracklet_id"], []).append(row["shirt"])
    return shirts


def _cluster_probs(team_crops: pa.Table) -> dict[int, float]:
    """Tracklet -> probability that it belongs to cluster 1; those without crops are left out."""
    log_odds = crop_log_odds(team_crops)
    told = np.isfinite(log_odds)
    owners, log_odds = team_crops["tracklet_id"].to_numpy()[told], log_odds[told]
    return {int(t): vote_cluster(log_odds[owners == t]) for t in np.unique(owners)}
