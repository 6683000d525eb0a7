//! 练习: an invented file in memory. Nothing here is ever saved.

/// How far somebody has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Step {
    /// Write one sentence.
    #[default]
    Open,
    /// Add an entry.
    Entry,
    /// Decide a clash.
    Clash,
    /// Done.
    Done,
}

/// The values of the invented clash.
pub const CLASH: [(&str, &str); 2] =
    [("120 0000 0012", "你，手机"), ("120 0000 0021", "曹试九，办公电脑")];

/// The practice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Practice {
    /// How far.
    pub step: Step,
    /// The sentence.
    pub matter: String,
    /// Entries, newest first.
    pub entries: Vec<String>,
    /// Which value was chosen.
    pub chosen: Option<usize>,
}

impl Practice {
    /// 建档 with this sentence; nothing happens without one.
    pub fn open(&mut self, matter: &str) {
        if !matter.trim().is_empty() {
            matter.trim().clone_into(&mut self.matter);
            self.entries = vec!["建档".to_owned()];
            self.step = Step::Entry;
        }
    }

    /// 记一笔
    pub fn add(&mut self, words: &str) {
        if !words.trim().is_empty() {
            self.entries.insert(0, format!("走访：{}", words.trim()));
            self.step = Step::Clash;
        }
    }

    /// 采用甲 / 采用乙
    pub fn choose(&mut self, index: usize) {
        let Some((value, _)) = CLASH.get(index) else { return };
        self.chosen = Some(index);
        self.entries.insert(0, format!("定下电话：{value}。没选的那个也留着"));
        self.step = Step::Done;
    }

    /// What to do now.
    #[must_use]
    pub const fn ask(&self) -> &'static str {
        match self.step {
            Step::Open => "第一步：写一句话，点“建档”",
            Step::Entry => "第二步：去看过了，记一笔",
            Step::Clash => "第三步：电话两人写得不一样，定一个",
            Step::Done => "练完了。真的一件也是这样办",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn practice_goes_from_a_sentence_to_a_decision() {
        let mut practice = Practice::default();
        practice.open("  ");
        assert_eq!(practice.step, Step::Open);
        practice.open("羊群啃了苹果苗");
        practice.add("");
        assert_eq!(practice.step, Step::Entry);
        practice.add("两家都见了");
        practice.choose(7);
        assert_eq!(practice.step, Step::Clash);
        practice.choose(1);
        assert_eq!(practice.step, Step::Done);
        assert_eq!(practice.entries.len(), 3);
    }
}
