//! The text format of Prometheus, version 0.0.4.

use std::fmt::Write;

use super::{Counters, Gauges};

/// The type of the text.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

struct Text(String);

impl Text {
    /// Says what the numbers that follow are.
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing into a string never fails.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn number(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl std::fmt::Display) {
        self.head(name, "gauge", help);
        self.number(name, "", value);
    }
}

/// Everything, written out.
pub fn written(counters: &Counters, gauges: &Gauges) -> String {
    let mut text = Text(String::new());
    requests(&mut text, counters);
    let (received, parked, refused) = gauges.waiting;
    text.gauge("yidang_inbox_batches", "Batches received and not judged.", received);
    text.gauge("yidang_parked_batches", "Batches that wait for others or for a person.", parked);
    text.gauge("yidang_quarantine_batches", "Batches in quarantine.", refused);
    text.gauge("yidang_log_seq", "The last record of the log.", gauges.seq);
    let healing = u8::from(gauges.healing);
    text.gauge("yidang_healing", "Whether the county heals after a restore.", healing);
    let bytes = gauges.database_bytes;
    text.gauge("yidang_database_bytes", "Size of the database with its log of writes.", bytes);
    let name = "yidang_guard_workers_lost_total";
    text.head(name, "counter", "Workers of the guard that ended over a batch.");
    text.number(name, "", gauges.workers_lost);
    if let Some(free) = gauges.free_bytes {
        text.gauge("yidang_disk_free_bytes", "Room on the disk of the database.", free);
    }
    let name = "yidang_devices_seen_within_days";
    text.head(name, "gauge", "Devices that were here within so many days.");
    for (days, count) in &gauges.seen {
        text.number(name, &format!("{{days=\"{days}\"}}"), count);
    }
    let name = "yidang_devices_in_trouble";
    text.head(name, "gauge", "Devices that something hinders, by what it is.");
    for (kind, count) in &gauges.troubles {
        text.number(name, &format!("{{kind=\"{}\"}}", kind.name()), count);
    }
    text.0
}

fn requests(text: &mut Text, counters: &Counters) {
    let name = "yidang_requests_total";
    text.head(name, "counter", "Requests by way and status.");
    for ((route, status), count) in counters.requests() {
        let labels = format!("{{route=\"{}\",status=\"{status}\"}}", route.name());
        text.number(name, &labels, count);
    }
    let name = "yidang_exchange_seconds";
    text.head(name, "histogram", "How long an exchange took to be answered.");
    let (buckets, count, micros) = counters.exchanges();
    for (ms, count) in buckets {
        let labels = format!("{{le=\"{}\"}}", seconds(ms * 1_000));
        text.number("yidang_exchange_seconds_bucket", &labels, count);
    }
    text.number("yidang_exchange_seconds_bucket", "{le=\"+Inf\"}", count);
    text.number("yidang_exchange_seconds_sum", "", seconds(micros));
    text.number("yidang_exchange_seconds_count", "", count);
    let name = "yidang_batches_total";
    text.head(name, "counter", "Batches by what became of them.");
    for (verdict, count) in counters.verdicts() {
        text.number(name, &format!("{{verdict=\"{verdict}\"}}"), count);
    }
}

/// Microseconds as seconds, exactly.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use yidang_api::trouble::TroubleKind;

    use super::*;
    use crate::watch::Route;

    #[test]
    fn every_number_is_told_with_what_it_is() {
        let counters = Counters::default();
        counters.answered(Route::Sync, 200, Duration::from_millis(30));
        let gauges = Gauges {
            waiting: (1, 2, 3),
            seq: 77,
            healing: true,
            seen: vec![("1", 4), ("+Inf", 9)],
            troubles: vec![(TroubleKind::Full, 2)],
            workers_lost: 5,
            database_bytes: 4_096,
            free_bytes: Some(1 << 30),
        };
        let text = written(&counters, &gauges);
        for line in [
            "yidang_requests_total{route=\"sync\",status=\"200\"} 1",
            "yidang_exchange_seconds_bucket{le=\"0.025\"} 0",
            "yidang_exchange_seconds_bucket{le=\"0.05\"} 1",
            "yidang_exchange_seconds_bucket{le=\"+Inf\"} 1",
            "yidang_exchange_seconds_sum 0.03",
            "yidang_batches_total{verdict=\"accepted\"} 0",
            "yidang_inbox_batches 1",
            "yidang_parked_batches 2",
            "yidang_quarantine_batches 3",
            "yidang_log_seq 77",
            "yidang_healing 1",
            "yidang_devices_seen_within_days{days=\"+Inf\"} 9",
            "yidang_devices_in_trouble{kind=\"full\"} 2",
            "yidang_guard_workers_lost_total 5",
            "yidang_database_bytes 4096",
            "yidang_disk_free_bytes 1073741824",
        ] {
            assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
        }
        // Each line is a comment or a name with labels and a number.
        for line in text.lines().filter(|line| !line.starts_with("# ")) {
            let (name, number) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with("yidang_") && number.parse::<f64>().is_ok(), "{line}");
        }
    }

    #[test]
    fn seconds_are_written_without_a_float() {
        assert_eq!(seconds(5_000), "0.005");
        assert_eq!(seconds(10_000_000), "10");
        assert_eq!(seconds(0), "0");
        assert_eq!(seconds(1_234_567), "1.234567");
    }
}
