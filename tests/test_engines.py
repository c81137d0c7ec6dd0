"""Partitions by an engine: the same files whatever runs them, and whatever dies meanwhile."""

from __future__ import annotations

import gzip
import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg import places
from kg.cli import app
from kg.engines import ENGINES, MANIFEST, write
from kg.errors import StoreError
from kg.partition import SIZE, manifest

pytest.importorskip("fsspec", reason="needs the extra ray, or fsspec and backports.zstd")

TEXT = "{region}安委会要求，各企业要狠抓{hazard}安全，落实企业主体责任，严禁瞒报。各地要于2020年6月{day}日前完成排查。"
REGIONS = ("黑龙江省", "湖南省", "江西省", "吉林省", "广东省", "河南省", "湖北省")
HAZARDS = ("尾矿库", "煤矿", "烟花爆竹", "建筑施工", "消防")


def notices(folder: Path, count: int, *, long: int = 1) -> Path:
    """Write notices that differ, and one that is none."""
    folder.mkdir(parents=True)
    for n in range(count):
        line = TEXT.format(
            region=REGIONS[n % len(REGIONS)], hazard=HAZARDS[n % len(HAZARDS)], day=n % 28 + 1
        )
        (folder / f"n{n:04}.txt").write_text(f"第{n}号通知。\n" + f"{line}\n" * long, "utf-8")
    (folder / "n0000a.txt").write_bytes(b"\x00\x01\x02")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """All that lies in a folder, byte by byte; nothing temporary is left."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def kg(*arguments: object):
    words = list(map(str, arguments))
    return CliRunner().invoke(app, words, prog_name="kg", catch_exceptions=False)


def test_files_are_whole_compressed_and_listed_with_their_hashes(tmp_path):
    source, out = notices(tmp_path / "in", SIZE + 3), tmp_path / "out"
    done = kg("build", source, "--output", out)
    assert done.exit_code == 1, "one file is no notice"
    assert f"{SIZE + 3} notices" in done.stderr
    assert "n0000a.txt" in done.stderr
    said = json.loads((out / MANIFEST).read_text("utf-8"))
    assert len(said["files"]) == 2
    assert said["notices"] == SIZE + 3
    names = {f["file"] for f in said["files"]}
    assert set(files(out)) == {MANIFEST, *names, *(f"{name}.json" for name in names)}
    graphs: list[str] = []
    for file in said["files"]:
        data = places.read(str(out / file["file"]))
        assert data.count(b"\n") == file["quads"]
        assert manifest(str(out / file["file"])).sha256 == file["sha256"]
        graphs += {line.rsplit(b" ", 2)[1].decode() for line in data.splitlines()}
    assert len(graphs) == len(set(graphs)) == SIZE + 3, "no notice is missing or twice there"


def test_a_second_run_makes_nothing_anew_and_one_of_part_the_rest(tmp_path):
    source, out = notices(tmp_path / "in", SIZE + 3), tmp_path / "out"
    write([source], str(out))
    before = files(out)
    stamps = {path.name: path.stat().st_mtime_ns for path in out.iterdir() if "part" in path.name}
    write([source], str(out))
    assert files(out) == before
    for name, stamp in stamps.items():
        assert (out / name).stat().st_mtime_ns == stamp
    next(out.glob("part-*.zst")).unlink()
    write([source], str(out))
    assert files(out) == before


def test_what_comes_in_and_goes_out_may_be_urls(tmp_path):
    source = notices(tmp_path / "in", 3)
    here = write([source], str(tmp_path / "out"))
    there = write([source.as_uri()], (tmp_path / "there").as_uri())
    assert (here.notices, here.quads) == (there.notices, there.quads) == (3, here.quads)
    assert here.quads > 0
    with pytest.raises(StoreError, match="of a cluster"):
        write([source], str(tmp_path / "x"), address="host:1")


def test_an_engine_that_is_none_is_told(tmp_path):
    done = kg("build", tmp_path, "--output", tmp_path / "o", "--engine", "spark")
    assert done.exit_code == 2
    assert "known are local, ray" in done.stderr
    done = kg("build", tmp_path, "--engine", "ray")
    assert done.exit_code == 2
    assert "--output" in done.stderr
    assert set(ENGINES) == {"local", "ray"}


# --- ray ------------------------------------------------------------------------------------------


def descendants(of: int) -> dict[int, str]:
    """Our own processes, by number, with what they call themselves."""
    parents: dict[int, tuple[int, str]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                ppid = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                parents[int(entry.name)] = (ppid, (entry / "cmdline").read_bytes().decode())
            except (OSError, ValueError):
                continue
    found: dict[int, str] = {}
    grown = {of}
    while grown:
        grown = {pid for pid, (ppid, _) in parents.items() if ppid in grown} - set(found)
        found.update({pid: parents[pid][1] for pid in grown})
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds workers in /proc")
# Ray leaves its log files and sockets to the system, at which Python warns.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning")
@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_a_ray_worker_killed_in_mid_run_costs_nothing_but_time(tmp_path):
    pytest.importorskip("ray", reason="needs the extra ray (618 MB); .ci/run installs it")
    source = notices(tmp_path / "in", 6 * SIZE, long=4)
    local, cluster = tmp_path / "local", tmp_path / "cluster"
    write([source], str(local), jobs=2)

    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while not over.is_set() and len(killed) < 2:
            for pid, command in descendants(os.getpid()).items():
                if command.startswith("ray::process_partition") and pid not in killed:
                    time.sleep(0.2)  # it has begun to write nothing yet, or half
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
                    break
            over.wait(0.05)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    try:
        written = write([source], str(cluster), engine="ray", jobs=2)
    finally:
        over.set()
        killer.join(timeout=10)
    assert killed, "no worker was killed: the test has tested nothing"
    assert written.notices == 6 * SIZE
    assert files(cluster) == files(local)


def test_gzip_is_deterministic_too(tmp_path):
    place = str(tmp_path / "a.gz")
    places.write(place, b"x")
    first = Path(place).read_bytes()
    places.write(place, b"x")
    assert Path(place).read_bytes() == first
    assert gzip.decompress(first) == b"x"
