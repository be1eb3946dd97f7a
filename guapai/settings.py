"""Settings from the environment (``GUAPAI_…``); every one has a default that works on one machine."""

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where things are, and how mail goes out.

    ``smtp_tls`` is ``starttls``, ``implicit`` or ``none``; without ``smtp_host`` letters are
    printed on the console instead of being sent.
    """

    model_config = SettingsConfigDict(env_prefix="GUAPAI_", extra="ignore")

    database_url: str = "sqlite:///var/guapai.db"
    files: Path = Path("var/files")
    """Evidence and papers; where nothing is said, the folder ``files`` beside a SQLite database."""
    backups: Path = Path("var/backups")
    """Where packs are made, and looked for when a database is damaged."""
    backups_daily: int = Field(default=14, ge=1, le=1000)
    """So many days' packs are kept, the last of each day (own)."""
    backups_weekly: int = Field(default=8, ge=0, le=1000)
    """So many weeks' packs are kept beyond those, the last of each week (own)."""
    metrics_token: SecretStr | None = None
    """Who may read /metrics from elsewhere; without it only this machine may."""
    certificate: Path | None = None
    """The PEM file of the web server's certificate, so that its end is seen coming."""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: str = "starttls"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_ca_file: str | None = None
    mail_from: str = "guapai@example.com"
    mail_name: str = "重大事故隐患挂牌督办系统"
    mail_domain: str = "example.com"

    @model_validator(mode="before")
    @classmethod
    def _files_beside_the_database(cls, given: dict[str, Any]) -> dict[str, Any]:
        url = given.get("database_url", "")
        if "files" in given or not url.startswith("sqlite:///"):
            return given
        return {**given, "files": Path(url.removeprefix("sqlite:///")).parent / "files"}
