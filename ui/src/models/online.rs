//! What went wrong with a question that only the county's server answers. Being offline is calm.

use yidang_api::{Fault, FaultCode};

use crate::words::fault_words;

/// A message: what happened, and the way on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What happened.
    pub what: String,
    /// What to do.
    pub way: String,
    /// It is only the network: grey.
    pub calm: bool,
}

/// The message for `fault`.
#[must_use]
pub fn said(fault: &Fault) -> Said {
    let message = |what: &str, way: &str, calm| Said { what: what.into(), way: way.into(), calm };
    match fault.code {
        FaultCode::NeedsNetwork => {
            message("需要网络", "这一页由县服务器回答，不存本机。有信号后再试", true)
        }
        FaultCode::ServerBusy => message("服务器忙", "什么都没有改动，过一会儿再试", true),
        FaultCode::NotAllowed => message("没有办成", "这一步不归你的任职，或者它现在不能改", false),
        FaultCode::NotFound => message("没有找到", "可能刚被别人改过，重新打开看看", false),
        FaultCode::Invalid => {
            let field = fault.field.as_deref().unwrap_or_default();
            message(&field_words(field), "填的都还在，改好再存", false)
        }
        FaultCode::Internal => message("这一步没有做成", "什么都没有改动，再试一次", false),
        code => {
            let words = fault_words(code);
            message(words.what, words.way, words.calm)
        }
    }
}

/// What is wrong with a field of the administrator's forms.
#[must_use]
pub fn field_words(field: &str) -> String {
    match field {
        "user" => "花名册里没有这个人",
        "name" => "名字要 1 到 20 个字，同一村里不能重名",
        "phone" => "电话要 7 到 15 位数字，也可以不填",
        "org" => "这个单位没有了，或者不在本县",
        "role" => "这个任职不能给人",
        "from" => "开始的日子不对",
        "to" => "结束的日子早于开始的日子",
        "grid" => "这个网格已经结束，或者不能再分",
        "into" => "只能并到同一个村的另一个网格",
        "households" => "写的户都不在这个网格里",
        "worker" => "花名册里没有这个网格员",
        "off" => "休息日里有别的年份的日子",
        "work" => "调休上班日里有别的年份的日子，或者同时是休息日",
        "year" => "年份不对",
        "purpose" => "写明为什么查看",
        "text" => "写名字、首字母或电话尾号",
        "base64" | "files" => "文件没有读出来，再选一次",
        "words" => "写一到五百个字",
        "reason" => "写明理由，最多二百个字",
        "document" => "县里没有这一件：照地址里最后一段抄；已经删了的、坐诊日不能删",
        "basis" => "写明依据，最多二百个字",
        "second" => "要另一名管理员来核对",
        "number" => "这一件已经有人写明怎么处理的，关上再看",
        _ => "有一项要改一下",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn being_offline_is_calm_and_promises_nothing_saved_here() {
        let said = said(&Fault::new(FaultCode::NeedsNetwork, ""));
        assert!(said.calm);
        assert_eq!(said.what, "需要网络");
        assert!(!said.way.contains("已保存"));
    }

    #[test]
    fn a_wrong_field_is_named_in_words() {
        for field in [
            "user",
            "name",
            "phone",
            "org",
            "role",
            "from",
            "to",
            "grid",
            "into",
            "households",
            "worker",
            "off",
            "work",
            "year",
            "purpose",
            "text",
            "base64",
            "files",
            "words",
            "reason",
            "number",
        ] {
            let words = said(&Fault::invalid(field, "x")).what;
            assert_ne!(words, "有一项要改一下", "{field}");
            assert!(words.is_ascii().eq(&false), "{field}");
        }
        assert_eq!(said(&Fault::invalid("other", "x")).what, "有一项要改一下");
    }
}
