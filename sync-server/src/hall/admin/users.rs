//! People of the register.

use prost::Message;
use yidang_api::admin::{
    AssignmentRow, DeviceRow, PutUser, RegisterChanged, UserRow, UsersQuestion, UsersView,
};
use yidang_api::{Fault, FaultCode};
use yidang_domain::causality::hex_of;
use yidang_domain::civil::InstantMs;
use yidang_domain::finding::{is_in_name, words};
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{Assignment, Staff};
use yidang_sync_protocol::SignedCertificate;

use super::{changed, checked_name, names_unit};
use crate::county::SERVER_USER;
use crate::dice::Dice;
use crate::hall::Counter;
use crate::records::{self, RegisterRow};
use crate::register::Register;
use crate::store::{CertificateRow, Db, StoreError};

/// No answer has more rows.
const MOST_ROWS: u32 = 200;
/// Where nobody says how many.
const ORDINARY_ROWS: u32 = 50;
/// A telephone is found by so many of its last digits.
const SHORTEST_TAIL: usize = 3;

/// Looks people up.
pub fn users(counter: &Counter<'_>, question: &UsersQuestion) -> Result<UsersView, Fault> {
    counter.require_administrator()?;
    counter.consulted(format!("users {}", question.text).trim(), "", None)?;
    let register = counter.register()?;
    let words = words(&question.text);
    let is_meant = |person: &&Staff| {
        let posts: Vec<&Assignment> = register
            .assignments_of(&person.user)
            .filter(|post| post.to.is_none_or(|to| counter.today <= to))
            .collect();
        is_under(&register, &posts, question.org.as_ref())
            && words.iter().all(|word| fits(&register, person, &posts, word))
    };
    let people: Vec<&Staff> = register.staff_in_order().filter(is_meant).collect();
    let limit = if question.limit == 0 { ORDINARY_ROWS } else { question.limit.min(MOST_ROWS) };
    let page = people
        .iter()
        .skip(usize::try_from(question.offset).unwrap_or(usize::MAX))
        .take(usize::try_from(limit).unwrap_or(usize::MAX));
    // One state of the database for all of them, and one transaction instead of one for each.
    let rows = counter.app.read(|db| {
        page.map(|person| row(counter, db, &register, person)).collect::<Result<_, StoreError>>()
    })?;
    Ok(UsersView { total: u32::try_from(people.len()).unwrap_or(u32::MAX), rows })
}

/// Whether one of these posts lies in the unit that was asked for.
fn is_under(register: &Register, posts: &[&Assignment], org: Option<&OrgCode>) -> bool {
    org.is_none_or(|org| posts.iter().any(|post| register.tree().is_within(&post.org, org)))
}

/// Whether a word is part of somebody's name, its initials, the tail of their telephone, or names a
/// unit they work in.
fn fits(register: &Register, person: &Staff, posts: &[&Assignment], word: &str) -> bool {
    let is_tail = word.len() >= SHORTEST_TAIL
        && word.chars().all(|c| c.is_ascii_digit())
        && person.phone.ends_with(word);
    is_tail
        || is_in_name(&person.name, word)
        || person.user.as_str() == word
        || posts.iter().any(|post| names_unit(post.org.as_str(), &register.place(&post.org), word))
}

fn row(
    counter: &Counter<'_>,
    db: &Db<'_>,
    register: &Register,
    person: &Staff,
) -> Result<UserRow, StoreError> {
    let mut posts: Vec<&Assignment> = register.assignments_of(&person.user).collect();
    posts.sort_by_key(|post| (!post.holds_on(counter.today), std::cmp::Reverse(post.from)));
    let certificates = db.certificates(Some(person.user.as_str()))?;
    let mut devices: Vec<DeviceRow> =
        certificates.iter().map(|row| device(counter, db, row)).collect::<Result<_, _>>()?;
    devices.reverse();
    Ok(UserRow {
        user: person.user.clone(),
        name: person.name.clone(),
        phone: person.phone.clone(),
        posts: posts.into_iter().map(|post| post_row(register, post)).collect(),
        devices,
    })
}

fn post_row(register: &Register, post: &Assignment) -> AssignmentRow {
    AssignmentRow {
        org: post.org.clone(),
        place: register.place(&post.org),
        role: post.role,
        from: post.from,
        to: post.to,
    }
}

fn device(
    counter: &Counter<'_>,
    db: &Db<'_>,
    row: &CertificateRow,
) -> Result<DeviceRow, StoreError> {
    let signed = SignedCertificate::decode(row.bytes.as_slice())?;
    let opened = signed.open(&counter.app.county().key);
    let (name, since) = opened.map_or_else(
        |_| (row.device.clone(), InstantMs::default()),
        |opened| (opened.device_name, InstantMs(opened.issued_at_ms)),
    );
    Ok(DeviceRow {
        certificate: hex_of(&row.id),
        name,
        since,
        seen_on: (row.seen_at_ms > 0).then(|| InstantMs(row.seen_at_ms).date()),
        revoked: row.revoked_seq.is_some(),
        suspended: db.is_suspended(&row.id)?,
    })
}

/// Adds somebody, or changes their name and number.
pub fn put_user(counter: &Counter<'_>, question: &PutUser) -> Result<RegisterChanged, Fault> {
    counter.require_administrator()?;
    let name = checked_name(&question.name)?;
    let phone = checked_phone(&question.phone)?;
    counter.once(|db| {
        let known = db.users()?;
        let is_known = |user: &UserId| known.iter().any(|person| person.user == *user);
        let user = if question.user.as_str().is_empty() {
            new_user(counter.app.dice(), is_known)?
        } else {
            question.user.clone()
        };
        let is_new = question.user.as_str().is_empty();
        if user.as_str() == SERVER_USER || !is_new && !is_known(&user) {
            return Err(Fault::invalid("user", "nobody of the register"));
        }
        let person = Staff { user, name, phone };
        counter.record(db, "put_user", &person)?;
        records::put(db, &RegisterRow::User(person.clone()), counter.now)?;
        changed(db, Some(&person.user))
    })
}

/// A name that says nothing of whom it names.
fn new_user(dice: &Dice, is_known: impl Fn(&UserId) -> bool) -> Result<UserId, Fault> {
    const TRIES: usize = 8;
    for _ in 0..TRIES {
        let user = UserId(format!("u-{}", hex_of(&dice.bytes::<5>()?)));
        if !is_known(&user) {
            return Ok(user);
        }
    }
    Err(Fault::new(FaultCode::Internal, "no free identifier was found"))
}

/// A telephone: seven to fifteen digits, written without blanks and dashes; may be empty.
fn checked_phone(phone: &str) -> Result<String, Fault> {
    let digits: String = phone.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let fits = (7..=15).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
    if fits || digits.is_empty() {
        Ok(digits)
    } else {
        Err(Fault::invalid("phone", "seven to fifteen digits, or nothing"))
    }
}
