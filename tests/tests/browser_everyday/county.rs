//! 郝演十 of the county centre, at the office desktop.

use anyhow::Result;

use super::hand::Hand;

/// The ten tasks.
pub async fn tasks(hand: &mut Hand<'_>) -> Result<()> {
    overview(hand).await?;
    open_a_number(hand).await?;
    overdue(hand).await?;
    by_township(hand).await?;
    on_the_map(hand).await?;
    combine(hand).await?;
    keep_a_view(hand).await?;
    find_a_person(hand).await?;
    follow_a_file(hand).await?;
    vacant_grids(hand).await
}

async fn overview(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("rail-county").await?;
    hand.reach("county-figure").await?;
    hand.end("看全县今天的数").await
}

async fn open_a_number(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("county-figure").await?;
    hand.reach("case-row").await?;
    hand.end("从一个数点开看是哪些件").await
}

async fn overdue(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("rail-overdue").await?;
    hand.reach("cases-total").await?;
    hand.end("看超期的有哪些").await
}

async fn by_township(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("county-cell").await?;
    hand.reach("cases-narrowed-org").await?;
    hand.end("看一个乡镇没办完的").await
}

async fn on_the_map(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("county-map-area").await?;
    hand.reach("cases-narrowed-org").await?;
    hand.end("从地图上点开一片").await
}

async fn combine(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("rail-open").await?;
    hand.tap("cases-filter").await?;
    hand.tap("filter-risk-2").await?;
    hand.choose("filter-class", "邻里纠纷").await?;
    hand.tap("filter-done").await?;
    hand.reach("cases-total").await?;
    hand.end("两个条件一起筛").await
}

async fn keep_a_view(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("rail-overdue").await?;
    hand.tap("view-save").await?;
    hand.write("view-name", "每天早上看").await?;
    hand.tap("view-keep").await?;
    hand.says("每天早上看").await?;
    hand.end("把常看的存成一个视图").await
}

async fn find_a_person(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.write("desk-search", "薛").await?;
    hand.enter("desk-search").await?;
    hand.reach("find-file").await?;
    hand.end("只记得一个姓，找案件").await
}

async fn follow_a_file(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("rail-closed").await?;
    hand.tap("case-row").await?;
    hand.reach("entries").await?;
    hand.end("看一件从头到尾怎么办的").await
}

async fn vacant_grids(hand: &mut Hand<'_>) -> Result<()> {
    hand.home("rail-me").await?;
    hand.tap("rail-grids").await?;
    hand.tap("grids-filter-vacant").await?;
    hand.reach("grids-total").await?;
    hand.end("看全县哪些网格没有人").await
}
