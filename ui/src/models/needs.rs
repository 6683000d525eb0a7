//! What waits and what needs a person: of which kind the document is, and which page shows it.

use yidang_api::sync::{About, NeedKind, NeedRow, OutboxRow};

use crate::models::query::escaped;

/// The page of the document a row is about.
#[must_use]
pub fn page(about: &About, id: &str) -> String {
    match about {
        About::CaseFile => format!("/case/{id}"),
        About::Household => format!("/household/{id}"),
        // Of a day that could not be told, the next one is the best guess there is.
        About::VisitDay { nominal, .. } if nominal.is_empty() => "/visit".to_owned(),
        About::VisitDay { village, nominal } => {
            format!("/visit/{}/{}", escaped(village.as_str()), escaped(nominal))
        }
    }
}

/// Where what needs a person is done with. Files have a page for their clashes; a household shows its
/// own on top.
#[must_use]
pub fn need_address(need: &NeedRow) -> String {
    let page = page(&need.about, &need.document.to_string());
    match (need.kind, &need.about) {
        (NeedKind::Clash, About::CaseFile) => format!("{page}/clash"),
        _ => page,
    }
}

/// Where what waits can be seen.
#[must_use]
pub fn outbox_address(row: &OutboxRow) -> String {
    page(&row.about, &row.document.to_string())
}

#[cfg(test)]
mod tests {
    use yidang_domain::civil::InstantMs;
    use yidang_domain::ids::DocumentId;

    use super::*;

    fn need(kind: NeedKind, about: About) -> NeedRow {
        NeedRow {
            kind,
            document: DocumentId::from_bytes([1; 16]),
            about,
            title: "地址，导入的表和记过的不一样".into(),
            detail: "王样一 · 下盘石村 第7网格".into(),
            words: String::new(),
            rejected: None,
        }
    }

    #[test]
    fn a_row_opens_to_its_own_kind_of_document() {
        let id = DocumentId::from_bytes([1; 16]);
        let clash = |about| need_address(&need(NeedKind::Clash, about));
        assert_eq!(clash(About::CaseFile), format!("/case/{id}/clash"));
        assert_eq!(clash(About::Household), format!("/household/{id}"));
        let day = About::VisitDay { village: "610621103203".into(), nominal: "2026-11-30".into() };
        assert_eq!(clash(day.clone()), "/visit/610621103203/2026-11-30");
        let refused = |about| need_address(&need(NeedKind::Refused, about));
        assert_eq!(refused(About::CaseFile), format!("/case/{id}"));
        assert_eq!(refused(day), "/visit/610621103203/2026-11-30");
        let untold = About::VisitDay { village: "610621103203".into(), nominal: String::new() };
        assert_eq!(refused(untold), "/visit");
    }

    #[test]
    fn a_visit_to_a_household_waits_at_the_household() {
        let row = OutboxRow {
            document: DocumentId::from_bytes([2; 16]),
            about: About::Household,
            title: "入户 · 呼样七".into(),
            matter: "呼样七".into(),
            saved_at: InstantMs(0),
        };
        assert_eq!(outbox_address(&row), format!("/household/{}", row.document));
    }

    /// An older shell says nothing of the kind: then it was a file.
    #[test]
    fn a_row_that_does_not_say_its_kind_is_about_a_file() {
        let mut json = serde_json::to_value(need(NeedKind::Clash, About::Household)).unwrap();
        assert_eq!(json["about"]["kind"], "household");
        json.as_object_mut().unwrap().remove("about");
        let read: NeedRow = serde_json::from_value(json).unwrap();
        assert_eq!(read.about, About::CaseFile);
    }
}
