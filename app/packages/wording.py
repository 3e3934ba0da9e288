"""The words of what is taken away: papers and file names are in Chinese, whatever language the page was in."""

FORM_FILE, TEXT_FILE, FILES, DATA_FILE = "申报表.pdf", "申报表.txt", "附件", "申报数据.json"
SUMS_FILE, LIST_FILE = "SHA256SUMS.txt", "清单.json"

CONTENTS = "目录"
CONTENTS_HEADS = ("申报编号", "姓名", "工作单位", "申报职称", "页码")

RECEIPT, HISTORY = "申报回执", "审核记录"
HEAD = ("申报编号", "姓名", "申报年度", "评委会", "申报职称", "申报专业", "当前状态")
SUBMISSION = ("第几次提交", "提交时间", "材料摘要")
EARLIER = "更早的记录"
LEFT_OUT = "另有 {count} 条，登录系统在“审核记录”中查看。"
CUT = "（以下没有印完，登录系统在“审核记录”中查看全文。）"
BY = "{office}（{stage}）"
COLON = "："
FOOT = "{number}　{at} 由申报人从系统下载"
