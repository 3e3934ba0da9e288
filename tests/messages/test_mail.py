"""Mail: one key, one mail; what is no address or no line goes nowhere; one channel does not wait for the other."""

import socketserver
import threading

import pytest
from sqlalchemy import delete, select

from app import clock
from app.messages.gateways import DevelopmentGateway, deliver
from app.messages.mail import SmtpGateway, is_address
from app.messages.operations import send_mail, send_sms
from app.models import Outbox
from app.vocabulary import Channel


class Server(socketserver.ThreadingTCPServer):
    """Speaks enough SMTP; `dies` times it hangs up between the text and its answer, and it refuses some addresses."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, dies=0, refused=()):
        super().__init__(("127.0.0.1", 0), Talk)
        self.dies, self.refused, self.mails = dies, refused, []


class Talk(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self):
        self.say("220 here")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.say("354 go")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.mails.append(text.decode())
                if self.server.dies:
                    self.server.dies -= 1
                    return
            if word == b"RCPT" and any(each.encode() in line for each in self.server.refused):
                self.say("550 nobody here")
            else:
                self.say("221 bye" if word == b"QUIT" else "250 fine")
            if word == b"QUIT":
                return


@pytest.fixture
def start(session):
    session.execute(delete(Outbox))
    session.commit()
    running = []

    def begin(**given):
        server = Server(**given)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return server, SmtpGateway("127.0.0.1", server.server_address[1], "no-reply@example.com", tls=False)

    yield begin
    for each in running:
        each.shutdown()
        each.server_close()


def queue(session, *addresses):
    for each in addresses:
        send_mail(each, "示例主题", "示例正文", at=clock.now())
    session.commit()


def run(session, gateway, channel=Channel.MAIL):
    session.rollback()
    return deliver(gateway, at=clock.now(), channel=channel)


def keys_of(server):
    return [line for mail in server.mails for line in mail.splitlines() if line.startswith("Message-ID")]


def test_a_mail_arrives_whole(session, start):
    server, gateway = start()
    queue(session, "shili@example.com")
    assert run(session, gateway) == 1
    assert run(session, gateway) == 0
    assert len(server.mails) == 1
    assert "To: shili@example.com" in server.mails[0] and "From: no-reply@example.com" in server.mails[0]


def test_a_server_that_dies_before_its_answer_gets_the_same_mail_again(session, start):
    server, gateway = start(dies=1)
    queue(session, "shili@example.com")
    assert run(session, gateway) == 0
    assert run(session, gateway) == 1
    assert len(server.mails) == 2 and len(set(keys_of(server))) == 1


def test_what_is_refused_for_good_holds_nobody_up(session, start):
    _server, gateway = start(refused=("gone",))
    queue(session, *(f"gone{n}@example.com" for n in range(4)), "shili@example.com")
    assert run(session, gateway) == 1
    left = session.scalars(
        select(Outbox.mobile).where(Outbox.refused_at.is_not(None)).order_by(Outbox.id)
    ).all()
    assert left == [f"gone{n}@example.com" for n in range(4)]
    assert run(session, gateway) == 0


def test_a_dead_mail_server_does_not_hold_up_texts(session, start):
    server, gateway = start()
    server.shutdown()
    server.server_close()
    queue(session, *(f"shili{n}@example.com" for n in range(4)))
    send_sms("13900000001", "示例短信", at=clock.now())
    session.commit()
    assert run(session, gateway) == 0
    assert run(session, DevelopmentGateway(), Channel.SMS) == 1
    waiting = session.scalars(select(Outbox.channel).where(Outbox.sent_at.is_(None))).all()
    assert waiting == [Channel.MAIL] * 4


@pytest.mark.parametrize(
    "address",
    ["", "示例", "a@b", "a@example.com\nBcc: b@example.com", "a@example.com,b@example.com", "a b@example.com",
     "<a@example.com>", "a@example.com\n", f"{'a' * 95}@example.com", "示例@example.com"],
)  # fmt: skip
def test_what_is_no_address_gets_no_mail(session, start, address):
    assert not is_address(address)
    assert send_mail(address, "示例", "示例", at=clock.now()) is None


@pytest.mark.parametrize("subject", ["示例\nBcc: b@example.com", "示例\r\n\r\n正文", "示例\0"])
def test_a_subject_is_one_line(session, start, subject):
    assert send_mail("shili@example.com", subject, "示例", at=clock.now()) is None
