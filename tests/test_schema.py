"""The published schema of records is that of the guidelines, with evidence, and nothing else."""

from __future__ import annotations

import copy
import json
from importlib.resources import files

import jsonschema
import pytest

import kg
from kg.data import SEEDS
from tests.records import record

SCHEMA = json.loads(files(kg).joinpath("record.schema.json").read_text(encoding="utf-8"))
#: The keys of each layer in the annotation guidelines; plain strings there are objects here.
GUIDELINES = {
    "regions": {"name"},
    "meetings": {"name", "date", "region"},
    "stresses": {"region", "hazard"},
    "responsibilities": {"region", "type"},
    "measures": {"region", "measure"},
    "campaigns": {"region", "name"},
    "policies": {"name"},
    "incidents": {"name"},
    "obligations": {"region", "modality", "action", "quote", "hazards"},
}


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_has_the_keys_of_the_guidelines_and_evidence():
    assert set(SCHEMA["properties"]) == {"id", "title", "published", *GUIDELINES}
    assert set(SCHEMA["required"]) == set(SCHEMA["properties"])
    for layer, keys in GUIDELINES.items():
        item = SCHEMA["properties"][layer]["items"]
        assert set(item["properties"]) == set(item["required"]) == keys | {"evidence"}
        assert item["additionalProperties"] is False


def test_a_record_of_everything_is_valid(validator):
    data = json.loads(json.dumps(record().to_json()))
    validator.validate(data)
    assert list(data) == ["id", "title", "published", *GUIDELINES]
    for layer in GUIDELINES:
        assert data[layer]


def test_the_seed_is_valid(validator):
    (path,) = SEEDS.glob("*.txt")
    data = kg.extract(path).to_json()
    validator.validate(json.loads(json.dumps(data)))
    assert data["id"] == path.stem


def broken(change) -> dict:
    data = copy.deepcopy(record().to_json())
    change(data)
    return data


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("incidents"),
        lambda d: d.update(extra=1),
        lambda d: d.update(id=None),
        lambda d: d.update(published="2020年4月13日"),
        lambda d: d.update(published="2020-13-01"),
        lambda d: d["stresses"][0].update(degree=3),
        lambda d: d["stresses"][0].update(hazard="Tailings Pond"),
        lambda d: d["stresses"][0].update(evidence=[]),
        lambda d: d["stresses"][0]["evidence"][0].update(start=-1),
        lambda d: d["stresses"][0]["evidence"][0].update(quote=""),
        lambda d: d["stresses"][0]["evidence"][0].pop("quote"),
        lambda d: d["regions"].append("湖南省"),
        lambda d: d["meetings"][0].pop("date"),
        lambda d: d["obligations"][0].update(modality="duty"),
        lambda d: d["obligations"][0].update(hazards=["flood", "flood"]),
        lambda d: d["policies"][0].update(name=""),
    ],
)
def test_what_breaks_the_schema_is_found(validator, change):
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(broken(change))
