"""Everything that is installed beside Python, with its licence, as a CycloneDX bill of materials.

`python bill_of_materials.py > sbom.cdx.json` in the environment that it is about; the images hold
theirs in /opt/playerid/sbom.cdx.json. With `--licences`: a line for each licence, for people.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from importlib import metadata
from typing import Any

UNSTATED = "not stated"


def installed() -> list[metadata.Distribution]:
    """What is installed, by name, each once."""
    found = {d.metadata["Name"].lower(): d for d in metadata.distributions() if d.metadata["Name"]}
    return [found[name] for name in sorted(found)]


def licences_of(distribution: metadata.Distribution) -> list[str]:
    """Licences of a package: an expression, else what its classifiers or its author say.

    Without these, the first line of its licence file; without one, `UNSTATED`.
    """
    told = distribution.metadata
    if expression := told.get("License-Expression"):
        return [expression]
    classifiers = [c for c in told.get_all("Classifier", []) if c.startswith("License :: ")]
    named = [c.rpartition(" :: ")[2] for c in classifiers]
    if said := [name for name in named if name != "OSI Approved"]:
        return said
    if line := _first_line(told.get("License") or ""):
        return [line]
    files = [f for f in distribution.files or () if re.search("(?i)licen[cs]e", f.name)]
    return [_first_line(file.read_text()) for file in files[:1]] or [UNSTATED]


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:100]


def bill(distributions: Iterable[metadata.Distribution]) -> dict[str, Any]:
    """A CycloneDX document of packages."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component(metadata.distribution("playerid"), "application")},
        "components": [
            _component(each) for each in distributions if each.metadata["Name"] != "playerid"
        ],
    }


def _component(distribution: metadata.Distribution, kind: str = "library") -> dict[str, Any]:
    name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()
    licences = licences_of(distribution)
    has_expression = "License-Expression" in distribution.metadata
    return {
        "type": kind,
        "bom-ref": f"pkg:pypi/{name}@{distribution.version}",
        "name": name,
        "version": distribution.version,
        "purl": f"pkg:pypi/{name}@{distribution.version}",
        "licenses": [{"expression": licences[0]}]
        if has_expression
        else [{"license": {"name": name}} for name in licences],
    }


def by_licence(distributions: Iterable[metadata.Distribution]) -> dict[str, list[str]]:
    """Licence -> names of its packages."""
    found = defaultdict(list)
    for each in distributions:
        found["; ".join(licences_of(each))].append(each.metadata["Name"])
    return dict(found)


if __name__ == "__main__":
    if "--licences" in sys.argv:
        for licence, names in sorted(by_licence(installed()).items()):
            print(f"{licence}: {', '.join(names)}")  # noqa: T201
    else:
        json.dump(bill(installed()), sys.stdout, indent=1)
