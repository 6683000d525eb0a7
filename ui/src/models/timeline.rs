//! How the entries of a file look in 经过: icon, tone and the lines below the gist.

use yidang_api::case_file::EntryView;
use yidang_domain::civil::Date;
use yidang_domain::entry::{AgreementForm, Entry, EntryKind, FiveSayings, Saying};
use yidang_domain::facts::Source;

/// The round mark in front of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Name of the icon.
    pub icon: &'static str,
    /// Class of the tone, empty for the ordinary one.
    pub tone: &'static str,
}

/// The mark of a kind; a kind this version does not know has one too.
#[must_use]
pub const fn mark(kind: Option<EntryKind>) -> Mark {
    let (icon, tone) = match kind {
        None => ("warn", "off"),
        Some(EntryKind::Found) => ("file", ""),
        Some(EntryKind::Accepted) => ("inbox", "ok"),
        Some(EntryKind::Returned) => ("back", "soon"),
        Some(EntryKind::Visit | EntryKind::HouseholdSeen) => ("foot", ""),
        Some(EntryKind::MediationSession) => ("scale", ""),
        Some(EntryKind::Agreement) => ("sign", "ok"),
        Some(EntryKind::CloseAsked) => ("stamp", ""),
        Some(EntryKind::Closed) => ("stamp", "ok"),
        Some(EntryKind::Reopened) => ("hist", "soon"),
        Some(EntryKind::ConflictResolved) => ("swap", "off"),
        Some(EntryKind::NumberIssued | EntryKind::Succeeds) => ("book", "off"),
        Some(EntryKind::WalkIn) => ("users", ""),
        Some(EntryKind::WalkInAnswered) => ("check", "ok"),
        Some(EntryKind::DayMoved) => ("cal", "soon"),
        Some(EntryKind::DayCancelled) => ("x", "soon"),
        Some(EntryKind::HouseholdMoved) => ("pin", ""),
        Some(EntryKind::HouseholdSplit) => ("users", ""),
        Some(EntryKind::Joined | EntryKind::HouseholdMerged) => ("merge", ""),
        Some(EntryKind::Imported) => ("dl", "off"),
    };
    Mark { icon, tone }
}

/// What one of the five said, ready to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// 群众说清事
    pub slot: String,
    /// 王样一（邻居）
    pub who: String,
    /// The gist.
    pub words: String,
}

/// The sayings of a session that hold something, in the order of the saying.
#[must_use]
pub fn sayings(five: &FiveSayings) -> Vec<Said> {
    let slots = FiveSayings::LABELS.iter().zip(five.in_order());
    slots
        .filter(|(_, saying)| !saying.is_empty())
        .map(|((who, end), saying)| Said {
            slot: format!("{who}{end}"),
            who: speaker(saying),
            words: saying.words.clone(),
        })
        .collect()
}

fn speaker(saying: &Saying) -> String {
    match (saying.speaker.is_empty(), saying.relation.is_empty()) {
        (_, true) => saying.speaker.clone(),
        (true, false) => saying.relation.clone(),
        (false, false) => format!("{}（{}）", saying.speaker, saying.relation),
    }
}

/// Short facts of an entry that its gist leaves out: where, until when, with whose consent.
#[must_use]
pub fn remarks(entry: &Entry) -> Vec<String> {
    let mut lines = Vec::new();
    match entry {
        Entry::MediationSession { place, consent, open, .. } => {
            if !place.is_empty() {
                lines.push(format!("地点 {place}"));
            }
            if *consent {
                lines.push("双方同意请人参加".to_owned());
            }
            if *open {
                lines.push("公开调解".to_owned());
            }
        }
        Entry::Agreement { perform_by: Some(day), .. } => {
            lines.push(format!("{}前履行", long_date(*day)));
        }
        Entry::WalkIn { people, .. } if *people > 1 => lines.push(format!("{people} 人")),
        _ => {}
    }
    lines
}

/// What an entry says, without what its title says already. Falls back to the words of the desk.
#[must_use]
pub fn words(view: &EntryView) -> String {
    match &view.entry {
        Some(Entry::Accepted { due_on: Some(due), .. }) => {
            format!("化解时限 {}", long_date(*due))
        }
        Some(Entry::Found { source }) if *source == Source::Other => String::new(),
        _ => view.text.clone(),
    }
}

/// The title of an entry: the word for its kind, closer where the entry says more.
#[must_use]
pub fn title(view: &EntryView) -> String {
    match &view.entry {
        Some(Entry::Agreement { form: AgreementForm::Oral, .. }) => "口头协议".to_owned(),
        Some(Entry::Agreement { form: AgreementForm::Written, .. }) => "书面协议".to_owned(),
        _ => view.label.clone(),
    }
}

/// 12月5日
#[must_use]
pub fn long_date(date: Date) -> String {
    format!("{}月{}日", date.month(), date.day())
}

/// The last four digits of a telephone number, the way lists show it; empty without one.
#[must_use]
pub fn phone_tail(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let from = digits.len().saturating_sub(4);
    digits.get(from..).map(|tail| tail.iter().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_mark() {
        for kind in EntryKind::ALL {
            assert!(!mark(Some(kind)).icon.is_empty(), "{kind:?}");
        }
        assert_eq!(mark(None).tone, "off");
    }

    #[test]
    fn only_slots_that_hold_something_are_printed() {
        let five = FiveSayings {
            judge: Saying {
                speaker: "贺试四".into(),
                relation: "驻村法官".into(),
                words: "四至为准".into(),
            },
            ..FiveSayings::default()
        };
        let said = sayings(&five);
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].slot, "法官说透法");
        assert_eq!(said[0].who, "贺试四（驻村法官）");
    }

    #[test]
    fn an_agreement_says_until_when() {
        let entry = Entry::Agreement {
            form: AgreementForm::Oral,
            words: "各退一尺".into(),
            perform_by: Some(Date::constant(2026, 12, 5)),
        };
        assert_eq!(remarks(&entry), ["12月5日前履行"]);
    }

    #[test]
    fn a_phone_shows_its_tail_only() {
        assert_eq!(phone_tail("120 0000 0031"), "0031");
        assert_eq!(phone_tail("12"), "12");
        assert_eq!(phone_tail(""), "");
    }
}
