//! Borders of units out of a map: a GeoJSON file (RFC 7946) whose shapes carry the code of their
//! unit. They are sketched on the county's map and no basis for any demarcation: of several areas
//! the largest is drawn, without holes, with few corners.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use yidang_domain::ids::OrgCode;
use yidang_domain::org::OrgLevel;
use yidang_domain::outline::Outline;

use super::columns::Column;
use super::places::Places;
use super::ring;
use super::sheet::Refused;
use super::text;
use super::values;
use super::wrong::{At, Wrong, Wrongs};

/// The word for what comes of a shape.
pub const LABEL: &str = "轮廓";
/// A county has a few thousand units.
const MOST_SHAPES: usize = 20_000;
/// So many corners are read of one ring before it is simplified.
const MOST_CORNERS: usize = 50_000;
/// Degrees between which the country lies, east and north. Whoever exports metres, or north before
/// east, is outside of them.
const EAST: (f64, f64) = (70.0, 140.0);
const NORTH: (f64, f64) = (0.0, 60.0);
/// Units of an outline in one degree.
const PARTS: f64 = 1e5;

/// Names of properties that hold the code of a unit, beside the headers of sheets.
const CODE_NAMES: &[&str] =
    &["编码", "代码", "CODE", "GRIDCODE", "GRID_CODE", "ORG", "ORGCODE", "ORG_CODE", "WGBM"];

/// One map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BorderFile {
    /// The file.
    pub file: String,
    /// Its shapes, as they stand there.
    pub shapes: Vec<Shape>,
}

/// One shape: whatever it is, so that a broken one is told by its number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Shape {
    #[serde(default)]
    properties: Value,
    #[serde(default)]
    geometry: Value,
}

/// A border that a map wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Border {
    /// The unit and its ring.
    pub outline: Outline,
    /// Of so many areas the largest was taken.
    pub areas: usize,
}

#[derive(Deserialize)]
struct Collection {
    #[serde(rename = "type")]
    kind: String,
    features: Vec<Shape>,
}

/// Whether a file is a map: by the ending of its name, or because it begins as JSON does.
#[must_use]
pub fn is_map(name: &str, bytes: &[u8]) -> bool {
    let lower = name.to_lowercase();
    let begins = bare(bytes).iter().find(|byte| !byte.is_ascii_whitespace());
    lower.ends_with(".geojson") || lower.ends_with(".json") || begins == Some(&b'{')
}

fn bare(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes)
}

/// Reads a map.
///
/// # Errors
///
/// [`Refused`], in words for whoever chose the file.
pub fn read(name: &str, bytes: &[u8]) -> Result<BorderFile, Refused> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Refused::Empty);
    }
    if bytes.len() > super::sheet::MOST_BYTES {
        return Err(Refused::TooLarge);
    }
    let read: Collection = serde_json::from_slice(bare(bytes)).map_err(|_| Refused::NoGeoJson)?;
    if read.kind != "FeatureCollection" {
        return Err(Refused::NoGeoJson);
    }
    match read.features.len() {
        0 => Err(Refused::NoShapes),
        count if count > MOST_SHAPES => Err(Refused::TooManyShapes),
        _ => Ok(BorderFile { file: name.to_owned(), shapes: read.features }),
    }
}

/// The borders of the units that the maps name, by unit.
pub fn borders(files: &[BorderFile], places: &Places, wrongs: &mut Wrongs) -> Vec<Border> {
    let mut all: BTreeMap<OrgCode, (At<'_>, Border)> = BTreeMap::new();
    for file in files {
        for (row, shape) in (1..).zip(&file.shapes) {
            let at = At { file: &file.file, sheet: "", row };
            let Some(border) = shape.border(at, places, wrongs) else { continue };
            let (column, value, _) = shape.code();
            let code = border.outline.org.clone();
            match all.get(&code) {
                Some((first, other)) if *other != border => {
                    let place = place_of(at, *first);
                    wrongs.add(at, &column, &value, &Wrong::DuplicateShape(place));
                }
                // The same twice is no harm.
                Some(_) => {}
                None => {
                    all.insert(code, (at, border));
                }
            }
        }
    }
    all.into_values().map(|(_, border)| border).collect()
}

fn place_of(own: At<'_>, other: At<'_>) -> String {
    let row = other.row;
    if own.file == other.file {
        format!("第{row}个图形")
    } else {
        format!("“{}”第{row}个图形", other.file)
    }
}

/// Which level the name of a property asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Grid,
    Any,
}

impl Shape {
    /// The property with the code of the unit: its name, its value and what it asks for. A code of
    /// a grid goes before that of its village, which stands beside it in many maps.
    fn code(&self) -> (String, String, Asks) {
        let none = Map::new();
        let properties = self.properties.as_object().unwrap_or(&none);
        let of = |names: &[&str]| {
            names.iter().find_map(|name| {
                let held = |(key, value): (&String, &Value)| {
                    let text = text_of(value);
                    (text::header(key) == *name && !text.is_empty()).then(|| (key.clone(), text))
                };
                properties.iter().find_map(held)
            })
        };
        let named = |column: Column| of(column.names().collect::<Vec<_>>().as_slice());
        if let Some((name, value)) = named(Column::GridCode) {
            return (name, value, Asks::Grid);
        }
        let other = named(Column::UnitCode).or_else(|| named(Column::VillageCode));
        let found = other.or_else(|| of(CODE_NAMES));
        let usual = Column::GridCode.names().next().unwrap_or_default().to_owned();
        let (name, value) = found.unwrap_or((usual, String::new()));
        (name, value, Asks::Any)
    }

    fn border(&self, at: At<'_>, places: &Places, wrongs: &mut Wrongs) -> Option<Border> {
        let (column, value, asks) = self.code();
        let unit = unit(&value, asks, places)
            .map_err(|wrong| wrongs.add(at, &column, &value, &wrong))
            .ok();
        let kind = self.geometry.get("type").and_then(Value::as_str).unwrap_or_default();
        let area = area(kind, self.geometry.get("coordinates").unwrap_or(&Value::Null))
            .map_err(|wrong| wrongs.add(at, "图形", kind, &wrong))
            .ok();
        let (ring, areas) = area?;
        Some(Border { outline: Outline { org: unit?, ring }, areas })
    }
}

/// The unit with a code. A grid that ended has no place on the map.
fn unit(value: &str, asks: Asks, places: &Places) -> Result<OrgCode, Wrong> {
    if value.is_empty() {
        return Err(Wrong::ShapeWithoutCode);
    }
    let code = values::opaque(value, 20)?;
    match places.find(&code).map(|unit| unit.level) {
        Some(OrgLevel::Grid) => places.grid(value),
        Some(OrgLevel::Department) => Err(Wrong::UnknownUnit),
        Some(_) if asks == Asks::Grid => Err(Wrong::UnknownGrid),
        Some(_) => places.find(&code).map(|unit| unit.code.clone()).ok_or(Wrong::UnknownUnit),
        None if asks == Asks::Grid => Err(Wrong::UnknownGrid),
        None => Err(Wrong::UnknownUnit),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text::tidy(text),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

type Ring = Vec<(i32, i32)>;

/// The largest area of a shape, with few corners, and how many areas there are.
fn area(kind: &str, coordinates: &Value) -> Result<(Ring, usize), Wrong> {
    let none = Vec::new();
    let parts = coordinates.as_array().unwrap_or(&none);
    let outer: Vec<&Value> = match kind {
        // The first ring of an area is its border; others are holes.
        "Polygon" => parts.first().into_iter().collect(),
        "MultiPolygon" => parts.iter().filter_map(|area| area.get(0)).collect(),
        _ => return Err(Wrong::NoArea),
    };
    let rings = outer.iter().map(|ring| corners(ring)).collect::<Result<Vec<Ring>, Wrong>>()?;
    let areas = rings.len();
    let largest = rings.into_iter().max_by_key(|ring| ring::area(ring)).ok_or(Wrong::BrokenRing)?;
    let ring = ring::simplified(&largest);
    if ring.len() < 3 { Err(Wrong::BrokenRing) } else { Ok((ring, areas)) }
}

/// The corners of a ring without the last one, which is the first again.
fn corners(ring: &Value) -> Result<Ring, Wrong> {
    let points = ring.as_array().ok_or(Wrong::BrokenRing)?;
    if points.len() > MOST_CORNERS {
        return Err(Wrong::TooManyCorners(MOST_CORNERS));
    }
    let mut corners = points.iter().map(corner).collect::<Result<Ring, Wrong>>()?;
    if corners.len() < 4 || corners.first() != corners.last() {
        return Err(Wrong::BrokenRing);
    }
    corners.pop();
    corners.dedup();
    Ok(corners)
}

fn corner(point: &Value) -> Result<(i32, i32), Wrong> {
    let degrees = |at: usize, within: (f64, f64)| {
        let degrees = point.get(at).and_then(Value::as_f64).ok_or(Wrong::BrokenRing)?;
        let is_within = (within.0..=within.1).contains(&degrees);
        if is_within { Ok(parts(degrees)) } else { Err(Wrong::NoDegrees) }
    };
    Ok((degrees(0, EAST)?, degrees(1, NORTH)?))
}

/// Degrees in the units of an outline.
fn parts(degrees: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "at most 140 degrees, as was seen before")]
    let parts = (degrees * PARTS).round() as i32;
    parts
}
