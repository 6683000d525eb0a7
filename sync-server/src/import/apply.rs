//! Writes a plan: all of it in one transaction, or nothing.

use std::collections::BTreeMap;

use yidang_documents::Edit;
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::Entry;
use yidang_domain::ids::DocumentId;

use crate::app::App;
use crate::county;
use crate::households;
use crate::judge::own::{OwnChange, OwnError};
use crate::judge::shelf;
use crate::judge::{Halt, Judge};
use crate::records::{self, RegisterRow};
use crate::register::{Register, RegisterData};
use crate::store::{Db, ImportedRow, StoreError};

use super::difference::{self, Difference};
use super::plan::{Begin, Change, Existing, Plan, RegisterChange};
use super::said::{self, Said};

/// What the rows are compared with, read in one transaction.
pub struct Ground {
    /// Version of the register.
    version: u64,
    /// The register.
    pub register: Register,
    /// What the last sheets said.
    pub said: Said,
    /// Households that there are.
    pub existing: Existing,
}

/// Reads what the rows are compared with.
///
/// # Errors
///
/// [`StoreError`].
pub fn ground(app: &App) -> Result<Ground, StoreError> {
    app.read(|db| {
        Ok(Ground {
            version: db.county()?.register_version,
            register: county::read_register(db)?,
            said: Said::new(db.all_imported()?)?,
            existing: Existing::new(
                db.all_households()?,
                db.erased()?.into_iter().map(|(document, _)| document).collect(),
            ),
        })
    })
}

/// Values that workers changed meanwhile, in households that a plan changes. Writes nothing.
///
/// # Errors
///
/// [`StoreError`].
pub fn clashes(app: &App, plan: &Plan) -> Result<u32, StoreError> {
    app.read(|db| {
        let mut clashes = 0;
        for change in &plan.change {
            let Some(row) = db.document(&change.document)? else { continue };
            let document = shelf::load(db, &row)?;
            let branch = difference::branch_of(&document, &change.heads).map_err(OwnError::from)?;
            let found = difference::between(&document, &branch, &change.before, &change.after);
            clashes += found.clashes;
        }
        Ok(clashes)
    })
}

/// How a plan was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// All of it, with so many clashes.
    Whole(u32),
    /// Nothing: the register changed since the rows were compared with it.
    Outdated,
}

/// Writes a plan. `progress` hears after each household how many are done.
///
/// # Errors
///
/// [`StoreError`]; nothing was written then.
pub fn apply(
    app: &App,
    ground: &Ground,
    plan: &Plan,
    progress: &dyn Fn(usize),
) -> Result<Written, StoreError> {
    if plan.is_empty() {
        return Ok(Written::Whole(0));
    }
    let now = app.clock().now();
    let register = register_after(&ground.register, &plan.register);
    // Its own actor for each import: the branch of the sheets then knows nothing of what the server
    // wrote on top of workers' words, so that it can never cover one of them.
    let county = app.county().other_self(app.dice())?;
    let written = app.judging_as(&county, &register, now, |db, judge| {
        if db.county()?.register_version != ground.version {
            return Ok(Written::Outdated);
        }
        put_register(db, &plan.register, now)?;
        for (thing, text) in &plan.marks {
            db.put_imported(
                thing,
                &ImportedRow { document: [0; 16], heads: Vec::new(), said: text.clone() },
            )?;
        }
        let mut clashes = 0;
        for (done, begin) in (1..).zip(&plan.begin) {
            write_new(db, judge, begin)?;
            progress(done);
        }
        for (done, change) in (plan.begin.len() + 1..).zip(&plan.change) {
            clashes += write_change(db, judge, change)?;
            progress(done);
        }
        Ok::<_, Halt>(Written::Whole(clashes))
    })?;
    if !plan.register.is_empty() && written != Written::Outdated {
        app.register()?;
    }
    Ok(written)
}

/// The units, people and posts after a change, as far as documents are filed by them.
fn register_after(before: &Register, change: &RegisterChange) -> Register {
    let mut units: BTreeMap<_, _> =
        before.tree().units().map(|unit| (unit.code.clone(), unit.clone())).collect();
    units.extend(change.units.iter().map(|unit| (unit.code.clone(), unit.clone())));
    let data = RegisterData {
        units: units.into_values().collect(),
        users: before.staff().chain(&change.users).cloned().collect(),
        assignments: before.assignments().iter().chain(&change.assignments).cloned().collect(),
        ..RegisterData::default()
    };
    Register::new(data, false)
}

/// Puts what changed into the register, row by row.
fn put_register(db: &Db<'_>, change: &RegisterChange, now: InstantMs) -> Result<(), StoreError> {
    if change.is_empty() {
        return Ok(());
    }
    let units = change.units.iter().cloned().map(RegisterRow::Unit);
    let users = change.users.iter().cloned().map(RegisterRow::User);
    let assignments = change.assignments.iter().cloned().map(RegisterRow::Assignment);
    let grid_teams = change.grid_teams.iter().cloned().map(RegisterRow::GridTeam);
    let teams = change.teams.iter().cloned().map(RegisterRow::Team);
    let outlines = change.outlines.iter().cloned().map(RegisterRow::Outline);
    // People before their posts, which name them.
    let rows = units.chain(users).chain(assignments).chain(grid_teams).chain(teams).chain(outlines);
    for row in rows {
        records::put(db, &row, now)?;
    }
    db.touch_register()
}

fn write_new(db: &Db<'_>, judge: &mut Judge<'_>, begin: &Begin) -> Result<(), StoreError> {
    let document = households::begin(judge, begin.id, &begin.data, &begin.from)?;
    db.put_imported(
        &begin.thing,
        &ImportedRow {
            document: *begin.id.as_bytes(),
            heads: document.heads(),
            said: said::write(&begin.data)?,
        },
    )?;
    judge.put_away(begin.id);
    Ok(())
}

/// Writes a changed household; gives how many values of workers now stand in a clash.
fn write_change(db: &Db<'_>, judge: &mut Judge<'_>, change: &Change) -> Result<u32, StoreError> {
    let id = DocumentId::from_bytes(change.document);
    let Some(document) = judge.find(id)? else {
        return Err(StoreError::Damaged(format!("household {id} is not there")));
    };
    let mut branch = difference::branch_of(&document, &change.heads).map_err(OwnError::from)?;
    let Difference { branch: on_branch, present, clashes } =
        difference::between(&document, &branch, &change.before, &change.after);
    let signed = |mut edits: Vec<Edit>| {
        edits.push(Edit::AddEntry(Entry::Imported { from: change.from.clone() }));
        edits
    };
    let mut document = document;
    if !on_branch.is_empty() {
        let (fresh, hash) = judge.write_branch(document, &branch, &signed(on_branch))?;
        document = fresh;
        branch = hash.map_or(branch, |hash| vec![hash]);
    }
    if !present.is_empty() {
        let edits = signed(present);
        judge.write_own(document, &OwnChange { on: None, edits: &edits })?;
    }
    db.put_imported(
        &change.thing,
        &ImportedRow {
            document: change.document,
            heads: branch,
            said: said::write(&change.after)?,
        },
    )?;
    judge.put_away(id);
    Ok(clashes)
}
