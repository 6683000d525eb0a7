//! Searching the table of categories.

use yidang_domain::category::{CLASSES, Category, label};

/// Categories whose words, class or code hold `text`. Those whose own words hold it come first.
#[must_use]
pub fn found(text: &str) -> Vec<&'static Category> {
    let text = text.trim();
    let mut own = Vec::new();
    let mut by_class = Vec::new();
    for class in CLASSES {
        for category in class.categories {
            if category.code.starts_with(text) || label(category.code).contains(text) {
                own.push(category);
            } else if class.label.contains(text) {
                by_class.push(category);
            }
        }
    }
    own.extend(by_class);
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_category_comes_before_a_word_of_its_class() {
        let codes: Vec<_> = found("土地").iter().map(|category| category.code).collect();
        assert!(codes.first().is_some_and(|code| *code == "0202" || *code == "0901"), "{codes:?}");
        assert!(codes.contains(&"0902"));
    }

    #[test]
    fn a_code_finds_its_category() {
        let codes: Vec<_> = found("0901").iter().map(|category| category.code).collect();
        assert_eq!(codes, ["0901"]);
    }
}
