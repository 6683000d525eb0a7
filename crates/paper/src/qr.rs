//! The code at the foot of a printed file, for a camera.

use qrcode::types::QrError;
use qrcode::{Color, EcLevel, QrCode};

/// A code as a picture of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// How many modules its side has, the white frame around it not counted.
    pub modules: usize,
    /// The dark modules as the `d` of an SVG path, one unit each.
    pub path: String,
}

/// The code that says `text`. It can still be read where a quarter of it is stained.
///
/// # Errors
///
/// Where `text` fits into no code.
pub fn qr(text: &str) -> Result<Qr, QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q)?;
    let modules = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(modules).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, other| one == other) {
            if run.first() == Some(&Color::Dark) {
                let length = run.len();
                path.push_str(&format!("M{x} {y}h{length}v1h-{length}z"));
            }
            x += run.len();
        }
    }
    Ok(Qr { modules, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corners_by_which_a_camera_finds_it_are_there() {
        let qr = qr("YD1:0A:0B:1:12345").unwrap();
        assert!(qr.modules >= 21, "{}", qr.modules);
        let right = qr.modules - 7;
        assert!(qr.path.starts_with("M0 0h7v1h-7z"), "{}", qr.path);
        assert!(qr.path.contains(&format!("M{right} 0h7v1h-7z")), "{}", qr.path);
        assert!(qr.path.contains(&format!("M0 {right}h7v1h-7z")), "{}", qr.path);
    }

    #[test]
    fn every_module_that_is_drawn_lies_within() {
        let qr = qr(&"8".repeat(400)).unwrap();
        let ends = qr.path.split('M').skip(1).map(|run| {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let length = rest.split_once('v').unwrap().0;
            let number = |text: &str| text.parse::<usize>().unwrap();
            (number(x) + number(length), number(y))
        });
        for (x, y) in ends {
            assert!(x <= qr.modules && y < qr.modules, "{x} {y}");
        }
    }

    #[test]
    fn too_much_text_is_refused() {
        assert!(qr(&"一".repeat(4_000)).is_err());
    }
}
