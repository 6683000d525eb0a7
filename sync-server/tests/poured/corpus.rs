//! What is bent here: changes that 王样一 writes next into documents that the county has.

use yidang_documents::{Actor, Author, Document, Edit, RegisterPath, Scalar};
use yidang_domain::entry::{AgreementForm, DocumentKind, Entry, FiveSayings};

use crate::build::{Chunk, Op};
use crate::dice::Dice;

/// One change and what it stands on; `mutate` bends it.
pub struct Sample {
    /// The document before it.
    pub file: Document,
    /// The changes of that document.
    pub known: Vec<[u8; 32]>,
    /// Who wrote it.
    pub actor: Actor,
    /// The change.
    pub change: Chunk,
    /// Its operations.
    pub ops: Vec<Op>,
}

impl Sample {
    /// What `author` writes next into `file`, if anything of it can be written there.
    pub fn next(file: Document, author: &Author, dice: &mut Dice) -> Option<Self> {
        let edits = edits(file.kind(), dice);
        let committed = file.clone().commit(author, None, &edits).ok()?;
        let change = Chunk::read(&committed.bytes);
        let ops = change.ops();
        let known = file.changes_since(&[]).into_iter().map(|(hash, _)| hash).collect();
        Some(Self { file, known, actor: author.actor, change, ops })
    }
}

fn text(value: &str) -> Scalar {
    Scalar::Text(value.into())
}

fn fact(field: &str, value: &str) -> Edit {
    Edit::Set(RegisterPath::of("facts", field), text(value))
}

fn edits(kind: DocumentKind, dice: &mut Dice) -> Vec<Edit> {
    if kind == DocumentKind::Household {
        let seen = Edit::AddEntry(Entry::HouseholdSeen { words: "都好".into() });
        return match dice.below(3) {
            0 => vec![fact("needs", "要人帮着收秋")],
            1 => vec![Edit::AddItem("members", vec![("name", text("张试三"))])],
            _ => vec![seen, fact("address", "下盘石村下院")],
        };
    }
    let entry = match dice.below(3) {
        0 => Entry::Visit { words: "到地里看了".into() },
        1 => Entry::Agreement {
            form: AgreementForm::Oral,
            words: "各让一尺".into(),
            perform_by: None,
        },
        _ => Entry::MediationSession {
            place: "村委会".into(),
            words: "另择日再谈".into(),
            consent: true,
            open: false,
            five: FiveSayings::default(),
            visit_day: None,
        },
    };
    let party = vec![("name", text("张试三")), ("phone", text("12000000031"))];
    match dice.below(3) {
        0 => vec![Edit::AddEntry(entry)],
        1 => vec![Edit::AddItem("parties", party), fact("place", "下盘石村3组")],
        _ => vec![fact("people", "2"), fact("matter", "两家争一行梨树"), Edit::AddEntry(entry)],
    }
}
