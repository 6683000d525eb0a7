//! What the administrator's forms ask, and what is missing in them.

use yidang_api::admin::{AssignmentRow, PutAssignment, PutUser, SplitGrid};
use yidang_domain::civil::Date;
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::Role;

use crate::models::days::parse_day;

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
            Some("任什么职，还没选")
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
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 20);

    fn post(from: Date) -> AssignmentRow {
        AssignmentRow {
            org: "g".into(),
            place: String::new(),
            role: Role::GridWorker,
            from,
            to: None,
        }
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
        assert_eq!(end_post("u".into(), &post(later), TODAY).to, Some(later));
        assert_eq!(end_post("u".into(), &post(TODAY), TODAY).to, Some(TODAY));
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
