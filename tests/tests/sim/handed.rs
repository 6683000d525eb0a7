//! Files go from hand to hand without a network: somebody asks with a file, a colleague makes one of it, and
//! it is opened at once, later, twice, or after half of it was lost.

use anyhow::{Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::devices::Said;
use crate::dice::Dice;
use crate::faults::Fault;
use crate::world::World;

/// So many documents are chosen at once.
const MOST_CHOSEN: usize = 3;
/// What a device says where it could not go on for a reason of its own: a defect here.
const DEFECT: &str = "这台设备没能接着传";

/// A file that was made for somebody and lies in their drawer.
pub struct Parcel {
    /// Whose device it was made for.
    to: usize,
    /// In base64.
    file: String,
}

/// Gives something to somebody else, if there is somebody and something.
pub fn hand_over(world: &mut World, from: usize, dice: &mut Dice) -> Result<()> {
    let mut others = world.writers();
    others.extend(world.lost());
    others.retain(|nth| *nth != from);
    let Some(to) = others.get(dice.place(others.len())).copied() else { return Ok(()) };
    let documents = chosen(world, from, dice)?;
    if documents.is_empty() {
        return Ok(());
    }
    let Some((file, _)) = packed(world, (from, to), &documents)? else { return Ok(()) };
    let parcel = Parcel { to, file };
    if strikes(world, Fault::FileLate, dice) {
        world.parcels.push(parcel);
        return Ok(());
    }
    open(world, &parcel, dice)
}

/// Whoever has a document makes a file of it for somebody who reads it, and that one lies in a drawer.
pub fn leave_in_a_drawer(world: &mut World, document: &str) -> Result<()> {
    let everybody = world.writers();
    for (from, to) in everybody.iter().flat_map(|from| everybody.iter().map(move |to| (*from, *to)))
    {
        if from == to {
            continue;
        }
        let Some((file, given)) = packed(world, (from, to), &[document.to_owned()])? else {
            continue;
        };
        if given > 0 {
            world.parcels.push(Parcel { to, file });
            return Ok(());
        }
    }
    Ok(())
}

/// Everybody opens whatever is left in their drawers.
pub fn open_all(world: &mut World, dice: &mut Dice) -> Result<()> {
    while !world.parcels.is_empty() {
        open_parcel(world, dice)?;
    }
    Ok(())
}

/// Opens something that lay in a drawer.
pub fn open_parcel(world: &mut World, dice: &mut Dice) -> Result<()> {
    if world.parcels.is_empty() {
        return Ok(());
    }
    let parcel = world.parcels.remove(dice.place(world.parcels.len()));
    open(world, &parcel, dice)
}

/// What of this device is handed over: what waits for the county before everything else.
fn chosen(world: &mut World, from: usize, dice: &mut Dice) -> Result<Vec<String>> {
    let choices = said(world, from, "carry_choices", &json!({}))?;
    let choices = choices.iter().flat_map(|choices| choices.as_array().into_iter().flatten());
    let (mut documents, mut others) = (Vec::new(), Vec::new());
    for choice in choices {
        let list = if choice["waits"] == true { &mut documents } else { &mut others };
        list.extend(choice["document"].as_str().map(str::to_owned));
    }
    dice.shuffle(&mut documents);
    dice.shuffle(&mut others);
    documents.extend(others);
    documents.truncate(1 + dice.place(MOST_CHOSEN));
    Ok(documents)
}

/// A file with documents for somebody, in base64, and how many are in it.
fn packed(
    world: &mut World,
    (from, to): (usize, usize),
    documents: &[String],
) -> Result<Option<(String, usize)>> {
    let Some(asking) = said(world, to, "carry_ask", &json!({}))? else { return Ok(None) };
    let question = json!({ "documents": documents, "asking": asking["base64"] });
    let Some(packed) = said(world, from, "carry_pack", &question)? else { return Ok(None) };
    let given = packed["view"]["given"].as_array().map_or(0, Vec::len);
    let (giver, taker) = (world.phones[from].called(), world.phones[to].called());
    world.tell(format!("{giver} gives {taker} {given} of {}", documents.join(", ")));
    Ok(Some((packed["base64"].as_str().unwrap_or_default().to_owned(), given)))
}

fn open(world: &mut World, parcel: &Parcel, dice: &mut Dice) -> Result<()> {
    let whole = json!({ "file": parcel.file });
    if strikes(world, Fault::FileCut, dice) {
        let mut bytes = STANDARD.decode(&parcel.file)?;
        bytes.truncate(bytes.len() / 2);
        said(world, parcel.to, "carry_open", &json!({ "file": STANDARD.encode(bytes) }))?;
    }
    let times = if strikes(world, Fault::FileTwice, dice) { 2 } else { 1 };
    for _ in 0..times {
        let Some(view) = said(world, parcel.to, "carry_open", &whole)? else { continue };
        let taken = view["taken"].as_array().map_or(0, Vec::len);
        let taker = world.phones[parcel.to].called();
        let why = view["why"].as_str().unwrap_or_default().to_owned();
        world.tell(format!("{taker} takes {taken} by hand {why}"));
    }
    Ok(())
}

fn strikes(world: &World, fault: Fault, dice: &mut Dice) -> bool {
    let is_struck = dice.permille(world.faults().chance(fault));
    if is_struck {
        world.count(fault);
    }
    is_struck
}

/// What a device answers; nothing where it says no, which it may for many reasons but not for a defect.
fn said(world: &mut World, nth: usize, name: &str, question: &Value) -> Result<Option<Value>> {
    let called = world.phones[nth].called();
    match world.phones[nth].ask(name, question)? {
        Said::Yes(reply) if reply["why"].as_str().is_some_and(|why| why.starts_with(DEFECT)) => {
            bail!("{called} ends {name} with a defect: {reply}")
        }
        Said::Yes(reply) => Ok(Some(reply)),
        Said::No(fault) if crate::people::is_defect(&fault) => {
            bail!("{called} answers {name} with a defect: {fault}")
        }
        Said::No(_) => Ok(None),
        Said::Ended => bail!("{called} ends within {name}"),
    }
}
