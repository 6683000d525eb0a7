//! 路线图: where the stops stand on the line, and the line in words.

use yidang_api::case_file::{RoutePlace, RouteStop};

use crate::models::timeline::long_date;

/// One stop with its place on the drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The stop.
    pub stop: RouteStop,
    /// Its horizontal place.
    pub x: f64,
}

/// Room left and right of the first and last stop.
const MARGIN: f64 = 26.0;

/// The stops spread evenly over `width`.
#[must_use]
pub fn placed(stops: Vec<RouteStop>, width: f64) -> Vec<Placed> {
    let gaps = u32::try_from(stops.len().saturating_sub(1)).unwrap_or(0).max(1);
    let step = (width - 2.0 * MARGIN) / f64::from(gaps);
    let mut x = MARGIN;
    let mut all = Vec::with_capacity(stops.len());
    for stop in stops {
        all.push(Placed { stop, x });
        x += step;
    }
    all
}

/// How far the line is travelled: up to where the file is, or to the last stop behind.
#[must_use]
pub fn travelled(stops: &[Placed]) -> f64 {
    let reached = stops.iter().filter(|placed| placed.stop.place != RoutePlace::Ahead);
    reached.map(|placed| placed.x).fold(MARGIN, f64::max)
}

/// Where the flag stands so that it stays inside `width`.
#[must_use]
pub fn flag_at(x: f64, width: f64) -> f64 {
    x.clamp(48.0, (width - 48.0).max(48.0))
}

/// The line as one sentence.
#[must_use]
pub fn spoken(stops: &[RouteStop]) -> String {
    let list = |place: RoutePlace| -> Vec<String> {
        stops.iter().filter(|stop| stop.place == place).map(named).collect()
    };
    let mut parts = Vec::new();
    for (place, lead) in [
        (RoutePlace::Done, "已过"),
        (RoutePlace::Here, "你在这里，现在在"),
        (RoutePlace::Ahead, "后面是"),
    ] {
        let names = list(place);
        if !names.is_empty() {
            parts.push(format!("{lead}{}", names.join("、")));
        }
    }
    format!("路线图：{}", parts.join("；"))
}

fn named(stop: &RouteStop) -> String {
    match stop.on {
        Some(on) => format!("{}（{}）", stop.label, long_date(on)),
        None => stop.label.clone(),
    }
}

#[cfg(test)]
mod tests {
    use yidang_domain::civil::Date;

    use super::*;

    fn stops() -> Vec<RouteStop> {
        let stop = |label: &str, on, place| RouteStop { label: label.into(), on, place };
        vec![
            stop("发现", Some(Date::constant(2026, 11, 12)), RoutePlace::Done),
            stop("受理", None, RoutePlace::Here),
            stop("销号", None, RoutePlace::Ahead),
        ]
    }

    #[test]
    fn the_line_is_told_in_words() {
        assert_eq!(
            spoken(&stops()),
            "路线图：已过发现（11月12日）；你在这里，现在在受理；后面是销号"
        );
    }

    #[test]
    fn stops_spread_over_the_whole_width() {
        let placed = placed(stops(), 358.0);
        assert!((placed[0].x - 26.0).abs() < 1e-9);
        assert!((placed[2].x - 332.0).abs() < 1e-9);
        assert!((travelled(&placed) - placed[1].x).abs() < 1e-9);
    }

    #[test]
    fn one_stop_alone_divides_by_nothing() {
        let one = stops()[..1].to_vec();
        assert!((placed(one, 358.0)[0].x - 26.0).abs() < 1e-9);
        assert!(placed(Vec::new(), 358.0).is_empty());
    }
}
