//! Brotli copies for servers to send: made once here instead of at every request.

use std::io::Write;
use std::thread;

use anyhow::Context;
use anyhow::Result;
use anyhow::anyhow;

use crate::web::bundle::Files;

const QUALITY: u32 = 11;
const WINDOW_BITS: u32 = 22;
const BUFFER_BYTES: usize = 1 << 16;
const ENDINGS: [&str; 4] = [".wasm", ".js", ".css", ".svg"];

/// The compressed form of every file that gains from it, under the file's own path.
pub fn compress(files: &Files) -> Result<Files> {
    println!("  compressing (brotli {QUALITY})");
    thread::scope(|scope| {
        let chosen =
            files.iter().filter(|(path, _)| ENDINGS.iter().any(|ending| path.ends_with(ending)));
        let jobs: Vec<_> = chosen
            .map(|(path, content)| (path.clone(), scope.spawn(move || brotli(content))))
            .collect();
        let finish = |(path, job): (String, thread::ScopedJoinHandle<'_, Result<Vec<u8>>>)| {
            let advice =
                || format!("Could not compress {path}: check the free memory and try again");
            let compressed =
                job.join().map_err(|_| anyhow!("the compressor stopped")).with_context(advice)?;
            Ok((path.clone(), compressed.with_context(advice)?))
        };
        jobs.into_iter().map(finish).collect()
    })
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), BUFFER_BYTES, QUALITY, WINDOW_BITS);
    writer.write_all(content)?;
    Ok(writer.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_compressed_comes_back() {
        let content = "一事一档".repeat(100).into_bytes();
        let files = Files::from([
            ("a.js".to_owned(), content.clone()),
            ("a.png".to_owned(), content.clone()),
        ]);
        let compressed = compress(&files).unwrap();
        assert_eq!(compressed.keys().collect::<Vec<_>>(), ["a.js"]);
        let mut restored = Vec::new();
        brotli::BrotliDecompress(&mut compressed["a.js"].as_slice(), &mut restored).unwrap();
        assert_eq!(restored, content);
    }
}
