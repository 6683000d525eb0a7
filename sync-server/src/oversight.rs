//! Complaints and looks as they are told, on screens and on the terminal alike: with names and
//! posts of those who work for the county, and never with names of those who were looked at.

use yidang_api::device::ComplaintKind;
use yidang_api::oversight::{Handled, HeldComplaint, LookRow};
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::{OrgCode, UserId};

use crate::register::Register;
use crate::store::{ComplaintAnswer, ComplaintRow, Db, StoreError};

/// No answer has more rows.
const MOST_ROWS: u32 = 200;
/// Where nobody says how many.
const ORDINARY_ROWS: u32 = 50;

/// How many rows an answer has, where this many are asked for.
pub const fn rows_of(limit: u32) -> u32 {
    match limit {
        0 => ORDINARY_ROWS,
        limit if limit > MOST_ROWS => MOST_ROWS,
        limit => limit,
    }
}

/// A complaint with the names of whoever handed it in and whoever answered it.
pub fn complaint(register: &Register, row: ComplaintRow) -> HeldComplaint {
    let taken_at = InstantMs(row.taken_at_ms);
    let (name, post) = who(register, row.user, taken_at);
    HeldComplaint {
        number: row.number,
        about: about(row.about),
        words: row.words,
        contact: row.contact,
        name,
        post,
        written_at: InstantMs(row.written_at_ms),
        taken_at,
        handled: row.answer.map(|answer| handled(register, answer)),
    }
}

fn handled(register: &Register, answer: ComplaintAnswer) -> Handled {
    let at = InstantMs(answer.at_ms);
    let (name, post) = who(register, answer.user, at);
    Handled { words: answer.words, name, post, at }
}

/// What a complaint is about; a word of a later version is something else.
fn about(word: String) -> ComplaintKind {
    serde_json::from_value(serde_json::Value::String(word)).unwrap_or(ComplaintKind::Other)
}

/// Looks, newest first.
///
/// # Errors
///
/// [`StoreError`].
pub fn looks(
    db: &Db<'_>,
    register: &Register,
    offset: u32,
    most: u32,
) -> Result<Vec<LookRow>, StoreError> {
    let mut all = Vec::new();
    for row in db.looks(offset, most)? {
        let at = InstantMs(row.at_ms);
        let (name, post) = who(register, row.user, at);
        let household = match &row.document {
            Some(id) => place(db, register, id)?,
            None => String::new(),
        };
        let asked = asked(&row.question).to_owned();
        all.push(LookRow { at, name, post, asked, purpose: row.purpose, household });
    }
    Ok(all)
}

/// The word for a question. What was typed behind it may be somebody's name and is not told on.
fn asked(question: &str) -> &'static str {
    match question.split(' ').next().unwrap_or_default() {
        "consult_household" => "看一户",
        "consult_people" => "查人查户",
        "users" => "查花名册",
        "reviews" => "看待复核的",
        _ => "别的查询",
    }
}

/// Where a household lies: 张家滩镇 · 下盘石村 · 第7网格 3-01.
fn place(db: &Db<'_>, register: &Register, id: &[u8; 16]) -> Result<String, StoreError> {
    let Some(line) = db.household(id)? else { return Ok(String::new()) };
    let place = register.place(&OrgCode(line.org));
    Ok(format!("{place} {}", line.door_plate).trim().to_owned())
}

/// Somebody's name, and what they were on the day of an instant.
fn who(register: &Register, user: String, at: InstantMs) -> (String, String) {
    let user = UserId(user);
    let post = register.post(&user, at.date());
    let post = post.map(|(role, path)| format!("{} · {}", role.label(), path.join(" · ")));
    let name = register.name_of(&user).map(str::to_owned);
    (name.unwrap_or(user.0), post.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_into_a_search_is_not_told_on() {
        assert_eq!(asked("consult_people 王样一"), "查人查户");
        assert_eq!(asked("users 李例二"), "查花名册");
        assert_eq!(asked("consult_household"), "看一户");
        assert_eq!(asked("something_new 王样一"), "别的查询");
    }

    #[test]
    fn a_page_is_never_longer_than_two_hundred_rows() {
        assert_eq!([0, 1, 200, 201].map(rows_of), [50, 1, 200, 200]);
    }

    #[test]
    fn a_complaint_of_a_later_version_is_about_something_else() {
        assert_eq!(about("burden".into()), ComplaintKind::Burden);
        assert_eq!(about("weather".into()), ComplaintKind::Other);
    }
}
