"""Route of the worked questions of `sql/questions`: what somebody may begin with."""

from fastapi import APIRouter, Response

from playerid.docs.questions import questions
from playerid.serve.answer_schemas import TEXT, described, list_of, one, thing
from playerid.serve.answering import answer_json, check_tag
from playerid.serve.house import PLAIN, Ask
from playerid.serve.published_state import digest

_QUESTION = dict.fromkeys(("name", "title", "about", "query"), TEXT) | {
    "plot": described(list_of(TEXT), "Kind of the plot, and its two columns.")
}
QUESTIONS = thing({"rows": list_of(thing(_QUESTION))})
router = APIRouter(prefix="/v1", tags=["statistics"])


@router.get("/questions", dependencies=PLAIN, responses=one(QUESTIONS))
def worked_questions(asked: Ask) -> Response:
    """Each question in one sentence, what to know of its answer, its plot, and its SQL."""
    rows = [
        {
            "name": question.name, "title": question.title, "about": question.about,
            "plot": question.plot, "query": question.query,
        }
        for question in questions()
    ]  # fmt: skip
    return answer_json({"rows": rows}, check_tag(asked.request, digest(str(rows))))
