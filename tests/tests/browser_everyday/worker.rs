//! 王样一, grid worker, with the phone in one hand.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::hand::Hand;

/// The ten tasks.
pub async fn tasks(hand: &mut Hand<'_>) -> Result<()> {
    open_a_file(hand).await?;
    what_is_due(hand).await?;
    note_a_visit(hand).await?;
    mend_a_number(hand).await?;
    find_by_tail(hand).await?;
    register_a_walk_in(hand).await?;
    settle_a_clash(hand).await?;
    mend_what_was_returned(hand).await?;
    look_after_a_household(hand).await?;
    see_that_all_arrived(hand).await
}

async fn open_a_file(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("today-date").await?;
    hand.tap("tab-new").await?;
    hand.reach("new-matter").await?;
    hand.write("new-matter", "两家为浇地先后吵起来").await?;
    hand.write("new-place", "后沟渠口").await?;
    hand.tap("new-save").await?;
    hand.reach("case-title").await?;
    hand.end("听到吵架，一句话立一件").await
}

async fn what_is_due(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("today-date").await?;
    hand.tap("today-due").await?;
    hand.reach("case-title").await?;
    hand.end("看今天先办哪一件").await
}

async fn note_a_visit(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("today-date").await?;
    hand.tap("today-due").await?;
    hand.tap("entry-add").await?;
    hand.tap("entry-kind-visit").await?;
    hand.write("entry-words", "两家都去了，约好后天量地").await?;
    hand.tap("entry-save").await?;
    hand.says("约好后天量地").await?;
    hand.end("给这一件记一次走访").await
}

async fn mend_a_number(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("today-date").await?;
    hand.tap("today-due").await?;
    hand.tap("tab-parties").await?;
    hand.tap("party-edit").await?;
    hand.write("party-phone-input", "12000000077").await?;
    hand.tap("party-save").await?;
    hand.says("120 0000 0077").await?;
    hand.end("改一个当事人的电话").await
}

async fn find_by_tail(hand: &mut Hand<'_>) -> Result<()> {
    let tail = phone_tail(hand).await?;
    hand.home("today-date").await?;
    hand.tap("today-find").await?;
    hand.write("find", &tail).await?;
    hand.reach("household-row").await?;
    hand.end("凭电话后四位找人").await
}

/// The last four digits of somebody of one's own grid.
async fn phone_tail(hand: &Hand<'_>) -> Result<String> {
    let question = json!({ "org": null, "filter": "all", "text": "", "offset": 0, "limit": 20 });
    let grid = hand.browser().ask("my_grid", &question).await?;
    for row in grid["rows"].as_array().into_iter().flatten() {
        let household = hand.browser().ask("household", &json!({ "id": row["id"] })).await?;
        let members = household["members"].as_array().cloned().unwrap_or_default();
        let phone = |member: &Value| member["phone"].as_str().unwrap_or_default().to_owned();
        if let Some(phone) = members.iter().map(phone).find(|phone| phone.len() == 11) {
            return Ok(phone.get(7..).unwrap_or_default().to_owned());
        }
    }
    None.context("nobody of the grid has a phone")
}

async fn register_a_walk_in(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("today-date").await?;
    hand.tap("today-visit").await?;
    hand.tap("visit-register").await?;
    hand.write("walk-in-visitors", "冯例八").await?;
    hand.write("walk-in-matter", "问苹果苗怎么赔").await?;
    hand.tap("walk-in-save").await?;
    hand.says("问苹果苗怎么赔").await?;
    hand.end("坐诊时登记一个来访的人").await
}

async fn settle_a_clash(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("today-date").await?;
    hand.tap_words("today-due", "两人改得不一样").await?;
    hand.reach("clash-card").await?;
    hand.tap("clash-take-a").await?;
    hand.leaves("clash-card").await?;
    hand.end("两人写得不一样，选一个").await
}

async fn mend_what_was_returned(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("today-date").await?;
    hand.tap("tab-messages").await?;
    hand.tap_words("message", "退回").await?;
    hand.tap("return-mend").await?;
    hand.write("fact-input", "6").await?;
    hand.tap("fact-save").await?;
    hand.says("已补，等镇上看").await?;
    hand.end("把退回的一件补好").await
}

async fn look_after_a_household(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("today-date").await?;
    hand.tap("tab-grid").await?;
    hand.tap("household-row").await?;
    hand.tap("member-edit").await?;
    hand.write("member-phone-input", "12000000088").await?;
    hand.tap("member-save").await?;
    hand.says("120 0000 0088").await?;
    hand.end("给一户的人补上电话").await
}

async fn see_that_all_arrived(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("today-date").await?;
    hand.tap("sync-state").await?;
    hand.reach("sync-now").await?;
    hand.tap("sync-now").await?;
    hand.says("已全部同步").await?;
    hand.end("看写的是不是都送到了").await
}
