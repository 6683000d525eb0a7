//! 帮助: short chapters, part of the application, so they are there without a network.

/// One chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chapter {
    /// Its name in addresses and test hooks.
    pub key: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// What to do, one step each.
    pub steps: &'static [&'static str],
}

/// All chapters, what is needed most first.
pub const CHAPTERS: [Chapter; 6] = [
    Chapter {
        key: "open",
        title: "建档",
        icon: "plus",
        steps: &[
            "听到一件事，点下面中间的“新事”。",
            "写一句话：谁和谁、为什么、闹到哪一步。写到一半放下也行，草稿会自己留着。",
            "下面六项有的已按这句话填好，看一眼，不对就点开改。",
            "点“建档”。看到“已保存在本机”就存好了，不用等网络。",
            "后面再去一次，打开这一件，点“记一笔”。",
        ],
    },
    Chapter {
        key: "offline",
        title: "没信号怎么办",
        icon: "cloud-off",
        steps: &[
            "照常用。看、写、找、坐诊都不用网络。",
            "写的都先存在手机上，显示“待上传”。有信号后自己上传，不用守着。",
            "灰色的“离线”不是出错，是山里没信号。",
            "想知道传了没有，点上面的同步标。看到“已全部同步”和时间，就都到了。",
        ],
    },
    Chapter {
        key: "clash",
        title: "冲突卡",
        icon: "swap",
        steps: &[
            "同一项，你和别人在没信号时改得不一样，两个值都会留下，出一张紫色的卡。",
            "卡上写着谁写的、什么时候、在哪台设备上。问清楚再定。",
            "点“采用甲”或“采用乙”，都不对就“另填”。没选的那个留在“经过”里。",
            "不急。没定之前，照原来的值办。",
        ],
    },
    Chapter {
        key: "visit",
        title: "坐诊",
        icon: "desk",
        steps: &[
            "坐诊前在有信号的地方打开一次，看到“资料包已备好”再出门。",
            "来一个人，点“登记来访”，写谁来的、为什么事。",
            "说清了点“答复”。成了一件事，就建档。",
            "改期或不坐诊，要写为什么，村里会看到。",
            "整个月的日子在“坐诊月历”里。",
        ],
    },
    Chapter {
        key: "return",
        title: "交回手机",
        icon: "mobile",
        steps: &[
            "打开“同步”，看“现在交还手机？”那一行。",
            "写着“可以交了”，就都到服务器了。",
            "写着“先别交”，找有信号的地方等一会儿。",
            "手机丢了，马上告诉镇上，管理员会把它停用。里面的内容是加密的。",
        ],
    },
    Chapter {
        key: "privacy",
        title: "隐私",
        icon: "lock",
        steps: &[
            "只写办事要用的。身份证号、病情、银行卡号不要写进来。",
            "这台手机上只有你自己网格的内容，别的村看不到。",
            "谁写的、谁改的都留着，不能悄悄改掉。",
            "不要截图发到群里。要给人看，当面给看。",
            "觉得问得太多，到“投诉与建议”里说。",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_are_short_and_calm() {
        for chapter in CHAPTERS {
            assert!((3..=6).contains(&chapter.steps.len()), "{}", chapter.key);
            for step in chapter.steps {
                assert!(step.chars().count() <= 60, "{step}");
                assert!(!step.contains('！'), "{step}");
            }
        }
    }
}
