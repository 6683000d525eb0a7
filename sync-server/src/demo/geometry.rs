//! Convex figures on whole numbers: the same borders on every machine.

/// A point, east and north.
pub type Point = (i64, i64);

/// The points at which `e·x + n·y <= limit`.
#[derive(Debug, Clone, Copy)]
pub struct Half {
    east: i64,
    north: i64,
    limit: i64,
}

impl Half {
    /// What lies nearer to `this` than to `other`.
    pub fn nearer(this: Point, other: Point) -> Self {
        let square = |point: Point| point.0 * point.0 + point.1 * point.1;
        Self {
            east: 2 * (other.0 - this.0),
            north: 2 * (other.1 - this.1),
            limit: square(other) - square(this),
        }
    }

    /// What lies west of a line.
    pub const fn west_of(east: i64) -> Self {
        Self { east: 1, north: 0, limit: east }
    }

    /// What lies south of a line.
    pub const fn south_of(north: i64) -> Self {
        Self { east: 0, north: 1, limit: north }
    }

    /// The other side.
    pub const fn other(self) -> Self {
        Self { east: -self.east, north: -self.north, limit: -self.limit }
    }

    const fn beyond(self, point: Point) -> i64 {
        self.east * point.0 + self.north * point.1 - self.limit
    }
}

/// The part of a convex ring on one side.
pub fn cut(ring: &[Point], half: Half) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(ring.len() + 1);
    let next = ring.iter().cycle().skip(1);
    for (&here, &there) in ring.iter().zip(next) {
        let (a, b) = (half.beyond(here), half.beyond(there));
        if a <= 0 {
            kept.push(here);
        }
        if a.signum() * b.signum() < 0 {
            let on = |from: i64, to: i64| from + (to - from) * a / (a - b);
            kept.push((on(here.0, there.0), on(here.1, there.1)));
        }
    }
    kept.dedup();
    if kept.len() > 1 && kept.first() == kept.last() {
        kept.pop();
    }
    kept
}

/// Twice the area.
pub fn area(ring: &[Point]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<i64>().abs()
}

/// About the middle.
pub fn middle(ring: &[Point]) -> Point {
    let count = i64::try_from(ring.len()).unwrap_or(1).max(1);
    let sum = ring.iter().fold((0, 0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    (sum.0 / count, sum.1 / count)
}

/// West, south, east, north.
pub fn bounds(ring: &[Point]) -> (i64, i64, i64, i64) {
    ring.iter().fold((i64::MAX, i64::MAX, i64::MIN, i64::MIN), |(w, s, e, n), point| {
        (w.min(point.0), s.min(point.1), e.max(point.0), n.max(point.1))
    })
}

/// The cell of each site within a convex ring: what is nearest to it.
pub fn cells(ring: &[Point], sites: &[Point]) -> Vec<Vec<Point>> {
    let cell = |site: &Point| {
        let others = sites.iter().filter(|other| *other != site);
        others.fold(ring.to_vec(), |cell, other| cut(&cell, Half::nearer(*site, *other)))
    };
    sites.iter().map(cell).collect()
}

/// Cuts a convex ring into so many parts of about one size, always across its longer side.
pub fn split(ring: Vec<Point>, count: usize) -> Vec<Vec<Point>> {
    if count < 2 {
        return vec![ring];
    }
    let first = count / 2;
    let line = balanced(&ring, first, count);
    let mut parts = split(cut(&ring, line), first);
    parts.extend(split(cut(&ring, line.other()), count - first));
    parts
}

/// The line with `part` of `whole` on its near side.
fn balanced(ring: &[Point], part: usize, whole: usize) -> Half {
    let (west, south, east, north) = bounds(ring);
    let is_wide = east - west > north - south;
    let line = |at: i64| if is_wide { Half::west_of(at) } else { Half::south_of(at) };
    let (mut low, mut high) = if is_wide { (west, east) } else { (south, north) };
    let number = |count: usize| i64::try_from(count).unwrap_or(1);
    let wanted = area(ring) / number(whole) * number(part);
    while high - low > 1 {
        let at = low.midpoint(high);
        if area(&cut(ring, line(at))) < wanted {
            low = at;
        } else {
            high = at;
        }
    }
    line(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [Point; 4] = [(0, 0), (1_000, 0), (1_000, 1_000), (0, 1_000)];

    #[test]
    fn parts_are_of_one_size_and_leave_nothing_out() {
        let parts = split(SQUARE.to_vec(), 8);
        assert_eq!(parts.len(), 8);
        assert_eq!(parts.iter().map(|part| area(part)).sum::<i64>(), area(&SQUARE));
        assert!(parts.iter().all(|part| (area(part) - 250_000).abs() < 5_000));
    }

    #[test]
    fn cells_share_a_ring_among_them() {
        let cells = cells(&SQUARE, &[(250, 500), (750, 500)]);
        assert_eq!(cells[0].len(), 4);
        assert_eq!(area(&cells[0]), area(&cells[1]));
    }
}
