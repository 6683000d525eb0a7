//! The list of contents, which whoever exported the bundle signed, against what is there.

use yidang_documents::ChangeHash;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_sync_protocol::bundle::Contents;
use yidang_sync_protocol::{Bundle, RecordName};

use crate::batches;
use crate::county::Known;
use crate::finding::{Finding, Refusal, Tampering};

/// Which document a bundle is about. Its first change follows from that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The document.
    pub id: DocumentId,
    /// Its kind.
    pub kind: DocumentKind,
    /// The unit it was born in.
    pub home: OrgCode,
}

/// The document that a bundle says it is about.
pub fn subject(bundle: &Bundle) -> Result<Subject, Refusal> {
    let id = <[u8; 16]>::try_from(bundle.document.as_slice())
        .map_err(|_| Refusal::Unreadable("it names no document".into()))?;
    let kind =
        kind_of(bundle.kind).ok_or_else(|| Finding::new(Tampering::KindOrHome, "没有这一种"))?;
    Ok(Subject { id: DocumentId::from_bytes(id), kind, home: OrgCode(bundle.home.clone()) })
}

/// The kind with this number on the wire.
const fn kind_of(number: u32) -> Option<DocumentKind> {
    match number {
        1 => Some(DocumentKind::CaseFile),
        2 => Some(DocumentKind::Household),
        3 => Some(DocumentKind::VisitDay),
        _ => None,
    }
}

/// The list, if its exporter signed it.
pub fn open(bundle: &Bundle, known: &Known) -> Result<Contents, Finding> {
    let unsigned =
        bundle.read_contents().map_err(|_| Finding::new(Tampering::Contents, "读不出来"))?;
    let exporter = <[u8; 16]>::try_from(unsigned.certificate.as_slice())
        .ok()
        .and_then(|id| known.get(&id))
        .ok_or_else(|| Finding::new(Tampering::CertificateMissing, "导出人的"))?;
    let told = bundle
        .open_contents(&exporter.key().unwrap_or_default())
        .map_err(|_| Finding::new(Tampering::Contents, "不是导出人签的"))?;
    if told.county_key == bundle.county_key {
        Ok(told)
    } else {
        Err(Finding::new(Tampering::CountyKey, "导出时是另一把"))
    }
}

/// Whether everything on the list is there, and nothing else.
pub fn compare(bundle: &Bundle, told: &Contents) -> Result<(), Finding> {
    let here = bundle.listed();
    if told.document != here.document {
        return Err(Finding::new(Tampering::OtherDocument, "整件"));
    }
    if told.kind != here.kind || told.home != here.home {
        return Err(Finding::new(Tampering::KindOrHome, ""));
    }
    if let Some(index) = lacks(&told.certificates, &here.certificates) {
        return Err(Finding::nth(Tampering::CertificateMissing, index, "张"));
    }
    batches::compare(bundle, &here.batches, &told.batches)?;
    if told.save != here.save {
        return Err(Finding::new(Tampering::SaveAltered, ""));
    }
    let names = |packed: &[u8]| RecordName::unpack(packed);
    if let Some(index) = lacks(&names(&told.records), &names(&here.records)) {
        return Err(Finding::nth(Tampering::RecordMissing, index, "条"));
    }
    if let Some(index) = lacks(&told.checkpoints, &here.checkpoints) {
        return Err(Finding::nth(Tampering::CheckpointMissing, index, "个"));
    }
    let same = Contents {
        heads: told.heads.clone(),
        exported_at_ms: told.exported_at_ms,
        certificate: told.certificate.clone(),
        ..here
    };
    if same == *told {
        Ok(())
    } else {
        Err(Finding::new(Tampering::Contents, "多了或换了次序"))
    }
}

/// The first of `told` that is not in `here`.
fn lacks<T: PartialEq>(told: &[T], here: &[T]) -> Option<usize> {
    told.iter().position(|one| !here.contains(one))
}

/// The heads on a list.
pub fn heads(told: &Contents) -> Option<Vec<ChangeHash>> {
    told.heads.iter().map(|head| head.as_slice().try_into().ok()).collect()
}
