//! Whether a bundle of a file is what it was when it was exported, found out without a network, a database or
//! anything else of ours: signatures, the guard, and the document made anew of what authors signed.
//!
//! The checks go from the outside in, so that the first that fails names what was done: certificates, what
//! the county said, the list of contents against what is there, authors' signatures, the county's places, and
//! last the document (docs/decisions/0024).

mod finding;

mod batches;
mod contents;
mod county;
mod paper;
mod rebuild;
mod report;

use std::panic::{AssertUnwindSafe, catch_unwind};

use yidang_sync_protocol::{Bundle, Fingerprint, PaperHead, PublicKey};

pub use finding::{Finding, Refusal, Tampering};
pub use paper::OnPaper;
pub use report::Report;

/// By what the county's key is recognised: a bundle brings a key along, and a forger would bring their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The key itself.
    Key(PublicKey),
    /// Its fingerprint.
    Fingerprint(Fingerprint),
}

/// What a bundle is compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Against {
    /// The county's key.
    pub anchor: Option<Anchor>,
    /// A printed page of the file.
    pub paper: Option<PaperHead>,
}

/// Checks the bytes of a file and says what stands in it.
///
/// # Errors
///
/// [`Refusal::Tampered`] names what was done to it; [`Refusal::Unreadable`] says that it is no bundle at all.
pub fn verify(bytes: &[u8], against: &Against) -> Result<Report, Refusal> {
    let bundle = Bundle::unpack(bytes).map_err(|error| Refusal::Unreadable(error.to_string()))?;
    // The guard keeps everything from the engine on which it is known to give up; this is the net below it.
    catch_unwind(AssertUnwindSafe(|| check(&bundle, against)))
        .unwrap_or_else(|_| Err(Refusal::Unreadable("the engine gave up".into())))
}

fn check(bundle: &Bundle, against: &Against) -> Result<Report, Refusal> {
    let subject = contents::subject(bundle)?;
    // A page brings the fingerprint of the key along, and it came another way than the bundle.
    let of_paper = against.paper.map(|paper| Anchor::Fingerprint(paper.fingerprint));
    for anchor in against.anchor.iter().chain(&of_paper) {
        county::key(bundle, anchor)?;
    }
    let known = county::certificates(bundle)?;
    let records = county::records(bundle)?;
    county::checkpoints(bundle)?;
    let told = contents::open(bundle, &known)?;
    contents::compare(bundle, &told)?;
    let authors = batches::authors(bundle, &subject, &known)?;
    let last_seq = batches::places(bundle)?;
    let rebuilt = rebuild::rebuild(bundle, &subject, &authors)?;
    rebuild::has_heads(&rebuilt, &told)?;
    let compare = |paper| paper::compare(paper, bundle, &subject, &authors, &rebuilt);
    let on_paper = against.paper.as_ref().map(compare).transpose()?;
    Ok(report::of(&report::Checked {
        bundle,
        told: &told,
        known: &known,
        records: &records,
        rebuilt: &rebuilt,
        last_seq,
        anchored: against.anchor.is_some() || of_paper.is_some(),
        on_paper,
    }))
}
