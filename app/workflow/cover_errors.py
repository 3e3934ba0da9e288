"""Why a cover is not accepted: what does not go, and what to choose instead (APP-02, APP-03, ELI-10, REC-03)."""

from ..errors import ChoiceNotOffered, DomainError, WindowClosed
from ..vocabulary import N_


class RoundTakenBack(WindowClosed):
    """The round is a draft again: nobody can apply to it until it is published anew."""

    message = N_("“%(committee)s”的申报窗口现在没有发布，不能申报；重新选择评委会，或等窗口重新发布")


class RoundOfAnother(ChoiceNotOffered):
    """The round is of another year or kind than the application."""

    message = N_("“%(choice)s”的申报窗口不是本次申报的年度和类型，重新选择评委会")


class ProfessionNotTaken(ChoiceNotOffered):
    message = N_("“%(committee)s”不受理申报专业“%(choice)s”，重新选择申报专业或评委会")


class LevelNotGiven(ChoiceNotOffered):
    message = N_("“%(committee)s”在这个专业不评审%(choice)s，重新选择申报等级")


class CategoryNotTaken(ChoiceNotOffered):
    message = N_("“%(committee)s”不受理参评类别“%(choice)s”，重新选择参评类别")


class TitleChanged(DomainError):
    """The catalogue gives another title at that level than when the cover was saved (X-17)."""

    message = N_("申报等级对应的职称由“%(before)s”改为“%(now)s”，核对后重新保存封面")
