"""What the routes about one game return, as OpenAPI says it."""

from playerid.serve.answer_schemas import (
    NAMED,
    NUMBER,
    TEXT,
    WHOLE,
    columns,
    described,
    list_of,
    rows_of,
    thing,
)
from playerid.tables import (
    BALL_FRAMES,
    CLOCK_FRAMES,
    GAMES,
    IDENTITIES,
    PLAYER_FRAMES,
    ROSTERS,
)

NAME = columns(ROSTERS, "player_name")
_TEAM = thing(
    {
        "team_id": TEXT,
        "name": described(TEXT, "Of the game file; else the id."),
        "side": {"enum": ["home", "away"]},
        "players": list_of(thing(columns(ROSTERS, without=["game_id"]))),
    }
)
_VIDEO = thing({"index": WHOLE, "name": TEXT, "href": described(TEXT, "Where its bytes are.")})
_TOLD = {
    name: described({"type": ["object", "array", "null"]}, f"`{name}` of `games`, as JSON.")
    for name in ("models", "stage_costs")
}
SUMMARY = thing(
    {
        "publication": described(TEXT, "What tells this publication from every other."),
        "game": thing(columns(GAMES) | _TOLD),
        "teams": list_of(_TEAM),
        "videos": list_of(_VIDEO),
    }
)
_BOX = ("x_min_px", "y_min_px", "x_max_px", "y_max_px")
_PERSON = (
    columns(PLAYER_FRAMES, "frame_index", "time_s", "segment_index", "tracklet_id", "role")
    | columns(PLAYER_FRAMES, "team_id", "player_id")
    | NAME
    | columns(PLAYER_FRAMES, "jersey_number", "identity_prob", *_BOX)
    | columns(PLAYER_FRAMES, "court_x_m", "court_y_m", "action")
)
_BALL = columns(BALL_FRAMES, "frame_index", "time_s", *_BOX, "holder_tracklet_id", "in_basket")
_CLOCK = columns(
    CLOCK_FRAMES,
    "frame_index", "time_s", "period", "game_clock_s", "shot_clock_s", "clock_running",
    "home_score", "away_score",
)  # fmt: skip
FRAMES = rows_of(_PERSON, ball=list_of(thing(_BALL)), clock=list_of(thing(_CLOCK)))
IDENTITY = (
    columns(IDENTITIES)
    | NAME
    | {"frames": described(WHOLE, "Sampled frames in which the tracklet is.")}
)
EVENT = {
    "kind": described(TEXT, "Kind of the event."),
    "start_s": described(NUMBER, "Begin in the video, seconds; null if it was not seen."),
    "end_s": described(NUMBER, "End in the video, seconds."),
    "segment_index": described(WHOLE, "Camera shot."),
    **columns(PLAYER_FRAMES, "team_id", "player_id"),
    "tracklet_id": described(WHOLE, "Tracklet, where the event is of one."),
    "period": described(WHOLE, "Period, where it is known."),
    "details": described(NAMED, "The row of its view: GET /v1/statistics says which columns."),
    **NAME,
}
COURT = thing(
    {
        "league": TEXT,
        "sport": TEXT,
        "length_m": NUMBER,
        "width_m": NUMBER,
        "target_x_m": NUMBER,
        "lines_m": described(list_of(list_of(list_of(NUMBER))), "Points of each line: x, y."),
    }
)
