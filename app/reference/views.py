"""Views of this room; app/__init__.py registers VIEWS."""

from . import (
    audit_views,
    business_views,
    catalogue_views,
    checklist_views,
    entry_views,
    form_views,
    integrity_views,
    membership_views,
    organisation_views,
    overview_views,
    people_views,
    records_views,
    round_views,
    round_year_views,
    template_views,
    tree_views,
)

VIEWS: tuple[type, ...] = (
    *overview_views.VIEWS,
    *people_views.VIEWS,
    *integrity_views.VIEWS,
    *membership_views.VIEWS,
    *organisation_views.VIEWS,
    *business_views.VIEWS,
    *round_year_views.VIEWS,
    *round_views.VIEWS,
    *form_views.VIEWS,
    *template_views.VIEWS,
    *checklist_views.VIEWS,
    *records_views.VIEWS,
    *audit_views.VIEWS,
    *catalogue_views.VIEWS,
    *entry_views.VIEWS,
    *tree_views.VIEWS,
)
