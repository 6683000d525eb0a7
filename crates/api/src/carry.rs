//! Handing files over without a network (当面传档): phone to phone, or by file. Browsers do not.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::DocumentId;

use crate::sync::About;

/// Asks what there is to hand over.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CarryChoicesQuestion {}

/// A document that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarryChoice {
    /// The document.
    pub document: DocumentId,
    /// Which page shows it.
    pub about: About,
    /// What it is called.
    pub matter: String,
    /// Something in it is not at the county yet.
    pub waits: bool,
}

/// Waits for a colleague and gives them these documents; goes on by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CarryGive {
    /// The documents, at most 500.
    pub documents: Vec<DocumentId>,
}

/// Takes what a colleague gives; goes on by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CarryTake {
    /// What stands on their screen: [`CarryView::text`], or address and code with a blank between.
    pub text: String,
}

/// Asks how it stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CarryQuestion {}

/// Ends it. What was taken stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CarryStop {}

/// Writes the file with which this person asks colleagues for files.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CarryAsk {}

/// Makes a file with these documents for whoever wrote `asking`; nobody else opens it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CarryPack {
    /// The documents, at most 500.
    pub documents: Vec<DocumentId>,
    /// What they asked with, in base64.
    pub asking: String,
}

/// A file for a colleague, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarryPacked {
    /// Suggested name.
    pub name: String,
    /// The bytes, in base64.
    pub base64: String,
    /// What was put in and what was not.
    pub view: CarryView,
}

/// Takes what a colleague made for this person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CarryOpen {
    /// The bytes, in base64.
    pub file: String,
}

/// How far handing over has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CarryPhase {
    /// Nothing is under way.
    #[default]
    Idle,
    /// The colleague is waited for.
    Waiting,
    /// Both talk.
    Running,
    /// Everything was said.
    Done,
    /// It ended early; [`CarryView::why`] says why.
    Failed,
}

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CarryView {
    /// How far it has got.
    pub phase: CarryPhase,
    /// What the colleague types or reads: addresses and code in one line; empty for whoever takes.
    pub text: String,
    /// The addresses alone, each with its port.
    pub addresses: Vec<String>,
    /// The code alone, eight digits.
    pub code: String,
    /// How many modules the side of a picture of [`Self::text`] has, for a camera; zero where there is none.
    pub modules: usize,
    /// Its dark modules as the `d` of an SVG path.
    pub path: String,
    /// Who the colleague is, with their post.
    pub partner: String,
    /// Documents in which something was new here.
    pub taken: Vec<CarriedRow>,
    /// Documents that were given.
    pub given: Vec<CarriedRow>,
    /// Documents of which something was not handed over.
    pub refused: Vec<CarryRefused>,
    /// Why it ended early; empty otherwise.
    pub why: String,
    /// When it began.
    pub began_at: Option<InstantMs>,
}

/// A document that was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedRow {
    /// The document.
    pub document: DocumentId,
    /// Which page shows it.
    pub about: About,
    /// What it is called.
    pub matter: String,
    /// How much in it was new here; zero for what was given.
    pub changes: u32,
}

/// A document of which something was not handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarryRefused {
    /// The document.
    pub document: DocumentId,
    /// What it is called; empty where it is not here.
    pub matter: String,
    /// Why, and what to do.
    pub why: String,
}
