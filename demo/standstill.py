"""What people do about stops and penalties: order, confirm, prolong, apply for going on, answer."""

from typing import Any

from demo.forms import photo
from demo.personas import Persona
from demo.scene import Scene
from guapai.people import Role as R


def _scope(ground: str) -> dict[str, Any]:
    return {
        "production_stopped": "part",
        "stop_scope": "隐患所在的场所和相关设备",
        "stop_ground": ground,
    }


def stop(s: Scene) -> None:
    """The head decides, for three months."""
    facts = {
        **_scope("unsafe"),
        "reason": "整改期间保证安全",
        "stop_number": f"示例停产〔{s.day.year}〕{s.duty.number[-5:]}号",
        "stop_until": s.later(90),
        "evacuated": True,
    }
    s.act(R.department_head, "stop_production", facts)


def on_the_spot(s: Scene) -> None:
    """Danger: two officers stop it at once."""
    s.act(R.inspector, "record_danger", {"reason": "现场检测超过限值"})
    facts = {**_scope("danger"), "reason": "现场检测超过限值", "evacuated": True}
    s.sign("stop_on_the_spot", facts, (R.inspector, 0), (R.inspector, 1))


def consider(s: Scene) -> None:
    """Where it still runs, half are stopped."""
    if s.duty.production_stopped == "none" and s.chance(0.5):
        stop(s)
        return
    done = {"reason": "已采取防范措施，可以在监护下整改", "evacuated": True}
    s.act(R.department_head, "decline_stop", done)


def confirm(s: Scene) -> None:
    """The head confirms what the officers ordered; the danger is over when it is safe there."""
    facts = {
        "reason": "险情属实",
        "stop_number": f"示例停产〔{s.day.year}〕{s.duty.number[-5:]}号",
        "stop_until": s.later(60),
    }
    s.act(R.department_head, "confirm_stop", facts)
    over = {"reason": "已断电清场，复测合格", "evidence": [photo(s, "after")]}
    s.sign("clear_danger", over, (R.division_chief, 0), (R.inspector, 0))


def prolong(s: Scene) -> None:
    """The stop goes on as long as the hazard is there."""
    why = {"reason": "隐患尚未消除", "beyond_usual": "治理工期较长，恢复生产不安全"}
    s.act(R.department_head, "prolong_stop", {**why, "stop_until": s.later(90)})


def ask(s: Scene) -> None:
    """The unit has its treatment evaluated and applies for going on."""
    facts = {
        "treated": "已按方案完成治理",
        "evaluator": "own",
        "evaluator_name": "本单位技术组（示例）",
        "evaluation": "具备恢复生产的安全条件",
        "evidence": [photo(s, "after")],
    }
    s.act(R.enterprise_head, "request_resumption", facts)


def resume(s: Scene) -> None:
    """The department has looked, and agrees."""
    seen = {"review": "现场审查合格", "reason": "隐患已消除，恢复生产"}
    s.act(R.department_head, "resume_production", seen)


def remove_at_once(s: Scene) -> None:
    """It is gone before the officers are."""
    facts = {
        "reason": "危害小，可以立即排除",
        "done": "当场清理、归位",
        "evidence": [photo(s, "before"), photo(s, "after")],
    }
    s.sign("remove_on_the_spot", facts, (R.inspector, 0), (R.inspector, 1))


def consider_penalty(s: Scene) -> None:
    """Who refuses is punished more often than who is slow."""
    firm = s.duty.unit_id is not None
    unit = s.year.persona(s.organisation("unit"), firm=True) if firm else Persona.slow
    agreed = s.chance(0.6 if unit is Persona.stubborn else 0.2)
    why = "逾期未改，予以立案" if agreed else "已督促改正，不予处罚"
    s.act(R.department_head, "decide_penalty", {"reason": why, "agreed": agreed})
