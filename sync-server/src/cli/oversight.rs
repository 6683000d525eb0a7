//! What the operator reads beside a running server: complaints, and who looked at whom.
#![expect(clippy::print_stdout, reason = "these commands answer on the terminal")]

use std::path::Path;

use anyhow::{Result, bail};
use yidang_api::oversight::{HeldComplaint, LookRow};
use yidang_domain::civil::InstantMs;
use yidang_domain::reference::Host;

use super::admin::{existing, now};
use crate::county;
use crate::oversight;
use crate::store::StoreError;

/// Complaints, newest first; with `waiting` only those that nobody has answered.
pub(super) fn complaints(data: &Path, waiting: bool, most: u32) -> Result<()> {
    let (store, county) = existing(data)?;
    let ((total, open), rows) = store.read(&county, |db| {
        let register = county::read_register(db)?;
        let rows = db.complaints(waiting, 0, most)?;
        let rows: Vec<HeldComplaint> =
            rows.into_iter().map(|row| oversight::complaint(&register, row)).collect();
        Ok::<_, StoreError>((db.count_complaints()?, rows))
    })?;
    println!("{total} complaints, {open} not answered");
    for row in rows {
        let by = format!("{} · {}", row.name, row.post);
        println!("\n{}\t{}\t{}\t{by}", row.number, time(row.taken_at), row.about.label());
        println!("\t{}", one_line(&row.words));
        if !row.contact.is_empty() {
            println!("\t{}", one_line(&row.contact));
        }
        match row.handled {
            Some(handled) => {
                let said = one_line(&handled.words);
                println!("\t-> {} {}: {said}", time(handled.at), handled.name);
            }
            None => println!("\t-> not answered"),
        }
    }
    Ok(())
}

/// Who looked at whom outside their own ring, newest first.
pub(super) fn looks(data: &Path, most: u32) -> Result<()> {
    let (store, county) = existing(data)?;
    let (total, rows) = store.read(&county, |db| {
        let register = county::read_register(db)?;
        Ok::<_, StoreError>((db.count_looks()?, oversight::looks(db, &register, 0, most)?))
    })?;
    println!("{total} looks");
    for LookRow { at, name, post, asked, purpose, household } in rows {
        let purpose = one_line(&purpose);
        println!("{}\t{name} · {post}\t{asked}\t{purpose}\t{household}", time(at));
    }
    Ok(())
}

/// What the operator writes of who runs this service; what is absent stays as it is, and an empty
/// text takes away what stood there.
pub(super) struct NewHost {
    pub name: Option<String>,
    pub filing: Option<String>,
    pub phone: Option<String>,
}

/// No text of it is longer: it stands on one line of a telephone's screen, or on two.
const LONGEST_TEXT: usize = 60;

/// Writes down who runs this service, and says what every device shows of it from now on.
pub(super) fn host(data: &Path, new: NewHost) -> Result<()> {
    let (store, county) = existing(data)?;
    let texts = [&new.name, &new.filing, &new.phone];
    for text in texts.into_iter().flatten() {
        if text.chars().count() > LONGEST_TEXT || text.chars().any(char::is_control) {
            bail!("a text is longer than {LONGEST_TEXT} characters, or not of one line");
        }
    }
    let is_new = texts.iter().any(|text| text.is_some());
    let host = store.write(&county, |db| {
        let before = county::read_register(db)?.host().clone();
        let kept = |text: Option<String>, before: String| {
            text.map_or(before, |text| text.trim().to_owned())
        };
        let host = Host {
            name: kept(new.name, before.name),
            filing: kept(new.filing, before.filing),
            phone: kept(new.phone, before.phone),
        };
        if is_new {
            county::put_host(db, &host, now())?;
            db.touch_register()?;
        }
        Ok::<_, StoreError>(host)
    })?;
    for (word, text) in [("name", host.name), ("filing", host.filing), ("phone", host.phone)] {
        println!("{word}\t{}", if text.is_empty() { "-" } else { text.as_str() });
    }
    Ok(())
}

/// Day and minute: 2026-11-20 09:05.
fn time(at: InstantMs) -> String {
    let (hour, minute) = at.hour_minute();
    format!("{} {hour:02}:{minute:02}", at.date())
}

/// Words of others on one line: what they wrote may look like lines of this list otherwise.
fn one_line(words: &str) -> String {
    words.split(char::is_control).map(str::trim).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others_never_make_a_line_of_the_list() {
        assert_eq!(one_line("字太小\n7\t看不清"), "字太小 7 看不清");
    }
}
