"""Where the sections of an LP file begin, also where variables are called like sections.

No word is reserved: ``bin`` may be a variable. A word is taken as the head of a section where that is the
only reading that the grammar allows, or where it stands alone on its line after something complete.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Literal

from problems.formats.lp_tokens import Tokens

Section = Literal["objective", "rows", "bounds", "generals", "binaries", "end", "refused"]
Before = Literal["start", "term", "number"]  # a new statement, a complete term, a number that may be a factor

SENSES = {
    **dict.fromkeys(("min", "minimize", "minimise", "minimum"), "min"),
    **dict.fromkeys(("max", "maximize", "maximise", "maximum"), "max"),
}
_HEADS: dict[Section, tuple[str, ...]] = {
    "rows": ("subject to", "such that", "st", "s.t.", "st.", "lazy constraints", "user cuts"),
    "bounds": ("bounds", "bound"),
    "generals": ("generals", "general", "gen", "integers", "integer", "int"),
    "binaries": ("binaries", "binary", "bin"),
    "end": ("end",),
    "refused": (
        "semi - continuous", "semi - integer", "semis", "semi", "sos", "sos1", "sos2", "general constraints",
        "general constraint", "gencons", "gencon", "pwlobj", "scenario", "multi - objectives",
        "multi - objective",
    ),
}  # fmt: skip
_PHRASES: list[tuple[list[str], Section]] = sorted(
    ((phrase.split(), section) for section, phrases in _HEADS.items() for phrase in phrases),
    key=lambda entry: -len(entry[0]),
)
_BY_FIRST = {
    first: [entry for entry in _PHRASES if entry[0][0] == first]
    for first in {words[0] for words, _ in _PHRASES}
}
KEYWORDS = frozenset({*_BY_FIRST, *SENSES, "free", "inf", "infinity", "to", "that", "cuts", "constraints"})


@dataclass(frozen=True)
class Head:
    """The head of a section.

    Attributes:
        section: Which one.
        text: Its words.
        at: The position of its first word.
        after: The position of the word behind it.
    """

    section: Section
    text: str
    at: int
    after: int


def may_be_head(text: str) -> bool:
    """Whether a section may begin with this word; quick, to ask before ``head_at``."""
    return text.lower() in _BY_FIRST


def head_at(
    tokens: Tokens, k: int, before: Before, section: Section, known: Container[str] = ()
) -> Head | None:
    """Return the head that begins at word k, or None where the word is a name.

    Args:
        tokens: The file.
        k: The word.
        before: What stands before it; after an operator there is nothing to ask.
        section: The section it stands in.
        known: The variables seen so far.
    """
    head = _phrase(tokens, k)
    if head is None:
        return None
    text, follows, kind = tokens.texts[k], tokens.texts[head.after], tokens.kinds[head.after]
    several, same_line = head.after > k + 1, not tokens.ends_line(head.after - 1)
    if follows == ":":
        ends_objective = section == "objective" and (several or before != "start")
        return Head(head.section, head.text, k, head.after + 1) if ends_objective else None
    if several:
        return head
    if kind == "relation" or follows in ("^", "*"):
        return None
    if section in ("generals", "binaries"):
        alone = tokens.begins_line(k) and not same_line
        return head if alone or text not in known else None
    if section == "bounds" and follows.lower() == "free" and same_line and text in known:
        return None
    glued = before != "term" and not tokens.begins_line(k)
    if glued or (kind == "sign" and same_line):
        return head if _only_reading(tokens, k, before, head, known) else None
    return head


def _only_reading(tokens: Tokens, k: int, before: Before, head: Head, known: Container[str]) -> bool:
    """Whether a one-word head with more on its line, before or after, cannot be a name."""
    if before == "term":
        return True
    same_line = not tokens.ends_line(k)
    if not tokens.begins_line(k):
        at_end = tokens.kinds[k + 1] == "end"
        return at_end or (same_line and tokens.kinds[k + 1] != "sign")
    return head.section in ("rows", "bounds") and tokens.texts[k] not in known


def _phrase(tokens: Tokens, k: int) -> Head | None:
    for words, section in _BY_FIRST.get(tokens.texts[k].lower(), ()):
        after = k + len(words)
        found = [text.lower() for text in tokens.texts[k:after]]
        if found == words and tokens.lines[after - 1] == tokens.lines[k]:
            return Head(section, " ".join(tokens.texts[k:after]), k, after)
    return None
