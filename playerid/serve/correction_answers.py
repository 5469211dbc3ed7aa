"""What the routes of corrections return, as OpenAPI says it."""

from playerid.serve.answer_schemas import (
    NUMBER,
    TEXT,
    WHOLE,
    YES_OR_NO,
    columns,
    described,
    list_of,
    one,
    thing,
)
from playerid.serve.game_answers import NAME
from playerid.tables import IDENTITIES

VERSION = described({"type": "string"}, "Of the corrections; saving is told which one was seen.")
_SAID = {
    "player_id": TEXT,
    "team_id": TEXT,
    "is_nobody": YES_OR_NO,
    "start_s": NUMBER,
    "end_s": NUMBER,
    "said_by": TEXT,
    "said_at": TEXT,
}
_KEPT = {
    "index": WHOLE,
    **_SAID,
    "tracklet_ids": described(list_of(WHOLE), "Tracklets that it is about now."),
    "boxes": described(WHOLE, "Boxes for which it holds."),
}
_TOLD = {
    "version": VERSION,
    "is_published": described(YES_OR_NO, "Whether what is published holds them; null: not known."),
    "corrections": list_of(thing(_KEPT)),
}
TOLD = thing(_TOLD)
_OTHERS = described(
    {"type": ["array", "null"], "items": thing(_SAID)}, "Null if it is not known any more."
)
CONFLICT = thing({"detail": TEXT, "changed": thing({"added": _OTHERS, "removed": _OTHERS})} | _TOLD)
KEPT = one(TOLD, 201) | one(CONFLICT, 409, "Somebody else changed them since.")
_COUNTS = ("rows", "gained", "lost", "renamed", "other_team")
_STRETCH = {
    "tracklet_id": WHOLE, "before": TEXT, "after": TEXT, "rows": WHOLE, "start_s": NUMBER,
    "end_s": NUMBER,
}  # fmt: skip
CHANGES = thing(
    {
        "version": VERSION,
        **dict.fromkeys(_COUNTS, WHOLE),
        "players": list_of(thing({"player_id": TEXT, "rows_before": WHOLE, "rows_after": WHOLE})),
        "stretches": list_of(thing(_STRETCH)),
    }
)
SUGGESTION = (
    columns(IDENTITIES, "tracklet_id", "segment_index", "start_s", "end_s")
    | {
        "moment_s": described(NUMBER, "Where it is largest, seconds."),
        "rows": described(WHOLE, "Rows of the main view."),
    }
    | columns(IDENTITIES, "role", "team_id", "team_prob", "player_id")
    | NAME
    | columns(
        IDENTITIES,
        "identity_prob", "player_candidates", "player_candidate_probs", "readings_for",
        "readings_against", "source",
    )
    | {
        "doubt_prob": described(NUMBER, "Probability that a word changes its name."),
        "expected_rows": described(NUMBER, "Rows that a word about it is expected to change."),
    }
)  # fmt: skip
PUBLICATION = thing(
    {
        "state": described(TEXT, "idle, waiting, running, published or failed."),
        "detail": TEXT,
        "asked_by": TEXT,
        "publication": described(TEXT, "What is published now."),
    }
)
