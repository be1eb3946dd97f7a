"""The PostgreSQL role that acts, one for each database: it may not touch history, triggers, migrations."""

import hashlib
from typing import Any

import sqlalchemy as sa

from guapai.errors import Unready

PREFIX = "guapai_app"
_LONGEST = 63
_ACTING = (
    "SELECT r.rolname FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a "
    "JOIN pg_roles r ON r.oid = a.grantee WHERE c.oid = to_regclass('public.events') "
    "AND a.privilege_type = 'INSERT' AND a.grantee <> c.relowner "
    f"AND starts_with(r.rolname, '{PREFIX}') ORDER BY r.rolname = %s DESC, r.rolname"
)
_WHO = (
    "SELECT session_user, EXISTS (SELECT FROM pg_tables WHERE tablename = 'events' "
    "AND pg_has_role(session_user, tableowner, 'MEMBER'))"
)


def role_of(database: str) -> str:
    """The name of the role that acts in a database of that name."""
    name = f"{PREFIX}_{database}"
    if len(name.encode()) <= _LONGEST:
        return name
    return f"{PREFIX}_{hashlib.sha256(database.encode()).hexdigest()[:32]}"


def quoted(name: str) -> str:
    """A role's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def acting_roles(cursor: Any, database: str) -> list[str]:
    """The roles that may add to history in the database there, its own one first; none for a new one."""
    return [row[0] for row in cursor.execute(_ACTING, (role_of(database),)).fetchall()]


def acting_role(connection: sa.Connection) -> str:
    """The role that acts in a database, or the one that `guapai migrate` will make."""
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor:
        return (acting_roles(cursor, raw.info.dbname) or [role_of(raw.info.dbname)])[0]


def act_as_servant(connection: Any) -> None:
    """Give up every right of a connection but those of the role that acts; a new database has none.

    Raises Unready for a login that is not in that role, or that owns the tables.
    """
    import psycopg.errors  # noqa: PLC0415 (absent where only SQLite is used)

    with connection.cursor() as cursor:
        roles = acting_roles(cursor, connection.info.dbname)
        if not roles:
            return
        try:
            cursor.execute(f"SET ROLE {quoted(roles[0])}")
        except psycopg.errors.InsufficientPrivilege:
            connection.rollback()
            who, mighty = cursor.execute(_WHO).fetchone()
            connection.close()
            raise Unready(
                must_be_servant(who, roles[0]) if mighty else _not_in(who, roles[0])
            ) from None


def must_be_servant(who: str, role: str) -> str:
    """What is said to a login that could rewrite history."""
    return (
        f"{who} owns the tables and could rewrite history; keep that login for "
        f"guapai migrate, and run this as one that is only IN ROLE {quoted(role)}"
    )


def _not_in(who: str, role: str) -> str:
    return f"{who} may not act in this database; let its owner say: GRANT {quoted(role)} TO {quoted(who)}"
