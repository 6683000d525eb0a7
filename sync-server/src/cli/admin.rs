//! The administrator's commands. They work beside a running server unless they say otherwise.
#![expect(clippy::print_stdout, reason = "these commands answer on the terminal")]

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use prost::Message;
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::ids::{DocumentId, OrgCode, UserId};
use yidang_domain::org::{Assignment, Role, Staff};
use yidang_sync_protocol::Record;

use crate::app::{create, database, open};
use crate::clock::Clock;
use crate::county;
use crate::enrol::{self, Making};
use crate::erase::{Erased, Order};
use crate::rebuild::Rebuilt;
use crate::records::{self, RegisterRow};
use crate::register::RegisterData;
use crate::restore as restoring;
use crate::revocations;
use crate::store::{Store, StoreError};
use crate::tombstones;

pub(super) fn existing(data: &Path) -> Result<(Store, String)> {
    let path = database(data);
    if !path.exists() {
        bail!("there is no database in {}", data.display());
    }
    let store = Store::open(&path)?;
    let county = store.county()?;
    Ok((store, county))
}

pub(super) fn now() -> InstantMs {
    Clock::system().now()
}

pub(super) fn init(data: &Path, code: &str, from: &Path) -> Result<()> {
    let text = fs::read_to_string(from).with_context(|| from.display().to_string())?;
    let register: RegisterData = serde_json::from_str(&text).context("the county file")?;
    create(&super::options(data)?, code, &register)?;
    println!("county {code} made");
    Ok(())
}

/// A person or an assignment to add.
pub(super) struct NewUser {
    pub user: String,
    pub name: String,
    pub org: String,
    pub role: Role,
    pub from: Option<Date>,
    pub to: Option<Date>,
}

pub(super) fn user_add(data: &Path, new: &NewUser) -> Result<()> {
    let (store, county) = existing(data)?;
    let user = UserId(new.user.clone());
    let assignment = Assignment {
        user: user.clone(),
        org: OrgCode(new.org.clone()),
        role: new.role,
        from: new.from.unwrap_or_else(|| now().date()),
        to: new.to,
    };
    let units = store.read(&county, |db| db.units())?;
    if !units.iter().any(|unit| unit.code == assignment.org) || new.role == Role::Server {
        bail!("no such unit, or a role that nobody can have");
    }
    let person = Staff { user: user.clone(), name: new.name.clone(), phone: String::new() };
    store.write(&county, |db| {
        records::put(db, &RegisterRow::User(person), now())?;
        records::put(db, &RegisterRow::Assignment(assignment), now())?;
        db.touch_register()
    })?;
    println!("{user} added");
    Ok(())
}

pub(super) fn user_list(data: &Path) -> Result<()> {
    let (store, county) = existing(data)?;
    let today = now().date();
    store.read(&county, |db| {
        let register = county::read_register(db)?;
        for Staff { user, name, .. } in db.users()? {
            let post = register.post(&user, today).map_or_else(
                || "-".to_owned(),
                |(role, path)| format!("{} {}", path.join(" · "), role.label()),
            );
            println!("{user}\t{name}\t{post}");
            for row in db.certificates(Some(user.as_str()))? {
                let state = match row.revoked_seq {
                    Some(_) => "revoked",
                    None if db.is_suspended(&row.id)? => "suspended",
                    None => "valid",
                };
                println!("\t{}\t{state}", row.device);
            }
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(())
}

pub(super) fn user_code(data: &Path, user: &str) -> Result<()> {
    let (store, county) = existing(data)?;
    let code = enrol::create_code(&store, &county, &user.into(), &Making::ordinary(), now())?;
    println!("{code}");
    Ok(())
}

pub(super) fn user_revoke(data: &Path, user: &str, device: Option<&str>) -> Result<()> {
    let (store, county) = existing(data)?;
    let rows = store.read(&county, |db| db.certificates(Some(user)))?;
    let revoked: Vec<[u8; 16]> = rows
        .iter()
        .filter(|row| row.revoked_seq.is_none())
        .filter(|row| device.is_none_or(|device| row.device == device))
        .map(|row| row.id)
        .collect();
    // First beside the database: a copy that is put in its place some day has forgotten it.
    revocations::note(data, &revoked)?;
    store.write(&county, |db| revoked.iter().try_for_each(|id| county::revoke(db, id, now())))?;
    println!("{} devices revoked", revoked.len());
    Ok(())
}

/// Destroys a document for ever, with the server stopped.
pub(super) fn erase(data: &Path, order: &Order) -> Result<()> {
    let app = open(super::options(data)?).context("stop the server first")?;
    let Erased { seq, successor, copies, is_scrubbed } = app.erase(order)?;
    println!("document {} erased by log {seq}; devices erase it when they come", order.document);
    if let Some(successor) = successor {
        println!("what was kept of it goes on as document {successor}");
    }
    for copy in copies {
        println!("NOTE {} may still hold it: delete the file", copy.display());
    }
    println!("NOTE backups may still hold it: a restored one is erased again by DIR/tombstones");
    if !is_scrubbed {
        println!("NOTE its bytes are not off the disk yet: start the server, which tries again");
    }
    Ok(())
}

/// Says what was erased, and which devices have not confirmed it; works beside a running server.
pub(super) fn erased(data: &Path) -> Result<()> {
    let (store, county) = existing(data)?;
    store.read(&county, |db| {
        let erased = db.erased()?;
        println!("{} documents erased", erased.len());
        for ((document, seq), signed) in erased.into_iter().zip(db.tombstones()?) {
            let record = Record::decode(signed.record.as_slice())?;
            let (_, tombstone) = record.tombstone().unwrap_or_default();
            let document = DocumentId::from_bytes(document);
            println!("{document}\t{}\t{}", tombstone.on, tombstone.basis);
            if let Some(successor) = tombstone.successor() {
                println!("\tgoes on as {}", DocumentId::from_bytes(successor));
            }
            for id in db.not_confirmed(seq)? {
                let Some(row) = db.certificate(&id)? else { continue };
                let seen = InstantMs(row.seen_at_ms).date();
                let state = if row.revoked_seq.is_some() { "revoked" } else { "not yet" };
                println!("\t{}\t{}\t{state}, last here on {seen}", row.user, row.device);
            }
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(())
}

pub(super) fn backup(data: &Path, to: &Path) -> Result<()> {
    let (store, _) = existing(data)?;
    store.backup(to)?;
    println!("copied to {}", to.display());
    Ok(())
}

pub(super) fn restore(data: &Path, from: &Path) -> Result<()> {
    restoring::restore(&super::options(data)?, from)?;
    println!("restored; devices will bring what came after the copy");
    Ok(())
}

pub(super) fn heal_finish(data: &Path) -> Result<()> {
    let app = open(super::options(data)?).context("stop the server first")?;
    let waiting = app.read(|db| db.count_waiting())?;
    let register = app.register()?;
    app.finish_healing(&register, app.clock().now())?;
    println!("healing ended; {} batches still wait for others", waiting.1);
    Ok(())
}

pub(super) fn check(data: &Path) -> Result<ExitCode> {
    let (store, county) = existing(data).map_err(|error| match error.downcast::<StoreError>() {
        Ok(error) => unreadable(error),
        Err(error) => error,
    })?;
    let noted = revocations::noted(data);
    let destroyed = tombstones::noted(data);
    let findings = store.read(&county, |db| {
        let mut findings = crate::check::check(db, &county)?;
        match &noted {
            Ok(noted) => crate::check::beside(db, noted, &mut findings)?,
            Err(_) => findings
                .broken
                .push("revocations: the list beside the database cannot be read".to_owned()),
        }
        match &destroyed {
            Ok(destroyed) => crate::check::tombstones_beside(db, destroyed, &mut findings)?,
            Err(_) => findings
                .broken
                .push("tombstones: the list beside the database cannot be read".to_owned()),
        }
        Ok::<_, StoreError>(findings)
    });
    let findings = findings.map_err(unreadable)?;
    println!(
        "{} records, {} batches, {} documents",
        findings.records, findings.batches, findings.documents
    );
    for note in &findings.notes {
        println!("NOTE {note}");
    }
    for broken in &findings.broken {
        println!("BROKEN {broken}");
    }
    if findings.broken.is_empty() {
        println!("all well");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// What to do about a database that cannot even be looked into.
fn unreadable(error: StoreError) -> anyhow::Error {
    println!("BROKEN database: {error}; {}", crate::check::RESTORE);
    anyhow::Error::new(error).context("the database cannot be read")
}

pub(super) fn rebuild(data: &Path) -> Result<()> {
    let app = open(super::options(data)?).context("stop the server first")?;
    let Rebuilt { documents, scopes, numbers } = app.rebuild()?;
    println!("{documents} documents listed anew, {scopes} indexed anew, {numbers} numbers taken");
    Ok(())
}
