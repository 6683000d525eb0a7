//! Every Chinese word that the rules give to screens and papers stands in `docs/glossary.md`, and
//! every identifier that stands there is one of the code.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use yidang_api::household::HouseholdFilter;
use yidang_api::list::Queue;
use yidang_api::trouble::TroubleKind;
use yidang_domain::calendar::{DayOffRule, FebruaryRule, MoveReason};
use yidang_domain::case_state::{MoveError, Stage};
use yidang_domain::category::{self, CLASSES};
use yidang_domain::citizen_number::{CitizenNumberError, Sex};
use yidang_domain::codes::{RELATIONS, SexCode};
use yidang_domain::crosswalk::{OlderB, TypeB, TypeC};
use yidang_domain::entry::{AgreementForm, DocumentKind, Entry, EntryKind, FiveSayings};
use yidang_domain::facts::{CASE_FACTS, Field, PARTY_FIELDS, Risk, Side, Source};
use yidang_domain::household::{
    FILE_FIELDS, HOUSEHOLD_FACTS, MEMBER_FIELDS, TEAM_FIELDS, VISIT_PLAN,
};
use yidang_domain::labels::label_of;
use yidang_domain::org::{GridKind, Role};

/// The words of the field that are used everywhere, whether or not a label says them.
const WORDS: [&str; 24] = [
    "矛盾纠纷",
    "一事一档",
    "当事人",
    "经过",
    "网格",
    "网格员",
    "走访",
    "排查",
    "预诊",
    "驻村坐诊",
    "会诊",
    "复诊",
    "回访",
    "督办",
    "销号",
    "转办",
    "化解",
    "主办",
    "协办",
    "路线图",
    "冲突",
    "已存本机",
    "已送达",
    "已采纳",
];

/// A label with where it comes from.
type Label = (&'static str, String);

/// The variants of an enum that keeps no list of its own. One that is left out does not compile.
macro_rules! every {
    ($($variant:path),+ $(,)?) => {{
        let all = [$($variant),+];
        for one in &all {
            match one {
                $($variant => {})+
            }
        }
        all
    }};
}

fn of<T>(
    place: &'static str,
    all: impl IntoIterator<Item = T>,
    label: impl Fn(T) -> &'static str,
) -> Vec<Label> {
    all.into_iter().map(|one| (place, label(one).to_owned())).collect()
}

fn of_fields(place: &'static str, fields: &[Field]) -> Vec<Label> {
    fields.iter().map(|field| (place, field.label.to_owned())).collect()
}

fn of_entries() -> Vec<Label> {
    let gist = |form| {
        Entry::Agreement { form, words: String::new(), perform_by: None }
            .gist()
            .trim_end_matches('：')
            .to_owned()
    };
    let mut labels = of("EntryKind", EntryKind::ALL, EntryKind::label);
    labels.extend(of("DocumentKind", DocumentKind::ALL, DocumentKind::label));
    for (who, what) in FiveSayings::LABELS {
        labels.push(("FiveSayings", format!("{who}{what}")));
    }
    for form in every![AgreementForm::Oral, AgreementForm::Written] {
        labels.push(("AgreementForm", gist(form)));
    }
    labels
}

fn of_case_files() -> Vec<Label> {
    let mut labels = of("Stage", Stage::ALL, Stage::label);
    let errors = every![
        MoveError::WrongStage,
        MoveError::OwnRequest,
        MoveError::Pending,
        MoveError::NoSuchChoice,
        MoveError::AfterDecision,
    ];
    labels.extend(of("MoveError", errors, MoveError::label));
    labels.extend(of("Risk", Risk::ALL, Risk::label));
    labels.extend(of("Source", Source::ALL, Source::label));
    labels.extend(of("Side", every![Side::A, Side::B, Side::Other], Side::label));
    labels.extend(of("Queue", Queue::ALL, Queue::label));
    labels.extend(of("HouseholdFilter", HouseholdFilter::ALL, HouseholdFilter::label));
    labels.extend(of("TroubleKind", TroubleKind::ALL, TroubleKind::label));
    labels.push(("label_of", label_of("stage").to_owned()));
    labels
}

fn of_people() -> Vec<Label> {
    let roles = every![
        Role::GridWorker,
        Role::VillageCadre,
        Role::TownshipReviewer,
        Role::Mediator,
        Role::CountyClerk,
        Role::Administrator,
        Role::Server,
    ];
    let mut labels = of("Role", roles, Role::label);
    labels.extend(of("GridKind", GridKind::ALL, GridKind::label));
    labels.extend(of("Sex", every![Sex::Male, Sex::Female], Sex::label));
    labels.extend(of("SexCode", SexCode::ALL, SexCode::label));
    labels.extend(of("RELATIONS", RELATIONS, |row| row.word));
    let errors = [
        CitizenNumberError::Length,
        CitizenNumberError::Character { position: 1 },
        CitizenNumberError::BirthDate,
        CitizenNumberError::CheckDigit,
    ];
    for error in errors {
        match error {
            CitizenNumberError::Length
            | CitizenNumberError::Character { .. }
            | CitizenNumberError::BirthDate
            | CitizenNumberError::CheckDigit => labels.push(("CitizenNumberError", error.label())),
        }
    }
    labels
}

fn of_the_calendar() -> Vec<Label> {
    let mut labels = of("FebruaryRule", FebruaryRule::ALL, FebruaryRule::label);
    labels.extend(of("DayOffRule", DayOffRule::ALL, DayOffRule::label));
    let reasons = [
        MoveReason::February,
        MoveReason::DayOffLater,
        MoveReason::DayOffEarlier,
        MoveReason::FebruaryLater,
        MoveReason::FebruaryEarlier,
    ];
    for reason in reasons {
        match reason {
            MoveReason::February
            | MoveReason::DayOffLater
            | MoveReason::DayOffEarlier
            | MoveReason::FebruaryLater
            | MoveReason::FebruaryEarlier => labels.push(("MoveReason", reason.label().to_owned())),
            // Words of a person, not ours.
            MoveReason::Decided(_) => {}
        }
    }
    labels
}

fn of_registers() -> Vec<Label> {
    [
        ("CASE_FACTS", CASE_FACTS),
        ("PARTY_FIELDS", PARTY_FIELDS),
        ("HOUSEHOLD_FACTS", HOUSEHOLD_FACTS),
        ("MEMBER_FIELDS", MEMBER_FIELDS),
        ("VISIT_PLAN", VISIT_PLAN),
        ("TEAM_FIELDS", TEAM_FIELDS),
        ("FILE_FIELDS", FILE_FIELDS),
    ]
    .into_iter()
    .flat_map(|(place, fields)| of_fields(place, fields))
    .collect()
}

/// The tables that stand in the schema of documents, which tests that cross rooms do not import.
fn of_the_schema() -> Vec<Label> {
    include_str!("../../crates/documents/src/schema.rs")
        .split("label: \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|label| ("documents::schema", label.to_owned()))
        .collect()
}

fn of_categories() -> Vec<Label> {
    let mut labels = Vec::new();
    for class in CLASSES {
        labels.push(("CLASSES", class.label.to_owned()));
        for one in class.categories {
            labels.push(("CLASSES", one.label.to_owned()));
            labels.push(("category::label", category::label(one.code)));
        }
    }
    labels
}

fn of_the_official_tables() -> Vec<Label> {
    let mut labels = of("TypeB", TypeB::ALL, TypeB::label);
    labels.extend(of("OlderB", OlderB::ALL, OlderB::label));
    labels.extend(of("TypeC", TypeC::ALL, TypeC::label));
    labels
}

fn labels() -> Vec<Label> {
    let mut all = of("the words used everywhere", WORDS, |word| word);
    all.extend(of_entries());
    all.extend(of_case_files());
    all.extend(of_people());
    all.extend(of_the_calendar());
    all.extend(of_registers());
    all.extend(of_the_schema());
    all.extend(of_categories());
    all.extend(of_the_official_tables());
    all
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The cells of each row of each table of the page.
fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    page.lines()
        .filter_map(|line| line.trim().strip_prefix('|')?.strip_suffix('|'))
        .map(|line| line.split('|').map(str::trim).collect())
}

/// The first column; words that share a row stand between slashes.
fn terms(page: &str) -> BTreeSet<&str> {
    rows(page)
        .filter_map(|cells| cells.first().copied())
        .flat_map(|cell| cell.split(" / "))
        .collect()
}

/// The identifiers in the second column, taken apart at `::` and `.`.
fn identifiers(page: &str) -> BTreeSet<&str> {
    rows(page)
        .filter_map(|cells| cells.get(1).copied())
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .flat_map(|name| name.split("::"))
        .flat_map(|name| name.split('.'))
        .collect()
}

fn add_sources(folder: &Path, text: &mut String) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            add_sources(&path, text);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && let Ok(source) = std::fs::read_to_string(&path)
        {
            text.push_str(&source);
        }
    }
}

fn is_whole_word(text: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|tail| tail.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

#[test]
fn every_label_stands_in_the_glossary() {
    let page = std::fs::read_to_string(root().join("docs/glossary.md")).unwrap();
    let terms = terms(&page);
    let missing: BTreeSet<Label> =
        labels().into_iter().filter(|(_, label)| !terms.contains(label.as_str())).collect();
    assert!(
        missing.is_empty(),
        "docs/glossary.md lacks these words (place, label); add a row for each: {missing:#?}"
    );
}

#[test]
fn every_identifier_of_the_glossary_is_in_the_code() {
    let page = std::fs::read_to_string(root().join("docs/glossary.md")).unwrap();
    let mut sources = String::new();
    for folder in ["crates", "ui/src", "sync-server/src"] {
        add_sources(&root().join(folder), &mut sources);
    }
    let unknown: Vec<&str> =
        identifiers(&page).into_iter().filter(|name| !is_whole_word(&sources, name)).collect();
    assert!(
        unknown.is_empty(),
        "docs/glossary.md names identifiers that are not in the code: {unknown:?}"
    );
}
