//! What stands in the sheet 记一笔, as typed: kept as a draft at every stroke, turned into an entry
//! on saving.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::Date;
use yidang_domain::entry::{AgreementForm, Entry, EntryKind, FiveSayings, Saying};
use yidang_domain::ids::DocumentId;
use yidang_domain::rights::Act;

/// Kinds that are written by hand, in the order of the sheet.
pub const KINDS: [EntryKind; 4] =
    [EntryKind::Visit, EntryKind::MediationSession, EntryKind::Agreement, EntryKind::CloseAsked];

/// The form as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EntryForm {
    /// Which kind of entry.
    pub kind: EntryKind,
    /// Business date, as typed.
    pub on: String,
    /// What happened, what was agreed, or why it is done.
    pub words: String,
    /// Where the session was held.
    pub place: String,
    /// The parties agreed that others join.
    pub consent: bool,
    /// The session was open to others.
    pub open: bool,
    /// 五说, in the order of [`FiveSayings::LABELS`].
    pub five: [Saying; 5],
    /// How the agreement was made.
    pub form: AgreementForm,
    /// Until when it is to be performed, as typed; may be empty.
    pub perform_by: String,
}

impl Default for EntryForm {
    fn default() -> Self {
        Self {
            kind: EntryKind::Visit,
            on: String::new(),
            words: String::new(),
            place: String::new(),
            consent: false,
            open: false,
            five: Default::default(),
            form: AgreementForm::Oral,
            perform_by: String::new(),
        }
    }
}

/// What still keeps a form from being saved; `field` names the control to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// The control.
    pub field: &'static str,
    /// What to say.
    pub words: &'static str,
}

impl EntryForm {
    /// A fresh form of `kind` for `today`.
    #[must_use]
    pub fn new(kind: EntryKind, today: Date) -> Self {
        Self { kind, on: today.to_string(), ..Self::default() }
    }

    /// Whether nothing worth keeping was typed.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.words.trim().is_empty()
            && self.place.trim().is_empty()
            && self.five.iter().all(Saying::is_empty)
            && self.perform_by.is_empty()
    }

    /// Whether somebody spoke who may join only with the parties' consent. 人民调解法 第20条 names
    /// relatives, neighbours, colleagues and whoever knows the matter: all five voices.
    #[must_use]
    pub fn needs_consent(&self) -> bool {
        self.kind == EntryKind::MediationSession && !self.five.iter().all(Saying::is_empty)
    }

    /// What is missing first, or nothing.
    #[must_use]
    pub fn missing(&self) -> Option<Missing> {
        let missing = |field, words| Some(Missing { field, words });
        if self.on.parse::<Date>().is_err() {
            return missing("on", "日期还没选");
        }
        if self.words.trim().is_empty() {
            return missing("words", "还没写内容");
        }
        if self.needs_consent() && !self.consent {
            return missing("consent", "请人参加要双方同意（人民调解法第20条），同意了就勾上");
        }
        let bad_end = !self.perform_by.is_empty() && self.perform_by.parse::<Date>().is_err();
        if self.kind == EntryKind::Agreement && bad_end {
            return missing("perform_by", "履行日期没写对");
        }
        None
    }

    /// The business date.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.on.parse().ok()
    }

    /// The entry it makes; `None` while something is missing.
    #[must_use]
    pub fn entry(&self, visit_day: Option<DocumentId>) -> Option<Entry> {
        if self.missing().is_some() {
            return None;
        }
        let words = self.words.trim().to_owned();
        match self.kind {
            EntryKind::Visit => Some(Entry::Visit { words }),
            EntryKind::MediationSession => Some(Entry::MediationSession {
                place: self.place.trim().to_owned(),
                words,
                consent: self.consent,
                open: self.open,
                five: self.sayings(),
                visit_day,
            }),
            EntryKind::Agreement => Some(Entry::Agreement {
                form: self.form,
                words,
                perform_by: self.perform_by.parse().ok(),
            }),
            EntryKind::CloseAsked => Some(Entry::CloseAsked { words }),
            _ => None,
        }
    }

    /// The form with what `entry` says, as something of `today`; `None` for kinds that are not written in it.
    #[must_use]
    pub fn of_entry(entry: &Entry, today: Date) -> Option<Self> {
        let form = Self::new(entry.kind(), today);
        match entry.clone() {
            Entry::Visit { words } | Entry::CloseAsked { words } => Some(Self { words, ..form }),
            Entry::MediationSession { place, words, consent, open, five, .. } => {
                let FiveSayings { neighbours, able, judge, kin, elders } = five;
                let five = [neighbours, able, judge, kin, elders];
                Some(Self { place, words, consent, open, five, ..form })
            }
            Entry::Agreement { form: how, words, perform_by } => {
                let perform_by = perform_by.map(|day| day.to_string()).unwrap_or_default();
                Some(Self { form: how, words, perform_by, ..form })
            }
            _ => None,
        }
    }

    fn sayings(&self) -> FiveSayings {
        let [neighbours, able, judge, kin, elders] = self.five.clone();
        FiveSayings { neighbours, able, judge, kin, elders }
    }

    /// As kept in a draft.
    #[must_use]
    pub fn to_draft(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Out of a draft; a draft of another version gives `None`.
    #[must_use]
    pub fn from_draft(content: &str) -> Option<Self> {
        serde_json::from_str(content).ok()
    }
}

/// The kinds of the sheet that `acts` allow.
#[must_use]
pub fn kinds(acts: &[Act]) -> Vec<EntryKind> {
    KINDS.into_iter().filter(|kind| acts.contains(&Act::Add(*kind))).collect()
}

/// What the field for the words asks.
#[must_use]
pub const fn ask(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::MediationSession => "谈到哪一步了",
        EntryKind::Agreement => "说定了什么",
        EntryKind::CloseAsked => "为什么可以销号",
        _ => "看到、听到什么",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> EntryForm {
        EntryForm {
            kind: EntryKind::MediationSession,
            on: "2026-11-20".into(),
            words: "双方各说各的界".into(),
            ..EntryForm::default()
        }
    }

    #[test]
    fn an_entry_comes_back_as_it_was_written() {
        let mut form = EntryForm::new(EntryKind::MediationSession, Date::constant(2026, 11, 26));
        form.words = "双方各让一步".into();
        form.place = "村委会".into();
        form.consent = true;
        form.five[2].words = "以承包证为准".into();
        let entry = form.entry(None).unwrap();
        assert_eq!(EntryForm::of_entry(&entry, Date::constant(2026, 11, 26)), Some(form));
    }

    #[test]
    fn whoever_joins_does_so_only_with_consent() {
        for voice in 0..5 {
            let mut form = session();
            form.five[voice].words = "四至为准".into();
            let missing = form.missing().map(|missing| missing.field);
            assert_eq!(missing, Some("consent"), "{:?}", FiveSayings::LABELS[voice]);
            assert!(form.entry(None).is_none());
        }
    }

    #[test]
    fn with_consent_a_judge_is_written_down() {
        let mut form = session();
        form.five[2].words = "四至为准".into();
        form.consent = true;
        assert!(form.missing().is_none());
        let Some(Entry::MediationSession { five, consent, .. }) = form.entry(None) else {
            panic!("a session");
        };
        assert!(consent);
        assert_eq!(five.judge.words, "四至为准");
    }

    #[test]
    fn a_session_of_the_two_alone_needs_no_consent() {
        assert!(session().missing().is_none());
    }

    #[test]
    fn sayings_left_over_from_another_kind_ask_for_nothing() {
        let mut form = session();
        form.five[3].speaker = "王样三".into();
        form.kind = EntryKind::Visit;
        assert!(form.missing().is_none());
    }

    #[test]
    fn a_draft_comes_back_as_it_was_typed() {
        let mut form = session();
        form.five[0].speaker = "冯例八".into();
        form.on = "半截".into();
        assert_eq!(EntryForm::from_draft(&form.to_draft()), Some(form));
        assert_eq!(EntryForm::from_draft("nonsense"), None);
    }

    #[test]
    fn only_kinds_that_may_be_written_are_offered() {
        let acts = [Act::Add(EntryKind::Agreement), Act::Add(EntryKind::Visit), Act::EditCaseFile];
        assert_eq!(kinds(&acts), [EntryKind::Visit, EntryKind::Agreement]);
        assert!(kinds(&[]).is_empty());
    }
}
