//! What is said of a bundle in which everything is as it should be.

use std::collections::BTreeMap;
use std::fmt;

use yidang_documents::Projection;
use yidang_domain::causality::hex_of;
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::bundle::Contents;
use yidang_sync_protocol::{Bundle, Certificate, Fingerprint, Record, RecordKind};

use crate::county::Known;
use crate::paper::OnPaper;
use crate::rebuild::Rebuilt;

/// Somebody who wrote in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// Name and post, as the county certified them.
    pub who: String,
    /// How many changes.
    pub changes: usize,
    /// Since when the county believes one of their devices no more, if it said so.
    pub revoked_at: Option<InstantMs>,
}

/// What stands in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The document.
    pub document: DocumentId,
    /// What it is: kind, number and matter.
    pub title: String,
    /// Code of the county.
    pub county: String,
    /// How many changes it has, those of the county's server included.
    pub changes: usize,
    /// Of these, how many the county alone attests, without a signature of whoever wrote them.
    pub attested_only: usize,
    /// Who wrote, without the county's server.
    pub writers: Vec<Writer>,
    /// The newest change, by the clock of the device it was written on.
    pub last_at: InstantMs,
    /// The heads, in hexadecimal.
    pub heads: Vec<String>,
    /// The last place of the county's log at which something of it was taken.
    pub last_seq: u64,
    /// Who exported it, with post and device.
    pub exporter: String,
    /// When, by that device's clock.
    pub exported_at: InstantMs,
    /// The fingerprint of the county's key in it.
    pub fingerprint: Fingerprint,
    /// Whether that key was compared with one from elsewhere.
    pub anchored: bool,
    /// What the printed page shows that it was compared with.
    pub on_paper: Option<OnPaper>,
}

/// Everything that was found to be right.
pub struct Checked<'a> {
    /// The bundle.
    pub bundle: &'a Bundle,
    /// Its list.
    pub told: &'a Contents,
    /// Its certificates.
    pub known: &'a Known,
    /// Its records.
    pub records: &'a [Record],
    /// Its document.
    pub rebuilt: &'a Rebuilt,
    /// The last place of the log.
    pub last_seq: u64,
    /// Whether the key was compared.
    pub anchored: bool,
    /// What the printed page shows.
    pub on_paper: Option<OnPaper>,
}

/// What to say of it.
pub fn of(checked: &Checked<'_>) -> Report {
    let Checked { bundle, told, known, rebuilt, .. } = checked;
    let exporter = known.iter().find(|(id, _)| told.certificate == id.as_slice());
    Report {
        document: rebuilt.document.id(),
        title: title(&rebuilt.projection, rebuilt.document.id()),
        county: bundle.county.clone(),
        changes: rebuilt.taken.len(),
        attested_only: rebuilt.taken.iter().filter(|one| one.certificate.is_none()).count(),
        writers: writers(checked),
        last_at: rebuilt.taken.iter().map(|one| one.at).max().unwrap_or_default(),
        heads: rebuilt.document.heads().iter().map(|head| hex_of(head)).collect(),
        last_seq: checked.last_seq,
        exporter: exporter
            .map(|(_, certificate)| format!("{}，{}", who(certificate), certificate.device_name))
            .unwrap_or_default(),
        exported_at: InstantMs(told.exported_at_ms),
        fingerprint: Fingerprint::of(&bundle.county_key),
        anchored: checked.anchored,
        on_paper: checked.on_paper,
    }
}

fn title(projection: &Projection, id: DocumentId) -> String {
    match projection {
        Projection::CaseFile(case) => {
            let number = case.number.clone().unwrap_or_else(|| format!("待编号 {}", id.short()));
            format!("案件 {number} {}", case.fact("matter"))
        }
        Projection::Household(_) => "户".to_owned(),
        Projection::VisitDay(_) => "驻村坐诊".to_owned(),
    }
}

fn who(certificate: &Certificate) -> String {
    format!("{}（{}）", certificate.name, certificate.post)
}

/// Everybody who wrote, each once, in the order in which they came.
fn writers(checked: &Checked<'_>) -> Vec<Writer> {
    let mut revoked: BTreeMap<&[u8], InstantMs> = BTreeMap::new();
    for record in checked.records.iter().filter(|one| one.kind() == RecordKind::Revocation) {
        revoked.insert(&record.subject, InstantMs(record.at_ms));
    }
    let mut found: Vec<(&str, Writer)> = Vec::new();
    for id in checked.rebuilt.taken.iter().filter_map(|one| one.certificate) {
        let Some(certificate) = checked.known.get(&id).filter(|one| !one.server) else { continue };
        let revoked_at = revoked.get(id.as_slice()).copied();
        match found.iter_mut().find(|(user, _)| *user == certificate.user) {
            Some((_, writer)) => {
                writer.changes += 1;
                writer.revoked_at = writer.revoked_at.or(revoked_at);
            }
            None => {
                let writer = Writer { who: who(certificate), changes: 1, revoked_at };
                found.push((&certificate.user, writer));
            }
        }
    }
    found.into_iter().map(|(_, writer)| writer).collect()
}

/// Date and time in China.
fn moment(at: InstantMs) -> String {
    let (hour, minute) = at.hour_minute();
    format!("{} {hour:02}:{minute:02}", at.date())
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "档案包完好：内容、签名和县级凭据都对得上，从导出起没有改动过。")?;
        writeln!(f, "{}", self.title)?;
        writeln!(f, "档案标识 {}，县 {}", self.document, self.county)?;
        writeln!(
            f,
            "共 {} 处改动，{} 人写的，到 {}：",
            self.changes,
            self.writers.len(),
            moment(self.last_at)
        )?;
        for Writer { who, changes, revoked_at } in &self.writers {
            write!(f, "  {who} {changes} 处")?;
            match revoked_at {
                Some(at) => writeln!(f, "，所用设备已于 {} 停用", moment(*at))?,
                None => writeln!(f)?,
            }
        }
        if self.attested_only > 0 {
            writeln!(f, "其中 {} 处只有县级存档为证，没有写的人的签名。", self.attested_only)?;
        }
        writeln!(f, "县级日志收存到第 {} 条", self.last_seq)?;
        writeln!(f, "导出：{}，{}", self.exporter, moment(self.exported_at))?;
        for head in &self.heads {
            writeln!(f, "末端 {head}")?;
        }
        match self.on_paper {
            Some(OnPaper::All) => writeln!(f, "纸上是这件档案现在的样子。")?,
            Some(OnPaper::Until { seq, later }) => {
                writeln!(f, "纸上是县级日志到第 {seq} 条为止的样子，之后又有 {later} 处改动。")?;
            }
            None => {}
        }
        write!(f, "县级公钥指纹 {}", self.fingerprint)?;
        if self.anchored {
            write!(f, "，与给出的一致。")
        } else {
            write!(f, "\n没有给出县级公钥或指纹，这把公钥本身没有核对：请与县里公布的指纹比对。")
        }
    }
}
