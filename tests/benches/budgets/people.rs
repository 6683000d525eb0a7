//! Invented people with the spread of names that a search meets: surnames that a tenth of the county
//! bears, names of one to four characters, characters that few keyboards offer.

use super::text::Sentences;

/// Surnames, the common ones named several times. 单 仇 解 are read otherwise than elsewhere.
const SURNAMES: &str = "王 王 王 王 李 李 李 李 张 张 张 刘 刘 刘 陈 陈 杨 杨 赵 黄 周 吴 徐 孙 胡 朱 高 高 林 何 郭 马 \
    罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕 苏 卢 蒋 蔡 贾 丁 魏 薛 叶 阎 呼 白 郝 贺 杜 屈 \
    单 仇 解 欧阳 尉迟 上官";
/// What given names are made of.
const GIVEN: &str = "样例试演模测一二三四五六七八九十安宝长成春大德东冬芳飞凤刚光贵国海和红洪华慧建健杰金军俊凯康丽良林\
    玲龙梅美敏明娜宁平琴青清庆秋群仁荣瑞润山生胜世树水顺松涛天铁廷文武喜霞香祥晓新兴秀雪亚艳阳英永勇友玉源云运泽占兆\
    珍振正志治忠竹庄卓子宗祖";
/// Names that are kept apart, each borne by one person in every [`RARE_EVERY`]: one to four
/// characters, and characters outside the first plane.
pub const RARE: [&str; 6] = ["王㛃", "李𡚸花", "张𬍛", "欧阳𠮷祥", "禤样", "甯"];
/// One of so many people bears a rare name.
const RARE_EVERY: u64 = 4_000;

/// A stream of people, the same in every run.
pub struct People {
    dice: Sentences,
    surnames: Vec<&'static str>,
    given: Vec<char>,
    made: u64,
}

impl People {
    /// A stream of its own for each `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            dice: Sentences::new(seed),
            surnames: SURNAMES.split_whitespace().collect(),
            given: GIVEN.chars().collect(),
            made: 0,
        }
    }

    fn pick(&mut self, most: usize) -> usize {
        usize::try_from(self.dice.below(most as u64)).unwrap_or_default()
    }

    /// Somebody: a fifth of them with one given character, the others with two.
    pub fn name(&mut self) -> String {
        self.made += 1;
        if self.made % RARE_EVERY == 7 {
            let place = usize::try_from(self.made / RARE_EVERY).unwrap_or_default();
            return RARE[place % RARE.len()].to_owned();
        }
        let place = self.pick(self.surnames.len());
        let surname = self.surnames[place];
        let length = 1 + usize::from(self.dice.below(5) > 0);
        let mut name = surname.to_owned();
        for _ in 0..length {
            let place = self.pick(self.given.len());
            name.push(self.given[place]);
        }
        name
    }

    /// A number below `most`.
    pub fn below(&mut self, most: u64) -> u64 {
        self.dice.below(most)
    }

    /// A number that no telephone has.
    pub fn phone(&mut self) -> String {
        self.dice.phone()
    }
}
