"""The house as a later release might be: a column more and one less, a state, a retired move, a number, a duty, two retired ones."""

from pathlib import Path

from tests.sample.house import House

REVISION = '''"""A later release."""

import sqlalchemy as sa
from alembic import op

from statemachines.hazard.states import HazardState
from storage.database.columns import words

revision = "2099_02_02_later"
down_revision = "{newest}"


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    with op.batch_alter_table("hazards") as batch_op:
        batch_op.add_column(sa.Column("gis", sa.String(40), nullable=False, server_default=""))
        batch_op.drop_column("designation_no")
        batch_op.drop_constraint(op.f("ck_hazards_hazardstate"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_hazards_hazardstate"),
            "state IN (" + ", ".join(repr(s.value) for s in HazardState) + ")"
        )
'''

GIVE_NOTICE = """    Move(
        name="give_notice",
        title="首次报告",
        source=(S.major_confirmed,),
        dest=None,
        by=UNIT,
        facts=GiveNotice,
        basis="aqscf_41",
        meets=("give_notice",),
    ),
"""

PATCHES = {
    "storage/hazard.py": (
        (
            '    designation_no: str = Field(default="", max_length=200)\n',
            '    gis: str = Field(default="", max_length=40)\n',
        ),
    ),
    "statemachines/hazard/states.py": (
        ('    voided = "voided"', '    paused = "paused", "暂停中"\n    voided = "voided"'),
    ),
    "statemachines/hazard/report.py": ((GIVE_NOTICE, ""),),
    "statemachines/hazard/plan/__init__.py": (
        ('_REVIEW = ("review_plan",)\n', "_REVIEW: tuple[str, ...] = ()\n"),
        (
            '        opens=("report_progress",),\n        letters=("plan_accepted",),\n',
            '        opens=("report_progress", "plan_pause"),\n        letters=("plan_accepted",),\n',
        ),
    ),
    "statemachines/hazard/treatment.py": (
        (
            '    Move(\n        name="report_progress",',
            '    Move(\n        name="pause",\n        title="暂停整改",\n        source=(S.rectifying,),\n'
            "        dest=S.paused,\n        by=INSPECTOR,\n        facts=Reasoned,\n"
            '        basis="own_void",\n        meets=("plan_pause",),\n    ),\n'
            '    Move(\n        name="go_on",\n        title="恢复整改",\n        source=(S.paused,),\n'
            "        dest=S.rectifying,\n        by=INSPECTOR,\n        facts=Reasoned,\n"
            '        basis="own_void",\n    ),\n'
            '    Move(\n        name="report_progress",',
        ),
    ),
    "statemachines/hazard/duties.py": (
        (
            '    DutyKind(name="visit", title="现场督查", role=Role.inspector),\n',
            '    DutyKind(name="plan_pause", title="研究是否暂停", role=Role.inspector),\n',
        ),
        (
            '    DutyKind(name="review_plan", title="审查治理方案", role=Role.division_chief),\n',
            "",
        ),
    ),
    "statemachines/hazard/__init__.py": (
        (
            "    retired=(\n",
            "    retired=(\n        Retired(\n"
            '            move="give_notice", title="首次报告", source="major_confirmed",\n'
            '            dest="major_confirmed",\n        ),\n',
        ),
        (
            "    root=True,\n",
            "    root=True,\n    retired_duties=(\n"
            '        DutyKind(name="review_plan", title="审查治理方案", role=Role.division_chief),\n'
            '        DutyKind(name="visit", title="现场督查", role=Role.inspector),\n    ),\n',
        ),
        (
            "from statemachines.hazard.ending.acceptance",
            "from guapai.people import Role\nfrom statemachines.duty import DutyKind\n"
            "from statemachines.hazard.ending.acceptance",
        ),
    ),
    "law/parameters.py": (
        (
            "class ProgressRules(Entry):",
            "class PauseRules(Entry):\n    longest: Length\n\n\nclass ProgressRules(Entry):",
        ),
        ("    progress: ProgressRules\n", "    progress: ProgressRules\n    pause: PauseRules\n"),
    ),
    "law/packs/national.toml": (
        (
            "[parameters.progress]\n",
            '[parameters.pause]\nlongest = { value = "3m", basis = "own_term", kind = "own" }\n\n'
            "[parameters.progress]\n",
        ),
        (
            '[duties.visit]\nwithin = { value = "5wd", basis = "own_term", kind = "own" }\n',
            '[duties.plan_pause]\nwithin = { value = "9wd", basis = "own_term", kind = "own" }\n',
        ),
        (
            '[duties.review_plan]\nwithin = { value = "5wd", basis = "own_term", kind = "own" }\n',
            "",
        ),
        (
            '  { id = "half", at = "50%", effect = "open", opens = "visit", '
            'basis = "own_ladder", kind = "own" },\n',
            "",
        ),
    ),
}
"""What a later release changes, by file: the text that is there, and what it becomes."""


def grow(house: House, newest: str) -> None:
    """Make a copy of the house a later release, whose newest revision follows ``newest``."""
    for name, changes in PATCHES.items():
        path = house.root / name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, (name, old)
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    path = Path(house.root / "storage/schema/migrations/versions/2099_02_02_later.py")
    path.write_text(REVISION.format(newest=newest), encoding="utf-8")
