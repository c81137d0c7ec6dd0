"""The concepts are complete, and a broken file is reported by file and line with the remedy."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg.data import ONTOLOGY
from kg.errors import DataFileError
from kg.model import Concept
from kg.ontology import SCHEMES, ancestors, concept, concepts, read_scheme

GOOD = """@prefix hazard: <https://kg-safety.example/hazard/> .
@prefix kg: <https://kg-safety.example/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

kg:HazardSectors
    a skos:ConceptScheme ;
    skos:prefLabel "行业"@zh-Hans .

hazard:mining
    a skos:Concept, kg:HazardSector ;
    skos:notation "mining" ;
    skos:prefLabel "矿山"@zh-Hans, "礦山"@zh-Hant, "mining"@en ;
    skos:topConceptOf kg:HazardSectors ;
    skos:inScheme kg:HazardSectors .

hazard:coal-mine
    a skos:Concept, kg:HazardSector ;
    skos:notation "coal-mine" ;
    skos:prefLabel "煤矿"@zh-Hans, "煤礦"@zh-Hant, "coal mines"@en ;
    skos:altLabel "煤炭生产"@zh-Hans ;
    kg:matches "狠抓煤矿安全整治"@zh-Hans ;
    skos:broader hazard:mining ;
    skos:inScheme kg:HazardSectors .
"""
VOCABULARY = Path(__file__).parents[2] / "shared" / "vocabulary"


def test_all_three_schemes_are_read_in_file_order() -> None:
    found = concepts()
    assert [s for s in SCHEMES if any(c.scheme == s for c in found)] == list(SCHEMES)
    assert len(found) >= 136
    assert found[0].id == "mining"
    assert concept("tailings-pond") in found


def test_a_concept_has_its_labels_and_its_place() -> None:
    pond = concept("tailings-pond")
    assert (pond.zh, pond.zh_hant, pond.en) == ("尾矿库", "尾礦庫", "tailings ponds")
    assert pond.iri == "https://kg-safety.example/hazard/tailings-pond"
    assert "头顶库" in pond.alt
    assert "tailings dam" in pond.alt_en
    assert ancestors("tailings-pond") == ("tailings-pond", "mining")


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(DataFileError, match="no concept 'tailing-pond'") as caught:
        concept("tailing-pond")
    assert caught.value.hint == "did you mean 'tailings-pond'?"


@pytest.mark.parametrize("name", ["hazard-sectors", "responsibility-types", "measure-types"])
def test_every_id_and_label_of_the_inventory_is_kept(name: str) -> None:
    if not VOCABULARY.is_dir():
        pytest.skip("../shared/vocabulary is not there")
    with (VOCABULARY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 18
    for row in rows:
        item = concept(row["id"])
        assert (item.zh, item.en, item.broader or "") == (row["zh"], row["en"], row["broader"])
        for label in filter(None, row["alt_zh"].split("|")):
            known = {item.zh, *item.alt, *item.hidden}
            assert label in known or label.strip("“”") in known, label


@pytest.mark.parametrize("item", concepts(), ids=lambda c: c.id)
def test_a_concepts_own_examples_are_about_it(item: Concept) -> None:
    labels = (item.zh, *item.alt, *item.hidden)
    bare = [label.strip("“”") for label in labels]
    for sentence in item.matches:
        words = sentence.replace("“", "").replace("”", "")
        assert any(label in sentence or label in words for label in (*labels, *bare)), sentence
    assert not set(item.matches) & set(item.rejects)


def test_at_least_forty_concepts_show_what_they_match_or_reject() -> None:
    assert sum(bool(c.matches) for c in concepts()) >= 120
    assert sum(bool(c.rejects) for c in concepts()) >= 20


TRADITIONAL = {
    "typhoon": "颱風",
    "drought": "抗旱",
    "ammonia-refrigeration": "涉氨製冷",
    "work-resumption": "復工復產",
    "epidemic": "疫情防控",
    "flood": "防汛",
    "public-venues": "公眾場所與社會活動",
    "supervision-assessment": "督查考核",
    "joint-management": "齊抓共管",
}


@pytest.mark.parametrize(("id", "label"), TRADITIONAL.items())
def test_traditional_labels_are_the_usual_characters(id: str, label: str) -> None:
    assert concept(id).zh_hant == label


def test_no_label_is_left_in_a_rare_traditional_form() -> None:
    rare = set("羣衆爲覈峯巖")
    assert [c.zh_hant for c in concepts() if rare & set(c.zh_hant)] == []


def read(tmp_path: Path, text: str) -> tuple[Concept, ...]:
    file = tmp_path / "hazard-sectors.ttl"
    file.write_text(text, encoding="utf-8")
    return read_scheme(file, "hazard")


def test_a_small_file_is_read(tmp_path: Path) -> None:
    assert [c.id for c in read(tmp_path, GOOD)] == ["mining", "coal-mine"]


CLASSES, COAL, BROADER = (
    "a skos:Concept, kg:HazardSector",
    'skos:notation "coal',
    "skos:broader hazard:mining",
)
BROKEN = {
    "syntax": ("skos:notation \"mining\" ;", "skos:notation mining ;", ":11: ", None),
    "broader": ("skos:broader hazard:mining", "skos:broader hazard:minning", ":22: ", "'mining'"),
    "property": ("skos:altLabel", "skos:altlabel", ":20: ", "'altLabel'"),
    "language": ('"煤炭生产"@zh-Hans', '"煤炭生产"@zh', ":20: ", "zh-hans"),
    "notation": ('skos:notation "coal-mine"', 'skos:notation "coalmine"', ":16: ", None),
    "label": ('"煤炭生产"@zh-Hans', '"矿山"@zh-Hans', ":20: ", None),
    "label-case": ('"coal mines"@en', '"Mining"@en', ":19: ", None),
    "missing": (', "煤礦"@zh-Hant', "", ":16: ", "zh-Hant"),
    "class": (f"{CLASSES} ;\n    {COAL}", f"a skos:Concept ;\n    {COAL}", ":16: ", None),
    "scheme": (f"{BROADER} ;\n    skos:inScheme kg:HazardSectors", BROADER, ":16: ", None),
    "no place": ("    skos:broader hazard:mining ;\n", "", ":16: ", None),
    "cycle": ("skos:topConceptOf kg:HazardSectors", "skos:broader hazard:coal-mine", ":9: ", None),
    "namespace": ("hazard:coal-mine\n", "kg:coal-mine\n", ": ", "HazardSectors"),
    "empty": ('"煤炭生产"@zh-Hans', '" "@zh-Hans', ":16: ", None),
    "id": ("hazard:coal-mine\n", "hazard:Coal_Mine\n", ":16: ", None),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_reported_by_line_with_the_remedy(tmp_path: Path, case: str) -> None:
    before, after, where, hint = BROKEN[case]
    assert GOOD.count(before) == 1
    with pytest.raises(DataFileError) as caught:
        read(tmp_path, GOOD.replace(before, after))
    assert f"hazard-sectors.ttl{where}" in str(caught.value)
    if hint is not None:
        assert hint in (caught.value.hint or "")


def test_a_file_without_concepts_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="no concepts") as caught:
        read(tmp_path, GOOD.partition("hazard:mining\n")[0])
    assert caught.value.hint == "delete the file or add a concept"


def test_an_id_used_for_two_concepts_is_an_error(tmp_path: Path) -> None:
    again = GOOD + GOOD[GOOD.index("hazard:mining\n") : GOOD.index("hazard:coal-mine\n")]
    with pytest.raises(DataFileError, match=r":24: .*'mining' has a second block"):
        read(tmp_path, again)
    twice = GOOD.replace('"mining"@en', '"mining"@en, "mines"@en')
    with pytest.raises(DataFileError, match="'mining' has 2 skos:prefLabel @en"):
        read(tmp_path, twice)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"none\.ttl: cannot be read"):
        read_scheme(tmp_path / "none.ttl", "hazard")


def test_adding_a_concept_touches_one_file(tmp_path: Path) -> None:
    text = (ONTOLOGY / "hazard-sectors.ttl").read_text(encoding="utf-8")
    block = """
hazard:battery-storage
    a skos:Concept, kg:HazardSector ;
    skos:notation "battery-storage" ;
    skos:prefLabel "储能电站"@zh-Hans, "儲能電站"@zh-Hant, "battery storage"@en ;
    skos:broader hazard:power ;
    skos:inScheme kg:HazardSectors .
"""
    found = read(tmp_path, text + block)
    assert (found[-1].id, found[-1].broader) == ("battery-storage", "power")
