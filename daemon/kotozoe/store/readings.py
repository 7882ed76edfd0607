"""How names were read before, out of the catalogue database."""

from __future__ import annotations

import json
from typing import Any

from kotozoe.identify.names.identify import Identified, StatedId
from kotozoe.identify.names.numbers import NumberPlace
from kotozoe.identify.names.reading import ParsedNumbers, Reading
from kotozoe.model import Release


def _reading(fields: list[Any]) -> Reading:
    title_text, (place, *rest), folder, own, after = fields
    return Reading(title_text, ParsedNumbers(NumberPlace(place), *rest), folder, own, after)


def load_identified(text: str) -> Identified:
    name, release, readings, ids, looks_like_release, skip, as_anime, extra = json.loads(text)
    return Identified(
        name,
        Release(*release),
        tuple(_reading(r) for r in readings),
        tuple(StatedId(*i) for i in ids),
        looks_like_release,
        skip,
        as_anime,
        extra,
    )
