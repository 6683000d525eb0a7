//! Entries as flat maps.
//!
//! An entry is one map of registers; what is nested in the type stands under keys with dots
//! (`five.judge.words`, `values.0`), so that the grammar needs no deeper objects.

use serde_json::{Map, Value};
use yidang_domain::entry::{Entry, EntryHeader};

use crate::scalar::Scalar;

/// An entry never has more fields than this.
pub const MOST_FIELDS: usize = 64;

/// The fields of an entry, sorted by key.
///
/// # Errors
///
/// A message, if the entry holds something that is no scalar; none of this version does.
pub fn flatten(header: &EntryHeader, entry: &Entry) -> Result<Vec<(String, Scalar)>, String> {
    let mut fields = Vec::new();
    for value in [serde_json::to_value(header), serde_json::to_value(entry)] {
        let Value::Object(map) = value.map_err(|error| error.to_string())? else {
            return Err("an entry is no map".into());
        };
        push_map("", &map, &mut fields)?;
    }
    fields.sort();
    Ok(fields)
}

fn push_map(
    prefix: &str,
    map: &Map<String, Value>,
    fields: &mut Vec<(String, Scalar)>,
) -> Result<(), String> {
    map.iter().try_for_each(|(key, value)| push(&format!("{prefix}{key}"), value, fields))
}

fn push(path: &str, value: &Value, fields: &mut Vec<(String, Scalar)>) -> Result<(), String> {
    match value {
        Value::Null => Ok(()),
        Value::Bool(flag) => {
            fields.push((path.to_owned(), Scalar::Flag(*flag)));
            Ok(())
        }
        Value::Number(number) => {
            let number = number.as_i64().ok_or_else(|| format!("{path} is no whole number"))?;
            fields.push((path.to_owned(), Scalar::Number(number)));
            Ok(())
        }
        Value::String(text) => {
            fields.push((path.to_owned(), Scalar::Text(text.clone())));
            Ok(())
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| push(&format!("{path}.{index}"), item, fields)),
        Value::Object(map) => push_map(&format!("{path}."), map, fields),
    }
}

/// The entry these fields stand for, with its header; `None` where this version cannot read it.
pub fn unflatten(fields: &[(String, Scalar)]) -> Option<(EntryHeader, Entry)> {
    let value = nested(fields)?;
    let header = serde_json::from_value(value.clone()).ok()?;
    let entry = serde_json::from_value(value).ok()?;
    Some((header, entry))
}

/// The header alone, for entries of kinds that this version does not know.
pub fn header_of(fields: &[(String, Scalar)]) -> Option<EntryHeader> {
    serde_json::from_value(nested(fields)?).ok()
}

fn nested(fields: &[(String, Scalar)]) -> Option<Value> {
    if fields.len() > MOST_FIELDS {
        return None;
    }
    let mut root = Value::Object(Map::new());
    for (path, scalar) in fields {
        let mut at = &mut root;
        for segment in path.split('.') {
            at = at.as_object_mut()?.entry(segment).or_insert_with(|| Value::Object(Map::new()));
        }
        *at = serde_json::to_value(scalar).ok()?;
    }
    Some(with_lists(root))
}

/// Turns maps whose keys are `0`, `1`, … back into lists.
fn with_lists(value: Value) -> Value {
    let Value::Object(map) = value else { return value };
    let count = map.len();
    let is_list = count > 0 && (0..count).all(|index| map.contains_key(&index.to_string()));
    if is_list {
        let mut map = map;
        let items = (0..count).filter_map(|index| map.remove(&index.to_string()));
        return Value::Array(items.map(with_lists).collect());
    }
    Value::Object(map.into_iter().map(|(key, value)| (key, with_lists(value))).collect())
}

#[cfg(test)]
mod tests {
    use yidang_domain::civil::Date;
    use yidang_domain::entry::{FiveSayings, Saying};

    use super::*;

    fn header() -> EntryHeader {
        EntryHeader {
            on: Date::constant(2026, 11, 20),
            by: "u1".into(),
            org: "610621103203".into(),
            device: "d1".into(),
        }
    }

    #[test]
    fn five_sayings_come_back_as_they_were_said() {
        let judge = Saying {
            speaker: "贺试四".into(),
            relation: "驻村法官".into(),
            words: "承包经营权证四至为准".into(),
        };
        let entry = Entry::MediationSession {
            place: "村委会".into(),
            words: "另择日再谈".into(),
            consent: true,
            open: false,
            five: FiveSayings { judge, ..FiveSayings::default() },
            visit_day: None,
        };
        let fields = flatten(&header(), &entry).unwrap();
        assert!(fields.iter().any(|(key, _)| key == "five.judge.words"));
        assert!(!fields.iter().any(|(key, _)| key.starts_with("five.kin")));
        assert_eq!(unflatten(&fields), Some((header(), entry)));
    }

    #[test]
    fn lists_come_back_as_lists() {
        let entry = Entry::ConflictResolved {
            field: "parties.k.phone".into(),
            values: vec!["12000000012".into(), "12000000021".into()],
            chosen: "12000000012".into(),
        };
        let fields = flatten(&header(), &entry).unwrap();
        assert_eq!(unflatten(&fields), Some((header(), entry)));
    }

    #[test]
    fn an_entry_of_a_later_version_still_tells_who_and_when() {
        let mut fields = flatten(&header(), &Entry::Visit { words: "去了".into() }).unwrap();
        for (key, value) in &mut fields {
            if key == "kind" {
                *value = Scalar::Text("drone_flight".into());
            }
        }
        assert_eq!(unflatten(&fields), None);
        assert_eq!(header_of(&fields), Some(header()));
    }
}
