//! The table that is printed and the files that are written.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

/// How a figure stands to its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Within,
    Over,
    /// No budget: told so that others can be read.
    Told,
}

/// One measured thing.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub group: &'static str,
    pub what: String,
    pub figure: f64,
    pub unit: &'static str,
    pub budget: Option<f64>,
    /// The floor measured in the same process, where there is one.
    pub floor: Option<f64>,
    pub standing: Standing,
}

/// All of them.
#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Adds a figure with its budget, both in `unit`.
    pub fn row(
        &mut self,
        group: &'static str,
        what: impl Into<String>,
        figure: f64,
        unit: &'static str,
        budget: impl Into<Option<f64>>,
    ) {
        self.with_floor(group, what, figure, unit, budget, None);
    }

    /// The same with the floor it stands on.
    pub fn with_floor(
        &mut self,
        group: &'static str,
        what: impl Into<String>,
        figure: f64,
        unit: &'static str,
        budget: impl Into<Option<f64>>,
        floor: Option<f64>,
    ) {
        let budget = budget.into();
        let standing = match budget {
            None => Standing::Told,
            Some(budget) if figure <= budget => Standing::Within,
            Some(_) => Standing::Over,
        };
        let row = Row { group, what: what.into(), figure, unit, budget, floor, standing };
        println!("{}", line(&row));
        self.rows.push(row);
    }

    /// Writes one file for each group; says how many rows are over their budget.
    pub fn write(&self, folder: &Path) -> Result<usize> {
        std::fs::create_dir_all(folder)?;
        let mut groups: Vec<&str> = self.rows.iter().map(|row| row.group).collect();
        groups.dedup();
        for group in groups {
            let rows: Vec<&Row> = self.rows.iter().filter(|row| row.group == group).collect();
            let path = folder.join(format!("{group}.json"));
            std::fs::write(&path, serde_json::to_vec_pretty(&rows)?)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(self.rows.iter().filter(|row| row.standing == Standing::Over).count())
    }
}

/// The head of the table.
pub fn head() -> String {
    format!(
        "{:<14} {:<58} {:>12} {:>12} {:>9}  {}",
        "group", "what", "figure", "budget", "to floor", ""
    )
}

fn line(row: &Row) -> String {
    let number = |figure: f64| {
        if figure >= 1_000.0 { format!("{figure:.0}") } else { format!("{figure:.2}") }
    };
    let budget = row.budget.map_or_else(String::new, number);
    let ratio = row.floor.map_or_else(String::new, |floor| format!("{:.2}x", row.figure / floor));
    let standing = match row.standing {
        Standing::Within => "within",
        Standing::Over => "OVER",
        Standing::Told => "",
    };
    let figure = format!("{} {}", number(row.figure), row.unit);
    format!("{:<14} {:<58} {figure:>12} {budget:>12} {ratio:>9}  {standing}", row.group, row.what)
}
