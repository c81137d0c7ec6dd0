"""Questions in plain words: answered as a reader of the notice would, or refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

import kg
from kg.model import Evidence, Obligation, Policy, Region, Stress
from kg.ontology import ancestors, concepts
from kg.question.frame import frame
from kg.question.lexicon import key
from kg.question.match import ways, written
from kg.question.talk import Talk, completions
from kg.question.tokens import read
from kg.question.words import words
from kg.regions.english import english
from kg.regions.table import divisions
from kg.store import Store
from kg.triples import quads
from kg.vocabulary import vocabulary_quads
from tests.asking import seed_store
from tests.records import notice
from tests.stores import iri, memory, world

SHARED = Path(__file__).resolve().parents[2] / "shared" / "gold"
ASKED = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text(encoding="utf-8"))
CASES = [pytest.param(case, id=f"{lang} {case['q']}") for lang in ASKED for case in ASKED[lang]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return seed_store(tmp_path_factory.mktemp("ask"))


@pytest.fixture(scope="module")
def seed(folder):
    with Store.open(folder, read_only=True) as store:
        yield store


def answer(reply):
    return list(reply.answer) if isinstance(reply.answer, tuple) else reply.answer


# --- answers --------------------------------------------------------------------------------------


def test_there_are_enough_questions_of_each_language():
    assert len(ASKED["en"]) >= 60
    assert len(ASKED["zh"]) >= 60
    assert len(ASKED["zh-Hant"]) >= 10


#: Of what is not said, or counted over regions, there is no passage; and things of the graph are no clauses.
NOT_SAID = {"regions-without", "regions-not-running", "not-stressed", "regions", "most-shared",
            "regions-naming-most", "campaigns-shared"}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_question_is_answered_as_a_reader_would_or_refused(case, seed):
    reply = kg.ask(case["q"], store=seed)
    expected = sorted(case["a"]) if isinstance(case["a"], list) else case["a"]
    assert answer(reply) == expected, reply.why
    assert bool(reply) == (expected is not None)
    if expected is None:
        assert reply.why
        assert case.get("word", "") in reply.why
    if expected and reply.query not in NOT_SAID:
        assert reply.evidence


#: Of open lists (the note of the question says so) what is more than the gold has.
ACCEPTED = {
    "长春市要求抓好哪些行业领域？": {
        "fire-passages",
        "forest-fire",
        "open-burning",
        "work-resumption",
    }
}


def wordings():
    lines = (Path(__file__).parent / "asked.tsv").read_text(encoding="utf-8").splitlines()
    found: dict[str, list[str]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            question, other = line.split("\t")
            found.setdefault(question, []).append(other)
    return found


def test_there_are_many_wordings_of_each_kind_of_question():
    found = wordings()
    assert len(found) > 30
    assert sum(map(len, found.values())) > 450
    assert len(found["-"]) > 80


@pytest.mark.parametrize("question", wordings())
def test_a_question_in_other_words_has_the_same_answer_or_is_refused(question, seed):
    wanted = None if question == "-" else answer(kg.ask(question, store=seed))
    assert question == "-" or wanted is not None
    said = {other: answer(kg.ask(other, store=seed)) for other in wordings()[question]}
    assert {other: found for other, found in said.items() if found != wanted} == {}


@pytest.mark.skipif(not (SHARED / "questions-dev.jsonl").exists(), reason="the gold is not here")
def test_of_the_questions_for_development_all_are_answered_exactly(seed):
    lines = (SHARED / "questions-dev.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    assert len(cases) == 30
    wrong = []
    for case in cases:
        found, gold = answer(kg.ask(case["q"], store=seed)), case["answer"]
        if isinstance(gold, list) and isinstance(found, list):
            found = sorted(set(found) - ACCEPTED.get(case["q"], set()))
            gold = sorted(gold)
        if found != gold:
            wrong.append((case["q"], found, gold))
    assert wrong == []


OPEN = ("seed", "a01", "a06", "a07", "a10", "b06", "b07", "c02", "c09")


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the gold is not here")
def test_over_several_notices_regions_by_sector_are_those_of_the_gold(tmp_path):
    kg.build([SHARED / f"{name}.txt" for name in OPEN], store=tmp_path / "s")
    stressed: dict[str, set[str]] = {}
    for name in OPEN:
        said = json.loads((SHARED / f"{name}.json").read_text(encoding="utf-8"))
        for item in said["stresses"]:
            for id in ancestors(item["hazard"]):
                stressed.setdefault(id, set()).add(item["region"])
    labels = {c.id: c for c in concepts()}
    asked = right = 0
    with kg.open(tmp_path / "s") as graph:
        for id, regions in stressed.items():
            for question in (
                f"Which regions stressed {labels[id].en}?",
                f"哪些地区强调了{labels[id].zh}？",
            ):
                asked += 1
                right += answer(graph.ask(question)) == sorted(r for r in regions if r)
    assert asked > 100
    assert right / asked >= 0.95


def test_every_concept_and_every_province_can_be_asked_for_by_its_names():
    table = {name: read(name) for c in concepts() for name in (c.zh, c.zh_hant, c.en)}
    lost = [
        name
        for c in concepts()
        for name in (c.zh, c.zh_hant, c.en)
        if [t.values for t in table[name].tokens if t.kind != "mark"] != [(c.id,)]
    ]
    # Names that hold "and" or a mark are read in their parts too; all others as one.
    assert [name for name in lost if " and " not in name] == []
    for division in divisions():
        if division.level in ("province", "prefecture") and division.until is None:
            (first, *_) = english()[division.name]
            found = read(first).tokens
            assert any(division.name in t.values for t in found) or first == "Jilin", first
            assert [t.values for t in read(division.name).tokens] == [(division.name,)]


# --- words and templates --------------------------------------------------------------------------


def test_the_example_of_each_row_of_words_is_understood(seed):
    data = words()
    examples = [
        e
        for row in (*data.roles, *data.bearers, *data.campaigns, *data.policies)
        for e in row.examples
    ]
    assert len(examples) > 140
    for question in (*examples, *data.noise.examples):
        reply = kg.ask(question, store=seed)
        understood = bool(reply) or "graph holds" in reply.why or "notices" in reply.why
        assert understood or reply.why.startswith("this question cannot"), (question, reply.why)


def test_what_is_outside_the_graph_is_refused_with_the_reason(seed):
    rows = words().outside
    assert len(rows) > 4
    for row in rows:
        for question in row.examples:
            reply = kg.ask(question, store=seed)
            assert reply.answer is None
            assert row.value in reply.why, (question, reply.why)


def test_every_question_that_is_offered_can_be_asked(seed):
    everyday = [
        way
        for several in ways().values()
        for way in several
        if not {"meeting", "policy", "incident"} & set(way.slots)  # named as the store has them
    ]
    offered = {written(way, frame(())) for way in everyday}
    assert len(offered) > 40
    for question in sorted(offered):
        reply = kg.ask(question, store=seed)
        assert reply or "the notices" in reply.why, (question, reply.why)


def test_each_role_word_names_one_role():
    seen: dict[str, str] = {}
    for row in words().roles:
        for word in row.words:
            assert seen.setdefault(key(word), row.value) == row.value, word


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "Which regions stressed coal mines and love?",
        "哪些地区强调了煤矿和爱情？",
        "Which regions stressed coal mines because of the weather?",
        "SELECT ?s WHERE { ?s ?p ?o }",
        "'; DROP ALL #",
        "\x1b[31mWhich regions stressed coal mines\x00 please ж?",
        "{themes}",
        "which regions stressed {themes}",
        "？？？",
        "的的的的",
        "a" * 500,
        "哪" * 150,
    ],
)
def test_a_question_with_anything_that_is_not_understood_is_refused(question, seed):
    assert kg.ask(question, store=seed).answer is None


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("Which regions stressed not only coal mines but also fireworks?", "not only"),
        ("哪些地区不只强调了煤矿？", "not only"),
        ("Which regions stressed coal mines or not fireworks?", "or not"),
        ("哪些地区强调煤矿或没有强调消防？", "or not"),
        ("哪些地区强调了消防和/或煤矿？", "and beside or"),
        ("What did Hunan only stress?", "only that region"),
        ("湖南只强调了什么？", "only that region"),
        ("Which regions stressed only coal mines?", "nothing else"),
        ("哪些地区只强调了尾矿库？", "nothing else"),
        ("What must enterprises do by 2020-12-31?", "due by then"),
        ("企业必须在2020年12月31日前做什么？", "due by then"),
        ("What did Hunan stress between 2021-01-01 and 2020-01-01?", "before it begins"),
        ("What can enterprises do?", "'can'"),
        ("企业可以做什么？", "'可以'"),
        ("What must schools do?", "who is to act"),
        ("学校必须做什么？", "who is to act"),
        ("湖南企业强调了什么？", "form"),
        ("湖南会强调什么？", "'会'"),
        ("What did Hunan stress and order?", "two things"),
        ("Which regions invoke the safety law?", "which law"),
        ("Which regions had accidents?", "who names it"),
        ("Which regions use gas?", "nothing says what is done"),
        ("哪些地区搞旅游？", "nothing says what is done"),
        ("What is common to all provinces?", "provinces"),
        ("所有省份都强调了什么？", "form"),
    ],
)
def test_what_could_mean_something_else_is_refused_with_the_reason(question, why, seed):
    reply = kg.ask(question, store=seed)
    assert reply.answer is None
    assert why in reply.why


@pytest.mark.parametrize(
    ("question", "same"),
    [
        ("What did Hunan stress but not Guangdong?", "湖南强调了而广东没有强调的是什么？"),
        ("What did Guangdong not stress but Hunan did?", "湖南强调了而广东没有强调的是什么？"),
        ("Which provinces in China stressed coal mines?", "Which provinces stressed coal mines?"),
        ("关于煤矿必须做什么？", "What must be done about coal mines?"),
        ("What did Hunan leave out that Jiangxi stressed?", "江西强调了而湖南没有强调的是什么？"),
        ("What did Jiangxi stress that Hunan left out?", "江西强调了而湖南没有强调的是什么？"),
        ("湖南、江西强调了什么？", "What did Hunan and Jiangxi stress?"),
        ("What did neither Hunan nor Jiangxi stress?", "湖南和江西都没有强调的行业有哪些？"),
        ("What did Changchun in Jilin stress?", "吉林的长春强调了什么？"),
        ("可以告诉我哪些地区强调了煤矿吗？", "Can you tell me which regions stressed coal mines?"),
    ],
)
def test_two_ways_to_ask_have_one_answer(question, same, seed):
    one, other = (kg.ask(q, store=seed) for q in (question, same))
    assert one.answer
    assert one.answer == other.answer


def test_that_only_is_taken_for_the_sector_itself_is_told(seed):
    reply = kg.ask("Which regions stressed only wildfires?", store=seed)
    assert reply.understood is not None
    ((written, meant),) = reply.understood.corrections
    assert written == "only"
    assert "itself" in meant


def test_what_several_regions_say_is_told_to_be_of_each(seed):
    reply = kg.ask("What did Hunan and Jiangxi stress?", store=seed)
    one, other = (kg.ask(f"What did {name} stress?", store=seed) for name in ("Hunan", "Jiangxi"))
    assert set(reply.answer) == {*one.answer, *other.answer}
    assert reply.understood is not None
    (told,) = reply.understood.corrections
    assert "each" in told[1]
    assert {e.region for e in reply.evidence} == {"湖南省", "江西省"}


def test_of_several_regions_one_that_demands_nothing_is_named(seed):
    refused = kg.ask("What did Hunan and China stress?", store=seed)
    assert refused.answer is None
    assert "全国" in refused.why


def test_what_a_region_does_not_stress_is_the_rest_of_the_vocabulary(seed):
    reply = kg.ask("Which sectors did Changchun not stress?", store=seed)
    hazards = {c.id for c in concepts() if c.scheme == "hazard"}
    said = {
        id for c in kg.ask("What did Changchun stress?", store=seed).answer for id in ancestors(c)
    }
    assert set(reply.answer) == hazards - said - {"natural-disaster"}  # which it names itself
    assert reply.understood is not None
    ((_, meant),) = reply.understood.corrections
    assert "vocabulary" in meant
    for id in ("fireworks", "mining", "gas", "road-traffic"):
        denied = kg.ask(
            f"Did Changchun stress {next(c.en for c in concepts() if c.id == id)}?", store=seed
        )
        assert (denied.answer == ()) == (id in reply.answer)


def test_a_law_is_its_whole_title_and_other_documents_a_part_of_theirs():
    store = memory()
    titles = {
        "湖南省": "中华人民共和国安全生产法",
        "江西省": "江西省实施《中华人民共和国安全生产法》办法",
        "广东省": "安全生产法（2021年修正）",
        "四川省": "国务院安委会关于推进城市安全发展的意见任务分工方案",
    }
    for index, (region, title) in enumerate(titles.items()):
        raw = f"{region}要求落实《{title}》。"
        spot = raw.index(title)
        record = replace(
            world()["d"],
            id=f"law{index}",
            notice=notice(f"law{index}", raw),
            regions=(Region(name=region, evidence=(Evidence(start=0, end=3, quote=region),)),),
            policies=(Policy(name=title, evidence=(
                Evidence(start=spot, end=spot + len(title), quote=title),)),),
            obligations=(Obligation(
                region=region, modality="obligation", action="落实", quote=raw[3:-1], hazards=(),
                evidence=(Evidence(start=3, end=len(raw) - 1, quote=raw[3:-1]),)),),
        )  # fmt: skip
        store.replace(iri(record), quads(record))
    for question in ("哪些地区引用了安全生产法？", "Which regions cite the Law on Work Safety?"):
        assert kg.ask(question, store=store).answer == ("广东省", "湖南省")
    assert kg.ask("哪些地区引用了城市安全发展意见？", store=store).answer == ("四川省",)


def test_a_notice_that_says_one_of_two_things_does_not_say_both():
    store = memory()
    assert kg.ask("Which notices mention fireworks?", store=store).answer == ("a",)
    assert kg.ask("Which notices mention fireworks and floods?", store=store).answer is None


def test_who_said_nothing_in_a_period_passed_nothing_over():
    store = memory()
    later = replace(world()["c"], id="later", published="2022-01-05", meetings=())
    later = replace(later, notice=notice("later", "2022年"), stresses=(
        Stress(region="四川省", hazard="flood", degree=1, evidence=later.stresses[0].evidence),
    ), responsibilities=(), measures=(), campaigns=(), obligations=(), incidents=(), policies=(),
        regions=())  # fmt: skip
    store.replace(iri(later), quads(later))
    assert "四川省" in kg.ask("哪些地区没有强调煤矿？", store=store).answer
    assert kg.ask("2022年哪些地区没有强调煤矿？", store=store).answer == ("四川省",)
    refused = kg.ask("2022年黑龙江强调了什么？", store=store)
    assert refused.answer is None
    assert "黑龙江省 of that time" in refused.why


def test_cities_are_what_is_called_so_below_a_province():
    store = memory()
    for name in ("浏阳市", "凉山彝族自治州", "郧西县"):
        record = replace(world()["c"], id=name, notice=notice(name, name), meetings=())
        said = (Stress(region=name, hazard="gas", degree=1, evidence=record.stresses[0].evidence),)
        record = replace(record, stresses=said, responsibilities=(), measures=(), campaigns=(),
                         obligations=(), regions=(), policies=(), incidents=())  # fmt: skip
        store.replace(iri(record), quads(record))
    assert kg.ask("哪些市强调了燃气？", store=store).answer == ("浏阳市",)
    assert kg.ask("哪些地级市强调了燃气？", store=store).answer == ()
    assert kg.ask("Which prefectures stressed gas?", store=store).answer == ("凉山彝族自治州",)
    assert kg.ask("How many cities did not stress gas?", store=store).answer == 1


def test_a_store_of_an_earlier_version_is_told_from_one_that_says_nothing():
    old = Store.memory(vocabulary=vocabulary_quads())
    for record in world().values():
        lines = quads(record).decode().splitlines(keepends=True)
        new = ("ns#day>", "ns#demands>", "ns#forbids>")
        kept = [line for line in lines if not any(name in line for name in new)]
        old.replace(iri(record), "".join(kept).encode())
    refused = kg.ask("企业必须做什么？", store=old)
    assert refused.answer is None
    assert "kg build" in refused.why


def test_a_region_that_the_graph_holds_nothing_of_is_not_said_to_stress_nothing(seed):
    reply = kg.ask("What did Sichuan stress?", store=seed)
    assert reply.answer is None
    assert "四川省" in reply.why


def test_two_readings_are_both_offered(seed):
    reply = kg.ask("Which regions did not stress coal mines and gas?", store=seed)
    assert reply.answer is None
    assert len(reply.nearest) == 2


# --- what a reply holds ---------------------------------------------------------------------------


def test_a_correction_is_told(seed):
    reply = kg.ask("哪些地区强调了尾矿苦？", store=seed)
    assert reply.understood is not None
    assert reply.understood.corrections == (("尾矿苦", "尾矿库"),)


def test_evidence_has_quote_file_place_and_notice(seed):
    (first, *_) = kg.ask("Which regions stressed gas?", store=seed).evidence
    assert first.notice == "seed"
    assert first.region == "长春市"
    assert first.end > first.start > 0
    assert "燃气" in first.quote


def test_the_sparql_of_a_reply_runs_as_it_stands(seed):
    reply = kg.ask("Which regions stressed coal mines but not fireworks?", store=seed)
    rows = {row["region"].value for row in seed.query(reply.sparql)}
    assert rows == set(reply.answer)


def test_days_restrict_what_was_said(seed):
    question = "Which regions stressed gas {} 2020-04-12?"
    assert kg.ask(question.format("before"), store=seed).answer == ("长春市",)
    assert kg.ask(question.format("after"), store=seed).answer == ()


def test_a_small_world_counted_by_hand():
    store = memory()
    assert kg.ask("Which regions stressed coal mines?", store=store).answer == (
        "长春市",
        "黑龙江省",
    )
    assert kg.ask("哪些地区没有强调煤矿？", store=store).answer == ("江西省", "湖南省")
    assert kg.ask("How many regions stressed mining?", store=store).answer == 2


def test_jupyter_gets_html_in_which_nothing_is_markup(seed):
    reply = kg.ask("Which regions stressed <b>gas</b> <script>?", store=seed)
    assert "<script>" not in reply._repr_html_()
    assert "长春市" in kg.ask("Which regions stressed gas?", store=seed)._repr_html_()


# --- conversations --------------------------------------------------------------------------------


def test_follow_ups_change_the_question_before(seed):
    talk = Talk(seed)
    assert len(talk.ask("What did Jiangxi stress?").answer) == 5
    assert "fireworks" in talk.ask("and Hunan?").answer
    assert talk.ask("广东呢？").answer == (
        "construction", "fire-safety", "flood", "forest-fire", "hazardous-chemicals", "transport",
    )  # fmt: skip
    assert talk.ask("Which regions stressed gas?").answer == ("长春市",)
    assert talk.ask("and fireworks?").answer == ("湖南省",)
    assert talk.ask("and love?").answer is None
    assert talk.ask("那尾矿库呢？").answer == ("黑龙江省",)


def test_completion_knows_concepts_and_places():
    assert "烟花爆竹" in completions("烟花")
    assert "Hunan" in completions("hun")
