//! Words for values, places and actions.

use yidang_api::list::Stage;
use yidang_documents::project::ItemRow;
use yidang_documents::{Edit, EntryBody, RegisterPath};
use yidang_domain::entry::{Entry, FiveSayings};
use yidang_domain::facts::{Risk, Side, Source};
use yidang_domain::ids::OrgCode;
use yidang_domain::labels::label_of;
use yidang_domain::org::{OrgLevel, OrgTree};

/// A stored value as a person reads it.
pub fn shown_value(tree: &OrgTree, path: &str, value: &str) -> String {
    let field = path.rsplit('.').next().unwrap_or(path);
    match field {
        "category" => yidang_domain::category::label(value),
        "grid" => place_name(tree, &OrgCode(value.to_owned())),
        "risk" => value
            .parse::<u8>()
            .ok()
            .and_then(|number| Risk::try_from(number).ok())
            .map_or_else(|| value.to_owned(), |risk| risk.label().to_owned()),
        "source" => Source::from_code(value)
            .map_or_else(|| value.to_owned(), |source| source.label().to_owned()),
        "side" => side(value).label().to_owned(),
        _ => match value {
            "true" => "是".into(),
            "false" => "否".into(),
            other => other.to_owned(),
        },
    }
}

/// Whether a path is that of the household a party belongs to.
pub fn is_home_path(path: &str) -> bool {
    path.starts_with("parties.") && path.ends_with(".household")
}

/// The side that a stored word stands for.
pub fn side(word: &str) -> Side {
    match word {
        "a" => Side::A,
        "b" => Side::B,
        _ => Side::Other,
    }
}

/// A grid with the village it lies in, and with its township where two villages are called alike.
pub fn place_name(tree: &OrgTree, code: &OrgCode) -> String {
    let above = tree.find(code).and_then(|unit| tree.find(unit.parent.as_ref()?));
    match above {
        Some(above) => format!("{} {}", tree.shown_name(&above.code), tree.name(code)),
        None => tree.name(code).to_owned(),
    }
}

/// A unit as the chip of a filter calls it: a grid with its village.
pub fn unit_name(tree: &OrgTree, code: &OrgCode) -> String {
    match tree.find(code).map(|unit| unit.level) {
        Some(OrgLevel::Grid) => place_name(tree, code),
        _ => tree.shown_name(code),
    }
}

/// What a path is about: 李例二 · 联系电话.
pub fn about(path: &str, items: &[ItemRow]) -> String {
    let label = label_of(path);
    let name = RegisterPath::parse(path)
        .and_then(|path| path.item)
        .and_then(|key| items.iter().find(|item| item.key == key).map(|item| item.text("name")));
    match name {
        Some(name) if !name.is_empty() => format!("{name} · {label}"),
        _ => label.to_owned(),
    }
}

/// The word for an entry.
pub fn entry_label(body: &EntryBody) -> String {
    match body {
        EntryBody::Known(Entry::MediationSession { visit_day: Some(_), .. }) => "坐诊调解".into(),
        EntryBody::Known(entry) => entry.kind().label().to_owned(),
        EntryBody::Unknown { .. } => "新内容".into(),
    }
}

/// The title of something that waits: 走访 · 李例二.
pub fn outbox_title(action: &str, parties: &[ItemRow]) -> String {
    let names: Vec<String> =
        parties.iter().take(2).map(|party| party.text("name")).filter(|n| !n.is_empty()).collect();
    if names.is_empty() { action.to_owned() } else { format!("{action} · {}", names.join("、")) }
}

/// What a change wrote: what it is in a few words, and all that was typed.
pub fn in_words(tree: &OrgTree, edits: &[Edit]) -> (String, String) {
    let (mut titles, mut labels, mut words) = (Vec::new(), Vec::new(), Vec::new());
    let line = |path: &str, value: &str| match (is_home_path(path), value.is_empty()) {
        // The identifier of a household says nothing to anybody.
        (true, _) | (_, true) => label_of(path).to_owned(),
        _ => format!("{}：{}", label_of(path), shown_value(tree, path, value)),
    };
    for edit in edits {
        match edit {
            Edit::AddEntry(entry) => {
                titles.push(entry.kind().label().to_owned());
                words.extend(in_full(entry));
            }
            Edit::AddItem(container, fields) => {
                titles.push(format!("新增{}", items_label(container)));
                let filled = fields.iter().map(|(field, value)| (field, value.as_text()));
                let filled = filled.filter(|(_, value)| !value.is_empty());
                let lines =
                    filled.map(|(field, value)| line(&format!("{container}.{field}"), &value));
                words.extend(lines);
            }
            Edit::Set(path, value) => {
                let path = path.to_string();
                labels.push(label_of(&path).to_owned());
                words.push(line(&path, &value.as_text()));
            }
        }
    }
    titles.dedup();
    if !labels.is_empty() {
        titles.push(format!("改{}", labels.join("、")));
    }
    words.retain(|line| !line.is_empty());
    (titles.join("、"), words.join("\n"))
}

/// All that was typed into an entry, line by line.
fn in_full(entry: &Entry) -> Vec<String> {
    let mut lines = vec![entry.gist()];
    match entry {
        Entry::MediationSession { place, consent, open, five, .. } => {
            lines.push(if place.is_empty() { String::new() } else { format!("地点：{place}") });
            lines.extend(consent.then(|| "双方同意请人参加".to_owned()));
            lines.extend(open.then(|| "公开调解".to_owned()));
            for ((who, end), saying) in FiveSayings::LABELS.iter().zip(five.in_order()) {
                if !saying.is_empty() {
                    let by = [saying.speaker.as_str(), &saying.relation].concat();
                    let by = if by.is_empty() { by } else { format!("（{by}）") };
                    lines.push(format!("{who}{end}{by}：{}", saying.words));
                }
            }
        }
        Entry::Agreement { perform_by: Some(day), .. } => {
            lines.push(format!("{}月{}日前履行", day.month(), day.day()));
        }
        Entry::WalkIn { people, .. } => lines.push(format!("{people} 人")),
        _ => {}
    }
    lines
}

/// What the items of a container are called.
fn items_label(container: &str) -> &'static str {
    match container {
        "parties" => "当事人",
        "members" => "成员",
        _ => "内容",
    }
}

/// Days that a matter may rest before somebody is reminded.
pub const QUIET_AFTER_DAYS: i64 = 7;

/// A mediation is generally done within a month (人民调解工作若干规定 第33条).
pub const SETTLE_WITHIN_DAYS: i64 = 30;

/// A reported file is judged within so many days (县定).
pub const ACCEPT_WITHIN_DAYS: i64 = 3;

/// Whether work on a file goes on.
pub const fn is_open(stage: Stage) -> bool {
    !matches!(stage, Stage::Closed)
}

#[cfg(test)]
mod tests {
    use yidang_documents::Scalar;

    use super::*;

    #[test]
    fn a_change_is_told_with_all_that_was_typed() {
        let path = |text| RegisterPath::parse(text).unwrap();
        let edits = [
            Edit::Set(path("facts.matter"), Scalar::Text("为水渠吵起来".into())),
            Edit::AddItem(
                "parties",
                vec![
                    ("name", Scalar::Text("冯例八".into())),
                    ("phone", Scalar::Text(String::new())),
                ],
            ),
            Edit::AddEntry(Entry::Visit { words: "两家都在".into() }),
        ];
        let (title, words) = in_words(&OrgTree::default(), &edits);
        assert_eq!(title, "新增当事人、走访、改一句话");
        assert_eq!(words, "一句话：为水渠吵起来\n姓名：冯例八\n两家都在");
    }
}
