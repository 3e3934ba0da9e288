"""Which template an application's form is printed by: the round's, and from the first submission on always the same.

The choice is frozen with the dossier, so no later template, round or publication changes what was submitted.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from ..extensions import db
from ..models import Application, FormTemplate, Round, Series, Snapshot
from .completeness import required_slugs

Values = dict[str, Any]
AS_BUILT_IN: Values = {"template": None, "tables": {}}


def template_of(application: Application | None) -> Values:
    """{"form": the round, its required sections and what its template says}; without a round nothing.

    An application that was handed in keeps what it had unless its cover has turned to another round.
    """
    round_ = application.round if application else None
    if application is None or round_ is None:
        return {}
    if application.submission_no and (kept := _kept(application, round_)):
        return {"form": kept}
    chosen = template_for(round_)
    said = {"template": chosen.id, "tables": chosen.content} if chosen else AS_BUILT_IN
    return {"form": {"round": round_.id, "required": sorted(required_slugs(round_)), **said}}


def template_for(round_: Round) -> FormTemplate | None:
    """The round's own choice, else the default of its committee's series and year."""
    return round_.form_template or default_for(round_.year, round_.committee.series_nos)


def default_for(year: int, series_nos: Iterable[int], but: int | None = None) -> FormTemplate | None:
    """The newest published template of a committee's one series, else of all series; none: as built in.

    A committee of several series gets no series' own: a round of it says which. `but` leaves one out.
    """
    nos = list(series_nos)
    found = [each for each in published(year) if each.id != but]
    of_series = [each for each in found if each.series and [each.series.no] == nos]
    of_all = [each for each in found if each.series is None]
    return next(iter((*of_series, *of_all)), None)


def published(year: int | None = None) -> list[FormTemplate]:
    """The newest first; all years' or one's."""
    query = (
        select(FormTemplate)
        .outerjoin(Series)
        .where(FormTemplate.published_at.is_not(None))
        .order_by(FormTemplate.published_at.desc(), FormTemplate.id.desc())
    )
    if year is not None:
        query = query.where(FormTemplate.year == year)
    return list(db.session.scalars(query))


def suits(template: FormTemplate, round_: Round) -> bool:
    """Whether a round may choose it: published, of its year, and of one of its committee's series or of all."""
    nos = round_.committee.series_nos
    return (
        template.published_at is not None
        and template.year == round_.year
        and (template.series is None or not nos or template.series.no in nos)
    )


def _kept(application: Application, round_: Round) -> Values | None:
    """What the last submission was frozen with, if it was handed in to this round."""
    text = db.session.scalar(
        select(Snapshot.content).where(
            Snapshot.application_id == application.id, Snapshot.number == application.submission_no
        )
    )
    content: Values = json.loads(text) if text else {}
    form: Values | None = content.get("form")
    if form is not None:
        return form if form["round"] == round_.id else None
    # Frozen before there were templates.
    is_same = content.get("cover", {}).get("committee") == round_.committee.name
    return {"round": round_.id, "required": [], **AS_BUILT_IN} if is_same else None
