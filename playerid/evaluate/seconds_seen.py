"""How many players are named after so many seconds of play, and how many of them rightly.

Evidence grows over a game, and labelled clips last ten seconds. So games are made up in which
people are seen for as long as in a real clip, look as there, and are read as there, rightly and
wrongly: each player is played by one of that clip, in its tracklets, with another number
(`SeenPerson.worn_as`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_array

from playerid.evaluate.clip_ladder import LabelledClip
from playerid.evaluate.labels import count_labels, match_labels
from playerid.evaluate.observed_looks import SeenPerson
from playerid.game.roster import Game
from playerid.identify.candidates import gather_candidates
from playerid.identify.decision import Belief, decide, player_probs
from playerid.identify.evidence import Evidence, Hands, Looks, ReadNumbers, Tracklets
from playerid.identify.lineups import Substitutions
from playerid.identify.resolution import GameEvidence, identify_players
from playerid.identify.rows import NOT_NAMED
from playerid.leagues import load_league
from playerid.publish.assembly import player_frames

SECONDS = (2, 5, 10, 30, 60, 300)
FRAME_RATE = 30


@dataclass(frozen=True, slots=True)
class MadeUpGame:
    """Evidence of a made-up game, and who each of its N tracklets really is.

    Attributes:
        evidence: as the pipeline would weigh it; nobody has a place.
        players: (N,) candidate.
    """

    evidence: Evidence
    players: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Stay:
    """Somebody seen: which candidate, as whom of the clip, in which segment, when."""

    player: int
    person: SeenPerson
    segment: int
    start_s: float
    end_s: float


def make_up_game(game: Game, people: Sequence[SeenPerson], seconds: float, seed: int) -> MadeUpGame:
    """Let the players of a roster be seen in the main view for so long.

    Segments of the main view last 6 to 20 s, with 10 s between them in which players may be
    substituted (`Substitutions`). Each player on the court is always seen, in one tracklet of the
    person who plays him after another.

    Args:
        game: its rosters and its league.
        people: of a real clip.
        seconds: in the main view.
        seed: of the random numbers.
    """
    random = np.random.default_rng(seed)
    cast = _cast(gather_candidates(game).sides, people, random)
    return _evidence(game, list(_stays(game, cast, seconds, random)))


def _cast(
    sides: NDArray[np.int8], people: Sequence[SeenPerson], random: np.random.Generator
) -> list[list[SeenPerson]]:
    """For each candidate the tracklets of who plays him: somebody of his side, if it has any.

    Who plays a second candidate looks different in that role, by as much as people differ.
    """
    cast: list[list[SeenPerson]] = [[] for _ in sides]
    for side in (0, 1):
        of_side = [one for one in people if one.side == side] or list(people)
        tracklets: dict[str, list[SeenPerson]] = {}
        for one in of_side:
            tracklets.setdefault(one.player_id, []).append(one)
        means = [np.vstack([t.looks for t in own]).mean(axis=0) for own in tracklets.values()
                 if sum(len(t.looks) for t in own)]  # fmt: skip
        spread = np.std(means, axis=0) if len(means) > 1 else 0.0
        actors = list(tracklets.values())
        for place, candidate in enumerate(random.permutation(np.flatnonzero(sides == side))):
            own = actors[place % len(actors)]
            size = own[0].looks.shape[1]
            shift = random.normal(0, 1, size) * spread * (place >= len(actors))
            cast[candidate] = [replace(one, looks=one.looks + shift) for one in own]
    return cast


def _stays(
    game: Game, cast: Sequence[Sequence[SeenPerson]], seconds: float, random: np.random.Generator
) -> Iterator[_Stay]:
    candidates = gather_candidates(game)
    squads = [np.flatnonzero(candidates.sides == side) for side in (0, 1)]
    size = load_league(game.league).sport.on_court
    on_court = [random.permutation(squad)[:size] for squad in squads]
    begin_s, left_s, segment = 0.0, float(seconds), 0
    while left_s > 0:
        lasts_s = min(random.uniform(6, 20), left_s)
        for player in np.concatenate(on_court).tolist():
            now_s = begin_s
            while now_s < begin_s + lasts_s:
                person = cast[player][int(random.integers(len(cast[player])))]
                end_s = min(now_s + max(person.lasts_s, 1 / FRAME_RATE), begin_s + lasts_s)
                yield _Stay(player, person, segment, now_s, end_s)
                now_s = end_s + 1 / FRAME_RATE
        away_s = 10.0
        left_s, begin_s, segment = left_s - lasts_s, begin_s + lasts_s + away_s, segment + 1
        for side, squad in enumerate(squads):
            if random.random() < Substitutions().change_prob(away_s):
                bench = np.setdiff1d(squad, on_court[side])
                on_court[side][random.integers(size)] = bench[random.integers(len(bench))]


def _evidence(game: Game, stays: Sequence[_Stay]) -> MadeUpGame:
    candidates = gather_candidates(game)
    players = np.array([stay.player for stay in stays], np.int64)
    start_s = np.array([stay.start_s for stay in stays])
    end_s = np.array([stay.end_s for stay in stays])
    own = np.array([stay.person.right_team_prob for stay in stays])
    count = len(stays)
    lost = np.full((count, 2), np.nan)
    tracklets = Tracklets(
        ids=np.arange(count, dtype=np.int32),
        segments=np.array([stay.segment for stay in stays], np.int32),
        shared=csr_array(
            (start_s[:, None] < end_s[None, :]) & (start_s[None, :] < end_s[:, None]),
            dtype=np.int32,
        ),
        start_s=start_s,
        end_s=end_s,
        roles=np.full(count, "player"),
        clarities=np.array([stay.person.clarity for stay in stays]),
        home_probs=np.where(candidates.sides[players] == 0, own, 1 - own),
        clusters=np.full(count, ""),
        enter_m=lost,
        leave_m=lost,
    )
    evidence = Evidence(
        game,
        candidates,
        tracklets,
        _readings(stays, candidates.numbers),
        Looks(
            np.repeat(np.arange(count), [len(stay.person.looks) for stay in stays]),
            np.vstack([stay.person.looks for stay in stays]),
        ),
        Hands(np.ones((count, len(candidates.sides)), np.bool_), np.zeros(count, np.bool_)),
    )
    return MadeUpGame(evidence, players)


def _readings(stays: Sequence[_Stay], numbers: NDArray[np.int32]) -> ReadNumbers:
    rows, times_s, probs, of_torsos = [], [], [], []
    for row, stay in enumerate(stays):
        seen = stay.person.times_s <= stay.end_s - stay.start_s
        rows.append(np.full(int(seen.sum()), row, np.int64))
        times_s.append(stay.start_s + stay.person.times_s[seen])
        probs.append(stay.person.worn_as(int(numbers[stay.player]))[seen])
        of_torsos.append(stay.person.of_torsos[seen])
    every = np.concatenate(probs)
    return ReadNumbers(
        np.concatenate(rows),
        np.concatenate(times_s),
        every.argmax(axis=1).astype(np.int32),
        every,
        np.concatenate(of_torsos),
    )


def name_clip_after(
    clip: LabelledClip, *, seconds: Sequence[float] = SECONDS, threshold: float = 0.9
) -> list[dict[str, float]]:
    """Precision and coverage of the names of a real clip, if only its begin had been seen.

    Returns:
        A row for each number of seconds that its tracked frames last, and for all of them; of
        labelled player-frames.
    """
    times_s = clip.seen.tracked_boxes["time_s"].to_numpy()
    whole_s = round(float(np.ptp(times_s)), 1)
    rows = []
    for lasts_s in [*(s for s in seconds if s < whole_s), whole_s]:
        seen = seen_until(clip.seen, float(times_s.min()) + lasts_s + 0.05)
        resolved = identify_players(clip.game, seen, threshold)
        found = player_frames(resolved.atom_boxes, resolved.identities, seen.court_views)
        until = int(seen.tracked_boxes["frame_index"].to_numpy().max())
        labels = clip.labels.take(np.flatnonzero(clip.labels.frames <= until))
        scores = count_labels(match_labels(found, labels)).scores()
        rows.append(
            {
                "seconds": float(lasts_s),
                "precision": scores["identity_precision"],
                "coverage": scores["identity_coverage"],
            }
        )
    return rows


def seen_until(seen: GameEvidence, end_s: float) -> GameEvidence:
    """What the models saw before a time of the video, seconds."""
    boxes = seen.tracked_boxes.filter(pc.less_equal(seen.tracked_boxes["time_s"], end_s))
    last = pc.max(boxes["frame_index"])
    tables = {f.name: getattr(seen, f.name) for f in fields(seen)}
    return GameEvidence(
        **{n: rows.filter(pc.less_equal(rows["frame_index"], last)) for n, rows in tables.items()}
    )


def name_after(
    game: Game,
    people: Sequence[SeenPerson],
    *,
    seconds: Sequence[float] = SECONDS,
    games: int = 3,
    threshold: float = 0.9,
) -> list[dict[str, float]]:
    """Precision and coverage of the names, by player-seconds, after so many seconds of play.

    Args:
        game: whose rosters play.
        people: of a real clip, from `observe`.
        seconds: in the main view.
        games: made up for each of these.
        threshold: probability from which a player is named.
    """
    rows = []
    for lasts_s in seconds:
        named = right = seen = 0.0
        for seed in range(games):
            made = make_up_game(game, people, lasts_s, seed)
            tracklets = made.evidence.tracklets
            names = decide(made.evidence, player_probs(made.evidence, Belief()), threshold).players
            weights = tracklets.end_s - tracklets.start_s
            seen += weights.sum()
            named += weights[names != NOT_NAMED].sum()
            right += weights[names == made.players].sum()
        rows.append(
            {
                "seconds": float(lasts_s),
                "precision": right / named if named else float("nan"),
                "coverage": named / seen,
            }
        )
    return rows
