//! Rings on whole numbers: how large one is, and the same with fewer corners. Pure, and the same on
//! every machine.

/// A corner, east and north.
type Corner = (i32, i32);

/// So many corners an outline has at most. The outlines of a county travel to every desktop of its
/// townships: with 3,500 units that are 4 MB at the most.
const MOST_CORNERS: usize = 60;
/// The first distance below which a corner is passed over, in units of an outline: about a metre.
const FIRST_DISTANCE: i64 = 1;

/// Twice the area.
#[must_use]
pub fn area(ring: &[Corner]) -> i128 {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .map(|(a, b)| i128::from(a.0) * i128::from(b.1) - i128::from(b.0) * i128::from(a.1))
        .sum::<i128>()
        .abs()
}

/// The ring with as many corners as an outline has: those go first that change least of it (Ramer,
/// Douglas and Peucker, with the distance doubled until few enough are left).
#[must_use]
pub fn simplified(ring: &[Corner]) -> Vec<Corner> {
    let mut kept = ring.to_vec();
    let mut distance = FIRST_DISTANCE;
    while kept.len() > MOST_CORNERS {
        kept = without(&kept, distance);
        distance *= 2;
    }
    kept
}

/// The ring without corners nearer than `distance` to the line that stays. The corner that lies
/// farthest from the first one divides it in two.
fn without(ring: &[Corner], distance: i64) -> Vec<Corner> {
    let Some(first) = ring.first() else { return Vec::new() };
    let opposite = (0..).zip(ring).max_by_key(|(_, corner)| square(*first, **corner));
    let middle = opposite.map_or(0, |(at, _)| at);
    let mut closed = ring.to_vec();
    closed.push(*first);
    let mut is_kept = vec![false; closed.len()];
    for at in [0, middle] {
        if let Some(kept) = is_kept.get_mut(at) {
            *kept = true;
        }
    }
    let limit = i128::from(distance) * i128::from(distance);
    let mut open = vec![(0, middle), (middle, ring.len())];
    while let Some((from, to)) = open.pop() {
        let Some((at, off)) = farthest(&closed, from, to) else { continue };
        if off > limit {
            if let Some(kept) = is_kept.get_mut(at) {
                *kept = true;
            }
            open.extend([(from, at), (at, to)]);
        }
    }
    ring.iter().zip(is_kept).filter(|(_, is_kept)| *is_kept).map(|(corner, _)| *corner).collect()
}

/// The corner between two others that lies farthest from their line, and the square of how far.
fn farthest(ring: &[Corner], from: usize, to: usize) -> Option<(usize, i128)> {
    let (a, b) = (*ring.get(from)?, *ring.get(to)?);
    let length = square(a, b);
    let off = |corner: Corner| {
        if length == 0 {
            return square(a, corner);
        }
        let (x, y) = (difference(b.0, a.0), difference(b.1, a.1));
        let cross = x * difference(corner.1, a.1) - y * difference(corner.0, a.0);
        cross * cross / length
    };
    let between = ring.get(from + 1..to)?;
    (from + 1..).zip(between).map(|(at, corner)| (at, off(*corner))).max_by_key(|(_, off)| *off)
}

fn square(a: Corner, b: Corner) -> i128 {
    let (x, y) = (difference(a.0, b.0), difference(a.1, b.1));
    x * x + y * y
}

fn difference(one: i32, other: i32) -> i128 {
    i128::from(one) - i128::from(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square with so many corners on each side, none of which changes it.
    fn walked(side: i32, steps: i32) -> Vec<Corner> {
        let along = (0..steps).map(|step| side / steps * step);
        let mut ring: Vec<Corner> = along.clone().map(|at| (at, 0)).collect();
        ring.extend(along.clone().map(|at| (side, at)));
        ring.extend(along.clone().map(|at| (side - at, side)));
        ring.extend(along.map(|at| (0, side - at)));
        ring
    }

    #[test]
    fn corners_that_change_nothing_go_first() {
        let ring = walked(10_000, 100);
        assert_eq!((ring.len(), area(&ring)), (400, 200_000_000));
        let simple = simplified(&ring);
        assert_eq!(simple, [(0, 0), (10_000, 0), (10_000, 10_000), (0, 10_000)]);
        assert_eq!(area(&simple), area(&ring));
    }

    #[test]
    fn a_ring_with_few_corners_stays_as_it_is() {
        let ring = vec![(0, 0), (10, 1), (20, 0), (10, 30)];
        assert_eq!(simplified(&ring), ring);
        assert!(simplified(&[]).is_empty());
    }

    #[test]
    fn a_wild_border_ends_with_few_corners_and_about_its_size() {
        // A saw around a square.
        let ring: Vec<Corner> = (0_i32..)
            .zip(walked(100_000, 500))
            .map(|(at, (east, north))| (east + at % 7 * 10, north + at % 5 * 10))
            .collect();
        let simple = simplified(&ring);
        assert!((4..=MOST_CORNERS).contains(&simple.len()), "{}", simple.len());
        let (before, after) = (area(&ring), area(&simple));
        assert!((before - after).abs() * 100 < before, "{before} {after}");
    }

    #[test]
    fn a_ring_that_comes_back_on_itself_ends() {
        let ring: Vec<Corner> = (0..500).map(|at| (at % 2, 0)).collect();
        assert!(simplified(&ring).len() <= MOST_CORNERS);
    }
}
