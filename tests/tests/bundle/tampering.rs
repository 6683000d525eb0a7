//! Twelve kinds of tampering, each with its name. Whoever tampers has the file and every key but those of the
//! people in it and, but for one case, of the county.

use anyhow::{Result, ensure};
use prost::Message;
use yidang_sync_protocol::{
    BatchHeader, Bundle, Certificate, Checkpoint, Fingerprint, SignedCertificate, SigningSeed,
};
use yidang_verify::{Against, Anchor, Refusal, Tampering, verify};

use crate::Story;

/// The key of somebody who is nobody.
const FORGER: SigningSeed = SigningSeed([66; 32]);

/// What is said of the story's bundle after this was done to it.
fn done(story: &Story, tamper: impl FnOnce(&mut Bundle)) -> Result<Option<Tampering>> {
    let mut bundle = story.bundle()?;
    tamper(&mut bundle);
    Ok(match verify(&bundle.pack(), &Against::default()) {
        Err(Refusal::Tampered(finding)) => Some(finding.what),
        _ => None,
    })
}

fn is(story: &Story, named: Tampering, tamper: impl FnOnce(&mut Bundle)) -> Result<()> {
    let found = done(story, tamper)?;
    ensure!(found == Some(named), "{found:?} is not {named:?}");
    Ok(())
}

/// Gives a batch another header, as `alter` makes it.
fn with_header(bundle: &mut Bundle, alter: impl FnOnce(&mut BatchHeader)) {
    let mut header = bundle.batches[0].read().unwrap_or_default();
    alter(&mut header);
    bundle.batches[0].header = header.encode_to_vec();
}

/// Which certificate is 王样一's: of those who wrote, the one on a phone that wrote the first batch.
fn of_wang(bundle: &Bundle) -> usize {
    let header = bundle.batches[0].read().unwrap_or_default();
    let is_wangs = |signed: &SignedCertificate| signed.id().as_slice() == header.certificate;
    bundle.certificates.iter().position(is_wangs).unwrap_or_default()
}

#[test]
fn a_change_was_altered() -> Result<()> {
    let story = Story::told()?;
    is(&story, Tampering::ChangeAltered, |bundle| {
        let change = &mut bundle.batches[0].changes[0];
        let middle = change.len() / 2;
        change[middle] ^= 1;
    })
}

#[test]
fn a_change_was_taken_out_of_a_batch_or_a_whole_batch_out_of_the_middle() -> Result<()> {
    let story = Story::told()?;
    ensure!(story.bundle()?.batches[0].changes.len() > 1, "王样一 wrote twice before the exchange");
    is(&story, Tampering::ChangeRemoved, |bundle| drop(bundle.batches[0].changes.remove(0)))?;
    is(&story, Tampering::ChangeRemoved, |bundle| drop(bundle.batches[0].changes.pop()))?;
    is(&story, Tampering::BatchRemoved, |bundle| drop(bundle.batches.remove(0)))
}

#[test]
fn the_last_batch_was_taken_out() -> Result<()> {
    let story = Story::told()?;
    is(&story, Tampering::TipRemoved, |bundle| {
        bundle.batches.pop();
        bundle.places.pop();
    })?;
    // With a list that fits: whoever exported it did not sign that one.
    is(&story, Tampering::Contents, |bundle| {
        bundle.batches.pop();
        bundle.places.pop();
        let exporter = bundle.read_contents().unwrap_or_default().certificate;
        bundle.sign(&[[0; 32]], &exporter.try_into().unwrap_or_default(), 0, &FORGER);
    })
}

#[test]
fn something_was_added() -> Result<()> {
    let story = Story::told()?;
    is(&story, Tampering::ChangeAdded, |bundle| {
        let change = bundle.batches[1].changes[0].clone();
        bundle.batches[0].changes.push(change);
    })?;
    is(&story, Tampering::BatchAdded, |bundle| {
        let header = bundle.batches[0].read().unwrap_or_default();
        bundle.batches.push(header.sign(vec![b"one more".to_vec()], &FORGER));
    })
}

#[test]
fn a_batch_of_another_document_was_put_in() -> Result<()> {
    let story = Story::told()?;
    let other = story.another()?;
    is(&story, Tampering::OtherDocument, |bundle| {
        let mut place = other.places[0].clone();
        place.index = u32::try_from(bundle.batches.len()).unwrap_or_default();
        bundle.batches.push(other.batches[0].clone());
        bundle.places.push(place);
    })?;
    is(&story, Tampering::OtherDocument, |bundle| bundle.document = other.document.clone())
}

#[test]
fn a_header_was_altered() -> Result<()> {
    let story = Story::told()?;
    is(&story, Tampering::HeaderAltered, |bundle| {
        with_header(bundle, |header| "610621103299".clone_into(&mut header.org));
    })?;
    is(&story, Tampering::HeaderAltered, |bundle| {
        with_header(bundle, |header| header.incarnation += 1);
    })
}

#[test]
fn a_signature_was_altered() -> Result<()> {
    let story = Story::told()?;
    is(&story, Tampering::Signature, |bundle| bundle.batches[0].signature[0] ^= 1)?;
    is(&story, Tampering::Signature, |bundle| {
        let batch = &mut bundle.batches[0];
        let header = batch.read().unwrap_or_default();
        *batch = header.sign(batch.changes.clone(), &FORGER);
    })?;
    is(&story, Tampering::Contents, |bundle| bundle.signature[0] ^= 1)
}

#[test]
fn a_certificate_was_altered() -> Result<()> {
    let story = Story::told()?;
    let altered = |bundle: &mut Bundle, county: Option<&SigningSeed>| {
        let at = of_wang(bundle);
        let signed = &mut bundle.certificates[at];
        let mut certificate =
            Certificate::decode(signed.certificate.as_slice()).unwrap_or_default();
        "赵测三".clone_into(&mut certificate.name);
        match county {
            Some(seed) => *signed = certificate.sign(seed),
            None => signed.certificate = certificate.encode_to_vec(),
        }
    };
    is(&story, Tampering::CertificateAltered, |bundle| altered(bundle, None))?;
    is(&story, Tampering::CertificateAltered, |bundle| altered(bundle, Some(&FORGER)))
}

#[test]
fn a_certificate_is_of_another_county() -> Result<()> {
    let story = Story::told()?;
    is(&story, Tampering::CertificateForeign, |bundle| {
        let at = of_wang(bundle);
        let mut certificate =
            Certificate::decode(bundle.certificates[at].certificate.as_slice()).unwrap_or_default();
        "610622".clone_into(&mut certificate.county);
        bundle.certificates[at] = certificate.sign(&FORGER);
    })?;
    // The whole county is another: every certificate would have to be signed anew, and its key is not the one
    // that the county tells.
    is(&story, Tampering::CountyKey, |bundle| {
        bundle.county_key = FORGER.public_key().to_vec();
    })?;
    let anchors = [
        Anchor::Key(FORGER.public_key()),
        Anchor::Fingerprint(Fingerprint::of(&FORGER.public_key())),
    ];
    for anchor in anchors {
        let against = Against { anchor: Some(anchor), paper: None };
        let Err(Refusal::Tampered(finding)) = verify(&story.bytes, &against) else {
            anyhow::bail!("accepted under another county's key");
        };
        ensure!(finding.what == Tampering::CountyKey, "{finding}");
    }
    Ok(())
}

#[test]
fn a_certificate_is_missing() -> Result<()> {
    let story = Story::told()?;
    is(&story, Tampering::CertificateMissing, |bundle| {
        let at = of_wang(bundle);
        bundle.certificates.remove(at);
    })?;
    is(&story, Tampering::CertificateMissing, |bundle| {
        let exporter = bundle.read_contents().unwrap_or_default().certificate;
        bundle.certificates.retain(|signed| signed.id().as_slice() != exporter);
    })
}

#[test]
fn kind_or_home_was_altered() -> Result<()> {
    let story = Story::told()?;
    is(&story, Tampering::KindOrHome, |bundle| bundle.kind = 2)?;
    is(&story, Tampering::KindOrHome, |bundle| bundle.kind = 9)?;
    is(&story, Tampering::KindOrHome, |bundle| "610621103299".clone_into(&mut bundle.home))?;
    is(&story, Tampering::KindOrHome, |bundle| {
        with_header(bundle, |header| "610621103299".clone_into(&mut header.home));
    })
}

#[test]
fn a_place_or_a_record_of_the_county_was_dropped() -> Result<()> {
    let story = Story::told()?;
    is(&story, Tampering::PlaceMissing, |bundle| drop(bundle.places.remove(1)))?;
    is(&story, Tampering::PlaceAltered, |bundle| bundle.places[1].seq += 1)?;
    is(&story, Tampering::RecordMissing, |bundle| drop(bundle.records.pop()))?;
    is(&story, Tampering::RecordAltered, |bundle| bundle.records[0].signature[0] ^= 1)?;
    is(&story, Tampering::CheckpointMissing, |bundle| drop(bundle.checkpoints.pop()))
}

/// The county itself tells two of its people two histories; its own key signed both.
#[test]
fn the_county_told_two_histories() -> Result<()> {
    let story = Story::told()?;
    let seed = story.server.county().seed.clone();
    is(&story, Tampering::TwoHistories, |bundle| {
        let first = &bundle.checkpoints[0].checkpoint;
        let mut other = Checkpoint::decode(first.as_slice()).unwrap_or_default();
        other.chain = vec![9; 32];
        bundle.checkpoints.push(other.sign(&seed));
    })?;
    is(&story, Tampering::CheckpointAltered, |bundle| {
        let first = &mut bundle.checkpoints[0];
        let mut other = Checkpoint::decode(first.checkpoint.as_slice()).unwrap_or_default();
        other.seq += 1;
        first.checkpoint = other.encode_to_vec();
    })
}

#[test]
fn what_is_no_bundle_is_unreadable_and_not_tampered_with() -> Result<()> {
    let story = Story::told()?;
    let half = &story.bytes[..story.bytes.len() / 2];
    for bytes in [&b""[..], b"%PDF-1.7", half] {
        let said = verify(bytes, &Against::default());
        ensure!(matches!(said, Err(Refusal::Unreadable(_))), "{said:?}");
    }
    Ok(())
}
