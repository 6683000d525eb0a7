//! Devices that cannot exchange as they should, for those who help: the present state alone, never a
//! list of what somebody did. Answered by the server; nothing of it is kept on the device.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::Date;

/// What hinders a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// 收不下新内容
    Page,
    /// 存储满了
    Full,
    /// 数据损坏
    Damaged,
    /// 写好的多日没送达
    Waiting,
    /// 交了的多日等前文
    Parked,
    /// 多次未采用
    Refused,
    /// 时钟不准
    Clock,
    /// 旧设备没停用
    Left,
    /// 版本旧
    Old,
}

impl TroubleKind {
    /// What hurts most comes first.
    pub const ALL: [Self; 9] = [
        Self::Page,
        Self::Full,
        Self::Damaged,
        Self::Waiting,
        Self::Parked,
        Self::Refused,
        Self::Clock,
        Self::Left,
        Self::Old,
    ];

    /// The word on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Page => "收不下新内容",
            Self::Full => "存储满了",
            Self::Damaged => "数据损坏",
            Self::Waiting => "写好的多日没送达",
            Self::Parked => "交了的多日等前文",
            Self::Refused => "多次未采用",
            Self::Clock => "时钟不准",
            Self::Left => "旧设备没停用",
            Self::Old => "版本旧",
        }
    }

    /// The word in addresses, metrics and on the terminal.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Full => "full",
            Self::Damaged => "damaged",
            Self::Waiting => "waiting",
            Self::Parked => "parked",
            Self::Refused => "refused",
            Self::Clock => "clock",
            Self::Left => "left",
            Self::Old => "old",
        }
    }
}

/// Asks for devices in trouble (设备状况).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TroublesQuestion {
    /// Only those that this hinders.
    pub kind: Option<TroubleKind>,
    /// How many rows to pass over.
    pub offset: u32,
    /// How many rows at most; zero means fifty.
    pub limit: u32,
}

/// Devices in trouble, those in most trouble first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TroublesView {
    /// How many devices there are that may exchange.
    pub devices: u32,
    /// How many of them something hinders.
    pub troubled: u32,
    /// How many each kind hinders; kinds that hinder none are left out.
    pub counts: Vec<(TroubleKind, u32)>,
    /// How many rows there are for what was asked.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<TroubledDevice>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TroubledDevice {
    /// Whose it is.
    pub name: String,
    /// What they are today; empty where they have no post.
    pub post: String,
    /// How to reach them; empty where nobody wrote it down.
    pub phone: String,
    /// What the device is called.
    pub device: String,
    /// Its certificate, in hex, as among the devices of its person.
    pub certificate: String,
    /// The day it was last here.
    pub seen_on: Option<Date>,
    /// What hinders it, the worst first.
    pub troubles: Vec<DeviceTrouble>,
}

/// One thing that hinders a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceTrouble {
    /// What.
    pub kind: TroubleKind,
    /// How much of it: times, hours, days or batches.
    pub count: u32,
    /// Since when, as far as the server knows.
    pub since: Option<Date>,
}
