"""What the documents promise is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from aggregator.cli.main import app

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/adr").glob("*.md")])


def known_commands() -> set[str]:
    def names(group: Any, path: str) -> set[str]:
        found = set()
        for name, command in group.commands.items():
            found |= {f"{path}{name}"} | (names(command, f"{path}{name} ") if hasattr(command, "commands") else set())
        return found

    return names(typer.main.get_command(app), "")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_a_document_names_exists(document: Path) -> None:
    named = re.findall(r"(?:^    |`)aggregator (?:--\S+ \S+ )?([a-z][a-z ]*[a-z])", document.read_text(), re.MULTILINE)
    known = known_commands()
    unknown = [words for words in named if words not in known and words.split()[0] not in known]
    assert unknown == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_the_readme_names_what_make_can_do() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^    |`)make ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert named
    assert named <= targets
