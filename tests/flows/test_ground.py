"""The way out for mail, from the settings: closed when none is named, never one that only looks open."""

import pytest

from flows.ground import build_office
from guapai.errors import Unready
from guapai.settings import Settings
from notifications.post.offices import ClosedOffice, ConsoleOffice, Rate, SmtpOffice


def test_without_a_server_the_office_is_closed_and_says_so() -> None:
    office = build_office(Settings(smtp_host="", mail=""))
    assert isinstance(office, ClosedOffice)
    assert "GUAPAI_SMTP_HOST" in office.closed


def test_letters_are_printed_only_where_that_is_asked_for() -> None:
    assert isinstance(build_office(Settings(mail="console")), ConsoleOffice)
    with pytest.raises(Unready, match="GUAPAI_MAIL must be console"):
        build_office(Settings(mail="printer"))


def test_rates_are_read_by_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUAPAI_MAIL_RATES", '{"163.COM": {"letters": 50, "seconds": 900}}')
    office = build_office(Settings(smtp_host="mail.example.com"))
    assert isinstance(office, SmtpOffice)
    assert office.rates == {"163.com": Rate(50, 900, 4)}


@pytest.mark.parametrize(
    "rates", [{"163.com": {"letters": 0, "seconds": 900}}, {"163.com": {"letter": 5}}]
)
def test_a_rate_that_cannot_be_is_refused(rates: dict[str, dict[str, int]]) -> None:
    with pytest.raises(Unready, match="GUAPAI_MAIL_RATES"):
        build_office(Settings(smtp_host="mail.example.com", mail_rates=rates))
