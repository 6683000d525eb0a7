//! What may be wrong with a bundle.

use std::fmt;

/// What was done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tampering {
    /// The county's key is another than the one it is to be.
    CountyKey,
    /// A certificate says something else than the county signed.
    CertificateAltered,
    /// A certificate of another county.
    CertificateForeign,
    /// A certificate was taken out.
    CertificateMissing,
    /// A record of the county says something else than it signed.
    RecordAltered,
    /// A record of the county was taken out.
    RecordMissing,
    /// A checkpoint says something else than the county signed.
    CheckpointAltered,
    /// A checkpoint was taken out.
    CheckpointMissing,
    /// The county said two things of one place of its log.
    TwoHistories,
    /// The list of contents is not the one that was signed, or not what is there.
    Contents,
    /// A batch of another document.
    OtherDocument,
    /// Kind or home of the document are others.
    KindOrHome,
    /// The header of a batch says something else.
    HeaderAltered,
    /// A change says something else.
    ChangeAltered,
    /// A change was taken out of a batch, or something others were made on is missing.
    ChangeRemoved,
    /// A change was put into a batch.
    ChangeAdded,
    /// A whole batch was taken out on which others were made.
    BatchRemoved,
    /// The last batch was taken out: nothing was made on it.
    TipRemoved,
    /// A batch was put in.
    BatchAdded,
    /// The signature of a batch is not its author's.
    Signature,
    /// A change is not of the author who signed it.
    Author,
    /// A change does what no change may do.
    Grammar,
    /// The county's word on where it took a batch was taken out.
    PlaceMissing,
    /// The county said something else about where it took a batch.
    PlaceAltered,
    /// The county's save is another, or was taken out.
    SaveAltered,
    /// The document has other heads than it had.
    Heads,
    /// A printed page is not of this file, or the file was never as it says.
    Paper,
}

impl Tampering {
    /// Its name for whoever reads the answer.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::CountyKey => "县级公钥不对",
            Self::CertificateAltered => "证书被改过",
            Self::CertificateForeign => "证书是别的县的",
            Self::CertificateMissing => "少了证书",
            Self::RecordAltered => "县级记录被改过",
            Self::RecordMissing => "少了县级记录",
            Self::CheckpointAltered => "检查点被改过",
            Self::CheckpointMissing => "少了检查点",
            Self::TwoHistories => "县级日志有两种说法",
            Self::Contents => "卷内目录对不上",
            Self::OtherDocument => "混进了别的档案的内容",
            Self::KindOrHome => "档案种类或立档网格被改过",
            Self::HeaderAltered => "批次的抬头被改过",
            Self::ChangeAltered => "内容被改过",
            Self::ChangeRemoved => "批次里少了内容",
            Self::ChangeAdded => "批次里多了内容",
            Self::BatchRemoved => "中间少了一批",
            Self::TipRemoved => "末尾少了一批",
            Self::BatchAdded => "多了一批",
            Self::Signature => "签名对不上",
            Self::Author => "内容不是签名人写的",
            Self::Grammar => "有不合规则的内容",
            Self::PlaceMissing => "少了县级收存的凭据",
            Self::PlaceAltered => "县级收存的凭据被改过",
            Self::SaveAltered => "县级存档被改过",
            Self::Heads => "拼出来的档案和导出时不一样",
            Self::Paper => "纸和档案包对不上",
        }
    }
}

/// What was done, and to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub what: Tampering,
    /// To which part, in Chinese; empty where the label says all.
    pub part: String,
}

impl Finding {
    /// To one part.
    pub(crate) fn new(what: Tampering, part: impl Into<String>) -> Self {
        Self { what, part: part.into() }
    }

    /// To the `index`th of these, from zero.
    pub(crate) fn nth(what: Tampering, index: usize, of: &str) -> Self {
        Self::new(what, format!("第 {} {of}", index + 1))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what.label())?;
        if self.part.is_empty() { Ok(()) } else { write!(f, "（{}）", self.part) }
    }
}

/// Why a bundle is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is no bundle, or one of a later version; why, in English.
    Unreadable(String),
    /// Something was done to it.
    Tampered(Finding),
}

impl From<Finding> for Refusal {
    fn from(finding: Finding) -> Self {
        Self::Tampered(finding)
    }
}
