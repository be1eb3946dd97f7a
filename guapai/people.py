"""Who acts: roles, and an actor in a role at an organisation."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The offices a person can hold (domain.md §8)."""

    enterprise_head = "enterprise_head"
    safety_officer = "safety_officer"
    union_chair = "union_chair"
    worker_delegate = "worker_delegate"
    inspector = "inspector"
    division_chief = "division_chief"
    legal_reviewer = "legal_reviewer"
    department_head = "department_head"
    commission_office = "commission_office"
    commission_chair = "commission_chair"
    government = "government"
    township = "township"
    expert = "expert"
    supplier = "supplier"
    hotline_clerk = "hotline_clerk"
    reward_reviewer = "reward_reviewer"
    archivist = "archivist"
    publisher = "publisher"
    auditor = "auditor"
    discipline_supervisor = "discipline_supervisor"
    system_admin = "system_admin"
    security_admin = "security_admin"
    audit_admin = "audit_admin"
    clock = "clock"


ROLE_TITLES: dict[Role, str] = {
    Role.enterprise_head: "企业主要负责人",
    Role.safety_officer: "安全管理人员",
    Role.union_chair: "工会主席",
    Role.worker_delegate: "职工代表",
    Role.inspector: "执法人员",
    Role.division_chief: "业务科（处）负责人",
    Role.legal_reviewer: "法制审核人员",
    Role.department_head: "部门主要负责人",
    Role.commission_office: "安委办",
    Role.commission_chair: "安委会（副）主任",
    Role.government: "本级人民政府",
    Role.township: "乡镇（街道、园区）",
    Role.expert: "专家",
    Role.supplier: "供电、民爆供应单位",
    Role.hotline_clerk: "12350受理员",
    Role.reward_reviewer: "举报奖励审核员",
    Role.archivist: "档案员",
    Role.publisher: "公示发布员",
    Role.auditor: "审计员",
    Role.discipline_supervisor: "纪检监察",
    Role.system_admin: "系统管理员",
    Role.security_admin: "安全管理员",
    Role.audit_admin: "审计管理员",
    Role.clock: "系统时钟",
}


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
