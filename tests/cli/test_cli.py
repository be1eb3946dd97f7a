"""The commands as an operator meets them: clear sentences, exit codes, one JSON value."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import Commands

ROOT = Path(__file__).parents[2]


def program(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a program of its own, in a folder of its own, away from the settings of this machine."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GUAPAI_")}
    environment["PYTHONPATH"] = str(ROOT)
    return subprocess.run(
        [sys.executable, "-c", "from cli import main; main()", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_as_a_program_it_ends_with_a_code_and_says_one_sentence(tmp_path: Path) -> None:
    refused = program(tmp_path, "run", "sweep")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "guapai migrate" in refused.stderr
    assert "Traceback" not in refused.stderr
    made = program(tmp_path, "migrate")
    assert made.returncode == 0, made.stderr
    done = program(tmp_path, "run", "sweep")
    assert (done.returncode, done.stdout[:8], done.stderr) == (0, "sweep: 0", "")


def test_a_new_database_works_after_migrate(guapai: Commands, tmp_path: Path) -> None:
    early = guapai("run", "sweep", "--db", f"sqlite:///{tmp_path}/x.db")
    assert early.code == 2
    assert "guapai migrate" in early.err
    made = guapai("migrate")
    assert made.code == 0, made.err
    assert (tmp_path / "var" / "guapai.db").exists()
    for job in ("sweep", "papers", "incidents", "housekeeping"):
        done = guapai("run", job)
        assert done.code == 0, done.err
        assert done.out.startswith(f"{job}: 0 ")
    posted = guapai("run", "post")
    assert (
        posted.code,
        "ALARM: the way out for mail: no mail server is set" in posted.out,
    ) == (1, True)
    again = guapai("migrate")
    assert again.code == 0


def test_the_calendar_is_shown_and_imported(guapai: Commands, tmp_path: Path) -> None:
    guapai("migrate")
    assert "provisional (暂定)" in guapai("calendar", "show", "2027").out
    assert "cannot read" in guapai("calendar", "import", "n.csv").err
    notice = tmp_path / "n.csv"
    notice.write_text("date,kind,note\n2027-01-01,off,元旦\n", encoding="utf-8")
    assert "would be confirmed" in guapai("calendar", "import", "n.csv", "--dry-run").out
    import_ = ("calendar", "import", "n.csv")
    assert "确认无误的" in guapai(*import_).err, "no whole year is taken unasked"
    sure = guapai(*import_, "--yes", "--reason", "样例")
    assert "2027 is confirmed" in sure.out, sure.err
    shown = guapai("calendar", "show", "2027").out
    assert "2027: confirmed" in shown
    assert "2027-01-01 off" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("migrate", "--db", "mysql://x"), "must start with sqlite:///"),
        (("run", "party"), "guapai migrate"),
        (("run", "sweep", "--at", "noon"), "not an ISO instant"),
        (("run", "sweep", "--at", "2026-03-05T08:30"), "needs a zone"),
        (("calendar", "import", "n.csv", "--db", "sqlite:///x.db"), "there is no database at x.db"),
    ],
)
def test_a_mistake_is_one_sentence(
    guapai: Commands, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    failed = guapai(*words)
    assert failed.code == 2
    assert said in failed.err
    assert "Traceback" not in failed.err


def test_the_reference_is_written(tmp_path: Path) -> None:
    written = program(tmp_path, "diagram", "pages")
    assert written.returncode == 0, written.stderr
    ours = {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "pages").iterdir()}
    kept = ROOT / "docs" / "reference"
    assert ours == {p.name: p.read_text(encoding="utf-8") for p in kept.iterdir()}


def test_a_command_does_not_load_prefect(tmp_path: Path) -> None:
    script = "import sys, cli.app, flows.embedded; sys.exit('prefect' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0


def test_the_wheel_carries_its_data(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    script = (
        f"import sys; sys.path.insert(0, {str(wheel)!r}); "
        "import law; assert '.whl' in law.__file__; "
        "from law.pack import shipped_texts; from law.calendar import shipped_calendar; "
        "from law.grading import shipped_catalogue; "
        "assert shipped_texts() and shipped_calendar().confirmed and shipped_catalogue()"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_database_that_is_none_is_one_sentence(guapai: Commands, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database", encoding="utf-8")
    for url, said in (
        (f"sqlite:///{tmp_path}", "is a folder, not a database"),
        (f"sqlite:///{tmp_path}/notes.txt", "is no SQLite database"),
        (f"sqlite:///{tmp_path}/mistyped.db", "there is no database at"),
        ("postgresql+psycopg://x@127.0.0.1:1/none", "Connection refused"),
    ):
        refused = guapai("verify", "--db", url)
        assert refused.code == 2
        assert said in refused.err
        assert len(refused.err.splitlines()) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_the_sample_city_never_takes_a_database_of_somebody_elses(
    guapai: Commands, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/ours.db"
    guapai("migrate", "--db", url)
    guapai("organisation", "add", "政府", "某区人民政府", "341502", "--db", url)
    for more in ((), ("--fresh",)):
        refused = guapai("demo", "--headless", "--days", "1", "--db", url, *more)
        assert refused.code == 2
        assert "nothing was changed" in refused.err
    assert "某区人民政府" in guapai("organisation", "list", "--db", url).out
