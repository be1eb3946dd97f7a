"""The password: it leaves on a protected line to the right server, or not at all."""

import base64
import ipaddress
import ssl
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from guapai.clock import utc_now
from guapai.errors import BadInput
from notifications.post.answers import Outcome, Stage
from notifications.post.smtp import Channel, Tls
from tests.notifications.post.fault_server import Deed, FaultServer, go, post

O, S = Outcome, Stage  # noqa: E741
PASSWORD = "hunter2-secret"


@dataclass(frozen=True)
class Papers:
    """A private root and what a server signed by it needs."""

    root: str
    server: ssl.SSLContext


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return certificate(tmp_path_factory.mktemp("tls"), "127.0.0.1")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return certificate(tmp_path_factory.mktemp("tls"), "127.0.0.9")


def certificate(folder: Path, host: str) -> Papers:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fault.test")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    now = utc_now()
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    root, secret = folder / "root.pem", folder / "key.pem"
    root.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(root, secret)
    return Papers(str(root), context)


def signed_in(papers: Papers, **changes: Any) -> dict[str, Any]:
    settings = {"tls": Tls.starttls, "username": "post", "password": PASSWORD}
    return settings | {"ca_file": papers.root} | changes


def leaked(server: FaultServer) -> bool:
    """Whether the password crossed the line, in clear or as any AUTH mechanism dresses it."""
    heard = bytes(server.heard)
    shapes = [f"\0post\0{PASSWORD}".encode(), PASSWORD.encode()]
    return any(shape in heard or base64.b64encode(shape) in heard for shape in shapes)


@pytest.mark.parametrize(("tls", "implicit"), [(Tls.starttls, False), (Tls.implicit, True)])
def test_a_protected_line_signs_in_and_delivers(papers: Papers, tls: Tls, implicit: bool) -> None:
    server = FaultServer(tls=papers.server, implicit=implicit)
    done = go(post(server, **signed_in(papers, tls=tls)))
    assert done.answer.outcome is O.accepted
    assert leaked(server)  # the probe of the tests below does see a password when there is one
    assert (server.count("STARTTLS"), server.count("EHLO")) == ((0, 1) if implicit else (1, 2))


def test_no_password_when_starttls_is_hidden(papers: Papers) -> None:
    server = FaultServer(tls=papers.server, hide_starttls=True)
    done = go(post(server, **signed_in(papers)))
    assert (done.answer.outcome, done.answer.stage) == (O.channel, S.tls)
    assert done.answer.alarm
    assert not leaked(server)
    assert (server.count("AUTH"), server.count("MAIL"), server.letters) == (0, 0, [])


@pytest.mark.parametrize(
    ("said", "alarm"),
    [
        ("454 4.7.0 TLS not available", True),
        ("501 what", True),
        ("250 no need", True),
        ("sure", True),
        (Deed.drop, False),
        (Deed.reset, False),
    ],
)
def test_no_password_when_starttls_fails(papers: Papers, said: str | Deed, alarm: bool) -> None:
    server = FaultServer({"STARTTLS": said}, tls=papers.server)
    done = go(post(server, **signed_in(papers)))
    assert (done.answer.outcome, done.answer.stage) == (O.channel, S.tls)
    assert done.answer.alarm is alarm
    assert not leaked(server)
    assert (server.count("AUTH"), server.count("MAIL")) == (0, 0)


def test_words_slipped_in_before_tls_are_not_believed(papers: Papers) -> None:
    slipped = "220 go ahead\r\n250-evil.test\r\n250 AUTH PLAIN"
    server = FaultServer({"STARTTLS": slipped}, tls=papers.server)
    done = go(post(server, **signed_in(papers)))
    assert done.answer.outcome in (O.accepted, O.channel)
    assert "evil" not in done.answer.text
    assert server.count("EHLO") == 2  # the true offers were asked for inside


@pytest.mark.parametrize("tls", [Tls.starttls, Tls.implicit])
def test_no_password_for_a_certificate_that_is_not_the_servers(
    papers: Papers, elsewhere: Papers, tls: Tls
) -> None:
    for server_side, root in ((elsewhere, papers.root), (elsewhere, elsewhere.root)):
        server = FaultServer(tls=server_side.server, implicit=tls is Tls.implicit)
        done = go(post(server, **signed_in(papers, tls=tls, ca_file=root)))
        assert (done.answer.outcome, done.answer.stage) == (O.channel, S.tls)
        assert done.answer.alarm
        assert not leaked(server)


def test_implicit_tls_never_falls_back_to_a_plain_server(papers: Papers) -> None:
    server = FaultServer()
    done = go(post(server, **signed_in(papers, tls=Tls.implicit)))
    assert (done.answer.outcome, done.answer.stage) == (O.channel, S.tls)
    assert done.answer.alarm
    assert server.commands == []


def test_a_missing_root_is_an_alarm_and_no_crash(papers: Papers, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    for ca_file in (str(tmp_path / "none.pem"), str(broken)):
        server = FaultServer(tls=papers.server)
        done = go(post(server, **signed_in(papers, ca_file=ca_file)))
        assert (done.answer.outcome, done.answer.stage) == (O.channel, S.tls)
        assert done.answer.alarm
        assert server.talks == 0


@pytest.mark.parametrize(
    ("said", "code", "alarm"),
    [
        ("454 4.7.0 later", 454, False),
        ("421 too many", 421, False),
        ("534 5.7.9 too weak", 534, True),
        ("535 5.7.8 wrong", 535, True),
        (Deed.drop, 0, False),
        (Deed.reset, 0, False),
    ],
)
def test_a_password_that_is_refused_is_the_channels_trouble(
    papers: Papers, said: str | Deed, code: int, alarm: bool
) -> None:
    server = FaultServer({"AUTH": said}, tls=papers.server)
    done = go(post(server, **signed_in(papers)))
    found = done.answer
    assert (found.outcome, found.stage, found.code) == (O.channel, S.auth, code)
    assert found.alarm is alarm
    assert PASSWORD not in found.text
    assert server.count("MAIL") == 0


@pytest.mark.parametrize("ways", ["LOGIN", "CRAM-MD5", "PLAIN", "CRAM-MD5 LOGIN PLAIN"])
def test_every_usual_way_to_sign_in_works(papers: Papers, ways: str) -> None:
    server = FaultServer(tls=papers.server, ways_in=ways)
    assert go(post(server, **signed_in(papers))).answer.outcome is O.accepted
    assert server.count("AUTH") == 1


@pytest.mark.parametrize("ways", ["", "XOAUTH2 NTLM"])
def test_a_server_without_a_way_in_is_an_alarm(papers: Papers, ways: str) -> None:
    server = FaultServer(tls=papers.server, ways_in=ways)
    answer = go(post(server, **signed_in(papers))).answer
    assert (answer.outcome, answer.stage, answer.alarm) == (O.channel, S.auth, True)
    assert not leaked(server)


def test_a_wrong_password_is_an_alarm_though_the_server_hangs_up(papers: Papers) -> None:
    server = FaultServer({"AUTH": ["535 5.7.8 wrong", Deed.drop]}, tls=papers.server)
    answer = go(post(server, **signed_in(papers))).answer
    assert (answer.stage, answer.code, answer.alarm) == (S.auth, 535, True)
    assert server.count("AUTH") == 1  # a second try would bring the account nearer to its lock


def test_a_password_in_clear_text_needs_loopback() -> None:
    with pytest.raises(BadInput, match="clear text"):
        Channel("mail.example.cn", 25, tls=Tls.none, username="post", password=PASSWORD)
    Channel("127.0.0.1", 25, tls=Tls.none, username="post", password=PASSWORD)
    Channel("mail.example.cn", 587, username="post", password=PASSWORD)


def test_a_channel_never_prints_its_password_and_wants_tls_by_default() -> None:
    made = Channel("mail.example.cn", 587, username="post", password=PASSWORD)
    assert PASSWORD not in repr(made)
    assert made.tls is Tls.starttls
