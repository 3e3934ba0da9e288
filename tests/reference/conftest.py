"""Reads the files in seeds/ for the tests of this folder, without the application."""

import csv
from pathlib import Path

import pytest


class SeedFiles:
    folder = Path(__file__).resolve().parents[2] / "seeds"

    def read(self, name):
        with open(self.folder / f"{name}.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def column(self, name, key, **where):
        return [row[key] for row in self.matching(name, where)]

    def only(self, name, **where):
        (row,) = self.matching(name, where)
        return row

    def matching(self, name, where):
        return [row for row in self.read(name) if all(row[key] == value for key, value in where.items())]

    def split(self, value):
        return value.split(";") if value else []


@pytest.fixture(scope="session")
def seeds():
    return SeedFiles()
