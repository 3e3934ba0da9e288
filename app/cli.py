"""Commands: flask seed · reference export · admin create · demo · route · check · lapse · sweep · audit · identity · outbox · remind · guides · packages."""

from flask import Flask


def register(app: Flask) -> None:
    """Each room brings its own commands."""
    from .accounts.commands import admin
    from .accounts.identity_commands import identity
    from .checks.audit_commands import audit
    from .checks.commands import check
    from .demo.commands import demo
    from .dossier.commands import sweep
    from .guides.commands import guides
    from .messages.commands import outbox
    from .packages.commands import packages
    from .reference.commands import reference, seed
    from .workflow.commands import lapse, route
    from .workflow.remind_commands import remind

    for command in (
        seed,
        reference,
        admin,
        demo,
        route,
        lapse,
        sweep,
        check,
        audit,
        identity,
        outbox,
        remind,
        guides,
        packages,
    ):
        app.cli.add_command(command)
