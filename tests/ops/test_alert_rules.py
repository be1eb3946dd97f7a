"""The alert rules speak of figures that /metrics has; promtool, where there is one, tries them on stories."""

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import yaml

from guapai.clock import SimulatedClock
from guapai.settings import Settings
from portal.web.metrics import registry_of
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.upkeep import heartbeat
from storage.upkeep.heartbeat import Heartbeat, PastRun, RunOutcome

OPS = Path(__file__).parents[2] / "ops" / "prometheus"
RULES = [r for g in yaml.safe_load((OPS / "rules.yml").read_text())["groups"] for r in g["rules"]]
THEIRS = {"up"}
"""Figures of Prometheus' own."""


def _named(expression: str) -> set[str]:
    outside = re.sub(r'"[^"]*"', "", expression)
    return {n for n in re.findall(r"\bguapai_\w+|\bup\b", outside)} - THEIRS


def test_every_figure_that_a_rule_names_is_there(
    engine: Engine, clock: SimulatedClock, tmp_path: Path
) -> None:
    run = PastRun(
        token="t",
        job="sweep",
        period="p",
        outcome=RunOutcome.running,
        begun_at=clock(),
        engine="",
        host="",
    )
    with unit_of_work(engine, clock) as work:
        heartbeat.begin(work, [Heartbeat(job="sweep", title="清扫", patience=300)], run, claim=True)
        heartbeat.end(work, run, RunOutcome.ok)
    clock.advance(timedelta(minutes=1))
    settings = Settings(
        database_url=engine.url.render_as_string(), files=tmp_path, certificate=tmp_path / "none"
    )
    with unit_of_work(engine, clock, write=False) as work:
        there = {metric.name for metric in registry_of(work, settings).collect()}
    if engine.dialect.name == "postgresql":
        there.add("guapai_database_free_bytes")  # a server's disk is watched where it is
    named = set().union(*(_named(r["expr"]) for r in RULES))
    assert len(named) > 8
    assert named <= there


def test_every_rule_says_how_bad_it_is_and_what_it_means() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in ("warning", "critical"), rule["alert"]
        assert rule["annotations"]["summary"], rule["alert"]
    assert len({r["alert"] for r in RULES}) == len(RULES)


def test_the_rules_fire_when_they_should() -> None:
    stories = sorted(p.name for p in OPS.glob("*_test.yml"))
    told = set().union(
        *(
            {case["alertname"] for test in story["tests"] for case in test["alert_rule_test"]}
            for story in (yaml.safe_load((OPS / name).read_text()) for name in stories)
        )
    )
    assert told <= {r["alert"] for r in RULES}
    promtool = shutil.which("promtool")
    if promtool:  # Debian's package prometheus; where there is none the names are all we can check
        done = subprocess.run(
            [promtool, "test", "rules", *stories],
            cwd=OPS,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
