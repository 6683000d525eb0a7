//! Cells as people type them, made comparable.

/// How far the full-width forms lie behind ASCII in Unicode.
const FULL_WIDTH_AHEAD: u32 = 0xfee0;

/// Characters that show nothing: they come along when cells are copied out of web pages.
const INVISIBLE: [char; 7] =
    ['\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{feff}'];

/// A full-width form of ASCII as ASCII.
fn half_width(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - FULL_WIDTH_AHEAD).unwrap_or(character)
        }
        '\u{3000}' | '\u{a0}' => ' ',
        other => other,
    }
}

/// Text as it is kept: digits, letters and blanks in half width, nothing around it. Chinese
/// punctuation stays, because it belongs to an address.
#[must_use]
pub fn tidy(text: &str) -> String {
    let half: String = text
        .chars()
        .filter(|character| !INVISIBLE.contains(character))
        .map(|character| match half_width(character) {
            half if half.is_ascii_alphanumeric() || half == ' ' => half,
            _ => character,
        })
        .collect();
    half.trim().to_owned()
}

/// A name: blanks that only align Han characters go, those of a foreign name stay.
#[must_use]
pub fn name(text: &str) -> String {
    let tidy = tidy(text);
    let is_foreign = tidy.chars().any(|character| character.is_ascii_alphabetic());
    if is_foreign { tidy } else { tidy.chars().filter(|character| *character != ' ').collect() }
}

/// A code, number or date: everything in half width, without blanks, without the apostrophe that
/// makes a spreadsheet keep digits as text.
#[must_use]
pub fn code(text: &str) -> String {
    let half: String = text
        .chars()
        .filter(|character| !INVISIBLE.contains(character))
        .map(half_width)
        .map(|character| match character {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '－' => '-',
            other => other,
        })
        .filter(|character| !character.is_whitespace())
        .collect();
    let bare = half.trim_start_matches(['\'', '‘', '’', '`']);
    whole(bare).unwrap_or(bare).to_owned()
}

/// A number that some program wrote as `610621103203.0`, without its tail.
fn whole(text: &str) -> Option<&str> {
    let (digits, tail) = text.split_once('.')?;
    let is_whole = !digits.is_empty()
        && digits.chars().all(|digit| digit.is_ascii_digit())
        && !tail.is_empty()
        && tail.chars().all(|digit| digit == '0');
    is_whole.then_some(digits)
}

/// A header without what officials put around the word: `*网格编码（必填）：` is 网格编码.
#[must_use]
pub fn header(text: &str) -> String {
    let mut depth = 0_u32;
    let mut word = String::new();
    for character in text.chars().filter(|c| !INVISIBLE.contains(c)).map(half_width) {
        match character {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            '*' | ':' | '"' | '\'' | '、' | '/' => {}
            other if depth > 0 || other.is_whitespace() || other.is_control() => {}
            other => word.extend(other.to_uppercase()),
        }
    }
    word
}

/// A number that a spreadsheet keeps in binary and shows as `6.10699E+17`: its last digits are gone.
#[must_use]
pub fn has_lost_digits(code: &str) -> bool {
    let upper = code.to_ascii_uppercase();
    let Some((mantissa, exponent)) = upper.split_once("E+") else { return false };
    let is_number = |text: &str| {
        !text.is_empty() && text.chars().all(|digit| digit.is_ascii_digit() || digit == '.')
    };
    is_number(mantissa) && is_number(exponent)
}

/// Whether a cell holds what a broken formula leaves behind.
#[must_use]
pub fn is_formula_error(text: &str) -> bool {
    const ERRORS: [&str; 9] =
        ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"];
    let upper = text.trim().to_ascii_uppercase();
    ERRORS.contains(&upper.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_digits_and_alignment_blanks_do_not_matter() {
        assert_eq!(code("６１０６２１１０３２０３"), "610621103203");
        assert_eq!(code(" '610621103203 "), "610621103203");
        assert_eq!(code("610621103203.0"), "610621103203");
        assert_eq!(code("０９１１－８６１２３４５"), "0911-8612345");
        assert_eq!(name("王　样 一"), "王样一");
        assert_eq!(name("John  Smith"), "John  Smith");
        assert_eq!(tidy("\u{feff}后沟（东）１２号\u{3000}"), "后沟（东）12号");
    }

    #[test]
    fn a_header_is_the_word_in_it() {
        for text in ["*网格编码（必填）：", "网 格\n编码", "网格编码(16位)", "【1】网格编码"]
        {
            assert_eq!(header(text), "网格编码", "{text}");
        }
        assert_eq!(header("住址/门牌"), "住址门牌");
    }

    #[test]
    fn lost_digits_and_broken_formulas_are_seen() {
        assert!(has_lost_digits("6.10699E+17"));
        assert!(has_lost_digits("6.10699195803120E+17"));
        assert!(!has_lost_digits("610699"));
        assert!(is_formula_error(" #ref! "));
        assert!(!is_formula_error("#3号楼"));
    }
}
