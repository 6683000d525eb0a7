//! What stands at the foot of every printed page of a file.

use yidang_api::case_file::{Heads, PaperHeadView};
use yidang_api::{Fault, FaultCode};
use yidang_domain::causality::hex_of;
use yidang_domain::ids::DocumentId;
use yidang_paper::qr::qr;
use yidang_sync_protocol::{Fingerprint, PaperHead};

use crate::device::Device;
use crate::store::ReadPlaces;

/// By what a page of the file as it is now can be compared with a bundle of it.
pub fn of(device: &mut Device, id: DocumentId) -> Result<PaperHeadView, Fault> {
    let desk = device.desk()?;
    let heads = desk.document(id)?.heads();
    let fingerprint = Fingerprint::of(&desk.account.county_key);
    let head = PaperHead {
        document: *id.as_bytes(),
        heads: PaperHead::of_heads(&heads),
        // Whatever the county had taken by then is here, whether or not its places came already.
        seq: crate::sync::stood(desk)?.seq.max(desk.store.last_place(id)?),
        fingerprint,
    };
    let text = head.to_string();
    let code =
        qr(&text).map_err(|error| Fault::new(FaultCode::Internal, format!("a code: {error}")))?;
    Ok(PaperHeadView {
        heads: Heads(heads.iter().map(|head| hex_of(head)).collect()),
        text,
        fingerprint: fingerprint.to_string(),
        modules: code.modules,
        path: code.path,
    })
}
