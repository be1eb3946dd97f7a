"""Who reads the letters of a case: posts on its sides."""

from guapai.people import Role
from statemachines.noun import Reader

UNIT: tuple[Reader, ...] = (("unit", Role.enterprise_head), ("unit", Role.safety_officer))
FORMER: Reader = ("former_unit", Role.enterprise_head)
CHIEF: Reader = ("department", Role.division_chief)
LEADER: Reader = ("department", Role.department_head)
OFFICE: Reader = ("commission", Role.commission_office)
CHAIR: Reader = ("commission", Role.commission_chair)
TOWN: Reader = ("township", Role.township)
GOVERNMENT: Reader = ("government", Role.government)
