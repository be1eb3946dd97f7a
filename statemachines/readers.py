"""Who reads the letters of a case: posts on its sides."""

from guapai.people import Role
from statemachines.noun import Reader
from statemachines.side import EXECUTING, JOINT, LEAD

UNIT: tuple[Reader, ...] = (("unit", Role.enterprise_head), ("unit", Role.safety_officer))
FORMER: Reader = ("former_unit", Role.enterprise_head)
CHIEF: Reader = ("department", Role.division_chief)
LEADER: Reader = ("department", Role.department_head)
OFFICE: Reader = ("commission", Role.commission_office)
CHAIR: Reader = ("commission", Role.commission_chair)
UPPER_OFFICE: Reader = ("upper", Role.commission_office)
UPPER_CHAIR: Reader = ("upper", Role.commission_chair)
EXECUTING_OFFICE: Reader = (EXECUTING, Role.commission_office)
JOINT_OFFICE: Reader = (JOINT, Role.commission_office)
LEAD_HEAD: Reader = (LEAD, Role.department_head)
TOWN: Reader = ("township", Role.township)
GOVERNMENT: Reader = ("government", Role.government)
