"""Commands: flask seed · reference export · demo · route · check · lapse."""

from flask import Flask


def register(app: Flask) -> None:
    """Each room brings its own commands."""
    from .reference.commands import reference, seed
    from .workflow.commands import lapse, route

    for command in (seed, reference, route, lapse):
        app.cli.add_command(command)
