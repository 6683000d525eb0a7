//! The words for registers, whichever document they stand in.

use crate::facts::{CASE_FACTS, PARTY_FIELDS};
use crate::household::{HOUSEHOLD_FACTS, MEMBER_FIELDS, VISIT_PLAN};

/// The word for the register at `path` (`facts.place`, `parties.<key>.phone`, `stage`) or, for a
/// bare name, the field itself. Unknown paths are given back as they are.
#[must_use]
pub fn label_of(path: &str) -> &str {
    match path {
        "stage" => return "处理决定",
        "parties" => return "当事人",
        "basis" => return "依据",
        "document" => return "档案的标识",
        "without" => return "要删去的字句，要和档案里写的一字不差",
        _ => {}
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    CASE_FACTS
        .iter()
        .chain(PARTY_FIELDS)
        .chain(HOUSEHOLD_FACTS)
        .chain(MEMBER_FIELDS)
        .chain(VISIT_PLAN)
        .find(|field| field.name == name)
        .map_or(path, |field| field.label)
}
