//! What a dispute is about: the two-level code of the central 综治 system, and a first guess at it.
//!
//! Source: domain note 2.4, table A (very likely GB/T 31000-2015, 5.56). The codes go into reports
//! and to the province; a code that was once given out is never renamed or reused here.

/// One second-level category, the code a case file stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Category {
    /// Four digits; the first two are the class.
    pub code: &'static str,
    /// The words of the table. "其他" alone says little: [`label`] says of what.
    pub label: &'static str,
}

/// One first-level class and what lies in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// Two digits.
    pub code: &'static str,
    /// The words of the table.
    pub label: &'static str,
    /// Its categories, in the order of the table, never empty.
    pub categories: &'static [Category],
}

const fn class(code: &'static str, label: &'static str, categories: &'static [Category]) -> Class {
    Class { code, label, categories }
}

const fn category(code: &'static str, label: &'static str) -> Category {
    Category { code, label }
}

/// The whole table, in its own order.
///
/// Class 99 has no second level in the table. Every file stores four digits, so it gets the single
/// category `9999`, in line with the table's own habit of ending a class with `..99 其他`. Whoever
/// sends codes to the province sends the class alone for it.
pub const CLASSES: &[Class] = &[
    class("01", "婚恋家庭纠纷", FAMILY),
    class("02", "邻里纠纷", NEIGHBOURS),
    class("03", "人格权纠纷", PERSONALITY),
    class("04", "物权相关纠纷", PROPERTY),
    class("05", "侵权相关纠纷", TORT),
    class("06", "合同及相关纠纷", CONTRACT),
    class("07", "劳动人事争议", LABOUR),
    class("08", "金融借贷纠纷", FINANCE),
    class("09", "土地及资源权属纠纷", LAND),
    class("10", "其他民商事纠纷", COMMERCE),
    class("11", "城乡建设发展纠纷", CONSTRUCTION),
    class("12", "涉民政纠纷", CIVIL_AFFAIRS),
    class("13", "其他行政执法纠纷", ENFORCEMENT),
    class("14", "涉法涉诉纠纷", JUSTICE),
    class("15", "涉组织涉纪检纠纷", CADRES),
    class("16", "涉民族宗教纠纷", RELIGION),
    class("99", "其他", REST),
];

const FAMILY: &[Category] = &[
    category("0101", "恋爱及婚姻"),
    category("0102", "抚养赡养监护"),
    category("0103", "分家与继承"),
    category("0199", "其他"),
];
const NEIGHBOURS: &[Category] = &[
    category("0201", "用水排水通行通风采光"),
    category("0202", "相邻土地建筑利用"),
    category("0203", "相邻污染损害防止"),
    category("0299", "其他"),
];
const PERSONALITY: &[Category] = &[
    category("0301", "姓名肖像"),
    category("0302", "名誉隐私"),
    category("0303", "身体健康及人身自由"),
    category("0399", "其他"),
];
const PROPERTY: &[Category] = &[
    category("0401", "财物返还及损害赔偿"),
    category("0402", "物业及其管理"),
    category("0403", "房屋等不动产登记"),
    category("0499", "其他"),
];
const TORT: &[Category] = &[
    category("0501", "教育机构"),
    category("0502", "医疗损害"),
    category("0503", "交通事故"),
    category("0504", "环境污染"),
    category("0505", "产品责任"),
    category("0506", "网络侵权"),
    category("0507", "劳务损害"),
    category("0599", "其他"),
];
const CONTRACT: &[Category] = &[
    category("0601", "消费及服务"),
    category("0602", "房产买卖租赁"),
    category("0603", "交易贸易"),
    category("0604", "运输仓储"),
    category("0699", "其他"),
];
const LABOUR: &[Category] = &[
    category("0701", "劳动合同、劳务派遣"),
    category("0702", "社会保险"),
    category("0703", "福利待遇"),
    category("0704", "人事争议"),
    category("0799", "其他"),
];
const FINANCE: &[Category] = &[
    category("0801", "证券基金期货"),
    category("0802", "投资信托理财"),
    category("0803", "保险"),
    category("0804", "借贷及担保"),
    category("0899", "其他"),
];
const LAND: &[Category] = &[
    category("0901", "土地承包经营"),
    category("0902", "宅基地使用"),
    category("0903", "山林矿产"),
    category("0904", "水域水利"),
    category("0999", "其他"),
];
const COMMERCE: &[Category] = &[
    category("1001", "知识产权"),
    category("1002", "公司企业设立解散"),
    category("1003", "海事海商"),
    category("1004", "竞争纠纷"),
    category("1005", "票据与信用证"),
    category("1006", "无因管理与不当得利"),
    category("1099", "其他"),
];
const CONSTRUCTION: &[Category] = &[
    category("1101", "国有土地上房屋征收"),
    category("1102", "农村集体土地征用"),
    category("1103", "城乡规划及拆违"),
    category("1104", "基础设施建设及市政市容"),
    category("1105", "移民安置"),
    category("1199", "其他"),
];
const CIVIL_AFFAIRS: &[Category] = &[
    category("1201", "村（社区）选举和管理"),
    category("1202", "优抚救助"),
    category("1203", "区划边界"),
    category("1299", "其他"),
];
const ENFORCEMENT: &[Category] = &[
    category("1301", "城市管理"),
    category("1302", "教育文体管理"),
    category("1303", "工商税务管理"),
    category("1304", "安全生产管理"),
    category("1305", "交通运输管理"),
    category("1306", "海事渔事管理"),
    category("1307", "计划生育管理"),
    category("1399", "其他"),
];
const JUSTICE: &[Category] = &[
    category("1401", "涉公安"),
    category("1402", "涉检察院"),
    category("1403", "涉法院"),
    category("1404", "涉司法行政机关"),
];
const CADRES: &[Category] =
    &[category("1501", "组织人事"), category("1502", "干部作风"), category("1599", "其他")];
const RELIGION: &[Category] = &[category("1601", "涉民族问题"), category("1602", "涉宗教问题")];
const REST: &[Category] = &[category("9999", "其他")];

const OTHER: &str = "其他";

/// The category with this four-digit code, and its class.
#[must_use]
pub fn find(code: &str) -> Option<(&'static Class, &'static Category)> {
    CLASSES.iter().find_map(|class| {
        let category = class.categories.iter().find(|category| category.code == code)?;
        Some((class, category))
    })
}

/// What to print for a code: "土地承包经营", "其他邻里纠纷".
///
/// A code this version does not know is printed as it is, so that nothing disappears from a list.
#[must_use]
pub fn label(code: &str) -> String {
    match find(code) {
        None => code.to_owned(),
        Some((_, category)) if category.label != OTHER => category.label.to_owned(),
        Some((class, _)) if class.label.starts_with(OTHER) => class.label.to_owned(),
        Some((class, _)) => format!("{OTHER}{}", class.label),
    }
}

/// The category that one sentence about the matter points to. A suggestion: the worker decides.
#[must_use]
pub fn suggest(matter: &str) -> Option<&'static Category> {
    suggest_with_keyword(matter).map(|(category, _)| category)
}

/// Like [`suggest`], with the word in the sentence that led there, to be shown beside it.
///
/// The longest keyword found wins, because it says most ("兄弟分家" before "宅基地"); among equally
/// long ones the first of the table.
#[must_use]
pub fn suggest_with_keyword(matter: &str) -> Option<(&'static Category, &'static str)> {
    let mut best: Option<(usize, &'static str, &'static str)> = None;
    for (code, keywords) in KEYWORDS {
        for keyword in keywords.iter().filter(|keyword| matter.contains(**keyword)) {
            let length = keyword.chars().count();
            if best.is_none_or(|(longest, ..)| length > longest) {
                best = Some((length, code, keyword));
            }
        }
    }
    let (_, code, keyword) = best?;
    find(code).map(|(_, category)| (category, keyword))
}

/// Words of a hill county with orchards, oil wells and cave houses, and where each points.
///
/// Specific matters come first, words that only set the scene ("网上", "果园", "邻居") last. Place names,
/// offices that merely mediate and single characters are left out: they point anywhere.
const KEYWORDS: &[(&str, &[&str])] = &[
    (
        "1102",
        &["征地", "征地款", "外嫁女", "补偿款", "占地补偿", "进场道路", "井场占地", "管线占地"],
    ),
    ("1101", &["房屋征收", "拆迁补偿", "棚户区"]),
    ("1105", &["移民搬迁", "易地搬迁", "安置房"]),
    ("1103", &["违建", "拆违", "违章建筑", "规划许可"]),
    ("1104", &["村道", "修路", "路灯", "自来水", "停电", "电线杆"]),
    ("0101", &["退婚", "彩礼", "离婚", "婚约", "订婚", "夫妻", "两口子", "家暴"]),
    ("0102", &["赡养", "养老人", "接老人", "抚养", "抚养费", "监护", "生活费"]),
    ("0103", &["分家", "兄弟分家", "继承", "遗产", "遗嘱", "老人留下的"]),
    ("0901", &["地界", "地埂", "界石", "石桩", "承包地", "土地流转", "责任田", "自留地"]),
    ("0902", &["宅基地", "庄基", "院墙占", "老院子"]),
    ("0903", &["荒山", "山林", "林地", "林权", "退耕", "砍树", "采砂", "采石", "煤矿", "树归谁"]),
    ("0904", &["浇地", "浇地用水", "水渠", "水窖", "淤地坝", "争水", "抽水", "河道", "灌溉"]),
    ("0201", &["排水", "雨水", "滴水", "渗水", "走道", "过道", "出路", "采光", "挡光", "盖得高"]),
    ("0202", &["硷畔", "窑背", "窑顶", "挖土", "崖面", "共用墙", "借墙"]),
    ("0203", &["养狗", "狗叫", "鸡粪", "粪堆", "臭味", "噪音", "猪圈", "油烟"]),
    ("0402", &["漏水", "业主", "物业", "物业费", "停车位", "小区", "电梯"]),
    ("0403", &["房产证", "不动产证", "房本", "过户"]),
    ("0401", &["羊群", "牛群", "羊啃", "果苗", "啃了", "踩坏", "损坏", "不归还", "砸坏"]),
    ("0501", &["学生", "在校", "幼儿园", "校园", "老师打"]),
    ("0502", &["医院", "误诊", "手术", "医疗事故", "卫生室", "打针"]),
    ("0503", &["三轮车", "摩托车", "刮倒", "车祸", "撞伤", "撞人", "误工费", "交通事故", "追尾"]),
    ("0504", &["油泥", "落地油", "原油泄漏", "污水", "污染", "废水", "毒死"]),
    ("0505", &["假种子", "假化肥", "假农药", "假药", "次品", "质量不合格"]),
    ("0302", &["辱骂", "造谣", "名誉", "隐私", "闲话"]),
    ("0301", &["肖像", "冒名", "盗用姓名"]),
    ("0507", &["雇主", "打工摔伤", "摔伤", "帮工", "干活受伤"]),
    ("0701", &["工钱", "工资", "工头", "欠薪", "劳动合同", "辞退", "包工头"]),
    ("0702", &["工伤", "社保", "养老保险", "医保"]),
    ("0703", &["加班费", "高温补贴", "年终奖"]),
    ("0804", &["民间借贷", "借条", "借款", "借钱", "欠条", "利息", "贷款", "担保", "高利贷"]),
    ("0803", &["理赔", "保险公司", "农业保险"]),
    ("0802", &["理财", "集资", "投资款"]),
    ("0603", &["货款", "果款", "果商", "收果", "代卖", "电商", "赊账", "定金"]),
    ("0604", &["运费", "拉货", "冷库", "果库"]),
    ("0602", &["房租", "租房", "租金", "押金", "买房", "卖房"]),
    ("0601", &["农机", "耕地费", "旋地", "饭店", "美发", "退货", "服务费"]),
    ("1202", &["低保", "五保", "救助", "优抚", "退役军人", "残疾补贴"]),
    ("1201", &["选举", "村务公开", "村委会", "村规民约", "集体分红"]),
    ("1203", &["村界", "镇界", "县界"]),
    ("1301", &["城管", "摆摊", "占道"]),
    ("1303", &["营业执照", "税务", "罚款单"]),
    ("1304", &["安全生产", "安全隐患"]),
    ("1305", &["扣车", "超载", "黑车"]),
    ("1403", &["判决", "判决生效", "不执行", "法院"]),
    ("1402", &["检察院"]),
    ("1401", &["派出所", "公安局", "拘留"]),
    ("1502", &["干部作风", "吃拿卡要", "优亲厚友"]),
    ("1602", &["宗教", "教堂", "寺庙"]),
    ("1601", &["少数民族", "清真"]),
    ("1001", &["商标", "专利"]),
    ("1002", &["股东", "合作社散伙"]),
    ("1006", &["转错账", "打错款"]),
    ("0506", &["网上", "抖音", "朋友圈", "微信群"]),
    ("0303", &["打架", "打伤", "打人", "殴打"]),
    ("0199", &["婆媳", "妯娌"]),
    ("0901", &["果园", "种地", "地畔"]),
    ("0299", &["邻居", "邻里", "祖坟", "坟地"]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// The sentences of domain note 5.5 with the code a clerk gave them.
    const SENTENCES: [(&str, &str); 24] = [
        ("0901", "两家果园地界埂被推平, 争一行梨树。"),
        ("0201", "上院窑洞排水冲了下院墙根。"),
        ("0401", "羊群进地啃了刚栽的苹果苗, 要求赔偿。"),
        ("1102", "油井进场道路占用承包地, 补偿款分配不一致。"),
        ("0101", "退婚, 女方家不退彩礼。"),
        ("0102", "三个儿子轮流赡养, 老大今年不接老人。"),
        ("0103", "老宅基地兄弟分家没有写字据。"),
        ("0701", "外出务工回来, 工头欠一季工钱, 六人。"),
        ("0402", "装修房屋漏水泡了楼下顶棚。"),
        ("0503", "三轮车刮倒行人, 保险外的误工费谈不拢。"),
        ("0507", "打工摔伤, 雇主只付了住院费。"),
        ("0603", "电商代卖梨, 货款拖了四个月。"),
        ("0203", "邻居养狗夜里叫, 老人睡不着。"),
        ("0903", "承包荒山二十年, 合同到期, 树归谁。"),
        ("1102", "村里分征地款, 外嫁女要求一份。"),
        ("1202", "低保没评上, 认为不公。"),
        ("0804", "民间借贷三万元, 借条没有写利息。"),
        ("0201", "新房盖得高, 挡住后院光。"),
        ("0904", "浇地用水先后次序起争吵。"),
        ("0601", "农机耕地费按亩还是按天算。"),
        ("0501", "学生在校打闹受伤, 家长要求赔偿。"),
        ("0402", "小区停车位收费, 业主不同意。"),
        ("0302", "网上被亲戚辱骂, 要求道歉。"),
        ("1403", "判决生效后对方不执行, 当事人多次上访。"),
    ];

    fn codes() -> Vec<&'static str> {
        CLASSES.iter().flat_map(|class| class.categories).map(|category| category.code).collect()
    }

    #[test]
    fn the_table_has_seventeen_classes_with_the_counts_of_the_source() {
        let counts: Vec<(&str, usize)> =
            CLASSES.iter().map(|class| (class.code, class.categories.len())).collect();
        let source = [
            ("01", 4),
            ("02", 4),
            ("03", 4),
            ("04", 4),
            ("05", 8),
            ("06", 5),
            ("07", 5),
            ("08", 5),
            ("09", 5),
            ("10", 7),
            ("11", 6),
            ("12", 4),
            ("13", 8),
            ("14", 4),
            ("15", 3),
            ("16", 2),
            ("99", 1),
        ];
        assert_eq!(counts, source);
    }

    #[test]
    fn every_code_is_unique_has_four_digits_and_lies_in_its_class() {
        let unique: BTreeSet<&str> = codes().into_iter().collect();
        assert_eq!(unique.len(), codes().len());
        for class in CLASSES {
            for category in class.categories {
                assert_eq!(category.code.len(), 4);
                assert!(category.code.starts_with(class.code), "{}", category.code);
            }
        }
    }

    #[test]
    fn a_code_is_found_with_its_class() {
        let (class, category) = find("0901").unwrap();
        assert_eq!((class.label, category.label), ("土地及资源权属纠纷", "土地承包经营"));
        assert_eq!(find("09"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn a_label_says_of_what_it_is_the_rest() {
        assert_eq!(label("0901"), "土地承包经营");
        assert_eq!(label("0299"), "其他邻里纠纷");
        assert_eq!(label("1399"), "其他行政执法纠纷");
        assert_eq!(label("9999"), "其他");
        assert_eq!(label("0777"), "0777");
    }

    #[test]
    fn sentences_of_the_county_lead_to_the_code_the_clerk_gave() {
        let wrong: Vec<&str> = SENTENCES
            .into_iter()
            .filter(|(code, matter)| suggest(matter).map(|category| category.code) != Some(code))
            .map(|(_, matter)| matter)
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn the_longest_keyword_wins_and_is_shown_as_the_reason() {
        let (category, keyword) = suggest_with_keyword("老宅基地兄弟分家没有写字据。").unwrap();
        assert_eq!((category.code, keyword), ("0103", "兄弟分家"));
    }

    #[test]
    fn a_sentence_that_says_nothing_gets_no_suggestion() {
        assert_eq!(suggest("本期走访 12 户, 一切正常。"), None);
        assert_eq!(suggest(""), None);
    }

    #[test]
    fn every_keyword_is_listed_once_and_points_to_a_code_of_the_table() {
        let mut seen = BTreeSet::new();
        for (code, keywords) in KEYWORDS {
            assert!(find(code).is_some(), "{code}");
            for keyword in *keywords {
                assert!(keyword.chars().count() >= 2, "{keyword} is too short to mean anything");
                assert!(seen.insert(keyword), "{keyword} stands twice");
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_nothing_panics(matter in ".*") {
            let _ = suggest(&matter);
            let _ = label(&matter);
        }
    }
}
