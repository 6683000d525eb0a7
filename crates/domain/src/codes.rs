//! Small national code tables that spreadsheets of other offices bring along.
//!
//! Only as many rows as imports need (domain note 2.10). Documents keep the words; codes are read on
//! the way in. A sex is only compared with the citizen number and kept nowhere.

use serde::{Deserialize, Serialize};

use crate::citizen_number::Sex;

/// GB/T 2261.1: sex as registers state it. 0 is *unknown*: a deployed system that took it for 女
/// turned every gap into a woman.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SexCode {
    /// 未知的性别
    #[serde(rename = "0")]
    Unknown,
    /// 男
    #[serde(rename = "1")]
    Male,
    /// 女
    #[serde(rename = "2")]
    Female,
    /// 未说明的性别
    #[serde(rename = "9")]
    Unstated,
}

impl SexCode {
    /// In the order of the standard.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Male, Self::Female, Self::Unstated];

    /// The code of the standard.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "0",
            Self::Male => "1",
            Self::Female => "2",
            Self::Unstated => "9",
        }
    }

    /// The words of the standard.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unknown => "未知的性别",
            Self::Male => "男",
            Self::Female => "女",
            Self::Unstated => "未说明的性别",
        }
    }

    /// The sex with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The sex that a spreadsheet states, as a code or in words.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::from_code(text).or(match text {
            "男" | "男性" => Some(Self::Male),
            "女" | "女性" => Some(Self::Female),
            "未知" | "未知的性别" | "未知性别" => Some(Self::Unknown),
            "未说明" | "未说明的性别" | "未说明性别" => Some(Self::Unstated),
            _ => None,
        })
    }

    /// Whether that is a man or a woman, where it is stated.
    #[must_use]
    pub const fn sex(self) -> Option<Sex> {
        match self {
            Self::Male => Some(Sex::Male),
            Self::Female => Some(Sex::Female),
            Self::Unknown | Self::Unstated => None,
        }
    }
}

impl From<Sex> for SexCode {
    fn from(sex: Sex) -> Self {
        match sex {
            Sex::Male => Self::Male,
            Sex::Female => Self::Female,
        }
    }
}

/// One row of GB/T 4761: what somebody is to the head of the household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relation {
    /// Two digits; the first is the class.
    pub code: &'static str,
    /// The word on screens and papers, and in documents.
    pub word: &'static str,
    /// What people write for the same.
    pub also: &'static [&'static str],
}

const fn relation(
    code: &'static str,
    word: &'static str,
    also: &'static [&'static str],
) -> Relation {
    Relation { code, word, also }
}

/// The rows that households of a village need, in the order of the standard.
///
/// A word of daily life that means two things stands nowhere: 媳妇 is a wife here and a son's wife
/// there, and somebody who knows the family has to say which.
pub const RELATIONS: &[Relation] = &[
    relation("01", "本人", &[]),
    relation("02", "户主", &[]),
    relation("10", "配偶", &["爱人"]),
    relation("11", "夫", &["丈夫"]),
    relation("12", "妻", &["妻子"]),
    relation("20", "子", &["儿子", "儿"]),
    relation("21", "独生子", &[]),
    relation("22", "长子", &["大儿子"]),
    relation("23", "次子", &["二子", "二儿子"]),
    relation("28", "女婿", &[]),
    relation("30", "女", &["女儿"]),
    relation("31", "独生女", &[]),
    relation("32", "长女", &["大女儿"]),
    relation("33", "次女", &["二女", "二女儿"]),
    relation("38", "儿媳", &["儿媳妇"]),
    relation("40", "孙子女", &["外孙子女"]),
    relation("41", "孙子", &["孙"]),
    relation("42", "孙女", &[]),
    relation("43", "外孙子", &["外孙"]),
    relation("44", "外孙女", &[]),
    relation("50", "父母", &[]),
    relation("51", "父", &["父亲"]),
    relation("52", "母", &["母亲"]),
    relation("53", "公公", &[]),
    relation("54", "婆婆", &[]),
    relation("55", "岳父", &[]),
    relation("56", "岳母", &[]),
    relation("57", "继父", &["养父", "继父或养父"]),
    relation("58", "继母", &["养母", "继母或养母"]),
    relation("60", "祖父母", &["外祖父母", "祖父母或外祖父母"]),
    relation("61", "祖父", &["爷爷"]),
    relation("62", "祖母", &["奶奶"]),
    relation("63", "外祖父", &["外公", "姥爷"]),
    relation("64", "外祖母", &["外婆", "姥姥"]),
    relation("70", "兄弟姐妹", &["兄", "弟", "姐", "妹", "哥哥", "弟弟", "姐姐", "妹妹"]),
    relation("90", "其他", &["其他亲属", "非亲属"]),
];

/// The row with this code. A code the table leaves out is read as its class: 24 (三子) as 子, 75
/// (姐姐) as 兄弟姐妹; the classes 8 and 9 are both 其他.
#[must_use]
pub fn relation_of_code(code: &str) -> Option<&'static Relation> {
    let code = code.trim();
    if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let find = |code: &str| RELATIONS.iter().find(|row| row.code == code);
    find(code).or_else(|| match code.get(..1)? {
        // The person and the head have no class of their own.
        "0" => None,
        "8" => find("90"),
        class => find(&format!("{class}0")),
    })
}

/// The row with this word, or with what people write for it. A word that is none of them stays a
/// word: documents take any.
#[must_use]
pub fn relation_of_word(word: &str) -> Option<&'static Relation> {
    let word = word.trim();
    RELATIONS.iter().find(|row| row.word == word || row.also.contains(&word))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::facts::ValueKind;
    use crate::household::MEMBER_FIELDS;

    #[test]
    fn one_is_a_man_and_two_a_woman_and_nought_is_neither() {
        let sex = |code| SexCode::from_code(code).and_then(SexCode::sex);
        assert_eq!(sex("1"), Some(Sex::Male));
        assert_eq!(sex("2"), Some(Sex::Female));
        assert_eq!(SexCode::from_code("0"), Some(SexCode::Unknown));
        assert_eq!(sex("0"), None, "nought is unknown, not a woman");
        assert_eq!(sex("9"), None);
        assert_eq!(SexCode::from_code("3"), None);
    }

    #[test]
    fn a_sex_is_read_from_words_and_written_as_its_code() {
        let read = ["男", "女性", " 1", "2", "未说明的性别", "不详"].map(SexCode::read);
        let expected = [
            Some(SexCode::Male),
            Some(SexCode::Female),
            Some(SexCode::Male),
            Some(SexCode::Female),
            Some(SexCode::Unstated),
            None,
        ];
        assert_eq!(read, expected);
        for one in SexCode::ALL {
            assert_eq!(SexCode::read(one.label()), Some(one));
            assert_eq!(serde_json::to_value(one).unwrap(), one.code());
        }
        for sex in [Sex::Male, Sex::Female] {
            assert_eq!(SexCode::from(sex).sex(), Some(sex));
            assert_eq!(SexCode::from(sex).label(), sex.label());
        }
    }

    #[test]
    fn every_word_of_a_relation_stands_once_and_fits_the_register() {
        let relation = MEMBER_FIELDS.iter().find(|field| field.name == "relation").unwrap();
        let ValueKind::Text(longest) = relation.kind else { panic!("{relation:?}") };
        let mut seen = BTreeSet::new();
        for row in RELATIONS {
            assert!(row.word.chars().count() <= longest, "{}", row.word);
            assert_eq!(relation_of_code(row.code), Some(row));
            assert_eq!(row.code.len(), 2);
            for word in row.also.iter().chain([&row.word]) {
                assert!(seen.insert(*word), "{word} stands twice");
                assert_eq!(relation_of_word(word), Some(row));
            }
        }
        assert!(RELATIONS.is_sorted_by_key(|row| row.code));
    }

    #[test]
    fn the_relations_of_the_note_have_its_codes() {
        let words = "户主 配偶 夫 妻 子 女 孙子女 父 母 公公 婆婆 岳父 岳母 兄弟姐妹 其他";
        let codes: Vec<&str> =
            words.split(' ').map(|word| relation_of_word(word).unwrap().code).collect();
        assert_eq!(codes.join(" "), "02 10 11 12 20 30 40 51 52 53 54 55 56 70 90");
    }

    #[test]
    fn a_code_the_table_leaves_out_is_read_as_its_class() {
        let word = |code| relation_of_code(code).map(|row| row.word);
        assert_eq!(word("24"), Some("子"));
        assert_eq!(word("36"), Some("女"));
        assert_eq!(word("75"), Some("兄弟姐妹"));
        assert_eq!(word("80"), Some("其他"));
        assert_eq!(word("97"), Some("其他"));
        for none in ["03", "2", "200", "子", "", "２０"] {
            assert_eq!(word(none), None, "{none}");
        }
    }

    #[test]
    fn a_word_that_means_two_things_is_left_to_a_person() {
        assert_eq!(relation_of_word("媳妇"), None);
        assert_eq!(relation_of_word(" 儿子 ").unwrap().code, "20");
    }

    proptest! {
        #[test]
        fn whatever_is_imported_nothing_panics(text in ".*") {
            let _ = (relation_of_code(&text), relation_of_word(&text), SexCode::read(&text));
        }
    }
}
