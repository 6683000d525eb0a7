//! What can be wrong with a row, said so that whoever filled it in can mend it.

use yidang_api::admin::WrongRow;
use yidang_domain::citizen_number::CitizenNumberError;

/// Everything that can be wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// A value that must be there is not.
    Missing,
    /// A broken formula.
    FormulaError,
    /// A line break or another control character in a single line.
    ControlCharacters,
    /// More characters than the register takes.
    TooLong(usize),
    /// A name of one character or without any letter.
    NoName,
    /// A long number that was kept as a number: its last digits are gone.
    DigitsLost,
    /// A code with something else than digits.
    CodeLetters,
    /// A code of a wrong length; what it should be.
    CodeLength(&'static str),
    /// No such 乡镇.
    UnknownTownship,
    /// No such 村.
    UnknownVillage,
    /// Several villages have that name; their townships.
    AmbiguousVillage(String),
    /// No such 网格.
    UnknownGrid,
    /// The grid was merged into another one.
    ClosedGrid,
    /// No such unit.
    UnknownUnit,
    /// A level that is none.
    UnknownLevel,
    /// The unit above it is not known.
    UnknownParent,
    /// The unit lies somewhere else, or is something else, in the register.
    ParentChanged(String),
    /// The code stands in another row, as the text says, with other content.
    DuplicateUnit(String),
    /// A grid right under a township or the county.
    GridNotUnderVillage,
    /// The code of the grid begins with another village than the row names.
    VillageDoesNotFit(String),
    /// The code stands in another row with other content.
    DuplicateGrid(String),
    /// A kind that is none.
    UnknownKind,
    /// The kind is another one than the digit in the code says.
    KindDoesNotFit(&'static str),
    /// Not a citizen number.
    CitizenNumber(CitizenNumberError),
    /// A year nobody alive was born in, or one that has not come.
    BirthYear,
    /// A birth date that does not exist or cannot be read.
    BirthDate,
    /// The year of birth is another one than the citizen number says.
    BirthYearsDiffer,
    /// A telephone number of a wrong length.
    PhoneLength,
    /// A telephone number with something else than digits.
    PhoneLetters,
    /// A worker without a grid.
    WorkerWithoutGrid,
    /// Nobody of that name or number.
    UnknownWorker,
    /// Several people have that name.
    AmbiguousWorker,
    /// The same person in the same grid in another row.
    DuplicateWorker(String),
    /// The number of a person stands in another row with another name.
    WorkerIdTaken(String),
    /// A number of a person that the server itself uses.
    ReservedId,
    /// A role that is none.
    UnknownRole,
    /// A grid worker whose unit is no grid.
    RoleDoesNotFit,
    /// A day that cannot be read.
    UnreadableDate,
    /// It ends before it begins.
    EndBeforeBegin,
    /// The same person in the same unit in another row, with other days.
    PeriodsDiffer(String),
    /// Neither 专职 nor 兼职.
    UnknownDuty,
    /// A time of day that cannot be read.
    UnreadableTime,
    /// Two rows of one visit team say another place or time.
    TeamDiffers(String),
    /// Somebody twice in one visit team.
    TwiceInTeam(String),
    /// A team with two dedicated workers; the row of the first.
    TwoDedicated(String),
    /// A household without a grid.
    HouseholdWithoutGrid,
    /// Neither a number nor a door plate by which a household is found again.
    HouseholdWithoutNumber,
    /// The same 户号 in another row.
    DuplicateHousehold(String),
    /// The same household in two grids; the other row.
    HouseholdInTwoGrids(String),
    /// Somebody whose household stands nowhere.
    MemberWithoutHousehold,
    /// Several villages have a household of that number.
    AmbiguousHousehold,
    /// The same name twice in one household.
    DuplicateMember(String),
    /// 户主 is none of the members.
    HeadNotMember,
    /// Two members are 户主.
    TwoHeads(String),
    /// The household joined another one.
    HouseholdMerged,
    /// The household was destroyed by order and is not made again.
    HouseholdErased,
    /// Digits that no relation to the head of the household has.
    UnknownRelationCode,
    /// The word beside the code is another relation; what the code says.
    RelationDoesNotFit(&'static str),
    /// A sex that is none.
    UnknownSex,
    /// The sex is another one than the citizen number says.
    SexesDiffer,
    /// A shape without the code of its unit.
    ShapeWithoutCode,
    /// The unit has another shape; where.
    DuplicateShape(String),
    /// A shape that is no area.
    NoArea,
    /// Coordinates in metres, in the wrong order, or from somewhere else.
    NoDegrees,
    /// A ring of fewer than three corners, or one that is not closed.
    BrokenRing,
    /// More corners than any border has; how many are taken.
    TooManyCorners(usize),
}

impl Wrong {
    /// What is wrong.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Missing => "这一格不能空".into(),
            Self::FormulaError => "这一格是出错的公式，没有值".into(),
            Self::ControlCharacters => "这一格里有换行或看不见的控制字符".into(),
            Self::TooLong(most) => format!("太长，最多{most}个字"),
            Self::NoName => "这不像姓名".into(),
            Self::DigitsLost => "数字太长被表格改成了科学计数，末几位已经丢失".into(),
            Self::CodeLetters => "编码只能是数字，这里有别的字符".into(),
            Self::CodeLength(expected) => format!("编码位数不对，应为{expected}"),
            Self::UnknownTownship => "没有这个乡镇（街道）".into(),
            Self::UnknownVillage => "没有这个村（社区）".into(),
            Self::AmbiguousVillage(places) => format!("有几个同名的村：{places}"),
            Self::UnknownGrid => "没有这个网格".into(),
            Self::ClosedGrid => "这个网格已经并入别的网格".into(),
            Self::UnknownUnit => "没有这个单位".into(),
            Self::UnknownLevel => "级别不认识".into(),
            Self::UnknownParent => "上级单位不存在，或级别不对".into(),
            Self::ParentChanged(parent) => format!("这个单位在系统里属于{parent}"),
            Self::DuplicateUnit(row) => format!("编码与{row}重复，内容不同"),
            Self::GridNotUnderVillage => "网格直接挂在乡镇或县下面".into(),
            Self::VillageDoesNotFit(village) => format!("网格编码属于{village}，与本行的村不符"),
            Self::DuplicateGrid(row) => format!("网格编码与{row}重复，内容不同"),
            Self::UnknownKind => "网格类型不认识".into(),
            Self::KindDoesNotFit(kind) => format!("与网格编码第13位不符，编码说是{kind}"),
            Self::CitizenNumber(error) => error.label(),
            Self::BirthYear => "出生年不在1900年到今年之间".into(),
            Self::BirthDate => "出生日期不存在或读不懂".into(),
            Self::BirthYearsDiffer => "出生年与身份证号不一致".into(),
            Self::PhoneLength => "电话位数不对".into(),
            Self::PhoneLetters => "电话里有数字以外的字符".into(),
            Self::WorkerWithoutGrid => "网格员没有填网格".into(),
            Self::UnknownWorker => "名册里没有这个人".into(),
            Self::AmbiguousWorker => "名册里有几个同名的人".into(),
            Self::DuplicateWorker(row) => format!("与{row}是同一人、同一网格"),
            Self::WorkerIdTaken(row) => format!("工号与{row}相同，姓名不同"),
            Self::ReservedId => "这个工号系统已占用".into(),
            Self::UnknownRole => "任职不认识".into(),
            Self::RoleDoesNotFit => "网格员的单位不是网格".into(),
            Self::UnreadableDate => "日期读不懂".into(),
            Self::EndBeforeBegin => "结束日期早于开始日期".into(),
            Self::UnknownDuty => "专职还是兼职不清楚".into(),
            Self::TwoDedicated(row) => format!("一个团队只有一名专职，{row}已是专职"),
            Self::HouseholdWithoutGrid => "这一户没有填网格".into(),
            Self::HouseholdWithoutNumber => "没有户号，也没有门牌，下次导入认不出这一户".into(),
            Self::DuplicateHousehold(row) => format!("同村户号与{row}重复"),
            Self::HouseholdInTwoGrids(row) => format!("这一户在{row}属于另一个网格"),
            Self::MemberWithoutHousehold => "找不到这个人的户".into(),
            Self::AmbiguousHousehold => "几个村都有这个户号".into(),
            Self::DuplicateMember(row) => format!("同一户里与{row}同名"),
            Self::HeadNotMember => "户主不在家庭成员里".into(),
            Self::TwoHeads(row) => format!("{row}已是这一户的户主"),
            Self::HouseholdMerged => "这一户在系统里已经并入别的户".into(),
            Self::HouseholdErased => "这一户的档案已依法删除，不能再建".into(),
            other => other.further_reason(),
        }
    }

    /// What is wrong with periods, visit teams, codes of other offices and shapes on a map.
    fn further_reason(&self) -> String {
        match self {
            Self::PeriodsDiffer(row) => format!("与{row}是同一人、同一任职，日期不同"),
            Self::UnreadableTime => "时间读不懂".into(),
            Self::TeamDiffers(row) => format!("同一个村的坐诊队，与{row}写的不一样"),
            Self::TwiceInTeam(row) => format!("这个人在{row}已是同一坐诊队的人"),
            Self::UnknownRelationCode => "关系代码不认识".into(),
            Self::RelationDoesNotFit(word) => format!("代码和后面的字不符，代码说是{word}"),
            Self::UnknownSex => "性别不认识".into(),
            Self::SexesDiffer => "性别与身份证号不一致".into(),
            Self::ShapeWithoutCode => "这个图形没有单位编码".into(),
            Self::DuplicateShape(place) => format!("这个单位在{place}已有图形"),
            Self::NoArea => "这个图形不是面".into(),
            Self::NoDegrees => "坐标不是经度、纬度".into(),
            Self::BrokenRing => "边界没有闭合，或者不到三个角".into(),
            Self::TooManyCorners(most) => format!("边界的点太多，最多{most}个"),
            _ => String::new(),
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn cure(&self) -> String {
        let text = match self {
            Self::Missing => "补上后重新导入",
            Self::FormulaError => "复制整列，用“选择性粘贴—数值”换成值",
            Self::ControlCharacters => "把这一格改成一行，删去换行",
            Self::TooLong(_) => "缩短，只留必要的字",
            Self::NoName => "填写完整姓名，不填“无”“同上”",
            Self::DigitsLost => "把这一列设为“文本”格式，再重新填写完整号码",
            Self::CodeLetters => "核对编码，注意字母O与数字0、字母l与数字1",
            Self::CodeLength(_) => "按县里下发的编码表逐位核对",
            Self::UnknownTownship => "写乡镇全称，如“张家滩镇”，或填9位编码",
            Self::UnknownVillage => "写村名，或填12位村编码；新设的村先在“组织机构”表里登记",
            Self::AmbiguousVillage(_) => "补上“乡镇”一列，或填12位村编码",
            Self::UnknownGrid => "核对网格编码；新网格先在“网格”表里登记",
            Self::ClosedGrid => "改填并入后的网格编码",
            Self::UnknownUnit => "核对单位编码；新单位先在“组织机构”表里登记",
            Self::UnknownLevel => "填：乡镇、街道、村、社区或部门",
            Self::UnknownParent => "核对上级编码：村的上级是乡镇，乡镇和部门的上级是县",
            Self::ParentChanged(_) => "核对编码；区划调整请先与县里联系，不用导入改上级",
            Self::DuplicateUnit(_) | Self::DuplicateGrid(_) => "两行只留对的一行，或改正编码",
            Self::GridNotUnderVillage => "网格必须属于一个村或社区，改填村（社区）编码",
            Self::VillageDoesNotFit(_) => "核对网格编码前12位和村（社区）",
            Self::UnknownKind => "填：城镇、农村或专属",
            Self::KindDoesNotFit(_) => "改正网格类型，或改正编码第13位（1城镇 2农村 9专属）",
            Self::CitizenNumber(_) => "对照身份证逐位核对；没有号码可以留空，只填出生年",
            Self::BirthYear => "填四位出生年，如1958",
            Self::BirthDate => "写成1958-03-12，或只填出生年1958",
            Self::BirthYearsDiffer => "对照身份证改正其中一个",
            Self::PhoneLength => "手机号11位；座机带区号，如0911-8612345；没有可以留空",
            Self::PhoneLetters => "只留一个号码的数字；第二个号码和备注删去",
            Self::WorkerWithoutGrid => "填写负责的网格编码；一人多格的，每格一行",
            Self::UnknownWorker => "先在“网格员”表里登记这个人，或改正姓名、电话",
            Self::AmbiguousWorker => "补上联系电话或工号",
            Self::DuplicateWorker(_) => "删去重复的一行",
            Self::WorkerIdTaken(_) => "一个工号只能是一个人，改正工号",
            Self::ReservedId => "换一个工号",
            Self::UnknownRole => "填：网格员、村干部、乡镇审核、调解员、县中心或管理员",
            Self::RoleDoesNotFit => "填16位网格编码；村干部请把任职写成“村干部”",
            Self::UnreadableDate => "写成2026-11-20",
            Self::EndBeforeBegin => "核对两个日期",
            Self::UnknownDuty => "填：专职或兼职",
            Self::TwoDedicated(_) => "其余的人改为兼职",
            Self::HouseholdWithoutGrid => "填写这一户所在网格的编码",
            Self::HouseholdWithoutNumber => "填户号；没有户号的，填门牌和户主",
            Self::DuplicateHousehold(_) => "删去重复的一行，或改正户号",
            Self::HouseholdInTwoGrids(_) => "一户只属于一个网格，留对的一行",
            Self::MemberWithoutHousehold => "核对户号；或先在“户”表里登记这一户",
            Self::AmbiguousHousehold => "补上“网格编码”一列",
            Self::DuplicateMember(_) => "删去重复的一行；确是同名的，名后加“大”“小”区别",
            Self::HeadNotMember => "在成员里补上户主，或改正户主姓名",
            Self::TwoHeads(_) => "一户只有一个户主，改正其中一人的关系",
            Self::HouseholdMerged => "删去这一行，改写并入后的户",
            Self::HouseholdErased => "删去这一行；确实要重新登记的，请网格员上门后新建",
            other => other.further_cure(),
        };
        text.to_owned()
    }
}

impl Wrong {
    const fn further_cure(&self) -> &'static str {
        match self {
            Self::PeriodsDiffer(_) => "两行只留对的一行；以前已经结束的任职不用再写",
            Self::UnreadableTime => "写成09:00",
            Self::TeamDiffers(_) => "一个村一个坐诊队，地点和时间各行写成一样，或只写第一行",
            Self::TwiceInTeam(_) => "删去重复的一行",
            Self::UnknownRelationCode => "按国标填两位代码，如02户主、12妻、20子；或直接写字",
            Self::RelationDoesNotFit(_) => "只留代码，或只留字",
            Self::UnknownSex => "填：男、女，或代码1男、2女、0未知、9未说明",
            Self::SexesDiffer => "对照身份证改正其中一个",
            Self::ShapeWithoutCode => "在图形的属性里加一项“网格编码”（村、乡镇的加“单位编码”）",
            Self::DuplicateShape(_) => "一个单位只留一个图形；有飞地的，合成一个多面",
            Self::NoArea => "只要面（Polygon、MultiPolygon）；点和线删去",
            Self::NoDegrees => "导出时选经纬度坐标（CGCS2000 或 WGS84），先经度、后纬度",
            Self::BrokenRing => "在地图软件里修复图形，再导出",
            Self::TooManyCorners(_) => "在地图软件里简化边界，再导出",
            _ => "",
        }
    }
}

/// Gathers bad rows. All are counted; so many are kept that a report can be handed back.
#[derive(Debug, Default)]
pub struct Wrongs {
    /// How many there are.
    pub total: u32,
    /// The first ones.
    pub rows: Vec<WrongRow>,
}

/// Where a row stands, or a shape of a map, which has no sheet.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// The file.
    pub file: &'a str,
    /// The sheet.
    pub sheet: &'a str,
    /// The row, from one.
    pub row: u32,
}

/// A longer report is not mended by hand.
const MOST_KEPT: usize = 20_000;
/// Of a long value so much is shown.
const MOST_SHOWN: usize = 60;

impl Wrongs {
    /// Adds one: where it stands, the header of the column and what stands there.
    pub fn add(&mut self, at: At<'_>, column: &str, value: &str, wrong: &Wrong) {
        self.total = self.total.saturating_add(1);
        if self.rows.len() < MOST_KEPT {
            self.rows.push(WrongRow {
                file: at.file.to_owned(),
                sheet: at.sheet.to_owned(),
                row: at.row,
                column: column.to_owned(),
                value: value.chars().take(MOST_SHOWN).collect(),
                reason: wrong.reason(),
                cure: wrong.cure(),
            });
        }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }
}
