//! The administrator's forms: what they ask, what is missing, what a row says.

mod forms;

use yidang_api::admin::{AssignmentRow, CodeView, DeviceRow};
use yidang_domain::civil::Date;
use yidang_domain::org::Role;

pub use forms::{PostForm, end_post, lines, person_missing, plain_phone, put_user, split_grid};

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
    /// 设备状况
    Devices,
    /// 导入
    Import,
    /// 网格
    Grids,
    /// 参考数据
    Reference,
    /// 待复核
    Reviews,
    /// 依法删除
    Erasures,
    /// 投诉与建议
    Complaints,
    /// 查看记录
    Looks,
}

impl Part {
    /// In the order of the rail.
    pub const ALL: [Self; 9] = [
        Self::Users,
        Self::Devices,
        Self::Import,
        Self::Grids,
        Self::Reference,
        Self::Reviews,
        Self::Erasures,
        Self::Complaints,
        Self::Looks,
    ];

    /// The word on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Users => "人员",
            Self::Devices => "设备状况",
            Self::Import => "导入",
            Self::Grids => "分格并格",
            Self::Reference => "参考数据",
            Self::Reviews => "待复核",
            Self::Erasures => "依法删除",
            Self::Complaints => "投诉与建议",
            Self::Looks => "查看记录",
        }
    }

    /// Its address.
    #[must_use]
    pub const fn address(self) -> &'static str {
        match self {
            Self::Users => "/admin",
            Self::Devices => "/admin/devices",
            Self::Import => "/admin/import",
            Self::Grids => "/admin/grids",
            Self::Reference => "/admin/reference",
            Self::Reviews => "/admin/reviews",
            Self::Erasures => "/admin/erasures",
            Self::Complaints => "/admin/complaints",
            Self::Looks => "/admin/looks",
        }
    }

    /// Its key in the rail.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Users => "admin-users",
            Self::Devices => "admin-devices",
            Self::Import => "admin-import",
            Self::Grids => "admin-grids",
            Self::Reference => "admin-reference",
            Self::Reviews => "admin-reviews",
            Self::Erasures => "admin-erasures",
            Self::Complaints => "admin-complaints",
            Self::Looks => "admin-looks",
        }
    }

    /// The part an address names; people where it names none.
    #[must_use]
    pub fn of(name: Option<&str>) -> Self {
        match name {
            Some("devices") => Self::Devices,
            Some("import") => Self::Import,
            Some("grids") => Self::Grids,
            Some("reference") => Self::Reference,
            Some("reviews") => Self::Reviews,
            Some("erasures") => Self::Erasures,
            Some("complaints") => Self::Complaints,
            Some("looks") => Self::Looks,
            _ => Self::Users,
        }
    }
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
    if now.is_empty() { "现在没有任职".to_owned() } else { now.join("；") }
}

/// What a device's row says below its name.
#[must_use]
pub fn device_words(device: &DeviceRow) -> String {
    let since = format!("{}起", day(device.since.date()));
    if device.revoked {
        return format!("{since} · 已停用");
    }
    if device.suspended {
        return format!("{since} · 交来的两次弄坏了检查，暂停收它的");
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
    fn a_row_says_only_what_holds_today() {
        let old = post(Date::constant(2025, 1, 1), Some(Date::constant(2025, 12, 31)));
        assert_eq!(posts_words(std::slice::from_ref(&old), TODAY), "现在没有任职");
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
}
