"""Ailments of the machine, as a visitor meets it: a sentence, a status, and when to come again."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from anyio import sleep

from guapai.errors import Busy, Full, Gone, GuapaiError
from guapai.text import Said
from portal.web.pool import Pool
from storage.database.ailment import Ailment, ailment_of, code_of

LOG = logging.getLogger("guapai.portal")
T = TypeVar("T")
PAUSES = (0.3, 0.7, 1.5)
"""Seconds between the tries while a database does not answer (own): one that restarts needs so long."""
_SAID: dict[Ailment, Callable[[], GuapaiError]] = {
    Ailment.away: lambda: Busy("数据库暂时无法访问，请稍候再试", after=10),
    Ailment.busy: lambda: Busy("现在使用的人较多，请稍候再试"),
    Ailment.full: lambda: Full("服务器磁盘空间不足，内容没有保存；请联系系统管理员"),
}
_GONE = "数据库文件%(file)s不在原处，现在不能查看也不能保存；请联系系统管理员恢复"


def passing(error: Exception) -> GuapaiError | None:
    """What a visitor is told of an error; None where it is a fault of ours."""
    if isinstance(error, Gone):
        LOG.error("the file of the database is gone", extra={"file": str(error.path)})
        return Busy(Said(_GONE, file=error.path.name), after=10)
    if isinstance(error, GuapaiError):
        return error
    ailment = ailment_of(error)
    if ailment is None:
        return None
    told = {"ailment": ailment.value, "error": type(error).__name__, "code": code_of(error)}
    LOG.warning("the machine ails", extra=told)
    return _SAID[ailment]()


async def patiently(pool: Pool, do: Callable[..., T], *args: Any, one: str = "") -> T:
    """What a function that only reads answers, tried again while the database does not answer."""
    for pause in PAUSES:
        try:
            return await pool.run(do, *args, one=one)
        except Exception as error:
            if ailment_of(error) is not Ailment.away:
                raise
        await sleep(pause)
    return await pool.run(do, *args, one=one)
