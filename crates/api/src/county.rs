//! The county at a glance.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::ids::OrgCode;

use crate::list::ListCaseFiles;

/// Asks for the overview of everything in scope.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CountyQuestion {
    /// First day of the period; absent means the first of this month.
    pub from: Option<Date>,
}

/// The county at a glance. Every number carries the list it opens to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountyView {
    /// Name of the unit: 延长县.
    pub name: String,
    /// First day of the period.
    pub from: Date,
    /// Last day of the period.
    pub to: Date,
    /// When this device last had everything the server had.
    pub as_of: Option<InstantMs>,
    /// 存量, 新增, 办结, 待受理, 逾期, 冲突待定
    pub figures: Vec<Figure>,
    /// By township.
    pub townships: Vec<TownshipRow>,
    /// By class of dispute, largest first.
    pub classes: Vec<ClassRow>,
    /// By stage.
    pub stages: Vec<Figure>,
    /// By risk.
    pub risks: Vec<Figure>,
}

/// A number with the files behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The word for it.
    pub label: String,
    /// The number.
    pub count: u32,
    /// What it is a part of, where that makes sense.
    pub of: Option<u32>,
    /// The definition that was used.
    pub definition: String,
    /// The list it opens to.
    pub opens: ListCaseFiles,
}

/// One township.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TownshipRow {
    /// Its code.
    pub org: OrgCode,
    /// Its name.
    pub name: String,
    /// 在办
    pub open: Figure,
    /// 待受理
    pub to_accept: Figure,
    /// 逾期
    pub overdue: Figure,
    /// 已销号
    pub closed: Figure,
}

/// One class of dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassRow {
    /// Two digits.
    pub code: String,
    /// How many, and the list behind it.
    pub figure: Figure,
}
