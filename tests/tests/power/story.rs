//! An afternoon in which 王样一 writes without a pause while 李例二 writes into the same files, with
//! everything that was promised to 王样一 and when.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tempfile::TempDir;
use yidang_sync_server::App;

use crate::dice::Dice;
use crate::town::{self, Phone, Way, at};
use yidang_tests::disk::{Disk, Event};

/// Stands in everything that is typed, so that it can be looked for where it must not be.
pub const PLANTED: &str = "青石桥下那棵老槐树";

/// Something that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Words of a visit in a case file.
    Words(String, String),
    /// The value of a fact of a case file.
    Fact(String, String),
    /// What stands in a form.
    Draft(String, String),
    /// The value chosen on the card of a case file.
    Chosen(String, String),
    /// A case file, by its sentence.
    Opened(String),
}

/// Something that was written, from when to when it took, and whether 已存本机 was said.
#[derive(Debug, Clone)]
pub struct Act {
    /// Events of the disk before it.
    pub from: usize,
    /// Events after the answer.
    pub to: usize,
    /// What it was.
    pub typed: Typed,
}

/// What was recorded.
pub struct Story {
    /// Everything the disk was asked to do.
    pub events: Vec<Event>,
    /// Events of the preparations.
    pub begins: usize,
    /// What 王样一 wrote.
    pub acts: Vec<Act>,
    /// 王样一's way to the server: secrets, and what the server said it holds.
    pub way: Way,
    /// 李例二's.
    pub other_way: Way,
}

struct Telling {
    disk: Disk,
    server: Option<App>,
    wang: Option<Phone>,
    li: Phone,
    way: Way,
    other_way: Way,
    acts: Vec<Act>,
    cases: Vec<String>,
    number: u32,
}

impl Story {
    /// Tells it with so many steps.
    pub fn told(steps: u32, dice: &mut Dice) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let disk = Disk::under(folder.path())?;
        town::found(&at(&folder, "server"))?;
        let server = town::start(&at(&folder, "server"))?;
        let way = Way::new(Some(server.clone()), Some(disk.clone()));
        let other_way = Way::new(Some(server.clone()), Some(disk.clone()));
        let wang = Phone::enrolled(&at(&folder, "wang"), &way, &server, "u-wang")?;
        let li = Phone::enrolled(&at(&folder, "li"), &other_way, &server, "u-li")?;
        let begins = disk.now();
        let mut telling = Telling {
            disk,
            server: Some(server),
            wang: Some(wang),
            li,
            way,
            other_way,
            acts: Vec::new(),
            cases: Vec::new(),
            number: 0,
        };
        telling.open_case()?;
        for step in 1..=steps {
            telling.step(dice)?;
            if step % 37 == 0 {
                telling.restart_wang(&folder)?;
            }
            if step % 53 == 0 {
                telling.restart_server(&folder)?;
            }
        }
        let events = telling.disk.events();
        let Telling { acts, way, other_way, .. } = telling;
        Ok(Self { events, begins, acts, way, other_way })
    }

    /// What had been promised at `moment`.
    pub fn promised(&self, moment: usize) -> impl Iterator<Item = &Act> {
        self.acts.iter().filter(move |act| act.to <= moment)
    }

    /// What had been begun at `moment`.
    pub fn begun(&self, moment: usize) -> impl Iterator<Item = &Act> {
        self.acts.iter().filter(move |act| act.from <= moment)
    }
}

impl Telling {
    fn wang(&self) -> Result<&Phone> {
        self.wang.as_ref().context("王样一 has no device in hand")
    }

    /// Writes something down as 王样一 and remembers the promise.
    fn write(&mut self, typed: Typed, work: impl FnOnce(&Phone) -> Result<Value>) -> Result<()> {
        let from = self.disk.now();
        work(self.wang()?)?;
        self.acts.push(Act { from, to: self.disk.now(), typed });
        Ok(())
    }

    fn words(&mut self, what: &str) -> String {
        self.number += 1;
        format!("{PLANTED}{what}第{}句", self.number)
    }

    fn open_case(&mut self) -> Result<()> {
        let matter = self.words("起的事");
        let from = self.disk.now();
        let id = self.wang()?.open_case(&matter)?;
        self.acts.push(Act { from, to: self.disk.now(), typed: Typed::Opened(matter) });
        self.cases.push(id);
        Ok(())
    }

    fn step(&mut self, dice: &mut Dice) -> Result<()> {
        let case = self.cases[dice.below(self.cases.len())].clone();
        match dice.below(20) {
            0 if self.cases.len() < 5 => self.open_case(),
            0..=8 => {
                let words = self.words("走访");
                self.write(Typed::Words(case.clone(), words.clone()), |wang| {
                    wang.visit(&case, &words)
                })
            }
            9..=11 => {
                let place = self.words("地点");
                self.write(Typed::Fact(case.clone(), place.clone()), |wang| {
                    wang.set(&case, "place", &place)
                })
            }
            12 | 13 => {
                let (form, content) = (format!("note/{case}"), self.words("没写完"));
                self.write(Typed::Draft(form.clone(), content.clone()), |wang| {
                    wang.draft(&form, &content)
                })
            }
            14 => self.disagree(&case, dice),
            15 | 16 => self.li_writes(&case),
            _ => self.wang()?.sync().map(drop),
        }
    }

    fn li_writes(&mut self, case: &str) -> Result<()> {
        self.li.sync()?;
        if self.li.case(case).is_ok() {
            let words = self.words("镇上");
            self.li.visit(case, &words)?;
            self.li.sync()?;
        }
        Ok(())
    }

    /// Both write another number before they hear of each other, and 王样一 settles it.
    fn disagree(&mut self, case: &str, dice: &mut Dice) -> Result<()> {
        self.wang()?.sync()?;
        self.li.sync()?;
        let number = |dice: &mut Dice| format!("12{:09}", dice.below(1_000_000_000));
        let (mine, theirs) = (number(dice), number(dice));
        self.li.set_phone(case, &theirs)?;
        self.wang()?.set_phone(case, &mine)?;
        self.li.sync()?;
        self.wang()?.sync()?;
        let view = self.wang()?.case(case)?;
        let field = view["clashes"][0]["field"].as_str().context("no card")?.to_owned();
        let chosen = if dice.percent(50) { mine } else { theirs };
        let question = json!({ "case": case, "field": field, "value": chosen,
            "heads": view["heads"] });
        self.write(Typed::Chosen(case.to_owned(), chosen), |wang| wang.ask("resolve", &question))
    }

    fn restart_wang(&mut self, folder: &TempDir) -> Result<()> {
        self.wang = None;
        self.wang = Some(Phone::start(&at(folder, "wang"), &self.way)?);
        Ok(())
    }

    fn restart_server(&mut self, folder: &TempDir) -> Result<()> {
        self.way.lead_to(None);
        self.other_way.lead_to(None);
        self.server = None;
        let server = town::start(&at(folder, "server"))?;
        self.way.lead_to(Some(server.clone()));
        self.other_way.lead_to(Some(server.clone()));
        self.server = Some(server);
        Ok(())
    }
}

/// What may stand in a place.
#[derive(Debug, Default)]
pub struct Last {
    /// The value that was promised last, and those that were being written.
    pub allowed: Vec<String>,
    /// One was promised; else whatever stood there before may stand there still.
    pub is_promised: bool,
}

/// What may stand in every fact and form at `moment`.
pub fn last_values(story: &Story, moment: usize) -> BTreeMap<String, Last> {
    let mut values: BTreeMap<String, Last> = BTreeMap::new();
    for act in story.begun(moment) {
        let (Typed::Fact(place, value) | Typed::Draft(place, value)) = &act.typed else { continue };
        let known = values.entry(place.clone()).or_default();
        if act.to <= moment {
            known.allowed.clear();
            known.is_promised = true;
        }
        known.allowed.push(value.clone());
    }
    values
}
