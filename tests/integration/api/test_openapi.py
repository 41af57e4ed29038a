"""`docs/openapi.yaml` describes what is there, and only that."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from aggregator.googlereader.routes import make_routes as make_reader_routes
from aggregator.web.routes import make_routes

DOCUMENT = Path(__file__).parents[3] / "docs" / "openapi.yaml"


def described() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(DOCUMENT.read_text(encoding="utf-8"))
    return loaded


def test_the_description_has_every_route_with_its_methods_and_no_other() -> None:
    offered: dict[str, set[str]] = {}
    for route in [*make_routes(), *make_reader_routes()]:
        methods = {method.lower() for method in route.methods or ()} - {"head"}
        offered.setdefault(re.sub(r"{(\w+):\w+}", r"{\1}", route.path), set()).update(methods)
    assert {path: set(operations) for path, operations in described()["paths"].items()} == offered


def test_every_operation_has_a_name_of_its_own_and_says_who_may_call_it() -> None:
    operations = [operation for path in described()["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    for operation in operations:
        assert operation.get("security", ["default"]) == [] or {"401", "303"} & operation["responses"].keys()


def test_every_reference_leads_somewhere() -> None:
    text, root = DOCUMENT.read_text(encoding="utf-8"), described()
    references = set(re.findall(r'\$ref: "#/([^"]+)"', text))
    assert references
    for reference in references:
        found: Any = root
        for name in reference.split("/"):
            found = found[name]
        assert found
