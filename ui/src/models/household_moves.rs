//! 入户, 迁格, 分户, 并户: what their forms hold and what is missing, and what is said of the
//! households that came of each other.

use serde::{Deserialize, Serialize};
use yidang_api::household::{TargetVillage, TieKind, TieView};

use crate::models::timeline::long_date;

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

/// From so many grids on there is a field that narrows the list.
const MANY_GRIDS: usize = 12;

/// Whether so many grids are offered that they are looked for by typing.
#[must_use]
pub fn are_many(villages: &[TargetVillage]) -> bool {
    villages.iter().map(|village| village.grids.len()).sum::<usize>() > MANY_GRIDS
}

/// 下盘石村（本村）; 下驿 · 雷赤镇
#[must_use]
pub fn village_words(village: &TargetVillage) -> String {
    match (village.own, village.township.as_str()) {
        (true, "") => format!("{}（本村）", village.name),
        (true, township) => format!("{} · {township}（本村）", village.name),
        (false, "") => village.name.clone(),
        (false, township) => format!("{} · {township}", village.name),
    }
}

/// The villages and grids in whose names every word that was typed stands. The grid that is `chosen`
/// stays, so that typing takes no choice away.
#[must_use]
pub fn fitting(villages: &[TargetVillage], typed: &str, chosen: &str) -> Vec<TargetVillage> {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let mut found = Vec::new();
    for village in villages {
        let place = village_words(village);
        let fits = |name: &str| words.iter().all(|w| place.contains(w) || name.contains(w));
        let mut village = village.clone();
        village.grids.retain(|grid| fits(&grid.name) || grid.org.as_str() == chosen);
        if !village.grids.is_empty() {
            found.push(village);
        }
    }
    found
}

/// 并入的户 · 11月18日; the day is left out where it is not known.
#[must_use]
pub fn tie_words(tie: &TieView) -> String {
    let label = tie.kind.label();
    tie.on.map_or_else(|| label.to_owned(), |on| format!("{label} · {}", long_date(on)))
}

/// 3-02 高试五, as the other household is called; why it cannot be opened where it is not held.
#[must_use]
pub fn other_words(tie: &TieView) -> String {
    let Some(row) = &tie.row else { return "那一户不在这台设备上".to_owned() };
    let parts = [row.door_plate.as_str(), row.head.as_str()];
    let words = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    if words.is_empty() { "没写户主的一户".to_owned() } else { words }
}

/// The household in which one that joined it lives on.
#[must_use]
pub fn lives_on(ties: &[TieView]) -> Option<&TieView> {
    ties.iter().find(|tie| tie.kind == TieKind::LivesOn)
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
    use yidang_api::household::TargetGrid;
    use yidang_domain::civil::Date;
    use yidang_domain::ids::DocumentId;

    use super::*;
    use crate::models::sample::household;

    fn village(name: &str, township: &str, own: bool, grids: &[&str]) -> TargetVillage {
        let grid = |name: &&str| TargetGrid {
            org: format!("{township}{name}").as_str().into(),
            name: (*name).to_owned(),
        };
        TargetVillage {
            org: name.into(),
            name: name.to_owned(),
            township: township.to_owned(),
            own,
            grids: grids.iter().map(grid).collect(),
        }
    }

    #[test]
    fn villages_are_told_apart_and_the_own_one_says_so() {
        assert_eq!(village_words(&village("下盘石村", "", true, &[])), "下盘石村（本村）");
        assert_eq!(village_words(&village("下驿", "雷赤镇", false, &[])), "下驿 · 雷赤镇");
        assert_eq!(village_words(&village("张家滩村", "", false, &[])), "张家滩村");
    }

    #[test]
    fn typing_narrows_the_grids_and_leaves_the_chosen_one() {
        let villages = [
            village("下盘石村", "", true, &["第6网格", "第8网格"]),
            village("下驿", "雷赤镇", false, &["第1网格", "第2网格"]),
        ];
        assert!(!are_many(&villages));
        let names = |typed: &str, chosen: &str| -> Vec<String> {
            let found = fitting(&villages, typed, chosen);
            found.iter().flat_map(|v| &v.grids).map(|grid| grid.org.to_string()).collect()
        };
        assert_eq!(names(" ", "").len(), 4);
        assert_eq!(names("雷赤 第2", ""), ["雷赤镇第2网格"]);
        assert_eq!(names("雷赤 第2", "第8网格"), ["第8网格", "雷赤镇第2网格"]);
        assert!(names("没有这个村", "").is_empty());
        let many = ["第1网格"; 13];
        assert!(are_many(&[village("七里村", "", false, &many)]));
    }

    #[test]
    fn another_household_is_named_where_it_is_held() {
        let id = DocumentId::from_bytes([5; 16]);
        let on = Some(Date::constant(2026, 11, 18));
        let mut tie = TieView { kind: TieKind::Joined, id, on, row: Some(household()) };
        assert_eq!(tie_words(&tie), "并入的户 · 11月18日");
        assert_eq!(other_words(&tie), "3-01 王样一");
        assert_eq!(lives_on(std::slice::from_ref(&tie)), None);
        tie = TieView { kind: TieKind::LivesOn, on: None, row: None, ..tie };
        assert_eq!(tie_words(&tie), "并到");
        assert_eq!(other_words(&tie), "那一户不在这台设备上");
        assert_eq!(lives_on(std::slice::from_ref(&tie)).map(|tie| tie.id), Some(id));
    }

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
