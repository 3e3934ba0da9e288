"""What is heard of a result: the message with the opinion at once, a text and a mail once it stands (MSG-02).

A text says which application, which office and where to look. It never says the opinion, and of a year that has
ended not how: whoever picks up the phone need not be its owner.
"""

from datetime import datetime

from ..messages.notifying import send_news
from ..messages.operations import tell
from ..models import Decision
from ..vocabulary import N_, MessageType, Status
from . import undoing

SUBJECT = N_("职称申报：您的申报有新的审核结果")
ENDED = N_("您的申报（编号 %(number)s）已有审核结果，审核单位：%(office)s。登录后在“我的消息”中查看。")
# By where the result leads; what goes on to the next office is told in the inbox only.
TEXTS = {
    Status.RETURNED: N_(
        "您的申报（编号 %(number)s）已由%(office)s返回修改，请在补正截止前修改并再次提交。登录后在“我的消息”中查看审核意见。"
    ),
    Status.DRAFT: N_(
        "您的申报（编号 %(number)s）已由%(office)s重置流程，需要重新选择封面并提交。登录后在“我的消息”中查看审核意见。"
    ),
    Status.PAPER: N_(
        "您的申报（编号 %(number)s）电子材料审核通过，审核单位：%(office)s。登录后在“我的申报”中查看后续安排。"
    ),
    Status.DECLINED: ENDED,
    Status.FAILED: ENDED,
}


def tell_result(decision: Decision, *, at: datetime) -> None:
    """Each result with its opinion to the applicant; the end of a year also to the unit's clerks (MSG-02).

    Text and mail are held until the result can no longer be taken back: an undo takes them with it, unread.
    """
    assert decision.organisation and decision.stage
    application = decision.application
    text = f"{decision.organisation.name}（{decision.stage.label}）审核结果为：{decision.event.label}。审核意见如下：{decision.opinion}"
    if decision.to_status is Status.FAILED:
        text += f"。{Status.FAILED.label}"
    tell(undoing.told(decision), text, at=at, type=MessageType.REVIEW, application=application)
    short = TEXTS.get(decision.to_status)
    if short is not None:
        send_news(
            [application.applicant_id],
            short % {"number": application.number, "office": decision.organisation.name},
            subject=SUBJECT,
            at=at,
            held_until=at + undoing.LASTS,
            decision=decision,
        )
