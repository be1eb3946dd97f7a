"""The words of ledgers: how they call their columns, and which rows under them are no entries."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from guapai.text import half_width

ERRORS = "错误说明"
"""The column a workbook of rejected rows has beside its own; no part of a ledger."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """How ledgers of one kind call their columns.

    ``needed``: a header row names a field of each group. ``days`` are the columns of dates.
    ``advice`` says what a header row must have.
    """

    synonyms: Mapping[str, tuple[str, ...]]
    needed: tuple[frozenset[str], ...]
    days: frozenset[str]
    advice: str

    @cached_property
    def _fields(self) -> dict[str, str]:
        return {word.casefold(): field for field, words in self.synonyms.items() for word in words}

    def field(self, header: str) -> str | None:
        """The field a header means: blanks, stars and what stands in brackets do not count."""
        plain = re.sub(r"\([^)]*\)|[\s*:]", "", half_width(header)).casefold()
        if plain in self._fields:
            return self._fields[plain]
        parts = re.split(r"[/、|]|或", plain)
        return next((self._fields[p] for p in parts if p in self._fields), None)

    def title(self, field: str) -> str:
        """The likeliest word for a field."""
        return self.synonyms[field][0]


_CREDIT_CODES = (
    "统一社会信用代码",
    "信用代码",
    "社会信用代码",
    "统一信用代码",
    "责任单位统一社会信用代码",
    "企业统一社会信用代码",
    "单位统一社会信用代码",
    "责任单位信用代码",
    "企业信用代码",
)
_PLACES = (
    "所在地",
    "行政区划",
    "行政区划代码",
    "县区",
    "区县",
    "县市区",
    "所在县区",
    "所属县区",
    "所在区县",
    "所属区县",
    "所在县市区",
    "所属县市区",
    "属地",
    "所属地区",
    "所在地区",
)
_SECTORS = ("行业领域", "行业", "所属行业", "所属行业领域", "领域", "行业类别")

HAZARDS = Words(
    synonyms={
        "title": (
            "隐患名称",
            "隐患",
            "事故隐患",
            "事故隐患名称",
            "重大事故隐患名称",
            "重大隐患名称",
            "隐患点",
            "隐患点名称",
            "隐患项目",
        ),
        "description": (
            "隐患描述",
            "存在问题",
            "存在的问题",
            "存在的主要问题",
            "存在隐患",
            "存在的隐患",
            "隐患内容",
            "隐患情况",
            "问题描述",
            "主要问题",
            "问题隐患",
            "隐患问题",
            "发现问题",
            "发现的问题",
            "存在问题及隐患",
            "存在的问题及隐患",
            "重大事故隐患描述",
        ),
        "part": ("部位", "隐患部位", "具体部位", "隐患位置"),
        "place": _PLACES,
        "address": ("详细地址", "地址", "单位地址", "企业地址", "隐患地址"),
        "sector": _SECTORS,
        "unit": (
            "责任单位",
            "责任单位名称",
            "企业名称",
            "单位名称",
            "隐患单位",
            "隐患单位名称",
            "责任主体",
            "整改责任单位",
            "被检查单位",
            "被检查单位名称",
            "受检单位",
            "受检单位名称",
            "生产经营单位",
            "生产经营单位名称",
        ),
        "credit_code": _CREDIT_CODES,
        "found_on": (
            "发现日期",
            "发现时间",
            "检查日期",
            "检查时间",
            "排查日期",
            "排查时间",
            "隐患发现日期",
            "隐患发现时间",
        ),
        "clauses": (
            "判定依据",
            "判定条款",
            "对应条款",
            "判定依据条款",
            "判定标准条款",
            "条款号",
        ),
        "origin": ("隐患来源", "线索来源", "来源"),
        "contact": (
            "联系人",
            "联系人姓名",
            "联系人及电话",
            "联系人及联系电话",
            "单位联系人",
            "企业联系人",
        ),
        "phone": ("联系电话", "电话", "联系方式", "联系人电话", "联系人联系电话", "联系人手机"),
    },
    needed=(frozenset({"title", "description"}), frozenset({"place", "unit"})),
    days=frozenset({"found_on"}),
    advice="“隐患名称”（或“隐患描述”“存在问题”）和“所在地”（或“责任单位”“企业名称”）",
)
ENTERPRISES = Words(
    synonyms={
        "unit": (
            "企业名称",
            "单位名称",
            "企业全称",
            "单位全称",
            "生产经营单位",
            "生产经营单位名称",
            "名称",
        ),
        "credit_code": _CREDIT_CODES,
        "place": _PLACES,
        "sector": _SECTORS,
    },
    needed=(frozenset({"unit"}), frozenset({"credit_code", "place"})),
    days=frozenset(),
    advice="“企业名称”（或“单位名称”）和“统一社会信用代码”（或“所在地”）",
)
PEOPLE = Words(
    synonyms={
        "name": ("姓名", "人员姓名"),
        "email": ("邮箱", "电子邮箱", "电子邮件", "邮箱地址", "邮件地址", "e-mail", "email"),
        "certificate": ("证件号", "执法证号", "证件号码", "执法证件号", "执法证编号", "证号"),
        "certificate_until": ("证件有效期", "证件有效期至", "执法证有效期", "有效期至"),
        "unit": ("单位", "所在单位", "单位名称", "工作单位", "机构", "机构名称", "企业名称"),
        "role": ("岗位", "角色", "岗位名称"),
        "from_on": ("起始日期", "任职日期", "开始日期", "任职时间", "起始时间"),
        "until_on": ("截止日期", "结束日期", "终止日期", "截止时间"),
    },
    needed=(frozenset({"name"}), frozenset({"role", "unit"})),
    days=frozenset({"from_on", "until_on", "certificate_until"}),
    advice="“姓名”和“岗位”（或“单位”）",
)
ORGANISATIONS = Words(
    synonyms={
        "unit": ("机构名称", "机构全称", "单位名称", "单位全称", "名称"),
        "kind": ("机构类别", "类别", "单位类别", "机构类型", "类型"),
        "place": ("行政区划代码", *(p for p in _PLACES if p != "行政区划代码")),
        "parent": ("上级机构", "上级单位", "上级", "主管单位", "上级机构名称"),
        "sector": _SECTORS,
        "credit_code": _CREDIT_CODES,
        "paper_code": ("文号代字", "发文代字", "机关代字", "文号前缀"),
    },
    needed=(frozenset({"unit"}), frozenset({"kind"})),
    days=frozenset(),
    advice="“机构名称”和“机构类别”",
)
KINDS: dict[str, Words] = {
    "hazards": HAZARDS,
    "enterprises": ENTERPRISES,
    "people": PEOPLE,
    "organisations": ORGANISATIONS,
}
"""The kinds of ledgers that can be loaded."""

_TOTAL = re.compile(r"(本页|本表|总)?(合计|总计|小计|共计|累计)[::]?[共计]*(\d+(\.\d+)?)?[^\W\d]?")
_FIGURE = re.compile(r"[共计]*[\d,.]+(%|万元|[^\W\d])?|[-/—]+")
_SIGNED = re.compile(
    r"(填表|填报|制表|审核|复核|审批|审定|经办|报送|汇总|统计|签发)"
    r"(人员?|单位|部门|日期|时间|领导|负责人)(签字|签章|签名|盖章)?(:.*)?"
    r"|(单位|部门|主要|分管|科室)?(负责人|领导)(签字|签章|签名|盖章)?(:.*)?"
    r"|(签字|签章|签名|盖章|公章|日期|联系电话|电话)(:.*)?"
)
_REMARK = re.compile(r"(注|备注|附注|说明|填表说明|填报说明)\d*[::].*", re.DOTALL)
_CHAPTER = re.compile(r"[一二三四五六七八九十]+、.*|\([一二三四五六七八九十]+\).*", re.DOTALL)


def is_no_entry(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Whether a row under the header is a total, signatures, a remark, a chapter or the header again.

    A row with anything else in it is an entry, so that no hazard is passed over in silence.
    """
    said = [re.sub(r"\s", "", half_width(c)) for c in cells if c.strip()]
    if not said:
        return True
    if len(said) == 1 and (_REMARK.fullmatch(said[0]) or _CHAPTER.fullmatch(said[0])):
        return True
    if _TOTAL.fullmatch(said[0]) and all(_is_figure(c) for c in said[1:]):
        return True
    again = {re.sub(r"\s", "", half_width(c)) for c in header if c}
    return _is_signed(said) or all(c in again for c in said)


def _is_figure(text: str) -> bool:
    return bool(_FIGURE.fullmatch(text) or _TOTAL.fullmatch(text))


def _is_signed(said: Sequence[str]) -> bool:
    """Labels, each with its value behind a colon or in the next cell, and nothing else."""
    waiting = False
    for nth, cell in enumerate(said):
        if _SIGNED.fullmatch(cell):
            waiting = ":" not in cell or cell.endswith(":")
        elif nth and waiting:
            waiting = False
        else:
            return False
    return len(said) > 1 or ":" in said[0]
