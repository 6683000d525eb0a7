//! Sentences that no two files share. Canned text would make everything look two to four times
//! smaller than it is.

/// Words of the field, of the valley and of everyday life; drawn at random, they make text that
/// packs about as badly as what people write.
const WORDS: &str = "地界 果园 苹果 羊群 窑洞 排水 院墙 浇地 水渠 争吵 邻居 兄弟 赡养 老人 医药费 工钱 拖欠 欠条 借款 \
    彩礼 退婚 分家 宅基地 翻修 采光 滴水 道路 拖拉机 三轮车 碰撞 赔偿 树苗 补栽 土埂 推平 铁丝网 围栏 机井 电费 轮灌 \
    先后 次序 村委会 组长 会计 书记 调解员 律师 民警 包村 干部 群众 乡贤 表叔 妯娌 婆媳 孩子 学费 转账 现金 月底 \
    秋后 春耕 冬灌 雨后 塌方 裂缝 墙根 地基 承包 流转 合同 租金 期满 续签 违约 押金 退还 收据 证人 照片 丈量 皮尺 界石 \
    老契 土地证 确权 登记 航拍 图纸 北边 南坡 沟口 塬上 川道 河滩 坝地 梯田 涝池 果库 冷库 纸箱 客商 定金 级别 落果 冰雹 \
    套袋 打药 药害 蜜蜂 授粉 邻地 飘移 玉米 谷子 豆子 糜子 羊圈 猪场 气味 粪水 污水 投诉 整改 搬迁 补偿 评估 签字 手印 \
    答应 不认 反悔 松口 坚持 让步 各半 分期 先付 余款 到期 催要 躲避 电话 不接 上门 拦路 堵门 辱骂 推搡 受伤 住院 检查 \
    花费 票据 报销 误工 护理 和好 道歉 写明 作废 重写 盖章 备案 回访 满意 担心 复发 提醒 劝开 隔开 冷静 说理 讲法 算账 \
    情面 人情 乡俗 规矩 先人 坟地 迁坟 烧纸 火情 柴垛 电线 变压器 停电 水管 冻裂 漏水 渗水 屋顶 瓦片 雨棚 广告牌 噪声 \
    广场 音响 宠物 咬伤 疫苗 停车 车位 物业 电梯 暖气 不热 缴费 业主 租户 中介 装修 楼上 楼下 隔壁 院内 门前 巷道 拓宽 \
    硬化 绿化 砍树 卖树 分红 集体 账目 公示 低保 名额 救助 残疾 慢病 独居 留守 外出 务工 工地 包工头 清算 考勤 工伤 认定 \
    仲裁 起诉 撤诉 执行 信访 复查 答复 越级 稳控 化解 销号 台账 网格 走访 坐诊 会诊 研判 交办 督办 协办 主办 移交 接收 \
    昨天 今早 晌午 后晌 傍晚 夜里 前年 去年 上月 初十 二十 三十 开春 入冬 赶集 庙会 过年 清明 中秋";

/// Distinct sentences, the same ones in every run.
pub struct Sentences {
    words: Vec<&'static str>,
    dice: u64,
}

impl Sentences {
    /// A stream of its own for each `seed`.
    pub fn new(seed: u64) -> Self {
        let dice = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        Self { words: WORDS.split_whitespace().collect(), dice }
    }

    /// A number below `most`.
    pub fn below(&mut self, most: u64) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        (self.dice >> 11) % most.max(1)
    }

    fn word(&mut self) -> &'static str {
        let most = self.words.len() as u64;
        let index = usize::try_from(self.below(most)).unwrap_or_default();
        self.words[index]
    }

    /// Any of the two thousand commonest letters, more or less: what names and rare words are made of.
    fn letter(&mut self) -> char {
        let number = u32::try_from(self.below(2_000)).unwrap_or_default();
        char::from_u32(0x4E00 + number * 7).unwrap_or('一')
    }

    /// A sentence of 24 to 50 characters.
    pub fn next(&mut self) -> String {
        let mut text = String::new();
        for part in 0..3 {
            for _ in 0..2 + self.below(3) {
                text.push_str(self.word());
                text.push(self.letter());
                text.push(self.letter());
            }
            if part == 1 {
                text.push_str(&format!("{}元", 10 + self.below(9_990)));
            }
            text.push(if part == 2 { '。' } else { '，' });
        }
        text
    }

    /// A short place.
    pub fn place(&mut self) -> String {
        format!("{}{}组{}旁", self.word(), 1 + self.below(9), self.word())
    }

    /// A synthetic name: three characters of the list.
    pub fn name(&mut self) -> String {
        let first: String = self.word().chars().take(1).collect();
        format!("{first}{}", self.word().chars().take(2).collect::<String>())
    }

    /// A number that no telephone has.
    pub fn phone(&mut self) -> String {
        format!("120{:08}", self.below(100_000_000))
    }
}
