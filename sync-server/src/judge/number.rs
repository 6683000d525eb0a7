//! Official numbers: `延张调〔2026〕12号`. Pure.

/// A number taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseNumber {
    /// The committee: 延张.
    pub committee: String,
    /// The year.
    pub year: i16,
    /// The number within committee and year.
    pub number: u32,
}

impl std::fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}调〔{}〕{}号", self.committee, self.year, self.number)
    }
}

impl CaseNumber {
    /// The number that is printed like this.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (committee, rest) = text.split_once("调〔")?;
        let (year, rest) = rest.split_once('〕')?;
        let number = rest.strip_suffix('号')?;
        let parsed = Self {
            committee: committee.to_owned(),
            year: year.parse().ok()?,
            number: number.parse().ok()?,
        };
        (parsed.to_string() == text).then_some(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_printed() {
        let number = CaseNumber { committee: "延张".into(), year: 2026, number: 12 };
        assert_eq!(number.to_string(), "延张调〔2026〕12号");
        assert_eq!(CaseNumber::parse("延张调〔2026〕12号"), Some(number));
        for wrong in ["延张调〔2026〕012号", "延张调[2026]12号", "延张调〔2026〕号", ""]
        {
            assert_eq!(CaseNumber::parse(wrong), None, "{wrong}");
        }
    }
}
