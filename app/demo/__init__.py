"""A small invented city: an account for each role and an application in every status, for development only.

Everything in it comes about through the operations that people use; no state is written by hand.
All persons, offices marked 示例 or 演示, and numbers are made up.
"""

from ..vocabulary import N_

PASSWORD = "Yanshi-2026!"  # of invented accounts that production never has

# Role, user name, password; the sign-in page shows them outside production.
ACCOUNTS: tuple[tuple[str, str, str], ...] = (
    (N_("申报人"), "demo-applicant", PASSWORD),
    (N_("用人单位"), "demo-unit", PASSWORD),
    (N_("主管部门"), "demo-department", PASSWORD),
    (N_("县（市）区人社局"), "demo-bureau", PASSWORD),
    (N_("市人社局"), "demo-city", PASSWORD),
    (N_("评委会"), "demo-committee", PASSWORD),
    (N_("省级评委会"), "demo-province", PASSWORD),
    (N_("热线支持"), "demo-hotline", PASSWORD),
    (N_("热线支持（复核）"), "demo-hotline-2", PASSWORD),
    (N_("超级管理员"), "demo-admin", PASSWORD),
    (N_("安全管理员"), "demo-security", PASSWORD),
    (N_("审计员"), "demo-auditor", PASSWORD),
)
