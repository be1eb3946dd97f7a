"""Who acts: roles, and an actor in a role at an organisation."""

from dataclasses import dataclass

from guapai.word import Word


class Role(Word):
    """The offices a person can hold (domain.md §8)."""

    enterprise_head = "enterprise_head", "企业主要负责人"
    safety_officer = "safety_officer", "安全管理人员"
    union_chair = "union_chair", "工会主席"
    worker_delegate = "worker_delegate", "职工代表"
    inspector = "inspector", "执法人员"
    division_chief = "division_chief", "业务科（处）负责人"
    legal_reviewer = "legal_reviewer", "法制审核人员"
    department_head = "department_head", "部门主要负责人"
    commission_office = "commission_office", "安委办"
    commission_chair = "commission_chair", "安委会（副）主任"
    government = "government", "本级人民政府"
    township = "township", "乡镇（街道、园区）"
    expert = "expert", "专家"
    supplier = "supplier", "供电、民爆供应单位"
    hotline_clerk = "hotline_clerk", "12350受理员"
    reward_reviewer = "reward_reviewer", "举报奖励审核员"
    archivist = "archivist", "档案员"
    publisher = "publisher", "公示发布员"
    auditor = "auditor", "审计员"
    discipline_supervisor = "discipline_supervisor", "纪检监察"
    system_admin = "system_admin", "系统管理员"
    security_admin = "security_admin", "安全管理员"
    audit_admin = "audit_admin", "审计管理员"
    clock = "clock", "系统时钟"


ROLE_TITLES: dict[Role, str] = {role: role.label for role in Role}

ADMINS = frozenset({Role.system_admin, Role.security_admin, Role.audit_admin})
"""The three administrators (三员): never one person, on no day."""
WATCHED = ADMINS | {Role.auditor, Role.discipline_supervisor}
"""Who rules over accounts, and who watches: nobody alone changes anything about them (own)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A natural person in a role at an organisation, or the clock.

    ``person_id`` is None for the clock only. ``on_behalf_of`` is the person whose post is being
    filled in (代理); separation of duties counts both.
    """

    person_id: int | None
    role: Role
    organisation_id: int | None = None
    on_behalf_of: int | None = None
    name: str = ""


CLOCK = Actor(person_id=None, role=Role.clock, name="系统时钟")
"""The system clock: it states that a moment has come and never decides (domain.md §8, S1)."""
