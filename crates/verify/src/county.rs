//! What the county said: its key, certificates, records, checkpoints.

use std::collections::BTreeMap;

use prost::Message;
use yidang_sync_protocol::certificate::CertificateId;
use yidang_sync_protocol::{Bundle, Certificate, Fingerprint, Record};

use crate::Anchor;
use crate::finding::{Finding, Tampering};

/// The certificates of a bundle by their names.
pub type Known = BTreeMap<CertificateId, Certificate>;

/// Whether the key is that of the county which whoever asks knows.
pub fn key(bundle: &Bundle, anchor: &Anchor) -> Result<(), Finding> {
    let is_right = match anchor {
        Anchor::Key(key) => bundle.county_key == key,
        Anchor::Fingerprint(fingerprint) => Fingerprint::of(&bundle.county_key) == *fingerprint,
    };
    if is_right {
        Ok(())
    } else {
        Err(Finding::new(Tampering::CountyKey, "不是给出的那一把"))
    }
}

/// The certificates, if the county signed each.
pub fn certificates(bundle: &Bundle) -> Result<Known, Finding> {
    let altered = |index| Finding::nth(Tampering::CertificateAltered, index, "张证书");
    let mut known = Known::new();
    let mut wrong = Vec::new();
    for (index, signed) in bundle.certificates.iter().enumerate() {
        let certificate =
            Certificate::decode(signed.certificate.as_slice()).map_err(|_| altered(index))?;
        if certificate.county != bundle.county {
            return Err(Finding::nth(Tampering::CertificateForeign, index, "张证书"));
        }
        match signed.open(&bundle.county_key) {
            Ok(certificate) => drop(known.insert(signed.id(), certificate)),
            Err(_) => wrong.push(index),
        }
    }
    match wrong.first() {
        None => Ok(known),
        // Nobody alters every certificate; somebody who puts another key there does.
        Some(_) if known.is_empty() && wrong.len() > 1 => {
            Err(Finding::new(Tampering::CountyKey, "没有一张证书是它签发的"))
        }
        Some(index) => Err(altered(*index)),
    }
}

/// What the county said about anything in the bundle.
pub fn records(bundle: &Bundle) -> Result<Vec<Record>, Finding> {
    let opened = bundle.records.iter().enumerate().map(|(index, signed)| {
        let opened = signed.open(&bundle.county_key);
        opened
            .map(|(_, record)| record)
            .map_err(|_| Finding::nth(Tampering::RecordAltered, index, "条记录"))
    });
    opened.collect()
}

/// Whether the county signed every checkpoint, and said one thing of each place.
pub fn checkpoints(bundle: &Bundle) -> Result<(), Finding> {
    let mut told: BTreeMap<(Vec<u8>, u64), Vec<u8>> = BTreeMap::new();
    for (index, signed) in bundle.checkpoints.iter().enumerate() {
        let checkpoint = signed
            .open(&bundle.county_key)
            .ok()
            .filter(|checkpoint| checkpoint.county == bundle.county)
            .ok_or_else(|| Finding::nth(Tampering::CheckpointAltered, index, "个检查点"))?;
        let place = (checkpoint.epoch, checkpoint.seq);
        let seq = place.1;
        if told
            .insert(place, checkpoint.chain.clone())
            .is_some_and(|other| other != checkpoint.chain)
        {
            return Err(two_histories(seq));
        }
    }
    Ok(())
}

/// Two things were said of one place of the log.
pub fn two_histories(seq: u64) -> Finding {
    Finding::new(Tampering::TwoHistories, format!("第 {seq} 条"))
}
