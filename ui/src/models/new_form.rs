//! 新事: one sentence and six fields, as they stand in the draft.

use serde::{Deserialize, Serialize};
use yidang_api::case_file::{NewParty, OpenCaseFile};
use yidang_domain::category;
use yidang_domain::civil::{Date, date_after};
use yidang_domain::facts::{Risk, Source};
use yidang_domain::ids::DocumentId;

/// What stands in the form. A field that nobody chose is absent; then the sentence suggests one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewForm {
    /// One sentence: what happened.
    pub matter: String,
    /// The category somebody chose.
    pub category: Option<String>,
    /// Where.
    pub place: String,
    /// The day somebody chose.
    pub occurred_on: Option<Date>,
    /// Parties, in the order they were written down.
    pub parties: Vec<NewParty>,
    /// The risk somebody chose.
    pub risk: Option<Risk>,
    /// The source somebody chose.
    pub source: Option<Source>,
    /// The visit day it came up on.
    pub visit_day: Option<DocumentId>,
    /// Files that were said not to be the same matter.
    pub not_same: Vec<DocumentId>,
}

/// A value, and whether it was only suggested by the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled<T> {
    /// The value.
    pub value: T,
    /// Whether it comes out of the sentence.
    pub suggested: bool,
}

/// Days that a sentence names, with how far they lie from today.
const DAYS: [(&str, i64); 8] = [
    ("大前天", -3),
    ("前天", -2),
    ("昨天", -1),
    ("昨晚", -1),
    ("昨日", -1),
    ("今天", 0),
    ("今早", 0),
    ("今晚", 0),
];

impl NewForm {
    /// Reads a draft. One this version cannot read keeps at least its text as the sentence.
    #[must_use]
    pub fn of_draft(content: &str) -> Self {
        serde_json::from_str(content)
            .unwrap_or_else(|_| Self { matter: content.to_owned(), ..Self::default() })
    }

    /// The form with what was written when a file was opened.
    #[must_use]
    pub fn of_opened(opened: &OpenCaseFile) -> Self {
        Self {
            matter: opened.matter.clone(),
            category: Some(opened.category.clone()).filter(|code| !code.is_empty()),
            place: opened.place.clone(),
            occurred_on: Some(opened.occurred_on),
            parties: opened.parties.clone(),
            risk: Some(opened.risk),
            source: Some(opened.source),
            visit_day: opened.visit_day,
            not_same: Vec::new(),
        }
    }

    /// Writes the draft.
    #[must_use]
    pub fn to_draft(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| self.matter.clone())
    }

    /// Whether nothing was written that would be missed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.matter.trim().is_empty() && self.place.trim().is_empty() && self.parties.is_empty()
    }

    /// How many characters the sentence has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.matter.trim().chars().count()
    }

    /// The category: chosen, else the one the sentence points to.
    #[must_use]
    pub fn category(&self) -> Option<Filled<String>> {
        if let Some(code) = &self.category {
            return Some(Filled { value: code.clone(), suggested: false });
        }
        let found = category::suggest(&self.matter)?;
        Some(Filled { value: found.code.to_owned(), suggested: true })
    }

    /// The day: chosen, else the one the sentence names, else today.
    #[must_use]
    pub fn day(&self, today: Date) -> Filled<Date> {
        if let Some(value) = self.occurred_on {
            return Filled { value, suggested: false };
        }
        let named = DAYS.iter().find(|(word, _)| self.matter.contains(word));
        Filled {
            value: named.map_or(today, |(_, days)| date_after(today, *days)),
            suggested: named.is_some(),
        }
    }

    /// The risk: chosen, else 一般.
    #[must_use]
    pub fn risk(&self) -> Risk {
        self.risk.unwrap_or(Risk::Ordinary)
    }

    /// The source: chosen, else how one comes to a form like this.
    #[must_use]
    pub fn source(&self) -> Source {
        let usual = if self.visit_day.is_some() { Source::VisitDay } else { Source::Sweep };
        self.source.unwrap_or(usual)
    }

    /// How many fields the sentence filled in.
    #[must_use]
    pub fn suggestions(&self, today: Date) -> usize {
        usize::from(self.category().is_some_and(|filled| filled.suggested))
            + usize::from(self.day(today).suggested)
    }

    /// Names of the parties.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.parties.iter().map(|party| party.name.clone()).collect()
    }

    /// What is asked of the desk. The desk, not the form, says what is missing.
    #[must_use]
    pub fn question(&self, today: Date) -> OpenCaseFile {
        OpenCaseFile {
            matter: self.matter.trim().to_owned(),
            category: self.category().map(|filled| filled.value).unwrap_or_default(),
            place: self.place.trim().to_owned(),
            occurred_on: self.day(today).value,
            parties: self.parties.clone(),
            risk: self.risk(),
            source: self.source(),
            people: None,
            grid: None,
            visit_day: self.visit_day,
        }
    }
}

/// What to do about the field the desk would not take, in words.
#[must_use]
pub fn reason(field: &str, form: &NewForm) -> String {
    let words = match field {
        "matter" if form.length() == 0 => "先写一句出了什么事",
        "matter" => "太长了，留下最要紧的一句",
        "category" => "选一个最像的类别",
        "place" if form.place.trim().is_empty() => "写到小组和地块就行",
        "place" => "太长了，写到小组和地块就行",
        "occurred_on" => "看一下是哪一天",
        "parties" if form.parties.is_empty() => "至少写一个人",
        "parties" | "name" => "看一下姓名",
        "phone" => "看一下电话，不知道可以空着",
        "household" => "有人的那一户已不在本机，去掉这个人再写一次",
        _ => "这一项要改一下",
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use yidang_domain::facts::Side;

    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 19);

    fn orchard() -> NewForm {
        NewForm {
            matter: "两家果园地界埂被推平，争一行梨树，昨天在地头吵了一架。".to_owned(),
            ..NewForm::default()
        }
    }

    #[test]
    fn the_sentence_names_the_day_until_somebody_chooses_one() {
        let mut form = orchard();
        assert_eq!(
            form.day(TODAY),
            Filled { value: Date::constant(2026, 11, 18), suggested: true }
        );
        form.occurred_on = Some(TODAY);
        assert_eq!(form.day(TODAY), Filled { value: TODAY, suggested: false });
    }

    #[test]
    fn a_chosen_category_stays_whatever_the_sentence_says() {
        let mut form = orchard();
        assert!(form.category().is_none_or(|filled| filled.suggested));
        form.category = Some("0202".to_owned());
        form.matter = "欠工钱".to_owned();
        assert_eq!(form.category(), Some(Filled { value: "0202".to_owned(), suggested: false }));
    }

    #[test]
    fn a_draft_comes_back_as_it_was() {
        let mut form = orchard();
        form.parties.push(NewParty {
            name: "王样一".to_owned(),
            side: Side::A,
            phone: String::new(),
            household: None,
        });
        assert_eq!(NewForm::of_draft(&form.to_draft()), form);
    }

    #[test]
    fn an_unreadable_draft_keeps_its_words() {
        let form = NewForm::of_draft("羊群啃了苹果苗");
        assert_eq!(form.matter, "羊群啃了苹果苗");
        assert!(!form.is_empty());
    }

    #[test]
    fn a_form_opened_on_a_visit_day_says_where_the_matter_came_up() {
        let form = NewForm { visit_day: Some(DocumentId::of_key("x")), ..orchard() };
        assert_eq!(form.source(), Source::VisitDay);
        assert_eq!(orchard().source(), Source::Sweep);
    }
}
