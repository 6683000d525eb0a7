//! The administrator's forms: what they ask, what is missing, what a row says.

use yidang_api::admin::{AssignmentRow, CodeView, DeviceRow, PutAssignment, PutUser, SplitGrid};
use yidang_domain::civil::Date;
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::Role;

use crate::models::days::parse_day;
use crate::words::{clock, date_word, day, month_day};

/// Roles that can be given; the server's own cannot.
pub const ROLES: [Role; 6] = [
    Role::GridWorker,
    Role::VillageCadre,
    Role::TownshipReviewer,
    Role::Mediator,
    Role::CountyClerk,
    Role::Administrator,
];

/// The parts of the administrator's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// 人员
    Users,
    /// 导入
    Import,
    /// 网格
    Grids,
    /// 参考数据
    Reference,
}

impl Part {
    /// In the order of the rail.
    pub const ALL: [Self; 4] = [Self::Users, Self::Import, Self::Grids, Self::Reference];

    /// The word on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Users => "人员",
            Self::Import => "导入",
            Self::Grids => "分格并格",
            Self::Reference => "参考数据",
        }
    }

    /// Its address.
    #[must_use]
    pub const fn address(self) -> &'static str {
        match self {
            Self::Users => "/admin",
            Self::Import => "/admin/import",
            Self::Grids => "/admin/grids",
            Self::Reference => "/admin/reference",
        }
    }

    /// Its key in the rail.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Users => "admin-users",
            Self::Import => "admin-import",
            Self::Grids => "admin-grids",
            Self::Reference => "admin-reference",
        }
    }

    /// The part an address names; people where it names none.
    #[must_use]
    pub fn of(name: Option<&str>) -> Self {
        match name {
            Some("import") => Self::Import,
            Some("grids") => Self::Grids,
            Some("reference") => Self::Reference,
            _ => Self::Users,
        }
    }
}

/// What is missing in a person's name or number.
#[must_use]
pub fn person_missing(name: &str, phone: &str) -> Option<&'static str> {
    let phone = plain_phone(phone);
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    if name.trim().is_empty() {
        Some("名字还没写")
    } else if name.trim().chars().count() > 20 {
        Some("名字不超过 20 个字")
    } else if !phone.is_empty() && (digits != phone.len() || !(7..=15).contains(&digits)) {
        Some("电话要 7 到 15 位数字，也可以不填")
    } else {
        None
    }
}

/// A telephone number without what people write between its digits.
#[must_use]
pub fn plain_phone(phone: &str) -> String {
    phone.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

/// The question that saves a person; an empty identifier makes a new one.
#[must_use]
pub fn put_user(user: UserId, name: &str, phone: &str) -> Option<PutUser> {
    let (name, phone) = (name.trim(), plain_phone(phone));
    person_missing(name, &phone).is_none().then(|| PutUser { user, name: name.to_owned(), phone })
}

/// What stands in the form of an assignment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostForm {
    /// The unit.
    pub org: Option<OrgCode>,
    /// The role.
    pub role: Option<Role>,
    /// From when, as typed.
    pub from: String,
    /// Until when, as typed; empty for open.
    pub to: String,
}

impl PostForm {
    /// What is missing.
    #[must_use]
    pub fn missing(&self, today: Date) -> Option<&'static str> {
        let from = parse_day(&self.from, today.year());
        let to = parse_day(&self.to, today.year());
        if self.org.is_none() {
            Some("在哪个单位，还没选")
        } else if self.role.is_none() {
            Some("做什么岗位，还没选")
        } else if from.is_none() {
            Some("从哪天起，还没写")
        } else if !self.to.trim().is_empty() && to.is_none() {
            Some("到哪天为止，没有看懂")
        } else if to.is_some() && to < from {
            Some("结束的日子早于开始的日子")
        } else {
            None
        }
    }

    /// The question that gives it.
    #[must_use]
    pub fn question(&self, user: UserId, today: Date) -> Option<PutAssignment> {
        if self.missing(today).is_some() {
            return None;
        }
        Some(PutAssignment {
            user,
            org: self.org.clone()?,
            role: self.role?,
            from: parse_day(&self.from, today.year())?,
            to: parse_day(&self.to, today.year()),
        })
    }
}

/// The question that ends an assignment on `last`, its last day.
#[must_use]
pub fn end_post(user: UserId, post: &AssignmentRow, last: Date) -> PutAssignment {
    let AssignmentRow { org, role, from, .. } = post.clone();
    PutAssignment { user, org, role, from, to: Some(last.max(from)) }
}

/// Whether an assignment holds on `today`.
#[must_use]
pub fn holds(post: &AssignmentRow, today: Date) -> bool {
    post.from <= today && post.to.is_none_or(|to| today <= to)
}

/// 2026年3月1日起, 2025年1月2日—2026年2月28日
#[must_use]
pub fn post_dates(post: &AssignmentRow) -> String {
    let long = |date: Date| format!("{}年{}", date.year(), month_day(date));
    match post.to {
        None => format!("{}起", long(post.from)),
        Some(to) => format!("{}—{}", long(post.from), long(to)),
    }
}

/// What a row of the list says of somebody's work.
#[must_use]
pub fn posts_words(posts: &[AssignmentRow], today: Date) -> String {
    let now: Vec<_> = posts
        .iter()
        .filter(|post| holds(post, today))
        .map(|post| format!("{}，{}", post.role.label(), post.place))
        .collect();
    if now.is_empty() { "现在没有岗位".to_owned() } else { now.join("；") }
}

/// What a device's row says below its name.
#[must_use]
pub fn device_words(device: &DeviceRow) -> String {
    let since = format!("{}起", day(device.since.date()));
    if device.revoked {
        return format!("{since} · 已停用");
    }
    match device.seen_on {
        Some(on) => format!("{since} · 最近联系 {}", day(on)),
        None => format!("{since} · 还没有联系过"),
    }
}

/// A code in groups of four, as it is read out.
#[must_use]
pub fn grouped(code: &str) -> String {
    let plain: Vec<char> = code.chars().filter(char::is_ascii_alphanumeric).collect();
    plain.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// Until when a code can be used.
#[must_use]
pub fn expiry_words(code: &CodeView, today: Date) -> String {
    let at = code.expires_at;
    format!("{} {} 前有效，只能用一次", date_word(at.date(), today), clock(at))
}

/// Households as they were typed, one a line.
#[must_use]
pub fn lines(text: &str) -> Vec<String> {
    let parts = text.split(['\n', ',', '，', '、']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The question that splits a grid, or what is missing.
///
/// # Errors
///
/// What is missing, in words.
pub fn split_grid(
    grid: Option<OrgCode>,
    name: &str,
    households: &str,
    worker: Option<UserId>,
) -> Result<SplitGrid, &'static str> {
    let grid = grid.ok_or("先选要分的网格")?;
    let (name, households) = (name.trim().to_owned(), lines(households));
    match name.chars().count() {
        0 => return Err("新网格的名字还没写"),
        21.. => return Err("名字不超过 20 个字"),
        _ => {}
    }
    if households.is_empty() {
        return Err("哪些户分过去，一行写一个门牌或户号");
    }
    Ok(SplitGrid { grid, name, households, worker })
}

#[cfg(test)]
mod tests {
    use yidang_domain::civil::InstantMs;

    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 20);

    fn post(from: Date, to: Option<Date>) -> AssignmentRow {
        let place = "张家滩镇 · 下盘石村 · 第7网格".to_owned();
        AssignmentRow { org: "g".into(), place, role: Role::GridWorker, from, to }
    }

    #[test]
    fn a_part_is_found_by_its_address() {
        for part in Part::ALL {
            let name = part.address().strip_prefix("/admin/");
            assert_eq!(Part::of(name), part);
        }
        assert_eq!(Part::of(Some("x")), Part::Users);
    }

    #[test]
    fn a_person_needs_a_name_and_a_number_that_is_one() {
        assert_eq!(person_missing("王试一", ""), None);
        assert_eq!(person_missing("王试一", "138 0000-0001"), None);
        assert_eq!(person_missing(" ", ""), Some("名字还没写"));
        assert!(person_missing("王试一", "12345").is_some());
        assert!(person_missing("王试一", "1380000000a").is_some());
        assert_eq!(put_user(UserId::default(), " 王试一 ", "138-00000001").unwrap().name, "王试一");
    }

    #[test]
    fn a_post_is_given_only_whole() {
        let whole = PostForm {
            org: Some("g".into()),
            role: Some(Role::GridWorker),
            from: "2026-11-20".into(),
            to: String::new(),
        };
        assert_eq!(whole.missing(TODAY), None);
        assert_eq!(whole.question("u".into(), TODAY).unwrap().to, None);
        let backwards = PostForm { to: "2026-11-01".into(), ..whole.clone() };
        assert_eq!(backwards.missing(TODAY), Some("结束的日子早于开始的日子"));
        let no_unit = PostForm { org: None, ..whole.clone() };
        assert!(no_unit.question("u".into(), TODAY).is_none());
        let unread = PostForm { to: "明年".into(), ..whole };
        assert_eq!(unread.missing(TODAY), Some("到哪天为止，没有看懂"));
    }

    #[test]
    fn a_post_never_ends_before_it_began() {
        let later = Date::constant(2026, 12, 1);
        assert_eq!(end_post("u".into(), &post(later, None), TODAY).to, Some(later));
        assert_eq!(end_post("u".into(), &post(TODAY, None), TODAY).to, Some(TODAY));
    }

    #[test]
    fn a_row_says_only_what_holds_today() {
        let old = post(Date::constant(2025, 1, 1), Some(Date::constant(2025, 12, 31)));
        assert_eq!(posts_words(std::slice::from_ref(&old), TODAY), "现在没有岗位");
        let now = post(Date::constant(2026, 1, 1), None);
        assert!(posts_words(&[old.clone(), now.clone()], TODAY).starts_with("网格员，张家滩镇"));
        assert_eq!(post_dates(&now), "2026年1月1日起");
        assert_eq!(post_dates(&old), "2025年1月1日—2025年12月31日");
    }

    #[test]
    fn a_code_is_read_in_fours_and_says_until_when() {
        assert_eq!(grouped("ABCD-EFGH JKLM"), "ABCD-EFGH-JKLM");
        let expires_at = InstantMs::at_start_of(Date::constant(2026, 11, 23)).plus_minutes(605);
        let code = CodeView { code: "ABCD".into(), expires_at };
        assert_eq!(expiry_words(&code, TODAY), "11月23日 10:05 前有效，只能用一次");
    }

    #[test]
    fn a_split_names_what_is_missing() {
        let grid = Some(OrgCode::from("g"));
        assert!(split_grid(None, "第8网格", "3-01", None).is_err());
        assert!(split_grid(grid.clone(), "", "3-01", None).is_err());
        assert!(split_grid(grid.clone(), "第8网格", " \n", None).is_err());
        let split = split_grid(grid, "第8网格", "3-01\n3-02，3-03", None).unwrap();
        assert_eq!(split.households, ["3-01", "3-02", "3-03"]);
    }
}
