//! Sketched borders of the demo county. They follow no survey and are no basis for demarcation.

use yidang_domain::ids::OrgCode;
use yidang_domain::outline::Outline;

use super::dice::Dice;
use super::divisions::{Divisions, Grid, Township};
use super::geometry::{Point, bounds, cells, middle, split};

/// Borders are computed from here, so that products of coordinates stay small.
const ORIGIN: Point = (10_960_000, 3_630_000);

/// The county, as a convex figure.
const COUNTY: [Point; 12] = [
    (2_000, 33_000),
    (9_000, 15_000),
    (24_000, 4_000),
    (45_000, 0),
    (67_000, 2_000),
    (82_000, 9_000),
    (89_000, 21_000),
    (90_000, 36_000),
    (84_000, 48_000),
    (63_000, 56_000),
    (36_000, 57_000),
    (11_000, 48_000),
];

/// So often every village moves to the middle of its cell: then cells are of about one size.
const CALMING: usize = 4;
/// So far from the seat of a township its communities lie at most.
const TOWN: i64 = 2_200;

/// The border of every unit down to grids, those of the units above before those below.
pub fn all(divisions: &Divisions, grids: &[Vec<Grid>]) -> Vec<Outline> {
    let mut outlines = vec![outline(&divisions.county.code, &COUNTY)];
    let here = |seat: Point| (seat.0 - ORIGIN.0, seat.1 - ORIGIN.1);
    let seats: Vec<Point> = divisions.townships.iter().map(|place| here(place.seat)).collect();
    let townships = cells(&COUNTY, &seats).into_iter().zip(&divisions.townships);
    for (((ring, township), grids), seat) in townships.zip(grids).zip(&seats) {
        outlines.push(outline(&township.code, &ring));
        let sites = sites(&ring, township, *seat);
        for (village, ring) in township.villages.iter().zip(cells(&ring, &sites)) {
            let code = format!("{}{}", township.code, village.code);
            outlines.push(outline(&code, &ring));
            let inside: Vec<&Grid> = grids.iter().filter(|grid| grid.village == code).collect();
            let parts = split(ring, inside.len());
            outlines
                .extend(inside.iter().zip(&parts).map(|(grid, ring)| outline(&grid.code, ring)));
        }
    }
    outlines
}

fn outline(code: &str, ring: &[Point]) -> Outline {
    let whole = |number: i64| i32::try_from(number).unwrap_or(0);
    let there = |point: &Point| (whole(point.0 + ORIGIN.0), whole(point.1 + ORIGIN.1));
    Outline { org: OrgCode(code.to_owned()), ring: ring.iter().map(there).collect() }
}

/// Where the villages lie: communities around the seat, villages evenly over the township.
fn sites(ring: &[Point], township: &Township, seat: Point) -> Vec<Point> {
    let mut dice = Dice::of(&format!("places of {}", township.code));
    let (west, south, east, north) = bounds(ring);
    let heart = middle(ring);
    let mut sites: Vec<Point> = township
        .villages
        .iter()
        .map(|village| {
            if village.is_community() {
                let around = |at: i64, dice: &mut Dice| at + dice.between(-TOWN, TOWN);
                return (around(seat.0, &mut dice), around(seat.1, &mut dice));
            }
            // Half-way to the middle lies inside, wherever the throw fell.
            let thrown = (dice.between(west, east), dice.between(south, north));
            (heart.0.midpoint(thrown.0), heart.1.midpoint(thrown.1))
        })
        .collect();
    for _ in 0..CALMING {
        let cells = cells(ring, &sites);
        for ((site, cell), village) in sites.iter_mut().zip(&cells).zip(&township.villages) {
            if !village.is_community() && !cell.is_empty() {
                *site = middle(cell);
            }
        }
    }
    sites
}
