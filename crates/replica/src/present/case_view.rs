//! One file, whole.

use std::collections::BTreeMap;

use yidang_api::case_file::{
    CaseFileView, ChangeView, ClashValue, ClashView, Delivery, EntryView, FactView, Heads,
    JoinView, ParallelView, PartyHome, PartyView, ReturnView, RoutePlace, RouteStop,
};
use yidang_api::list::{CaseRow, Stage};
use yidang_documents::project::{Clash, EntryRow, MarkedValue};
use yidang_documents::{CaseProjection, Difference, EntryBody};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::{Entry, EntryKind};
use yidang_domain::facts::{CASE_FACTS, Field};
use yidang_domain::ids::{DocumentId, ItemKey};
use yidang_domain::labels::label_of;
use yidang_domain::org::OrgTree;
use yidang_domain::rights::Act;

use crate::people::People;
use crate::store::{OnItsWay, RECEIVED, SAVED, Store};

use super::words::{about, entry_label, is_home_path, shown_value, side};

/// Everything a view is made from.
pub struct Source<'a> {
    /// The units.
    pub tree: &'a OrgTree,
    /// What the households of its parties are called, those that are held here.
    pub homes: BTreeMap<DocumentId, String>,
    /// The files it was joined with.
    pub joins: Vec<JoinView>,
    /// Entries that wait for the other half of an action.
    pub halves: Vec<EntryRow>,
    /// The rows of the file.
    pub case: &'a CaseProjection,
    /// What lists show of it.
    pub row: CaseRow,
    /// Changes on their way, own ones and those that came by hand.
    pub outbox: &'a [OnItsWay],
    /// What changed since the last look.
    pub changed: Vec<Difference>,
    /// When that was.
    pub looked_at: Option<InstantMs>,
    /// What the person may do.
    pub acts: Vec<Act>,
}

impl Source<'_> {
    /// A stored value as a person reads it.
    fn shown(&self, path: &str, value: &str) -> String {
        if !is_home_path(path) {
            return shown_value(self.tree, path, value);
        }
        if value.is_empty() {
            return "不挂到户".into();
        }
        self.home(value).map_or_else(|| "一户（不在本机）".into(), |home| home.words)
    }

    /// The household whose identifier this is, where it is held here.
    fn home(&self, value: &str) -> Option<PartyHome> {
        let id = value.parse().ok()?;
        self.homes.get(&id).map(|words| PartyHome { id, words: words.clone() })
    }
}

/// The view of a file.
pub fn case_view(source: Source<'_>, people: &mut People<'_, Store>) -> CaseFileView {
    let case = source.case;
    let may_decide = source.acts.contains(&Act::ResolveValue);
    let mut clashes: Vec<ClashView> = case
        .common
        .clashes
        .iter()
        .map(|clash| clash_view(&source, clash, may_decide, people))
        .collect();
    clashes.extend(stage_clash(case, &source.acts, people));
    CaseFileView {
        heads: Heads(case.common.heads.clone()),
        facts: CASE_FACTS.iter().map(|field| fact(source.tree, case, field, people)).collect(),
        parties: parties(&source),
        route: route(case),
        entries: entries(&source, people),
        changes: source
            .changed
            .iter()
            .map(|difference| change(&source, difference, people))
            .collect(),
        looked_at: source.looked_at,
        clashes,
        parallel: case
            .parallel
            .iter()
            .map(|(path, mark)| ParallelView {
                label: about(path, &case.parties),
                written: people.of(mark),
            })
            .collect(),
        acts: source.acts,
        returned: returned(case, people),
        joins: source.joins,
        halves: source.halves.iter().map(|row| entry_view(row, source.outbox, people)).collect(),
        needs_update: case.common.has_unknown,
        row: source.row,
    }
}

fn fact(
    tree: &OrgTree,
    case: &CaseProjection,
    field: &Field,
    people: &mut People<'_, Store>,
) -> FactView {
    let marked: Option<&MarkedValue> = case.facts.get(field.name);
    let value = marked.map(|marked| marked.value.as_text()).unwrap_or_default();
    let path = format!("facts.{}", field.name);
    FactView {
        field: field.name.to_owned(),
        label: field.label.to_owned(),
        shown: shown_value(tree, &path, &value),
        value,
        written: marked.map(|marked| people.of(&marked.mark)),
        clashes: case.common.clashes.iter().any(|clash| clash.field == path),
    }
}

fn parties(source: &Source<'_>) -> Vec<PartyView> {
    let case = source.case;
    let mut parties: Vec<PartyView> = case
        .parties
        .iter()
        .map(|party| {
            let prefix = format!("parties.{}.", party.key);
            PartyView {
                key: party.key.clone(),
                name: party.text("name"),
                side: side(&party.text("side")),
                phone: party.text("phone"),
                home: source.home(&party.text("household")),
                clashes: case
                    .common
                    .clashes
                    .iter()
                    .filter_map(|clash| clash.field.strip_prefix(&prefix))
                    .map(str::to_owned)
                    .collect(),
                withdrawn: party.text("withdrawn") == "true",
            }
        })
        .collect();
    parties.sort_by_key(|party| party.withdrawn);
    parties
}

/// 路线图: what lies behind, where the file stands, what lies ahead.
fn route(case: &CaseProjection) -> Vec<RouteStop> {
    let on = |kind: EntryKind| -> Option<Date> {
        case.entries_of(kind).last().and_then(|row| row.header.as_ref()).map(|header| header.on)
    };
    // Where it joined another file, that is its end.
    let is_joined = case.joined_into.is_some();
    let closes = if is_joined { EntryKind::Joined } else { EntryKind::Closed };
    let stops = [
        ("发现", on(EntryKind::Found)),
        ("受理", on(EntryKind::Accepted)),
        ("调解", on(EntryKind::MediationSession)),
        ("协议", on(EntryKind::Agreement)),
        ("申请销号", on(EntryKind::CloseAsked)),
        (closes.label(), if case.stage == Stage::Closed { on(closes) } else { None }),
    ];
    let here = match case.stage {
        Stage::Found | Stage::Returned => 0,
        Stage::CloseAsked => 4,
        Stage::Closed => 5,
        Stage::Accepted => match (&stops[2].1, &stops[3].1) {
            (_, Some(_)) => 3,
            (Some(_), None) => 2,
            (None, None) => 1,
        },
    };
    stops
        .into_iter()
        .enumerate()
        .map(|(index, (label, on))| RouteStop {
            label: label.to_owned(),
            on: if index <= here { on } else { None },
            place: match index.cmp(&here) {
                std::cmp::Ordering::Less => RoutePlace::Done,
                std::cmp::Ordering::Equal => RoutePlace::Here,
                std::cmp::Ordering::Greater => RoutePlace::Ahead,
            },
        })
        .collect()
}

/// How far an entry has got.
pub fn delivery(outbox: &[OnItsWay], change: &str) -> Delivery {
    let found = outbox.iter().find(|item| yidang_domain::causality::hex_of(&item.hash) == change);
    match found.map(|item| item.delivery) {
        None => Delivery::Accepted,
        Some(SAVED) => Delivery::Saved,
        Some(RECEIVED) => Delivery::Received,
        Some(_) => Delivery::Refused,
    }
}

fn entries(source: &Source<'_>, people: &mut People<'_, Store>) -> Vec<EntryView> {
    let case = source.case;
    let mut views: Vec<EntryView> = case
        .common
        .entries
        .iter()
        .map(|row| {
            let mut view = entry_view(row, source.outbox, people);
            view.void =
                case.void.get(&row.key).map(|reason| reason.label().to_owned()).or_else(|| {
                    case.late.contains(&row.key).then(|| "决定之后到达，请审核人看一下".to_owned())
                });
            if let Some(Entry::ConflictResolved { field, values, chosen }) = row.entry() {
                view.text = format!(
                    "{}：采用 {}",
                    about(field, &case.parties),
                    chosen_word(source, field, chosen)
                );
                view.not_chosen = values
                    .iter()
                    .filter(|value| *value != chosen)
                    .map(|value| chosen_word(source, field, value))
                    .collect();
            }
            view
        })
        .collect();
    views.reverse();
    views.sort_by_key(|view| std::cmp::Reverse(view.on));
    views
}

/// A value of a conflict as a person reads it: decisions by their word.
fn chosen_word(source: &Source<'_>, field: &str, value: &str) -> String {
    if field == "stage" {
        let key = ItemKey(value.to_owned());
        let mut entries = source.case.common.entries.iter();
        return entries
            .find(|row| row.key == key)
            .map_or_else(|| value.to_owned(), |row| entry_label(&row.body));
    }
    if is_home_path(field) {
        return source.shown(field, value);
    }
    value.to_owned()
}

/// The view of an entry, without what the fold says of it.
pub fn entry_view(
    row: &EntryRow,
    outbox: &[OnItsWay],
    people: &mut People<'_, Store>,
) -> EntryView {
    EntryView {
        key: row.key.clone(),
        kind: row.entry().map(Entry::kind),
        label: entry_label(&row.body),
        text: match &row.body {
            EntryBody::Known(entry) => entry.gist(),
            EntryBody::Unknown { .. } => "这一条需要更新应用才能看".into(),
        },
        entry: row.entry().cloned(),
        on: row.header.as_ref().map_or_else(|| row.mark.at.date(), |header| header.on),
        written: people.of(&row.mark),
        delivery: delivery(outbox, &row.change),
        void: None,
        not_chosen: Vec::new(),
        again: row.again,
    }
}

fn clash_view(
    source: &Source<'_>,
    clash: &Clash,
    may_decide: bool,
    people: &mut People<'_, Store>,
) -> ClashView {
    let shown = |value: &str| source.shown(&clash.field, value);
    ClashView {
        field: clash.field.clone(),
        about: about(&clash.field, &source.case.parties),
        before: clash.before.as_ref().map(|value| shown(&value.as_text())).unwrap_or_default(),
        values: clash
            .values
            .iter()
            .map(|marked| {
                let value = marked.value.as_text();
                ClashValue { shown: shown(&value), value, written: people.of(&marked.mark) }
            })
            .collect(),
        may_decide,
    }
}

/// Two decisions that stand against each other, as a card.
fn stage_clash(
    case: &CaseProjection,
    acts: &[Act],
    people: &mut People<'_, Store>,
) -> Option<ClashView> {
    if case.against.is_empty() {
        return None;
    }
    let values = case
        .against
        .iter()
        .filter_map(|key| case.common.entries.iter().find(|row| row.key == *key))
        .map(|row| {
            let gist = row.entry().map(Entry::gist).unwrap_or_default();
            let label = entry_label(&row.body);
            ClashValue {
                value: row.key.as_str().to_owned(),
                shown: if gist.is_empty() { label } else { format!("{label}：{gist}") },
                written: people.of(&row.mark),
            }
        })
        .collect();
    Some(ClashView {
        field: "stage".into(),
        about: label_of("stage").to_owned(),
        before: case.stage.label().to_owned(),
        values,
        may_decide: acts.contains(&Act::ResolveDecision),
    })
}

fn returned(case: &CaseProjection, people: &mut People<'_, Store>) -> Option<ReturnView> {
    let key = case.returned.as_ref()?;
    let row = case.common.entries.iter().find(|row| row.key == *key)?;
    let Some(Entry::Returned { field, reason, .. }) = row.entry() else { return None };
    Some(ReturnView {
        field: field.clone(),
        label: label_of(field).to_owned(),
        reason: reason.clone(),
        written: people.of(&row.mark),
        answered: case.answered,
    })
}

fn change(
    source: &Source<'_>,
    difference: &Difference,
    people: &mut People<'_, Store>,
) -> ChangeView {
    let case = source.case;
    let written = people.of(&difference.mark);
    if let Some(key) = difference.path.strip_prefix("entries.") {
        let row = case.common.entries.iter().find(|row| row.key.as_str() == key);
        let label = row.map(|row| entry_label(&row.body)).unwrap_or_default();
        let gist = row.and_then(EntryRow::entry).map(Entry::gist).unwrap_or_default();
        let after = if gist.is_empty() { label } else { format!("{label}：{gist}") };
        return ChangeView {
            label: "新增".into(),
            before: String::new(),
            after,
            written,
            answers_return: false,
        };
    }
    let is_new_party = difference.before.is_none() && difference.path.ends_with(".name");
    let text = |value: &Option<yidang_documents::Scalar>| {
        value
            .as_ref()
            .map(|value| source.shown(&difference.path, &value.as_text()))
            .unwrap_or_default()
    };
    let asked = case.returned.as_ref().and_then(|key| {
        let row = case.common.entries.iter().find(|row| row.key == *key)?;
        match row.entry() {
            Some(Entry::Returned { field, .. }) => Some(field.clone()),
            _ => None,
        }
    });
    ChangeView {
        label: if is_new_party {
            "新增当事人".into()
        } else {
            about(&difference.path, &case.parties)
        },
        before: text(&difference.before),
        after: text(&difference.after),
        answers_return: case.answered && asked.as_deref() == Some(difference.path.as_str()),
        written,
    }
}
