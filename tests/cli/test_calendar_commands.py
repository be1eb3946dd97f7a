"""Holiday notices at the command line: the sample is plausible, half a year is asked back."""

from pathlib import Path

from guapai.people import Role
from tests.actions.conftest import Office
from tests.cli.commands import Commands

SAMPLE = Path(__file__).parents[2] / "docs" / "samples" / "notice.csv"


def test_the_sample_has_the_shape_of_a_year_and_is_taken_by_a_commission(
    guapai: Commands, town: Office, db: tuple[str, str]
) -> None:
    office = town.who(Role.commission_office).person_id
    would = guapai("calendar", "import", SAMPLE, "--as", office, "--dry-run", *db)
    assert (would.code, would.err) == (0, "")
    assert "2027 would be confirmed" in would.out
    assert "provisional" in guapai("calendar", "show", 2027, *db).out
    assert guapai("calendar", "import", SAMPLE, "--as", office, *db).code == 0
    assert "2027: confirmed" in guapai("calendar", "show", 2027, *db).out
    inspector = town.who(Role.inspector).person_id
    refused = guapai("calendar", "import", SAMPLE, "--as", inspector, *db)
    assert (refused.code, "不能办理这一事项" in refused.flat) == (2, True)


def test_a_notice_of_two_days_is_asked_back(
    guapai: Commands, town: Office, db: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "two.csv"
    file.write_text("date,kind,note\n2027-01-01,off,元旦\n2027-01-03,work,元旦调休\n", "utf-8")
    take = ("calendar", "import", file, *db)
    refused = guapai(*take)
    assert (refused.code, "春节" in refused.flat, "--yes" in refused.flat) == (2, True, True)
    assert "provisional" in guapai("calendar", "show", 2027, *db).out
    assert "--reason" in guapai(*take, "--yes").flat
    assert guapai(*take, "--yes", "--reason", "试行").code == 0
