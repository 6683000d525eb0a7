//! Contour lines of the gullies, drawn from a formula: rings around a hilltop, bent by
//! three slow waves. They decorate the header and the rail, and nothing else.

use std::f64::consts::TAU;
use std::fmt::Write;

/// Corners of one ring.
const CORNERS: u32 = 28;

/// The path of `rings` rings around (`x`, `y`), `step` apart.
#[must_use]
pub fn rings(x: f64, y: f64, step: f64, rings: u32) -> String {
    let mut path = String::new();
    for ring in 1..=rings {
        ring_into(&mut path, x, y, step * f64::from(ring), f64::from(ring));
    }
    path
}

/// Each corner bends towards the middle of the next edge, which makes the ring smooth.
fn ring_into(path: &mut String, x: f64, y: f64, radius: f64, ring: f64) {
    for corner in 0..=CORNERS {
        let (ax, ay) = at(x, y, radius, ring, corner);
        let (bx, by) = at(x, y, radius, ring, corner + 1);
        let (mx, my) = (f64::midpoint(ax, bx), f64::midpoint(ay, by));
        // Writing into a string cannot fail.
        let _ = if corner == 0 {
            write!(path, "M{mx:.0} {my:.0}")
        } else {
            write!(path, "Q{ax:.0} {ay:.0} {mx:.0} {my:.0}")
        };
    }
    path.push('Z');
}

fn at(x: f64, y: f64, radius: f64, ring: f64, corner: u32) -> (f64, f64) {
    let angle = TAU * f64::from(corner % CORNERS) / f64::from(CORNERS);
    let bend = 1.0
        + 0.15 * (2.0 * angle + 0.9 + ring * 0.09).sin()
        + 0.09 * (3.0 * angle + 0.4 - ring * 0.05).sin()
        + 0.04 * (5.0 * angle + 2.0).sin();
    let r = radius * bend;
    (x + 1.35 * r * angle.cos(), y + 0.8 * r * angle.sin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_are_closed_and_small() {
        let path = rings(350.0, -8.0, 19.0, 17);
        assert_eq!(path.matches('Z').count(), 17);
        assert!(path.len() < 12_000, "{}", path.len());
    }
}
