"""Who lives in the demo bank."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from accounts.roles import Role

# One password for every demo person; it opens nothing outside the demo bank, where none of them exists.
PASSWORD = "lantern-lights-the-way"  # noqa: S105


@dataclass(frozen=True)
class DemoPerson:
    """An invented person: `what` says, for the list on screen, what one can try as this person."""

    email: str
    name: str
    what_en: str
    what_zh: str
    role: Role | None = None
    employee_number: str | None = None
    second_factor: bool = True
    born_on: date | None = None
    district: str = ""
    phone: str = ""  # signs in as well


CUSTOMER = DemoPerson(
    "mei@lantern.example", "林美", "customer with two accounts and half a year of movements",
    "客户：两个账户，半年的交易",
    born_on=date(1990, 5, 4), district="310115", phone="138 0000 0001",
)  # fmt: skip
FRIEND = DemoPerson(
    "hao@lantern.example", "陈浩", "another customer, for sending money back and forth; his card expires soon",
    "另一位客户：可以互相转账；身份证即将到期",
    born_on=date(1987, 11, 2), district="510104",
)  # fmt: skip
VISITOR = DemoPerson(
    "visitor@lantern.example", "", "has just registered: set up a second factor, verify your identity",
    "刚注册的新客户：可以设置两步验证、提交实名认证", second_factor=False,
)  # fmt: skip
APPLICANT = DemoPerson(
    "yang@lantern.example", "刘洋", "waits for the review desk to check the identity card", "已提交实名认证，等待审核",
    born_on=date(1995, 2, 18), district="440106",
)  # fmt: skip
NAMESAKE = DemoPerson(
    "chen@lantern.example", "陈浩", "waits for the desk too: resembles a customer and somebody on the watch list",
    "已提交实名认证：与一位客户及名单条目相似，等待审核",
    born_on=date(1987, 11, 2), district="510104",
)  # fmt: skip
REVIEWER = DemoPerson(
    "reviewer@lantern.example", "周宁", "reviewer: decides cases on the desk", "审核员：在审核台处理审核件",
    role=Role.REVIEWER, employee_number="LB1001",
)  # fmt: skip
APPROVER = DemoPerson(
    "approver@lantern.example", "赵岚", "approver: the second pair of eyes", "复核员：双人复核的第二双眼睛",
    role=Role.APPROVER, employee_number="LB1002",
)  # fmt: skip
MANAGER = DemoPerson(
    "manager@lantern.example", "孙莉", "manager: reads the bank's figures", "管理者：查看经营看板",
    role=Role.MANAGER, employee_number="LB1003",
)  # fmt: skip
AUDITOR = DemoPerson(
    "auditor@lantern.example", "吴静", "auditor: reads the audit trail", "审计员：查看审计记录",
    role=Role.AUDITOR, employee_number="LB1004",
)  # fmt: skip
ADMINISTRATOR = DemoPerson(
    "admin@lantern.example", "郑凯", "administrator: parked deliveries, imports, policy figures",
    "管理员：查看搁置的投递、数据导入和业务参数",
    role=Role.ADMINISTRATOR, employee_number="LB1005",
)  # fmt: skip
TELLER = DemoPerson(
    "teller@lantern.example", "何伟", "teller: takes a till at the branch counter, pays in and out, transfers",
    "柜员：在柜面领用尾箱，办理存取款和转账",
    role=Role.TELLER, employee_number="LB1006",
)  # fmt: skip
RISK_OFFICER = DemoPerson(
    "risk@lantern.example", "冯洁", "risk officer: rules against fraud and what they found, policy figures, changes",
    "风险官：起草防欺诈规则、查看规则命中，提交业务参数变更，复核各类变更",
    role=Role.RISK_OFFICER, employee_number="LB1007",
)  # fmt: skip
SUPERVISOR = DemoPerson(
    "supervisor@lantern.example", "钱峰", "branch supervisor: keeps the vault, approves large sums at the counter",
    "网点主管：保管金库，复核柜面大额业务",
    role=Role.BRANCH_SUPERVISOR, employee_number="LB1008",
)  # fmt: skip

CUSTOMERS = (CUSTOMER, FRIEND)
STAFF = (REVIEWER, APPROVER, MANAGER, AUDITOR, ADMINISTRATOR, TELLER, SUPERVISOR, RISK_OFFICER)
EVERYBODY = (CUSTOMER, FRIEND, VISITOR, APPLICANT, NAMESAKE, *STAFF)

DISTRICTS = (
    # code (GB/T 2260), name, region, inhabitants (2020 census, thousands rounded)
    ("110108", "海淀区", "北京市", 3_133_000),
    ("310115", "浦东新区", "上海市", 5_682_000),
    ("330106", "西湖区", "浙江省", 1_113_000),
    ("440106", "天河区", "广东省", 2_242_000),
    ("510104", "锦江区", "四川省", 903_000),
    ("610113", "雁塔区", "陕西省", 1_202_000),
)


def totp_secret(person: DemoPerson) -> str:
    """This function will give a demo person's authenticator secret (base32), different on every installation."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"demo-totp:{person.email}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode()
