//! What a browser has to fetch, printed after each build: size is a budget, so it is always in
//! sight.

use crate::web::bundle::Bundle;
use crate::web::bundle::Files;

/// Prints every file, largest first, and the sums.
pub fn print(bundle: &Bundle, compressed: &Files) {
    let mut rows: Vec<(&str, usize, Option<usize>)> = bundle
        .files
        .iter()
        .map(|(path, content)| (path.as_str(), content.len(), compressed.get(path).map(Vec::len)))
        .collect();
    rows.sort_by_key(|(_, size, _)| std::cmp::Reverse(*size));
    println!("  {:>12} {:>12}  version {}", "bytes", "brotli", bundle.version);
    for (path, size, packed) in &rows {
        println!(
            "  {size:>12} {:>12}  {path}",
            packed.map_or("-".to_owned(), |packed| packed.to_string())
        );
    }
    let size: usize = rows.iter().map(|(_, size, _)| size).sum();
    let packed: usize = rows.iter().filter_map(|(_, _, packed)| *packed).sum();
    println!(
        "  {size:>12} {:>12}  in all",
        if compressed.is_empty() { "-".to_owned() } else { packed.to_string() }
    );
}
