//! Why something was not taken, in a sentence; `docs/refusals.md` lists the words of the server.

use crate::store::Said;

/// The server's word for a part of an action of which another part was refused.
pub const ACT: &str = "act";

/// The sentence for what was said of a batch: of the rule in particular where it is known, else of its code.
pub fn refusal(said: &Said) -> &'static str {
    // What its rule says is said of another part.
    if said.code == ACT {
        return "同一次办理的另一份没有采用，这一份也就没有采用";
    }
    sentence(&said.rule).or_else(|| sentence(&said.code)).unwrap_or("格式不对，请联系县中心")
}

fn sentence(word: &str) -> Option<&'static str> {
    Some(match word {
        "not_allowed" => "你现在的任职不能这样办",
        "own_request" => "申请销号和审核销号不能是同一个人",
        "foreign_county" => "不是本县的设备",
        "revoked" => "这台设备已停用",
        "acting_unit" => "你不在这个单位任职",
        "out_of_reach" => "不能移到你管不到的地方",
        "unknown_unit" => "这个网格县里还没有，同步以后再试",
        "fork" | "own_history" | "actor" => "这台设备的数据被恢复过，请重新写一遍",
        "too_large" => "内容太长",
        "unlisted_conflict" => "这一项两人改得不一样，请先定下来",
        "stands_on_refused" => "它说的那一项也没有采用",
        "damaged" => "本机存的这一件坏了，不知道它送到没有：同步后看看，没有就再写一遍",
        "superseded" => {
            "县里恢复以后，这里换成了另一部手机写的；写它的同事同步时会再送一遍，没送来的话，照这里补写"
        }
        "erased" => "这份档案已依法删除",
        "reverted" => "县里收下后又恢复了原来的值",
        "closed_meanwhile" => "你写的时候，这件已经销号，县里恢复了销号时的值；要改，请先重开",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &str, rule: &str) -> Said {
        Said { code: code.into(), rule: rule.into(), ..Said::default() }
    }

    #[test]
    fn a_rule_says_more_than_a_code_and_an_unknown_word_says_whom_to_ask() {
        assert_eq!(refusal(&said("not_allowed", "own_request")), refusal(&said("own_request", "")));
        assert_eq!(refusal(&said("not_allowed", "later")), "你现在的任职不能这样办");
        assert_eq!(refusal(&said("later", "")), "格式不对，请联系县中心");
        assert!(refusal(&said(ACT, "not_allowed")).contains("另一份"));
    }
}
