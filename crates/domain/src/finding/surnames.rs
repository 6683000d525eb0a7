//! Surnames that are read otherwise than the same characters elsewhere.
//!
//! People type what they hear or what the keyboard offers, so a name is found by either. Only
//! readings with another first letter stand here; 任 rén and 冼 xiǎn need no row.

/// The characters a name begins with, and the initials of every reading of them as a surname.
///
/// The ordinary reading comes from the dictionary and need not stand here; where the dictionary
/// itself prefers the surname's reading, the ordinary one does.
const SURNAMES: &[(&str, &[&str])] = &[
    ("曾", &["z", "c"]),
    ("单", &["s", "d"]),
    ("单于", &["cy"]),
    ("仇", &["q", "c"]),
    ("解", &["x", "j"]),
    ("区", &["o", "q"]),
    ("查", &["z", "c"]),
    ("覃", &["q", "t"]),
    ("翟", &["z", "d"]),
    ("尉迟", &["yc"]),
    ("乐", &["y", "l"]),
    ("宓", &["m", "f"]),
    ("盛", &["s", "c"]),
    ("召", &["s", "z"]),
    ("折", &["s", "z"]),
    ("种", &["c", "z"]),
    ("祭", &["z", "j"]),
    ("秘", &["b", "m"]),
    ("隗", &["w", "k"]),
    ("郗", &["x", "c"]),
    ("郇", &["x", "h"]),
    ("莘", &["s", "x"]),
    ("谌", &["c", "s"]),
    ("褚", &["c", "z"]),
    ("车", &["c", "j"]),
    ("石", &["s", "d"]),
    ("句", &["g", "j"]),
    ("万俟", &["mq", "ws"]),
    ("俟", &["q", "s"]),
    ("长孙", &["zs", "cs"]),
    ("澹台", &["tt", "dt"]),
    ("沈", &["s", "c"]),
    ("阚", &["k", "h"]),
    ("繁", &["p", "f"]),
    ("粘", &["n", "z"]),
    ("瞿", &["q", "j"]),
    ("郄", &["q", "x"]),
    ("么", &["y", "m"]),
    ("乜", &["n", "m"]),
    ("佴", &["n", "e"]),
    ("角", &["j", "l"]),
    ("适", &["k", "s"]),
    ("贲", &["b"]),
    ("颉", &["x", "j"]),
    ("炅", &["g", "j"]),
    ("祢", &["n", "m"]),
    ("晟", &["s", "c"]),
    ("朝", &["c", "z"]),
    ("重", &["c", "z"]),
    ("会", &["g", "h"]),
];

/// What the dictionary leaves out of the characters that names are written with.
const RARE: &[(char, char)] = &[('𠮷', 'j')];

/// Every way to begin a name with the initials of a surname that it begins with, and how many
/// characters that surname has.
pub(super) fn readings(name: &str) -> impl Iterator<Item = (&'static str, usize)> {
    SURNAMES
        .iter()
        .filter(move |(surname, _)| name.starts_with(surname))
        .flat_map(|(surname, all)| all.iter().map(|one| (*one, surname.chars().count())))
}

/// The first letter of a rare character.
pub(super) fn rare(character: char) -> Option<char> {
    RARE.iter().find(|(rare, _)| *rare == character).map(|(_, letter)| *letter)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reading_has_a_letter_for_each_character() {
        let mut seen = BTreeSet::new();
        for (surname, readings) in SURNAMES {
            assert!(seen.insert(surname), "{surname} stands twice");
            for reading in *readings {
                assert_eq!(reading.len(), surname.chars().count(), "{surname}");
                assert!(reading.bytes().all(|byte| byte.is_ascii_lowercase()), "{surname}");
            }
        }
    }

    #[test]
    fn a_compound_surname_is_also_read_by_its_first_character() {
        let found: Vec<_> = readings("单于丹").collect();
        assert_eq!(found, [("s", 1), ("d", 1), ("cy", 2)]);
        assert_eq!(readings("王样一").count(), 0);
    }
}
