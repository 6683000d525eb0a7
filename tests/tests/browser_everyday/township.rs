//! 李例二 of 张家滩镇, who reviews, at the office desktop.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use yidang_tests::{Device, Server};

use super::hand::Hand;

/// The ten tasks.
pub async fn tasks(hand: &mut Hand<'_>, server: &Server) -> Result<()> {
    let mut wang = Device::of(&server.folder().join("../wang"), server, "u-wang", "手机")?;
    accept(hand).await?;
    send_back(hand).await?;
    what_changed(hand, &mut wang).await?;
    find_a_person(hand).await?;
    note_a_session(hand).await?;
    close(hand).await?;
    settle_a_clash(hand).await?;
    grids_without_a_worker(hand).await?;
    hand_over(hand).await?;
    consult(hand, &mut wang).await
}

async fn accept(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("rail-to_accept").await?;
    hand.reach("inbox-accept").await?;
    hand.tap("inbox-accept").await?;
    hand.leaves("inbox-accept").await?;
    hand.end("受理一件新报上来的").await
}

async fn send_back(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("rail-to_accept").await?;
    hand.tap("inbox-return").await?;
    hand.tap("return-field-place").await?;
    hand.write("return-reason", "写明是哪个组").await?;
    hand.tap("return-send").await?;
    hand.leaves("composer").await?;
    hand.end("退回一件，说清要补什么").await
}

async fn what_changed(hand: &mut Hand<'_>, wang: &mut Device) -> Result<()> {
    let case = wang.list("in_work", "")?[0]["id"].as_str().context("no file")?.to_owned();
    // Whoever never looked at a file finds it new, not changed.
    let origin = hand.browser().run("return location.origin").await?;
    hand.browser().open(&format!("{}/case/{case}", origin.as_str().unwrap_or_default())).await?;
    hand.reach("case-title").await?;
    let looked = async || {
        let view = hand.browser().ask("case_file", &json!({ "id": case })).await?;
        Ok(!view["looked_at"].is_null())
    };
    hand.browser().until("the file was looked at", looked).await?;
    wang.add(&case, &json!({ "kind": "visit", "words": "两家约好后天一起量地" }))?;
    let state = wang.sync()?;
    ensure!(state["state"] == "done" && state["waiting"] == 0, "{state}");
    hand.browser().sync().await?;
    hand.home("rail-me").await?;
    hand.tap("rail-changed").await?;
    hand.reach("case-changes").await?;
    hand.tap("case-looked").await?;
    hand.leaves("case-changes").await?;
    hand.end("看一件上次看过以后改了什么").await
}

async fn find_a_person(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.write("desk-search", "dcq").await?;
    hand.enter("desk-search").await?;
    hand.reach("find-file").await?;
    hand.end("用拼音首字母找一个当事人").await
}

async fn note_a_session(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("rail-in_work").await?;
    hand.tap("case-row").await?;
    hand.tap("entry-add").await?;
    hand.tap("entry-kind-mediation_session").await?;
    hand.write("entry-words", "各让一尺，埂子按老界石走").await?;
    hand.tap("entry-save").await?;
    hand.says("各让一尺").await?;
    hand.end("给在办的一件记一次调解").await
}

async fn close(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("rail-to_close").await?;
    hand.tap("case-close").await?;
    hand.write("close-words", "材料齐了，同意销号").await?;
    hand.tap("close-send").await?;
    hand.leaves("case-close").await?;
    hand.end("审核销号一件").await
}

async fn settle_a_clash(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("rail-clashing").await?;
    hand.tap("case-to-clash").await?;
    hand.reach("clash-card").await?;
    hand.tap("clash-take-a").await?;
    hand.leaves("clash-card").await?;
    hand.end("两人写得不一样，定一个").await
}

async fn grids_without_a_worker(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("rail-grids").await?;
    hand.tap("grids-filter-vacant").await?;
    hand.reach("grid-vacant").await?;
    hand.end("看哪些网格没有人").await
}

async fn hand_over(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("rail-grids").await?;
    hand.write("grids-search", "王样一").await?;
    hand.tap("grid-worker").await?;
    hand.reach("handover-name").await?;
    hand.end("看一个网格员的交接清单").await
}

/// A household of another township's village has to be asked for, with a reason.
async fn consult(hand: &mut Hand<'_>, wang: &mut Device) -> Result<()> {
    let head = household_head(wang)?;
    hand.home("rail-me").await?;
    hand.tap("rail-people").await?;
    hand.write("people-text", &head).await?;
    hand.write("people-purpose", "办案核对").await?;
    hand.tap("people-ask").await?;
    hand.tap("people-row").await?;
    hand.reach("people-head").await?;
    hand.end("为办案查一户人家").await
}

/// The head of some household, as its own worker reads it.
fn household_head(wang: &mut Device) -> Result<String> {
    let question = json!({ "org": null, "filter": "all", "text": "", "offset": 0, "limit": 1 });
    let grid = wang.ask("my_grid", &question)?;
    grid["rows"][0]["head"].as_str().map(str::to_owned).context("no household")
}
