"""Titles of seeded hazards: what is wrong with what, some words in many of them, some in few."""

from random import Random

_COMMON = {
    "粉尘": ("除尘器粉尘", "粉尘收集管道", "打磨车间粉尘", "粉尘清扫通道"),
    "水库": ("水库大坝", "水库溢洪道", "水库放水涵", "水库启闭机"),
    "燃气": ("燃气调压箱", "燃气报警器", "餐饮场所燃气管线", "燃气锅炉"),
}
"""Words that stand in about one title of twenty each, and the things they are part of."""

COMMON = tuple(_COMMON)

RARE = ("浮船坞", "索道抱索器", "放射源库", "浸出槽", "跳伞塔", "盐穴储气井", "氯气中和塔")
"""Things that turn up in about one title of ten thousand each."""

_EVERY = 10_000
_SHARE = 0.05

_OBJECTS = (
    *("消防水泵", "疏散楼梯", "安全出口", "防火卷帘", "自动喷淋", "应急照明", "配电柜", "电缆沟"),
    *("变压器室", "临时用电线路", "行车吊钩", "塔式起重机", "施工升降机", "脚手架", "高支模"),
    *("深基坑", "卸料平台", "临边洞口", "压力容器", "蒸汽管道", "叉车", "客梯", "自动扶梯"),
    *("氨制冷机房", "快速冻结装置", "液氨储罐", "甲醇储罐", "加油机", "卸油口", "危化品仓库"),
    *("反应釜", "紧急切断阀", "气体探测仪", "铝水浇铸井", "中频炉", "冲压机", "喷漆房"),
    *("污水处理池", "受限空间入口", "尾矿库排渗管", "采空区", "主通风机", "边坡", "爆破器材库"),
    *("客运站台", "临水路段护栏", "隧道照明", "渡口趸船", "客船救生衣", "漂流河道", "玻璃栈道"),
    *("烟花爆竹零售点", "养老院厨房", "学校宿舍", "商场中庭", "仓储货架", "外墙保温层", "桥梁支座"),
    *("充电停车棚", "有限空间通风机"),
)
_DEFECTS = (
    *("朝向人员通道", "积存严重未及时清理", "未按规定检测", "超期未检", "联锁失效", "被人为关闭"),
    *("锈蚀穿孔", "基础沉降开裂", "防护栏缺失", "接地电阻超标", "未设置警示标志", "堵塞不畅"),
    *("违规占用", "超负荷运行", "安全间距不足", "未经验收投入使用", "报警装置不响应", "存在泄漏"),
    *("未设置防爆设施", "连接螺栓松动", "限位装置失灵", "绝缘老化", "耐火等级不够", "带病运行"),
    *("无人值守", "未落实作业审批", "操作人员无证上岗", "监测数据中断", "排水能力不足"),
    *("未制定应急预案", "未配备救援器材", "私拉乱接", "封闭不严", "支护变形", "渗水明显"),
    *("擅自改变用途", "标识不清", "维护记录缺失", "备用电源失效", "与居民楼混建"),
)
_SPOTS = ("东侧", "西侧", "南区", "北区", "老厂区", "新建", "地下", "二期")


def title_of(nth: int, luck: Random) -> str:
    """The title of the nth hazard; each is different, for it ends with a place of its own."""
    return f"{luck.choice(_SPOTS)}{_thing(nth, luck)}{luck.choice(_DEFECTS)}（{nth + 1}号点位）"


def _thing(nth: int, luck: Random) -> str:
    rare = nth % _EVERY - _EVERY // 2
    if 0 <= rare < len(RARE):
        return RARE[rare]
    roll = int(luck.random() / _SHARE)
    if roll < len(COMMON):
        return luck.choice(_COMMON[COMMON[roll]])
    return luck.choice(_OBJECTS)
