//! The map: from degrees to a drawing, from counts to steps of one colour, from one area to the next.

mod plane;

use yidang_api::places::{MapArea, MapFrame, MapView};

use self::plane::{Plane, middle, path};

/// Width of the drawing where there is room, and on the phone: words keep their size on both.
pub const WIDTHS: (f64, f64) = (640.0, 380.0);
/// Half of the width a tooltip may take.
const TIP_HALF: f64 = 82.0;

/// The steps of the legend: class and words.
pub const LEGEND: [(&str, &str); 5] =
    [("m0", "0"), ("m1", "1"), ("m2", "2"), ("m3", "3"), ("m4", "4 件及以上")];

/// The class that colours an area with so many open files.
#[must_use]
pub const fn step(open: u32) -> &'static str {
    match open {
        0 => "m0",
        1 => "m1",
        2 => "m2",
        3 => "m3",
        _ => "m4",
    }
}

/// Which way an arrow key leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the west.
    Left,
    /// To the east.
    Right,
    /// To the north.
    Up,
    /// To the south.
    Down,
}

/// The way of an arrow key.
#[must_use]
pub fn way_of(key: &str) -> Option<Way> {
    match key {
        "ArrowLeft" => Some(Way::Left),
        "ArrowRight" => Some(Way::Right),
        "ArrowUp" => Some(Way::Up),
        "ArrowDown" => Some(Way::Down),
        _ => None,
    }
}

/// One area as drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnArea {
    /// What the server said of it.
    pub area: MapArea,
    /// Its border as a path.
    pub path: String,
    /// Its middle.
    pub at: (f64, f64),
}

/// A name over the map.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnFrame {
    /// What the server said of it.
    pub frame: MapFrame,
    /// Its border as a path.
    pub path: String,
    /// Where its name stands.
    pub at: (f64, f64),
}

/// The whole drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Areas that have a border.
    pub areas: Vec<DrawnArea>,
    /// Borders of the level above.
    pub frames: Vec<DrawnFrame>,
}

impl Drawing {
    /// What the drawing shows.
    #[must_use]
    pub fn view_box(&self) -> String {
        format!("0 0 {:.0} {:.0}", self.width, self.height)
    }

    /// Open files on the whole map.
    #[must_use]
    pub fn open(&self) -> u32 {
        self.areas.iter().map(|drawn| drawn.area.open).sum()
    }

    /// The drawing in one sentence, for those who cannot see it.
    #[must_use]
    pub fn spoken(&self) -> String {
        let with = self.areas.iter().filter(|drawn| drawn.area.open > 0).count();
        format!(
            "在办分布图，{} 块，其中 {with} 块有在办，共 {} 件。方向键逐块走，回车打开清单",
            self.areas.len(),
            self.open()
        )
    }

    /// The nearest area in that direction; nothing at the edge.
    #[must_use]
    pub fn beside(&self, from: usize, way: Way) -> Option<usize> {
        let here = self.areas.get(from)?.at;
        let others = self.areas.iter().enumerate().filter(|(index, _)| *index != from);
        let ahead = others.filter_map(|(index, other)| {
            let (along, aside) = turned(here, other.at, way);
            (along > 0.5 && aside <= along * 1.6).then_some((index, along + 2.0 * aside))
        });
        ahead.min_by(|left, right| left.1.total_cmp(&right.1)).map(|(index, _)| index)
    }
}

/// How far a place lies in a direction, and how far beside it.
fn turned(from: (f64, f64), to: (f64, f64), way: Way) -> (f64, f64) {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    match way {
        Way::Left => (-x, y.abs()),
        Way::Right => (x, y.abs()),
        Way::Up => (-y, x.abs()),
        Way::Down => (y, x.abs()),
    }
}

/// A border of fewer corners is none.
fn is_drawn(ring: &[(i32, i32)]) -> bool {
    ring.len() >= 3
}

/// Draws the map as wide as `width`; nothing where no area has a border.
#[must_use]
pub fn draw(view: &MapView, width: f64) -> Option<Drawing> {
    let plane = Plane::over(view, width)?;
    let areas = view.areas.iter().filter(|area| is_drawn(&area.ring));
    let areas: Vec<_> = areas
        .map(|area| {
            let ring = plane.ring(&area.ring);
            DrawnArea { path: path(&ring), at: middle(&ring), area: area.clone() }
        })
        .collect();
    if areas.is_empty() {
        return None;
    }
    let frames = view.frames.iter().filter(|frame| is_drawn(&frame.ring));
    let frames = frames
        .map(|frame| {
            let ring = plane.ring(&frame.ring);
            DrawnFrame { path: path(&ring), at: middle(&ring), frame: frame.clone() }
        })
        .collect();
    Some(Drawing { width, height: plane.height, areas, frames })
}

/// The words of an area's tooltip.
#[must_use]
pub fn tip(area: &MapArea) -> String {
    format!("{} {} 件", area.name, area.open)
}

/// Where a tooltip over `at` stands on a drawing of `width`: above it, below it near the upper edge,
/// always inside.
#[must_use]
pub fn tip_at(at: (f64, f64), width: f64) -> (f64, f64) {
    let x = at.0.clamp(TIP_HALF, (width - TIP_HALF).max(TIP_HALF));
    let y = if at.1 < 44.0 { at.1 + 34.0 } else { at.1 - 26.0 };
    (x, y)
}

/// How wide the ground of a tooltip is: a Chinese character takes twelve.
#[must_use]
pub fn tip_width(words: &str) -> f64 {
    let wide: u32 = words.chars().map(|c| if c.is_ascii() { 7 } else { 12 }).sum();
    f64::from(wide + 20).min(2.0 * TIP_HALF)
}

#[cfg(test)]
mod tests {
    use yidang_api::list::{ListCaseFiles, Queue};

    use super::*;

    const WIDTH: f64 = WIDTHS.0;

    fn square(name: &str, east: i32, north: i32, open: u32) -> MapArea {
        let (e, n) = (11_000_000 + east * 1000, 3_600_000 + north * 1000);
        MapArea {
            org: name.into(),
            name: name.into(),
            open,
            ring: vec![(e, n), (e + 1000, n), (e + 1000, n + 1000), (e, n + 1000)],
            opens: ListCaseFiles::of(Queue::Open),
        }
    }

    fn map() -> MapView {
        let areas = vec![square("a", 0, 0, 0), square("b", 1, 0, 4), square("c", 0, 1, 1)];
        MapView { areas, frames: Vec::new() }
    }

    #[test]
    fn north_is_up_and_everything_is_inside() {
        let drawing = draw(&map(), WIDTH).unwrap();
        let at: Vec<_> = drawing.areas.iter().map(|drawn| drawn.at).collect();
        assert!(at[1].0 > at[0].0, "east is right");
        assert!(at[2].1 < at[0].1, "north is up");
        for (x, y) in at {
            assert!((0.0..=WIDTH).contains(&x) && (0.0..=drawing.height).contains(&y));
        }
        assert!(drawing.view_box().starts_with("0 0 640 "));
    }

    #[test]
    fn a_degree_east_is_shorter_than_one_north() {
        let drawing = draw(&map(), WIDTH).unwrap();
        let (a, b, c) = (drawing.areas[0].at, drawing.areas[1].at, drawing.areas[2].at);
        let ratio = (b.0 - a.0) / (a.1 - c.1);
        assert!((ratio - 36.0_f64.to_radians().cos()).abs() < 0.01, "{ratio}");
    }

    #[test]
    fn paths_are_closed_and_areas_without_a_border_are_left_out() {
        let mut map = map();
        map.areas[0].ring.truncate(2);
        let drawing = draw(&map, WIDTH).unwrap();
        assert_eq!(drawing.areas.len(), 2);
        assert!(drawing.areas.iter().all(|drawn| drawn.path.ends_with('Z')));
        assert_eq!(draw(&MapView::default(), WIDTH), None);
    }

    #[test]
    fn four_and_more_share_the_darkest_step() {
        assert_eq!([0, 1, 2, 3, 4, 90].map(step), ["m0", "m1", "m2", "m3", "m4", "m4"]);
        assert_eq!(LEGEND.map(|(class, _)| class), ["m0", "m1", "m2", "m3", "m4"]);
    }

    #[test]
    fn arrows_lead_to_the_neighbour_and_stop_at_the_edge() {
        let drawing = draw(&map(), WIDTH).unwrap();
        assert_eq!(drawing.beside(0, Way::Right), Some(1));
        assert_eq!(drawing.beside(0, Way::Up), Some(2));
        assert_eq!(drawing.beside(0, Way::Left), None);
        assert_eq!(drawing.beside(1, Way::Left), Some(0));
        assert_eq!(drawing.beside(9, Way::Left), None);
        assert_eq!(way_of("ArrowUp"), Some(Way::Up));
        assert_eq!(way_of("a"), None);
    }

    #[test]
    fn a_tooltip_stays_inside_and_says_name_and_count() {
        assert_eq!(tip(&square("下盘石村", 0, 0, 4)), "下盘石村 4 件");
        assert!(tip_at((0.0, 200.0), WIDTH).0 >= TIP_HALF);
        assert!(tip_at((WIDTH, 200.0), WIDTH).0 <= WIDTH - TIP_HALF);
        assert!(tip_at((100.0, 10.0), WIDTH).1 > 10.0, "below where there is no room above");
        assert!(tip_width(&"村".repeat(40)) <= 2.0 * TIP_HALF);
    }

    #[test]
    fn the_map_is_told_in_words() {
        let spoken = draw(&map(), WIDTH).unwrap().spoken();
        assert!(spoken.contains("3 块，其中 2 块有在办，共 5 件"), "{spoken}");
    }
}
