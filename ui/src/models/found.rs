//! 找: what of a text was looked for, and going through results with the keyboard.

/// A piece of a text, and whether it was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The characters.
    pub text: String,
    /// They were looked for.
    pub hit: bool,
}

/// Cuts `text` at the words of `query`. Initials and number tails found elsewhere mark nothing.
#[must_use]
pub fn pieces(text: &str, query: &str) -> Vec<Piece> {
    let chars: Vec<char> = text.chars().collect();
    let low: Vec<String> = chars.iter().map(|c| c.to_lowercase().collect()).collect();
    let mut hits = vec![false; chars.len()];
    for word in query.split_whitespace() {
        let word: Vec<String> = word.chars().map(|c| c.to_lowercase().collect()).collect();
        for at in 0..low.len().saturating_sub(word.len().saturating_sub(1)) {
            let end = at + word.len();
            if low.get(at..end).is_some_and(|part| part == word.as_slice())
                && let Some(part) = hits.get_mut(at..end)
            {
                part.fill(true);
            }
        }
    }
    let mut all: Vec<Piece> = Vec::new();
    for (c, hit) in chars.into_iter().zip(hits) {
        match all.last_mut() {
            Some(last) if last.hit == hit => last.text.push(c),
            _ => all.push(Piece { text: c.to_string(), hit }),
        }
    }
    all
}

/// What can be typed, each with an example.
pub const HINTS: [(&str, &str); 6] = [
    ("姓名", "王样一"),
    ("拼音首字母", "wyy"),
    ("电话或编号尾号", "0214"),
    ("门牌、地点", "3-01"),
    ("类别", "土地承包"),
    ("环节", "待受理"),
];

/// The row that follows (or precedes) `at` among `count`; `None` is the field above them.
#[must_use]
pub const fn step(at: Option<u32>, count: u32, down: bool) -> Option<u32> {
    match (at, down) {
        (_, _) if count == 0 => None,
        (None, true) => Some(0),
        (None, false) | (Some(0), false) => None,
        (Some(at), true) if at + 1 < count => Some(at + 1),
        (Some(_), true) => Some(count - 1),
        (Some(at), false) => Some(at - 1),
    }
}

/// Whether an answer belongs to what stands in the field now; a late one is not shown.
#[must_use]
pub fn is_current(answered: &str, typed: &str) -> bool {
    answered.trim() == typed.trim()
}

/// Rows of each group at first.
pub const SHOWN: u32 = 12;

/// Entries that come with each press of 再看.
pub const MORE: u32 = 50;

/// The desk answers with no more rows of a group.
pub const MOST: u32 = 500;

/// How many of a group were found and are not shown.
#[must_use]
pub fn left(total: u32, shown: usize) -> u32 {
    total.saturating_sub(u32::try_from(shown).unwrap_or(u32::MAX))
}

/// How the rest of the entries is reached; they have no list of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rest {
    /// A press brings more of them.
    More(String),
    /// They are too many for one screen.
    Narrow(String),
}

/// The rest of the entries; nothing where all of them are shown.
#[must_use]
pub fn rest(total: u32, shown: usize) -> Option<Rest> {
    let (left, most) = (left(total, shown), usize::try_from(MOST).unwrap_or(usize::MAX));
    if left == 0 {
        None
    } else if shown < most {
        Some(Rest::More(format!("再看 {} 条", left.min(MORE))))
    } else {
        Some(Rest::Narrow(format!("太多了，只列前 {shown} 条，再多写一两个字")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(text: &str, query: &str) -> Vec<String> {
        pieces(text, query).into_iter().filter(|piece| piece.hit).map(|piece| piece.text).collect()
    }

    #[test]
    fn every_word_is_marked_wherever_it_stands() {
        assert_eq!(hits("两家果园地界，果园西", "果园 地界"), ["果园地界", "果园"]);
        assert_eq!(hits("WYY-01", "wyy"), ["WYY"]);
        assert!(hits("王样一", "wyy").is_empty());
        assert!(hits("果", "果园果园").is_empty());
    }

    #[test]
    fn nothing_is_lost_in_cutting() {
        for (text, query) in [("两家果园地界", "果园"), ("", "a"), ("甲", ""), ("啊啊啊", "啊啊")]
        {
            let whole: String = pieces(text, query).into_iter().map(|piece| piece.text).collect();
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn arrows_go_down_to_the_end_and_up_to_the_field() {
        assert_eq!(step(None, 3, true), Some(0));
        assert_eq!(step(Some(2), 3, true), Some(2));
        assert_eq!(step(Some(0), 3, false), None);
        assert_eq!(step(Some(2), 3, false), Some(1));
        assert_eq!(step(None, 0, true), None);
    }

    #[test]
    fn a_late_answer_is_not_shown() {
        assert!(is_current("王 ", "王"));
        assert!(!is_current("王", "王样"));
    }

    /// 王样一 looks for 地界: fourteen hundred entries say it, and the count leads somewhere as long
    /// as there is a list to lead to.
    #[test]
    fn what_is_left_can_be_reached() {
        assert_eq!((left(20, 8), left(3, 3)), (12, 0));
        assert_eq!(rest(20, 20), None);
        assert_eq!(rest(20, 12), Some(Rest::More("再看 8 条".into())));
        assert_eq!(rest(1_400, 12), Some(Rest::More("再看 50 条".into())));
        let narrow = Rest::Narrow("太多了，只列前 500 条，再多写一两个字".into());
        assert_eq!(rest(1_400, 500), Some(narrow));
    }
}
