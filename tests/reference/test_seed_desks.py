"""Bureau desks and regions say what the guide says; every expectation is typed by hand."""

from collections import Counter

import pytest

NATURES = {
    "state_institution", "state_enterprise", "non_public", "social_org", "dispatch", "agency", "association",
}  # fmt: skip
LEVELS = {"senior_full", "senior_associate", "intermediate", "junior_assistant", "junior_technician"}


def test_cat_06_desks_by_name_and_region(seeds):
    assert [(row["name"], row["region_code"]) for row in seeds.read("desks")] == [
        ("五华区人力资源和社会保障局", "530102"),
        ("西山区人力资源和社会保障局", "530112"),
        ("西山区人力资源和社会保障局", "530112"),
        ("盘龙区人力资源和社会保障局", "530103"),
        ("官渡区人力资源和社会保障局", "530111"),
        ("呈贡区人力资源和社会保障局", "530114"),
        ("东川区人力资源和社会保障局", "530113"),
        ("晋宁区人力资源和社会保障局", "530115"),
        ("安宁市人力资源和社会保障局", "530181"),
        ("富民县人力资源和社会保障局", "530124"),
        ("宜良县人力资源和社会保障局", "530125"),
        ("石林县人力资源和社会保障局", "530126"),
        ("嵩明县人力资源和社会保障局", "530127"),
        ("寻甸县人力资源和社会保障局", "530129"),
        ("禄劝县人力资源和社会保障局", "530128"),
        ("阳宗海风景名胜区人力资源和社会保障局", "5301Z1"),
        ("中共昆明经济技术开发区工作委员会党群工作部", "5301Z2"),
        ("昆明高新技术产业开发区企业综合服务部", "5301Z3"),
        ("滇池旅游度假区党群工作部", "5301Z4"),
        ("云南滇中新区党群工作部", "5301Z5"),
        ("昆明空港经济区党群工作部", "5301Z6"),
        ("昆明地铁运营有限公司", ""),
    ]


def test_cat_06_phones_in_the_spelling_of_the_source(seeds):
    phones = {int(row["no"]): seeds.split(row["phones"]) for row in seeds.read("desks")}
    assert phones[3] == ["0871-68367604", "0871-68158354"]
    assert phones[4] == ["0871-65615187", "0871-65629523"]
    assert [no for no, several in phones.items() if len(several) != 1] == [3, 4]
    assert phones[1] == ["0871-65189551"]
    assert phones[9] == ["0871—68699750"]
    assert phones[10] == ["0871--68811142"]
    assert phones[22] == ["63644999转1转627005"]


@pytest.mark.parametrize(
    ("no", "address"),
    [
        (1, "昆明市五华区教场中路21号莲华小区内18栋正对面五华区人力资源服务中心"),
        (2, "五华区茭菱路668号8楼事业单位人事管理科"),
        (3, "五华区茭菱路668号3楼区人才服务中心"),
        (6, "呈贡区古银路50号人力资源和社会保障局4楼第四间"),
        (13, "嵩明县水真路208号，嵩明县人力资源和社会保障局502室"),
        (
            17,
            "鼎南路1号（中国（云南）自由贸易试验区昆明片区综合服务中心）。业务窗口以经开区职称申报通知为准。",
        ),
        (22, "北京路915号2704室"),
    ],
)
def test_desk_addresses(seeds, no, address):
    assert seeds.only("desks", no=str(no))["address"] == address


def test_desk_scopes(seeds):
    assert seeds.only("desks", no="3")["scope"] == (
        "本区非公企业（非在职在编）专业技术人员初级职称资格认定及中级职称认定的推荐，"
        "外地调入人员初级职称资格确认、遗失补办等工作以及其他系列初、中、高级职称推荐审核。"
    )
    assert seeds.only("desks", no="19")["scope"] == (
        "本区所属专业技术人员大专院校毕业生初级职称资格认定，以及初、中、高级职称推荐审核，外地调入人员初级职称资格确认。"
    )


def test_cat_06_services_differ_by_desk(seeds):
    offering = {}
    for row in seeds.read("desks"):
        for service in seeds.split(row["services"]):
            offering.setdefault(service, set()).add(int(row["no"]))
    routed = set(range(1, 22))
    assert offering == {
        "review": routed,
        "recognition_junior": routed,
        "recognition_intermediate_recommend": routed - {19},
        "confirmation": routed - {20},
        "reissue": {3},
        "teachers": routed - {3, 9, 18, 19, 20, 21},
        "engineering": {7, 12},
        "agriculture": {7, 12},
        "committee": {22},
    }


def test_xishan_desks_split_the_natures_between_them(seeds):
    assert seeds.split(seeds.only("desks", no="2")["natures"]) == ["state_institution", "state_enterprise"]
    assert set(seeds.split(seeds.only("desks", no="3")["natures"])) == NATURES - {
        "state_institution",
        "state_enterprise",
    }


def test_at_most_one_desk_serves_a_region_and_nature(seeds):
    served = Counter()
    for row in seeds.read("desks"):
        assert set(seeds.split(row["natures"])) <= NATURES and set(seeds.split(row["levels"])) <= LEVELS
        served.update((row["region_code"], nature) for nature in seeds.split(row["natures"]))
    assert [key for key, times in served.items() if times > 1] == []
    districts = seeds.column("regions", "code", level="district")
    assert [(code, nature) for code in districts for nature in NATURES if served[(code, nature)] != 1] == []


def test_regions(seeds):
    assert Counter(seeds.column("regions", "level")) == {"province": 1, "city": 1, "district": 14, "zone": 6}
    names = {row["code"]: row["name"] for row in seeds.read("regions")}
    assert names["530000"] == "云南省" and names["530100"] == "昆明市"
    assert names["530126"] == "石林彝族自治县" and names["530128"] == "禄劝彝族苗族自治县"
    assert names["530129"] == "寻甸回族彝族自治县" and names["530181"] == "安宁市"


def test_every_district_has_a_postcode_of_kunming(seeds):
    codes = {row["name"]: row["postcode"] for row in seeds.read("regions")}
    assert codes["五华区"] == "650021" and codes["盘龙区"] == "650051" and codes["安宁市"] == "650300"
    assert codes["石林彝族自治县"] == "652200" and codes["东川区"] == "654100"
    assert [
        name
        for name, code in codes.items()
        if code and not (code.isdigit() and len(code) == 6 and code.startswith("65"))
    ] == []
    districts = seeds.column("regions", "name", level="district")
    assert [name for name in districts if not codes[name]] == []
    assert len({codes[name] for name in districts}) == 14
