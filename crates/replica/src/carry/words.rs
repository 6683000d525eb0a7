//! Why something was not handed over, in words that say what to do.

use yidang_api::{Fault, FaultCode};
use yidang_sync_protocol::carry::CarryError;

use crate::store::StoreError;

/// Why one document was not given or not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The county destroyed it.
    Erased,
    /// It is not on the device of whoever gives, or left what they read.
    NotHere,
    /// Whoever takes does not read it.
    NotTheirs,
    /// The person of this device does not read it.
    NotMine,
    /// Some of its signatures are still on their way from the county.
    Unproved,
    /// Something in it breaks a rule, or was not written by whom it names.
    Unsound,
    /// Something it was made on did not come with it.
    Gap,
}

impl Why {
    /// What is said of the document.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Erased => "县里已经销毁这一件，不能再传",
            Self::NotHere => "这一件不在这台设备上",
            Self::NotTheirs => "这一件不归对方看，没有给",
            Self::NotMine => "这一件不归你看，没有收",
            Self::Unproved => "签名还没有到齐，联网同步一次再给",
            Self::Unsound => "有内容没通过检查，没有收",
            Self::Gap => "有内容缺前面的一段，没有收；请对方联网同步后再给一次",
        }
    }
}

/// Why two devices did not go on.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// What the other one said.
    #[error("{0}")]
    Said(#[from] CarryError),
    /// The county believes one of the two no more.
    #[error("one of the two devices was revoked")]
    Revoked,
    /// A file that was made for another device, or of a greeting that is forgotten.
    #[error("a file for another device")]
    NotForMe,
    /// The county never said what the other one reads, or too long ago.
    #[error("no ticket that serves")]
    NoTicket,
    /// The line broke.
    #[error("the line broke: {0}")]
    Line(#[from] std::io::Error),
    /// Nobody came.
    #[error("nobody came")]
    Alone,
    /// A wrong code too often.
    #[error("wrong codes")]
    Codes,
    /// Somebody ended it here.
    #[error("ended by hand")]
    Ended,
    /// This device could not go on.
    #[error("{0}")]
    Fault(#[from] Fault),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Fault(fault) => fault,
            Stop::Revoked => Self::new(FaultCode::Revoked, "the other device was revoked"),
            Stop::NoTicket => Self::new(FaultCode::NotAllowed, "no ticket that serves"),
            other => Self::invalid("file", other.to_string()),
        }
    }
}

impl Stop {
    /// What happened and what to do.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Said(CarryError::Malformed) => "对方说的看不懂，请再试一次",
            Self::Said(CarryError::Version(_)) => "两台设备的应用版本差得太多，请先更新应用",
            Self::Said(CarryError::Stranger) => "对方不是本县的设备，没有传",
            Self::Said(CarryError::Code) => "数字码不对，请对照对方屏幕再输一次",
            Self::Said(CarryError::Seal) => "传的时候断了或者变了，请再试一次；已经收下的不会丢",
            Self::Revoked => "两台设备里有一台县里已经停用，没有传",
            Self::NotForMe => "这个文件不是给这台设备的，请对方按你最近写的“要文件”再写一次",
            Self::NoTicket => "对方能看哪些还没有县里的凭据，或者凭据过期了，请对方联网同步一次",
            Self::Line(_) => "连接断了，请再试一次；已经收下的不会丢",
            Self::Alone => "等了十分钟没有人来收，已经停下",
            Self::Codes => "数字码错了五次，已经停下，请重新给出",
            Self::Ended => "已经停下",
            Self::Fault(fault) => match fault.code {
                FaultCode::DiskFull => "这台设备的存储满了，没有收完；腾出地方再试一次",
                _ => "这台设备没能接着传，请再试一次；已经收下的不会丢",
            },
        }
    }
}
