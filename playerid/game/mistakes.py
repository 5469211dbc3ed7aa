"""What is wrong with a file of a game, for people."""

from pydantic import ValidationError


def describe_mistakes(file: str, error: ValidationError, most: int = 10) -> str:
    """The first mistakes of a file of a game, with their fields, and how many there are."""
    mistakes = [
        ".".join(str(part) for part in mistake["loc"]) + ": " + _reason(mistake["msg"])
        if mistake["loc"]
        else _reason(mistake["msg"])
        for mistake in error.errors(include_url=False)
    ]
    count = f"{len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}"
    more = [f"and {len(mistakes) - most} more"] if len(mistakes) > most else []
    return f"{file}: {count}\n  " + "\n  ".join(mistakes[:most] + more)


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ")
