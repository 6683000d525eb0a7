//! 入户, 迁格, 分户, 并户: what their forms hold and what is missing.

use serde::{Deserialize, Serialize};

/// What a visit often comes to; one tap writes it.
pub const SEEN_WORDS: [&str; 6] =
    ["都好", "不在家", "有事要办，已另记", "身体不舒服，已问过", "外出打工", "家里有喜事"];

/// 分户, as typed. Who leaves is kept by the keys of the members.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SplitForm {
    /// Keys of those who leave; the first becomes the head.
    pub members: Vec<String>,
    /// Where they live now.
    pub address: String,
    /// 门牌
    pub door_plate: String,
    /// Why.
    pub reason: String,
}

impl SplitForm {
    /// Puts somebody among those who leave, or takes them out again.
    pub fn toggle(&mut self, key: &str) {
        match self.members.iter().position(|known| known == key) {
            Some(at) => {
                self.members.remove(at);
            }
            None => self.members.push(key.to_owned()),
        }
    }

    /// What still keeps it from being saved; `all` is how many live there.
    #[must_use]
    pub fn missing(&self, all: usize) -> Option<&'static str> {
        if self.members.is_empty() {
            Some("谁分出去还没选")
        } else if self.members.len() >= all {
            Some("都分出去就没有人了，全家搬走用“迁格”")
        } else if self.address.trim().is_empty() {
            Some("新住址还没写")
        } else if self.reason.trim().is_empty() {
            Some("为什么还没写")
        } else {
            None
        }
    }
}

/// 迁格 and 并户, as typed: where to, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetForm {
    /// Code of the grid, or identifier of the household.
    pub to: String,
    /// Its name, for the eye.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl TargetForm {
    /// What still keeps it from being saved; `whereto` is said where nothing was chosen.
    #[must_use]
    pub fn missing(&self, whereto: &'static str) -> Option<&'static str> {
        if self.to.is_empty() {
            Some(whereto)
        } else if self.reason.trim().is_empty() {
            Some("为什么还没写")
        } else {
            None
        }
    }
}

/// 入户, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SeenForm {
    /// The day.
    pub on: String,
    /// What was seen and heard.
    pub words: String,
}

impl SeenForm {
    /// Writes one of the common words; what was typed before stays.
    pub fn tap(&mut self, words: &str) {
        let typed = self.words.trim();
        self.words = match typed {
            "" => words.to_owned(),
            typed if typed.contains(words) => typed.to_owned(),
            typed => format!("{typed}。{words}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_stays_when_a_household_is_split() {
        let mut form =
            SplitForm { address: "4组".into(), reason: "结婚".into(), ..SplitForm::default() };
        assert_eq!(form.missing(2), Some("谁分出去还没选"));
        form.toggle("a");
        assert_eq!(form.missing(2), None);
        form.toggle("b");
        assert!(form.missing(2).is_some());
        form.toggle("b");
        assert_eq!(form.members, ["a"]);
    }

    #[test]
    fn a_tapped_word_does_not_wipe_out_what_was_typed() {
        let mut form = SeenForm::default();
        form.tap("都好");
        form.tap("都好");
        assert_eq!(form.words, "都好");
        form.words = "问了药".into();
        form.tap("都好");
        assert_eq!(form.words, "问了药。都好");
    }
}
