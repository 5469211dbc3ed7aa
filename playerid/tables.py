"""Every Parquet column: name, type, meaning, key. The schema of the project."""

from dataclasses import dataclass

import pyarrow as pa


def column(name: str, kind: pa.DataType, meaning: str, *, nullable: bool = False) -> pa.Field:
    """Declare a column; its meaning is written into the Parquet file with the data."""
    return pa.field(name, kind, nullable=nullable, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True)
class Table:
    """A declared table.

    Attributes:
        name: as in SQL.
        about: what one row is.
        key: columns that name a row; rows are sorted by them.
        schema: the columns.
        public: published by the catalog; the others are working tables.
    """

    name: str
    about: str
    key: tuple[str, ...]
    schema: pa.Schema
    public: bool = False


GAME_ID = column("game_id", pa.string(), "League's identifier of the game.")
FRAME_INDEX = column("frame_index", pa.int32(), "Frame of the video, in presentation order from 0.")
TIME_S = column("time_s", pa.float64(), "Presentation time of the frame, seconds.")
SEGMENT_INDEX = column("segment_index", pa.int32(), "Camera shot of the game, from 0.")
TRACKLET_ID = column(
    "tracklet_id",
    pa.int32(),
    "Person linked within one segment; counted over the game.",
)
BOX = [
    column("x_min_px", pa.float32(), "Left edge of the box, pixels."),
    column("y_min_px", pa.float32(), "Upper edge of the box, pixels."),
    column("x_max_px", pa.float32(), "Right edge of the box, pixels."),
    column("y_max_px", pa.float32(), "Lower edge of the box, pixels."),
]
DETECTION_SCORE = column("detection_score", pa.float32(), "Detector's uncalibrated score.")
# Of what others tracked, who may have seen no picture.
MAYBE_SEEN = [
    column(field.name, field.type, f"{meaning[:-1]}; null if not known.", nullable=True)
    for field in (*BOX, DETECTION_SCORE)
    for meaning in [field.metadata[b"meaning"].decode()]
]
OBJECT_INDEX = column("object_index", pa.int32(), "Object of the frame, from 0.")
JPEG = column("jpeg", pa.binary(), "The crop as JPEG.")
ROLE = column(
    "role",
    pa.string(),
    "player, goalkeeper or referee, by vote over the tracklet; other, who does not play: bench,"
    " coaches, stewards, spectators, camera crews, and what is faintly seen and perhaps nobody.",
)
PLAYING_ROLES = ("player", "goalkeeper")
"""Roles of those who play; their rows can have a team and a name."""
TEAM_ID = column("team_id", pa.string(), "Team of the player; null if undecided.", nullable=True)
TEAM_PROB = column("team_prob", pa.float32(), "Probability of the team.", nullable=True)
TEAM_CLUSTER = column(
    "team_cluster",
    pa.string(),
    "Which of the game's two looks the player has, whether its team is known or not: a, the"
    " lighter shirts, or b; null if undecided, and where the two are hardly apart.",
    nullable=True,
)
JERSEY_NUMBER = column(
    "jersey_number",
    pa.string(),
    'Number as text: "0" and "00" differ; null if undecided.',
    nullable=True,
)
NUMBERS = ("", "0", "00", *(str(n) for n in range(1, 100)))
"""Every jersey number, and every answer of a reader: "" is "no legible number"."""
PLAYER_ID = column("player_id", pa.string(), "Who it is; null if undecided.", nullable=True)
IDENTITY_PROB = column(
    "identity_prob",
    pa.float32(),
    "Calibrated probability of the likeliest player, of a box lower where boxes overlap; null if"
    " none.",
    nullable=True,
)
COURT_X = column(
    "court_x_m",
    pa.float32(),
    "Along the court from its centre, metres; null if not solved.",
    nullable=True,
)
COURT_Y = column(
    "court_y_m",
    pa.float32(),
    "Across the court from its centre, towards the far sideline, metres; null if not solved.",
    nullable=True,
)

SEGMENTS = Table(
    "segments",
    "camera shot",
    ("game_id", "segment_index"),
    pa.schema(
        [
            GAME_ID,
            SEGMENT_INDEX,
            column("video_index", pa.int32(), "Video file of the game, from 0."),
            column("video_start_s", pa.float64(), "Time at which that file begins, seconds."),
            column("start_frame", pa.int32(), "First frame."),
            column("end_frame", pa.int32(), "Frame after the last."),
            column("start_s", pa.float64(), "Time of the first frame, seconds."),
            column("end_s", pa.float64(), "Time at which the last frame ends, seconds."),
            column(
                "view",
                pa.string(),
                "main, the wide camera that shows the play; other; or missing: time whose pictures"
                " are damaged or absent, with the frames that could not be used.",
            ),
        ]
    ),
    public=True,
)
SAMPLED_FRAMES = Table(
    "sampled_frames",
    "frame that the models look at",
    ("game_id", "frame_index"),
    pa.schema([GAME_ID, FRAME_INDEX, TIME_S, SEGMENT_INDEX]),
)
TRACKED_BOXES = Table(
    "tracked_boxes",
    "person per sampled frame, not yet named",
    ("game_id", "tracklet_id", "frame_index"),
    pa.schema(
        [
            GAME_ID,
            FRAME_INDEX,
            TIME_S,
            SEGMENT_INDEX,
            TRACKLET_ID,
            *BOX,
            column(
                "label",
                pa.string(),
                "Detector's class; empty where the tracker bridged a gap.",
            ),
            DETECTION_SCORE,
        ]
    ),
)
ATOM_BOXES = Table(
    "atom_boxes",
    "person per sampled frame; tracklets split where the person seems to change",
    ("game_id", "tracklet_id", "frame_index"),
    TRACKED_BOXES.schema.append(
        column(
            "meetings",
            pa.int32(),
            "How often the person met another since the number was read, or until it is.",
        )
    ),
)
MASKS = Table(
    "masks",
    "mask of a person per sampled frame",
    ("game_id", "tracklet_id", "frame_index"),
    pa.schema(
        [
            GAME_ID,
            FRAME_INDEX,
            TRACKLET_ID,
            column("mask_rle", pa.binary(), "COCO run-length encoding of the mask."),
            column("height_px", pa.int32(), "Height of the frame, pixels."),
            column("width_px", pa.int32(), "Width of the frame, pixels."),
        ]
    ),
)
OBJECT_BOXES = Table(
    "object_boxes",
    "ball, rim or number box per sampled frame",
    ("game_id", "frame_index", "object_index"),
    pa.schema(
        [
            GAME_ID,
            FRAME_INDEX,
            TIME_S,
            SEGMENT_INDEX,
            OBJECT_INDEX,
            column("label", pa.string(), "ball, ball-in-basket, rim or number."),
            *BOX,
            DETECTION_SCORE,
        ]
    ),
)
PLAYER_CROPS = Table(
    "player_crops",
    "crop of a person, sampled for team clustering",
    ("game_id", "tracklet_id", "frame_index"),
    pa.schema([GAME_ID, TRACKLET_ID, FRAME_INDEX, TIME_S, JPEG]),
)
NUMBER_CROPS = Table(
    "number_crops",
    "crop of a number box, with its padding",
    ("game_id", "frame_index", "object_index"),
    pa.schema([GAME_ID, FRAME_INDEX, OBJECT_INDEX, JPEG]),
)
TORSO_CROPS = Table(
    "torso_crops",
    "crop of a player's upper body, to read the number on it",
    ("game_id", "tracklet_id", "frame_index"),
    pa.schema([GAME_ID, TRACKLET_ID, FRAME_INDEX, TIME_S, SEGMENT_INDEX, JPEG]),
)
TEAM_CROPS = Table(
    "team_crops",
    "crop sampled for team clustering, with its embedding",
    ("game_id", "tracklet_id", "frame_index"),
    pa.schema(
        [
            GAME_ID,
            TRACKLET_ID,
            FRAME_INDEX,
            column("embedding", pa.list_(pa.float32()), "Embedding of the crop."),
            column(
                "look",
                pa.list_(pa.float32()),
                "Mean Lab colours of head, legs and feet, which tell team mates apart.",
                nullable=True,
            ),
            column(
                "shirt",
                pa.list_(pa.float32()),
                "Median Lab colour of the shirt, L from 0 to 100.",
                nullable=True,
            ),
            column(
                "cluster",
                pa.int32(),
                "Cluster of the crop, 0 or 1; null for a referee.",
                nullable=True,
            ),
            column(
                "cluster_score",
                pa.float32(),
                "Margin between the clusters, 0 to 1.",
                nullable=True,
            ),
        ]
    ),
)
NUMBER_READINGS = Table(
    "number_readings",
    "crop of a number or of an upper body: what was read, how surely, whose it is",
    ("game_id", "frame_index", "source", "object_index"),
    pa.schema(
        [
            GAME_ID,
            FRAME_INDEX,
            TIME_S,
            SEGMENT_INDEX,
            column(
                "source",
                pa.string(),
                "What was read: the box of a number (box), or a player's upper body (torso).",
            ),
            OBJECT_INDEX,
            column(
                "tracklet_id",
                pa.int32(),
                "Wearer; null if nobody or not clear.",
                nullable=True,
            ),
            column(
                "ios",
                pa.float32(),
                "Share of the number box inside its wearer; null of a torso.",
                nullable=True,
            ),
            column(
                "legible_prob",
                pa.float32(),
                "Calibrated probability that a number can be read on the crop.",
            ),
            column(
                "jersey_number",
                pa.string(),
                "Likeliest number; null if not legible.",
                nullable=True,
            ),
            column("number_prob", pa.float32(), "Calibrated probability of that answer."),
            column(
                "candidates",
                pa.list_(pa.string()),
                "The likeliest answers, surest first.",
            ),
            column("candidate_probs", pa.list_(pa.float32()), "Their probabilities."),
        ]
    ),
)
COURT_VIEWS = Table(
    "court_views",
    "sampled frame: its homography, or why there is none",
    ("game_id", "frame_index"),
    pa.schema(
        [
            GAME_ID,
            FRAME_INDEX,
            TIME_S,
            SEGMENT_INDEX,
            column(
                "image_to_court",
                pa.list_(pa.float64()),
                "Homography from pixels to metres, row by row; null if not solved.",
                nullable=True,
            ),
            column(
                "court_error_m",
                pa.float32(),
                "Root mean square distance of the points that agree, metres.",
                nullable=True,
            ),
            column("points", pa.int32(), "Court points that agree with the homography."),
            column(
                "reason",
                pa.string(),
                "Why it is not solved; null if it is.",
                nullable=True,
            ),
        ]
    ),
    public=True,
)
FIELD = column("field", pa.string(), "clock, period, shot_clock, home_score or away_score.")
SCORE_BUG = Table(
    "score_bug",
    "text of the score bug: where it stands in a video",
    ("game_id", "video_index", "field"),
    pa.schema([GAME_ID, column("video_index", pa.int32(), "Video file, from 0."), FIELD, *BOX]),
)
CLOCK_READINGS = Table(
    "clock_readings",
    "text of the score bug, as read in a frame",
    ("game_id", "frame_index", "field"),
    pa.schema(
        [
            GAME_ID,
            FRAME_INDEX,
            TIME_S,
            SEGMENT_INDEX,
            FIELD,
            column("text", pa.string(), "As read."),
            column("text_score", pa.float32(), "Reader's uncalibrated score."),
        ]
    ),
)
IDENTITIES = Table(
    "identities",
    "tracklet: who it is, and the evidence for and against",
    ("game_id", "tracklet_id"),
    pa.schema(
        [
            GAME_ID,
            TRACKLET_ID,
            SEGMENT_INDEX,
            column("start_s", pa.float64(), "Time of the first box, seconds."),
            column("end_s", pa.float64(), "Time of the last box, seconds."),
            ROLE,
            TEAM_ID,
            TEAM_PROB,
            TEAM_CLUSTER,
            JERSEY_NUMBER,
            PLAYER_ID,
            IDENTITY_PROB,
            column(
                "runner_up_id",
                pa.string(),
                "Next likeliest player; null if none.",
                nullable=True,
            ),
            column("runner_up_prob", pa.float32(), "Their probability.", nullable=True),
            column(
                "player_candidates",
                pa.list_(pa.string()),
                "Likeliest players, surest first, whether named or not; null if none.",
                nullable=True,
            ),
            column(
                "player_candidate_probs",
                pa.list_(pa.float32()),
                "Their probabilities; what is missing to 1 is anybody else.",
                nullable=True,
            ),
            column("readings_for", pa.int32(), "Readings equal to the jersey number."),
            column("readings_against", pa.int32(), "Readings of other numbers."),
            column(
                "source",
                pa.string(),
                "How the name came about: read, linked, eliminated, by hand; null if none.",
                nullable=True,
            ),
        ]
    ),
    public=True,
)
PLAYER_FRAMES = Table(
    "player_frames",
    "person per sampled frame, with the player and the court position",
    ("game_id", "tracklet_id", "frame_index"),
    pa.schema(
        [
            GAME_ID,
            FRAME_INDEX,
            TIME_S,
            SEGMENT_INDEX,
            TRACKLET_ID,
            ROLE,
            TEAM_ID,
            TEAM_CLUSTER,
            JERSEY_NUMBER,
            PLAYER_ID,
            IDENTITY_PROB,
            *MAYBE_SEEN,
            COURT_X,
            COURT_Y,
            column(
                "action",
                pa.string(),
                "in-possession, jump-shot, layup-dunk or shot-block, as detected; shot-attempt, of"
                " recordings that do not say how; null otherwise.",
                nullable=True,
            ),
        ]
    ),
    public=True,
)
BALL_FRAMES = Table(
    "ball_frames",
    "sampled frame in which the ball was seen",
    ("game_id", "frame_index"),
    pa.schema(
        [
            GAME_ID,
            FRAME_INDEX,
            TIME_S,
            SEGMENT_INDEX,
            *MAYBE_SEEN,
            column(
                "holder_tracklet_id",
                pa.int32(),
                "Who holds the ball; null if nobody or unclear.",
                nullable=True,
            ),
            column(
                "in_basket",
                pa.bool_(),
                "The ball passes through a ring or has just done so; null if that is not known.",
                nullable=True,
            ),
            column(
                "court_x_m",
                pa.float32(),
                "Along the court from its centre, metres: of a picture, where it shows the lower"
                " edge of the ball on the floor, so that a ball in the air seems farther; null if"
                " not solved.",
                nullable=True,
            ),
            column(
                "court_y_m",
                pa.float32(),
                "The same across the court, towards the far sideline, metres.",
                nullable=True,
            ),
        ]
    ),
    public=True,
)
CLOCK_FRAMES = Table(
    "clock_frames",
    "sampled frame with a readable score bug",
    ("game_id", "frame_index"),
    pa.schema(
        [
            GAME_ID,
            FRAME_INDEX,
            TIME_S,
            SEGMENT_INDEX,
            column("period", pa.int32(), "Period, from 1; overtimes follow.", nullable=True),
            column(
                "game_clock_s",
                pa.float32(),
                "Seconds left in the period, below 0 in time added; between the steps shown, by"
                " even running.",
                nullable=True,
            ),
            column(
                "shot_clock_s",
                pa.float32(),
                "Seconds left to shoot, as shown; null if not shown.",
                nullable=True,
            ),
            column(
                "clock_running",
                pa.bool_(),
                "Whether the game clock runs; null if unknown.",
                nullable=True,
            ),
            column("home_score", pa.int32(), "Points of the home team.", nullable=True),
            column("away_score", pa.int32(), "Points of the visitors.", nullable=True),
            column(
                "clock_score",
                pa.float32(),
                "Share of the readings within a second that agree with the game clock.",
                nullable=True,
            ),
        ]
    ),
    public=True,
)
CALLED_EVENTS = Table(
    "called_events",
    "event of the play-by-play, as the league called it",
    ("game_id", "event_index"),
    pa.schema(
        [
            GAME_ID,
            column("event_index", pa.int32(), "Event of the play-by-play, by its clock, from 0."),
            column("period", pa.int32(), "Period, from 1; overtimes follow."),
            column("game_clock_s", pa.float32(), "Seconds left in the period."),
            column(
                "kind",
                pa.string(),
                "made shot, missed shot, free throw, rebound, turnover, foul, violation,"
                " substitution, timeout, jump ball, ejection, period begin, period end or other;"
                " at goals, what `playerid.game.play_by_play.spotting_labels` lists: kick-off,"
                " goal, corner, throw-in ...",
            ),
            column(
                "detail",
                pa.string(),
                "three seconds (a turnover), defensive three seconds or technical foul (fouls);"
                " null otherwise.",
                nullable=True,
            ),
            column("team_id", pa.string(), "Whose; null if nobody's.", nullable=True),
            column(
                "player_id",
                pa.string(),
                "Who did it; at a substitution, who leaves; null if nobody.",
                nullable=True,
            ),
            column(
                "in_player_id",
                pa.string(),
                "Who comes in, at a substitution; null otherwise.",
                nullable=True,
            ),
            column(
                "points",
                pa.int32(),
                "Points of a made shot or free throw; null otherwise.",
                nullable=True,
            ),
            column("home_score", pa.int32(), "Points of the home team after it.", nullable=True),
            column("away_score", pa.int32(), "Points of the visitors after it.", nullable=True),
            column("description", pa.string(), "In words.", nullable=True),
        ]
    ),
    public=True,
)
SPOTTED_EVENTS = Table(
    "spotted_events",
    "event that a spotter found in where people and ball are",
    ("game_id", "event_index"),
    pa.schema(
        [
            GAME_ID,
            column("event_index", pa.int32(), "Event of the game, by its time, from 0."),
            SEGMENT_INDEX,
            TIME_S,
            column("period", pa.int32(), "Period, from 1; null if unknown.", nullable=True),
            column(
                "game_clock_s",
                pa.float32(),
                "Seconds left in the period, below 0 in time added; null if unknown.",
                nullable=True,
            ),
            column("kind", pa.string(), "As in called_events."),
            TEAM_ID,
            column(
                "player_id",
                pa.string(),
                "Who; at a substitution, who leaves; null if unknown.",
                nullable=True,
            ),
            column(
                "in_player_id",
                pa.string(),
                "Who comes in, at a substitution; null otherwise.",
                nullable=True,
            ),
            column(
                "spot_prob",
                pa.float32(),
                "Probability of the event; of rules, how much of it was seen.",
            ),
            COURT_X,
            COURT_Y,
            column("spotter", pa.string(), "What found it: rules, or a model."),
        ]
    ),
    public=True,
)
TEAM_SHAPES = Table(
    "team_shapes",
    "formation of a team in a period, with or without the ball",
    ("game_id", "team_id", "period", "in_possession"),
    pa.schema(
        [
            GAME_ID,
            column("team_id", pa.string(), "Team."),
            column("period", pa.int32(), "Period, from 1; 0 where no clock was read."),
            column("in_possession", pa.bool_(), "Whether the team controls the ball."),
            column(
                "formation",
                pa.string(),
                "The template that fits best, lines from the back, as 4-3-3; null if fewer players"
                " were seen than can show one.",
                nullable=True,
            ),
            column(
                "fit_m",
                pa.float32(),
                "Mean distance of the players from the places of the template, metres.",
                nullable=True,
            ),
            column("runner_up", pa.string(), "The template that fits next best.", nullable=True),
            column("runner_up_fit_m", pa.float32(), "Its fit, metres.", nullable=True),
            column(
                "player_ids",
                pa.list_(pa.string()),
                "Who stood at each place of the template, from the back and from the left; an empty"
                " text for nobody known.",
                nullable=True,
            ),
            column(
                "roles",
                pa.list_(pa.string()),
                "What these places are called.",
                nullable=True,
            ),
            column("players", pa.int32(), "Outfield players with a mean place."),
            column("observed_s", pa.float64(), "Time in which enough of them were seen, seconds."),
        ]
    ),
    public=True,
)
GAMES = Table(
    "games",
    "published game: inputs, versions, weights, coverage, cost",
    ("game_id",),
    pa.schema(
        [
            GAME_ID,
            column("season", pa.string(), "Season, as the league writes it."),
            column("date", pa.date32(), "Day of the game; null if not known.", nullable=True),
            column("league", pa.string(), "Whose rules: the name of a league file."),
            column("home_team_id", pa.string(), "Home team."),
            column("away_team_id", pa.string(), "Away team."),
            column(
                "home_shirt",
                pa.string(),
                "Colour of the home team's shirts by the game file, as #rrggbb; null if not said.",
                nullable=True,
            ),
            column(
                "away_shirt",
                pa.string(),
                "Colour of the visitors' shirts by the game file; null if not said.",
                nullable=True,
            ),
            column("home_team_name", pa.string(), "Its name; null if not known.", nullable=True),
            column("away_team_name", pa.string(), "Its name; null if not known.", nullable=True),
            column(
                "videos",
                pa.list_(pa.string()),
                "Names of the video files, in order of play; null if there are none.",
                nullable=True,
            ),
            column("duration_s", pa.float64(), "Length of the video, seconds."),
            column("main_view_s", pa.float64(), "Of which in the main view, seconds."),
            column(
                "court_coverage",
                pa.float32(),
                "Share of main-view frames with a homography.",
            ),
            column(
                "identity_coverage",
                pa.float32(),
                "Share of main-view player rows with a player.",
            ),
            column("inputs_sha256", pa.string(), "Digest of the game file and its videos."),
            column("pack", pa.string(), "Model pack."),
            column(
                "models",
                pa.string(),
                "Job, backend and digest of every model, as JSON.",
            ),
            column("version", pa.string(), "Version of playerid."),
            column("wall_s", pa.float64(), "Time that its steps took, seconds.", nullable=True),
            column("cpu_s", pa.float64(), "Time of processors in them, seconds.", nullable=True),
            column(
                "gpu_s",
                pa.float64(),
                "Of `wall_s`, with a GPU in hand, busy or not, seconds.",
                nullable=True,
            ),
            column("bytes_read", pa.int64(), "Bytes they read from the archive.", nullable=True),
            column("bytes_written", pa.int64(), "Bytes they wrote to it.", nullable=True),
            column(
                "stage_costs",
                pa.string(),
                "Stage -> its number of parts and these five, as JSON.",
                nullable=True,
            ),
            column("published_at", pa.timestamp("s", tz="UTC"), "When it was published."),
        ]
    ),
    public=True,
)
ROSTERS = Table(
    "rosters",
    "player who may appear in the game",
    ("game_id", "player_id"),
    pa.schema(
        [
            GAME_ID,
            column("player_id", pa.string(), "League's identifier of the player."),
            column("team_id", pa.string(), "Team of the player in this game."),
            column("player_name", pa.string(), "Full name."),
            column("jersey_number", pa.string(), 'Number as text: "0" and "00" differ.'),
            column("active", pa.bool_(), "Allowed to play in this game."),
            column(
                "roster_role",
                pa.string(),
                "player or goalkeeper, as the game file says; null if not known.",
                nullable=True,
            ),
            column(
                "played_s",
                pa.float32(),
                "Playing time by the box score, seconds; null if not given.",
                nullable=True,
            ),
        ]
    ),
    public=True,
)

TABLES = (
    SEGMENTS,
    SAMPLED_FRAMES,
    TRACKED_BOXES,
    ATOM_BOXES,
    MASKS,
    OBJECT_BOXES,
    PLAYER_CROPS,
    NUMBER_CROPS,
    TORSO_CROPS,
    TEAM_CROPS,
    NUMBER_READINGS,
    COURT_VIEWS,
    SCORE_BUG,
    CLOCK_READINGS,
    IDENTITIES,
    PLAYER_FRAMES,
    BALL_FRAMES,
    CLOCK_FRAMES,
    CALLED_EVENTS,
    SPOTTED_EVENTS,
    TEAM_SHAPES,
    GAMES,
    ROSTERS,
)
PUBLIC_TABLES = tuple(table for table in TABLES if table.public)
ANSWER_TABLES = (SPOTTED_EVENTS, TEAM_SHAPES)
"""Public tables that are computed from the others when a game is published, and not by SQL."""
MATERIALISED = {
    "team_control": ("game_id", "frame_index"),
    "lane_stays": ("game_id", "tracklet_id", "start_s"),
    "possessions": ("game_id", "segment_index", "start_s"),
    "shot_attempts": ("game_id", "tracklet_id", "release_s"),
    "clock_pairs": ("game_id", "event", "seen_s", "event_index"),
    "three_second_violations": ("game_id", "tracklet_id", "start_s"),
    "screens": ("game_id", "handler_id", "screener_id", "start_s"),
    "cuts": ("game_id", "tracklet_id", "start_s"),
    "closeouts": ("game_id", "tracklet_id", "start_s"),
    "fast_breaks": ("game_id", "segment_index", "start_s"),
    "defences": ("game_id", "segment_index", "control_index"),
}
"""Views that look at every frame of a game -> their keys; their rows are stored with the game."""

TEAM_VOTES = pa.schema(
    [
        pa.field("tracklet_id", pa.int32(), nullable=False),
        pa.field("role", pa.string(), nullable=False),
        pa.field("team_id", pa.string()),
        pa.field("team_prob", pa.float32()),
        pa.field("team_cluster", pa.string()),
    ]
)
"""Rows of team evidence: the vote of each tracklet. Team columns are null if undecided."""
