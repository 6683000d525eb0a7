//! From the category of a file to the types of the two official tables that count it.
//!
//! A case file stores a four-digit code of table A (`category`). The justice administration counts
//! in table B, the 综治 side in table C (domain note 2.4). Which code goes where is data with a
//! version: the county confirms or mends it, and a report names the version that it used.

mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

pub use self::types::{OlderB, TypeB, TypeC};
use crate::category::CLASSES;
use crate::civil::Date;

const VERSION_1: &str = include_str!("../../../assets/code-tables/crosswalk-1.json");

/// What table A cannot say and table B asks for: two facts of the case file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags {
    /// 欠薪: the claim is unpaid wages of migrant workers.
    pub unpaid_migrant_wages: bool,
    /// 网购: the thing was bought online.
    pub online_purchase: bool,
}

/// Where one code of table A is counted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The code of table A.
    pub a: String,
    /// Its type in table B; none where it is no matter for people's mediation (不属人民调解).
    pub b: Option<TypeB>,
    /// Its type in table B with the flag 欠薪.
    #[serde(default)]
    pub b_if_unpaid_migrant_wages: Option<TypeB>,
    /// Its type in table B with the flag 网购.
    #[serde(default)]
    pub b_if_online_purchase: Option<TypeB>,
    /// Its row in table C.
    pub c: TypeC,
    /// What was decided where the sources leave a choice.
    #[serde(default)]
    pub note: String,
}

impl Row {
    fn b(&self, flags: Flags) -> Option<TypeB> {
        let wages = self.b_if_unpaid_migrant_wages.filter(|_| flags.unpaid_migrant_wages);
        let online = self.b_if_online_purchase.filter(|_| flags.online_purchase);
        wages.or(online).or(self.b)
    }
}

/// One version of the crosswalk: every code of table A in exactly one row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Crosswalk {
    version: u32,
    valid_from: Date,
    source: String,
    rows: BTreeMap<String, Row>,
}

/// The crosswalk as the file has it, not yet looked through.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    valid_from: Date,
    source: String,
    rows: Vec<Row>,
}

/// Why a text is no crosswalk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrosswalkError {
    /// No JSON of that form, or one that names a type no table has.
    #[error("the crosswalk cannot be read: {0}")]
    Form(String),
    /// A code that table A does not have.
    #[error("table A has no code {0}")]
    Unknown(String),
    /// A code that stands twice.
    #[error("code {0} stands twice")]
    Twice(String),
    /// A code of table A that is left out.
    #[error("code {0} of table A is left out")]
    Missing(String),
}

impl TryFrom<Written> for Crosswalk {
    type Error = CrosswalkError;

    fn try_from(written: Written) -> Result<Self, CrosswalkError> {
        let Written { version, valid_from, source, rows: written } = written;
        let mut missing: BTreeSet<&str> = codes_of_a().collect();
        let mut rows = BTreeMap::new();
        for row in written {
            if !codes_of_a().any(|code| code == row.a) {
                return Err(CrosswalkError::Unknown(row.a));
            }
            if !missing.remove(row.a.as_str()) {
                return Err(CrosswalkError::Twice(row.a));
            }
            rows.insert(row.a.clone(), row);
        }
        match missing.first() {
            Some(code) => Err(CrosswalkError::Missing((*code).to_owned())),
            None => Ok(Self { version, valid_from, source, rows }),
        }
    }
}

fn codes_of_a() -> impl Iterator<Item = &'static str> {
    CLASSES.iter().flat_map(|class| class.categories).map(|category| category.code)
}

/// The crosswalk that this version of the program brings along.
///
/// A test proves that it can be read; the empty one counts everything as 其他.
pub fn built_in() -> &'static Crosswalk {
    static BUILT_IN: LazyLock<Crosswalk> =
        LazyLock::new(|| Crosswalk::parse(VERSION_1).unwrap_or_else(|_| Crosswalk::empty()));
    &BUILT_IN
}

impl Crosswalk {
    /// Reads a version out of its JSON.
    ///
    /// # Errors
    ///
    /// [`CrosswalkError`], the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, CrosswalkError> {
        let written: Written =
            serde_json::from_str(text).map_err(|error| CrosswalkError::Form(error.to_string()))?;
        written.try_into()
    }

    const fn empty() -> Self {
        Self {
            version: 0,
            valid_from: Date::constant(2026, 1, 1),
            source: String::new(),
            rows: BTreeMap::new(),
        }
    }

    /// Its number, counted from one; a report prints it.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The first day whose matters it counts.
    #[must_use]
    pub const fn valid_from(&self) -> Date {
        self.valid_from
    }

    /// Who answers for it: "建议稿，待县司法局、政法委确认".
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Every code of table A with where it is counted, in the order of table A.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    /// What was decided for this code where the sources leave a choice; empty where they do not.
    #[must_use]
    pub fn note(&self, category: &str) -> &str {
        self.rows.get(category).map_or("", |row| &row.note)
    }

    /// The type of table B; none where the matter is none for people's mediation.
    ///
    /// A code this version does not know counts as 其他, so that nothing disappears from a sum.
    #[must_use]
    pub fn to_b(&self, category: &str, flags: Flags) -> Option<TypeB> {
        self.rows.get(category).map_or(Some(TypeB::Other), |row| row.b(flags))
    }

    /// The type of the older version of table B, computed from the newer one.
    #[must_use]
    pub fn to_b_older(&self, category: &str, flags: Flags) -> Option<OlderB> {
        self.to_b(category, flags).map(TypeB::older)
    }

    /// The row of table C. A code this version does not know counts as 其他.
    #[must_use]
    pub fn to_c(&self, category: &str) -> TypeC {
        self.rows.get(category).map_or(TypeC::Other, |row| row.c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Flags = Flags { unpaid_migrant_wages: false, online_purchase: false };
    const WAGES: Flags = Flags { unpaid_migrant_wages: true, online_purchase: false };
    const ONLINE: Flags = Flags { unpaid_migrant_wages: false, online_purchase: true };
    const BOTH: Flags = Flags { unpaid_migrant_wages: true, online_purchase: true };

    /// Codes, table B plain, with 欠薪, with 网购 (`-` none), table C: the proposal of domain note
    /// 2.4 written out, with what was decided where it leaves a choice.
    const EXPECTED: &[(&str, &str, &str, &str, &str)] = &[
        ("0101 0102 0103 0199", "B01", "B01", "B01", "C17"),
        ("0201 0202 0299", "B02", "B02", "B02", "C17"),
        ("0203 0504", "B09", "B09", "B09", "C09"),
        ("0301 0302 0303 0399", "B06", "B06", "B06", "C19"),
        ("0401 0499", "B06", "B06", "B06", "C06"),
        ("0402", "B17", "B17", "B17", "C04"),
        ("0403", "B03", "B03", "B03", "C19"),
        ("0501", "B06", "B06", "B06", "C12"),
        ("0502", "B15", "B15", "B15", "C18"),
        ("0503", "B16", "B16", "B16", "C19"),
        ("0505 0507", "B06", "B06", "B06", "C06"),
        ("0506 0599", "B06", "B06", "B06", "C19"),
        ("0601", "B14", "B14", "B13", "C06"),
        ("0602 0604 0699", "B04", "B04", "B04", "C06"),
        ("0603", "B05", "B05", "B05", "C06"),
        ("0701 0702 0703 0704 0799", "B11", "B10", "B11", "C07"),
        ("0801 0802 0803 0804 0899", "B04", "B04", "B04", "C06"),
        ("0901", "B07", "B07", "B07", "C16"),
        ("0903 0904 0999", "B07", "B07", "B07", "C05"),
        ("0902", "B03", "B03", "B03", "C05"),
        ("1002 1003 1004 1005", "B05", "B05", "B05", "C06"),
        ("1001 1006 1099", "B18", "B18", "B18", "C06"),
        ("1101 1102 1105", "B08", "B08", "B08", "C03"),
        ("1103", "B18", "B18", "B18", "C11"),
        ("1104 1199", "B18", "B18", "B18", "C04"),
        ("1201", "B18", "B18", "B18", "C15"),
        ("1202 1203 1299", "B18", "B18", "B18", "C19"),
        ("1301 1302 1303 1304 1305 1306 1307 1399", "B18", "B18", "B18", "C11"),
        ("1401 1402 1403 1404", "-", "-", "-", "C10"),
        ("1501 1502 1599", "-", "-", "-", "C14"),
        ("1601 1602", "B18", "B18", "B18", "C01"),
        ("9999", "B18", "B18", "B18", "C19"),
    ];

    #[test]
    fn every_code_of_table_a_is_counted_as_the_proposal_says() {
        let crosswalk = built_in();
        let b = |code, flags| crosswalk.to_b(code, flags).map_or("-", TypeB::code);
        let mut seen = BTreeSet::new();
        for (codes, plain, wages, online, c) in EXPECTED {
            for code in codes.split(' ') {
                assert!(seen.insert(code), "{code}");
                assert_eq!(b(code, PLAIN), *plain, "{code}");
                assert_eq!(b(code, WAGES), *wages, "{code}");
                assert_eq!(b(code, ONLINE), *online, "{code}");
                assert_eq!(crosswalk.to_c(code).code(), *c, "{code}");
            }
        }
        assert_eq!(seen, codes_of_a().collect());
        assert_eq!(crosswalk.rows().count(), seen.len());
    }

    #[test]
    fn the_version_says_who_has_yet_to_confirm_it() {
        let crosswalk = Crosswalk::parse(VERSION_1).unwrap();
        assert_eq!(&crosswalk, built_in());
        assert_eq!(crosswalk.version(), 1);
        assert_eq!(crosswalk.valid_from(), Date::constant(2026, 1, 1));
        assert_eq!(crosswalk.source(), "建议稿，待县司法局、政法委确认");
    }

    #[test]
    fn where_the_sources_leave_a_choice_the_data_say_what_was_decided() {
        let open = "0203 0505 0506 0507 0599 0601 0603 0901 0903 0904 0999 1001 1002 1003 1004 \
            1005 1006 1099 1103 1104 1199 1202 1306 1401 1501 9999";
        for code in codes_of_a() {
            let is_open = open.split(' ').any(|one| one == code);
            assert_eq!(!built_in().note(code).is_empty(), is_open, "{code}");
        }
    }

    #[test]
    fn only_travel_and_three_rows_of_the_other_form_are_never_reached() {
        let flags = [PLAIN, WAGES, ONLINE, BOTH];
        let b: BTreeSet<TypeB> = codes_of_a()
            .flat_map(|code| flags.map(|flags| built_in().to_b(code, flags)))
            .flatten()
            .collect();
        let unreached: Vec<TypeB> = TypeB::ALL.into_iter().filter(|one| !b.contains(one)).collect();
        assert_eq!(unreached, [TypeB::Travel]);
        let c: BTreeSet<TypeC> = codes_of_a().map(|code| built_in().to_c(code)).collect();
        let unreached: Vec<TypeC> = TypeC::ALL.into_iter().filter(|one| !c.contains(one)).collect();
        assert_eq!(unreached, [TypeC::Veterans, TypeC::Restructuring, TypeC::Maritime]);
    }

    #[test]
    fn the_older_version_is_computed_from_the_newer() {
        let older = |code, flags| built_in().to_b_older(code, flags).map(OlderB::label);
        assert_eq!(older("0701", WAGES), Some("劳动争议"));
        assert_eq!(older("0701", PLAIN), Some("劳动争议"));
        assert_eq!(older("0601", ONLINE), Some("消费"));
        assert_eq!(older("0601", PLAIN), Some("消费"));
        assert_eq!(older("0901", PLAIN), Some("山林土地"));
        assert_eq!(older("1403", PLAIN), None);
    }

    #[test]
    fn a_code_of_a_later_version_counts_as_the_rest() {
        assert_eq!(built_in().to_b("0777", WAGES), Some(TypeB::Other));
        assert_eq!(built_in().to_c("0777"), TypeC::Other);
        assert_eq!(built_in().to_b("", PLAIN), Some(TypeB::Other));
    }

    #[test]
    fn a_crosswalk_with_a_code_too_few_or_too_many_is_refused() {
        let refused = |from: &str, to: &str| {
            let text = VERSION_1.replacen(from, to, 1);
            assert_ne!(text, VERSION_1);
            Crosswalk::parse(&text).unwrap_err()
        };
        let twice = refused(r#""a": "0102""#, r#""a": "0101""#);
        assert_eq!(twice, CrosswalkError::Twice("0101".into()));
        let unknown = refused(r#""a": "0102""#, r#""a": "0188""#);
        assert_eq!(unknown, CrosswalkError::Unknown("0188".into()));
        let left_out = r#"    {"a": "0102", "b": "B01", "c": "C17"},"#;
        assert_eq!(refused(left_out, ""), CrosswalkError::Missing("0102".into()));
        let stray = refused(r#""c": "C17""#, r#""c": "C20""#);
        assert!(matches!(stray, CrosswalkError::Form(_)));
        assert_eq!(built_in().note("0777"), "");
    }
}
