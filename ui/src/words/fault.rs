//! What went wrong, in words: what happened, that the words are safe, and one way on.

use yidang_api::FaultCode;

/// The three things a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultWords {
    /// What happened.
    pub what: &'static str,
    /// What became of what was written.
    pub safe: &'static str,
    /// The one way on.
    pub way: &'static str,
    /// Whether it is only the network, which is grey and calm.
    pub calm: bool,
}

const fn words(what: &'static str, safe: &'static str, way: &'static str) -> FaultWords {
    FaultWords { what, safe, way, calm: false }
}

const fn calm(what: &'static str, safe: &'static str, way: &'static str) -> FaultWords {
    FaultWords { what, safe, way, calm: true }
}

/// The words for `code`.
#[must_use]
pub const fn fault_words(code: FaultCode) -> FaultWords {
    match code {
        FaultCode::NotSignedIn => words("还没有登录", "写过的都在这台设备上", "登录后接着写"),
        FaultCode::NeedsNetwork => {
            calm("这一步需要网络，现在离线", "写过的都已保存在本机", "有信号后再试")
        }
        FaultCode::ServerBusy => {
            calm("服务器忙", "写过的都已保存在本机", "稍后自动重试，也可以再试一次")
        }
        FaultCode::WrongCode => words("激活码不对", "什么都没有改动", "看一下纸条，再输一次"),
        FaultCode::UsedCode => {
            words("这个激活码用过了", "什么都没有改动", "一个码只能用一次，请管理员再发一个")
        }
        FaultCode::ExpiredCode => {
            words("这个激活码过期了", "什么都没有改动", "激活码 72 小时内有效，请管理员再发一个")
        }
        FaultCode::TooManyTries => words("试的次数太多了", "什么都没有改动", "过一会儿再试"),
        FaultCode::Revoked => {
            words("这台设备已停用", "写过的还在本机，没有丢", "请联系县里的管理员")
        }
        FaultCode::NotFound => {
            words("这台设备上没有这一件", "别的都在", "可能还没有同步到，也可能不归这台设备")
        }
        FaultCode::Erased => words(
            "这份档案已依法删除",
            "你没送到县里的话，在“同步”的“需要你处理”里",
            "有疑问，请问县中心",
        ),
        FaultCode::NotAllowed => words("现在不能这样办", "写的都还在", "看一下这件现在到了哪一步"),
        FaultCode::Invalid => words("有一项要改一下", "写的都还在", "改好再保存"),
        FaultCode::NeedsUpdate => {
            words("这一件要新版本才能改", "内容都在，现在只能看", "联网后更新应用")
        }
        FaultCode::NotProven => words(
            "这一件还没有全部送到县里，或者凭据还没取全",
            "内容都在这台设备上",
            "先同步一次，再导出档案包",
        ),
        FaultCode::DiskFull => words(
            "存储空间满了，刚才这一步没有存上",
            "之前写的都在",
            "清理照片或别的应用，再点一次",
        ),
        FaultCode::StoreDamaged => {
            words("本机的存储有损坏", "已到服务器的都在", "先不要卸载，请联系管理员修复")
        }
        FaultCode::StorageRefused => {
            words("浏览器不让保存", "写的还在屏幕上", "关闭无痕模式，或换用 Chrome、Edge 打开")
        }
        FaultCode::OtherWindow => {
            words("另一个窗口正在写，没有回应", "写过的都在", "关掉别的窗口，再试一次")
        }
        FaultCode::Internal => {
            words("这一步没有做成", "写过的都已保存在本机", "再试一次，还不行就关掉重开")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [FaultCode; 19] = [
        FaultCode::NotSignedIn,
        FaultCode::NeedsNetwork,
        FaultCode::ServerBusy,
        FaultCode::WrongCode,
        FaultCode::UsedCode,
        FaultCode::ExpiredCode,
        FaultCode::TooManyTries,
        FaultCode::Revoked,
        FaultCode::NotFound,
        FaultCode::Erased,
        FaultCode::NotAllowed,
        FaultCode::Invalid,
        FaultCode::NeedsUpdate,
        FaultCode::NotProven,
        FaultCode::DiskFull,
        FaultCode::StoreDamaged,
        FaultCode::StorageRefused,
        FaultCode::OtherWindow,
        FaultCode::Internal,
    ];

    #[test]
    fn every_fault_says_what_happened_what_is_safe_and_how_to_go_on() {
        for code in ALL {
            let said = fault_words(code);
            for sentence in [said.what, said.safe, said.way] {
                assert!(!sentence.is_empty(), "{code:?}");
                assert!(!sentence.contains('！'), "{code:?}");
            }
        }
    }

    #[test]
    fn only_the_network_is_grey() {
        let grey: Vec<_> = ALL.into_iter().filter(|code| fault_words(*code).calm).collect();
        assert_eq!(grey, [FaultCode::NeedsNetwork, FaultCode::ServerBusy]);
    }
}
