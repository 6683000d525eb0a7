//! From degrees to the plane of the drawing.

use std::fmt::Write;

use yidang_api::places::MapView;

use super::is_drawn;

/// Room around it.
const MARGIN: f64 = 8.0;
/// No map is drawn flatter or taller than that.
const HEIGHTS: (f64, f64) = (120.0, 1200.0);

/// From degrees to the drawing: a degree of longitude is shorter by the cosine of the latitude.
pub(super) struct Plane {
    west: f64,
    north: f64,
    squeeze: f64,
    scale: f64,
    /// Height of the drawing.
    pub(super) height: f64,
}

impl Plane {
    pub(super) fn over(view: &MapView, width: f64) -> Option<Self> {
        let areas = view.areas.iter().map(|area| &area.ring);
        let rings = areas.chain(view.frames.iter().map(|frame| &frame.ring));
        let points: Vec<_> = rings.filter(|ring| is_drawn(ring)).flatten().copied().collect();
        let west = f64::from(points.iter().map(|point| point.0).min()?);
        let east = f64::from(points.iter().map(|point| point.0).max()?);
        let south = f64::from(points.iter().map(|point| point.1).min()?);
        let north = f64::from(points.iter().map(|point| point.1).max()?);
        let squeeze = (f64::midpoint(south, north) / 1e5).to_radians().cos().abs().max(0.05);
        let wide = ((east - west) * squeeze).max(1.0);
        let scale = (width - 2.0 * MARGIN) / wide;
        let tall = (north - south) * scale;
        let (least, most) = HEIGHTS;
        // A strip from north to south is made to fit the tallest drawing.
        let fit = if tall > most { most / tall } else { 1.0 };
        let height = (tall * fit + 2.0 * MARGIN).max(least);
        Some(Self { west, north, squeeze, scale: scale * fit, height })
    }

    pub(super) fn ring(&self, ring: &[(i32, i32)]) -> Vec<(f64, f64)> {
        ring.iter()
            .map(|(east, north)| {
                let x = (f64::from(*east) - self.west) * self.squeeze * self.scale + MARGIN;
                let y = (self.north - f64::from(*north)) * self.scale + MARGIN;
                (x, y)
            })
            .collect()
    }
}

/// A closed path through the corners.
pub(super) fn path(ring: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in ring.iter().enumerate() {
        let letter = if index == 0 { 'M' } else { 'L' };
        // Writing into a string cannot fail.
        let _ = write!(path, "{letter}{x:.1} {y:.1}");
    }
    path.push('Z');
    path
}

/// The middle of an area by its surface; of one without surface, the middle of its corners.
pub(super) fn middle(ring: &[(f64, f64)]) -> (f64, f64) {
    let next = ring.iter().cycle().skip(1);
    let (mut twice, mut x, mut y) = (0.0, 0.0, 0.0);
    let (mut sum_x, mut sum_y, mut corners) = (0.0, 0.0, 0.0);
    for ((ax, ay), (bx, by)) in ring.iter().zip(next) {
        let cross = ax * by - bx * ay;
        twice += cross;
        x += (ax + bx) * cross;
        y += (ay + by) * cross;
        sum_x += ax;
        sum_y += ay;
        corners += 1.0;
    }
    if twice.abs() < 1e-6 {
        return (sum_x / f64::max(corners, 1.0), sum_y / f64::max(corners, 1.0));
    }
    (x / (3.0 * twice), y / (3.0 * twice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_line_is_the_middle_of_its_corners() {
        let (x, y) = middle(&[(0.0, 0.0), (2.0, 0.0), (4.0, 0.0)]);
        assert!((x - 2.0).abs() < 1e-9 && y.abs() < 1e-9);
    }
}
