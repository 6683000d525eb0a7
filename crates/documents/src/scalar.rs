//! The values that stand in registers: text, whole numbers, yes and no.

use automerge::{ScalarValue, ScalarValueRef};
use serde::{Deserialize, Serialize};
use yidang_domain::civil::Date;
use yidang_domain::facts::{Field, ValueKind};

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Text, dates and codes included.
    Text(String),
}

/// Why a value may not stand in a register.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct ScalarError {
    /// The register.
    pub field: &'static str,
    /// What is wrong, in English.
    pub reason: &'static str,
}

/// No text in any register or entry is longer than this many bytes.
pub const LONGEST_TEXT_BYTES: usize = 16 * 1024;

impl Scalar {
    /// As text, the way screens and forms handle every value.
    #[must_use]
    pub fn as_text(&self) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    /// The value for `field` that `text` stands for.
    ///
    /// # Errors
    ///
    /// [`ScalarError`] names the field and what is wrong with the text.
    pub fn from_text(field: &'static Field, text: &str) -> Result<Self, ScalarError> {
        let wrong = |reason| ScalarError { field: field.name, reason };
        let scalar = match field.kind {
            ValueKind::Number(..) => {
                Self::Number(text.trim().parse().map_err(|_| wrong("not a whole number"))?)
            }
            ValueKind::Flag => Self::Flag(text.parse().map_err(|_| wrong("not true or false"))?),
            ValueKind::Text(_) | ValueKind::Date | ValueKind::Code(_) => {
                Self::Text(text.trim().to_owned())
            }
        };
        scalar.fits(field)?;
        Ok(scalar)
    }

    /// Whether the value may stand in `field`.
    ///
    /// # Errors
    ///
    /// [`ScalarError`] names the field and what is wrong.
    pub fn fits(&self, field: &'static Field) -> Result<(), ScalarError> {
        let wrong = |reason| Err(ScalarError { field: field.name, reason });
        match (field.kind, self) {
            (ValueKind::Text(most) | ValueKind::Code(most), Self::Text(text)) => {
                if text.chars().count() > most {
                    return wrong("too long");
                }
                if text.chars().any(|c| c.is_control() && c != '\n') {
                    return wrong("has control characters");
                }
                Ok(())
            }
            (ValueKind::Date, Self::Text(text)) => {
                if text.is_empty() || text.parse::<Date>().is_ok_and(|d| d.to_string() == *text) {
                    Ok(())
                } else {
                    wrong("not a date")
                }
            }
            (ValueKind::Number(least, most), Self::Number(number)) => {
                if (least..=most).contains(number) { Ok(()) } else { wrong("out of range") }
            }
            (ValueKind::Flag, Self::Flag(_)) => Ok(()),
            _ => wrong("of the wrong type"),
        }
    }

    pub(crate) fn to_automerge(&self) -> ScalarValue {
        match self {
            Self::Flag(flag) => ScalarValue::Boolean(*flag),
            Self::Number(number) => ScalarValue::Int(*number),
            Self::Text(text) => ScalarValue::Str(text.as_str().into()),
        }
    }

    pub(crate) fn from_owned(value: &ScalarValue) -> Option<Self> {
        match value {
            ScalarValue::Boolean(flag) => Some(Self::Flag(*flag)),
            ScalarValue::Int(number) => Some(Self::Number(*number)),
            ScalarValue::Str(text) => Some(Self::Text(text.to_string())),
            _ => None,
        }
    }

    pub(crate) fn from_ref(value: &ScalarValueRef<'_>) -> Option<Self> {
        match value {
            ScalarValueRef::Boolean(flag) => Some(Self::Flag(*flag)),
            ScalarValueRef::Int(number) => Some(Self::Number(*number)),
            ScalarValueRef::Str(text) => Some(Self::Text(text.to_string())),
            _ => None,
        }
    }
}
