//! Kinds of documents as batch headers number them, and the identifiers that are computed.

use yidang_domain::calendar::NominalDay;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::{DocumentId, OrgCode};

/// The number of a kind in batch headers and pages.
#[must_use]
pub const fn number_of(kind: DocumentKind) -> u32 {
    match kind {
        DocumentKind::CaseFile => 1,
        DocumentKind::Household => 2,
        DocumentKind::VisitDay => 3,
    }
}

/// The kind with this number.
#[must_use]
pub const fn kind_of(number: u32) -> Option<DocumentKind> {
    match number {
        1 => Some(DocumentKind::CaseFile),
        2 => Some(DocumentKind::Household),
        3 => Some(DocumentKind::VisitDay),
        _ => None,
    }
}

/// The document of a village's visit day: the same on every device.
#[must_use]
pub fn visit_day_id(village: &OrgCode, nominal: NominalDay) -> DocumentId {
    DocumentId::of_key(&format!("visit_day/{village}/{nominal}"))
}

/// The visit day of `village` between the years whose document this is.
#[must_use]
pub fn nominal_of(id: DocumentId, village: &OrgCode, years: (i16, i16)) -> Option<NominalDay> {
    (years.0..=years.1)
        .flat_map(NominalDay::of_year)
        .find(|nominal| visit_day_id(village, *nominal) == id)
}

/// Whether this is the document of any visit day of `village` between the years.
#[must_use]
pub fn is_visit_day_of(id: DocumentId, village: &OrgCode, years: (i16, i16)) -> bool {
    nominal_of(id, village, years).is_some()
}

/// Whether an identifier was computed from a key. Things that come into being once never have one,
/// so that nobody can sit on the place of a visit day to come.
#[must_use]
pub fn is_computed(id: DocumentId) -> bool {
    id.0.get_version_num() == 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_number() {
        for kind in DocumentKind::ALL {
            assert_eq!(kind_of(number_of(kind)), Some(kind));
        }
        assert_eq!(kind_of(0), None);
    }

    #[test]
    fn the_thirtieth_of_february_has_a_document_and_other_villages_have_another() {
        let village = OrgCode::from("610621103203");
        let id = visit_day_id(&village, "2026-02-30".parse().unwrap());
        assert!(is_visit_day_of(id, &village, (2025, 2027)));
        assert!(!is_visit_day_of(id, &"610621103211".into(), (2025, 2027)));
        assert!(!is_visit_day_of(id, &village, (2027, 2028)));
        assert!(is_computed(id));
    }
}
