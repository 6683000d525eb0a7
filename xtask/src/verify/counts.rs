//! Reading how many tests passed from what the test runners print.

/// Tests that ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that passed, slow and flaky ones included.
    pub passed: u64,
    /// Those that failed in any way: assertion, time limit, or not started at all.
    pub failed: u64,
}

impl Counts {
    /// Adds what nextest says in its closing line. Only that one: it repeats the output of a failed
    /// test, and that has lines of the other kind.
    pub fn add_nextest(&mut self, output: &str) {
        self.add(output.lines().rev().find_map(nextest));
    }

    /// Adds the closing lines of Rust's own test programs.
    pub fn add_test_programs(&mut self, output: &str) {
        self.add(output.lines().filter_map(test_program));
    }

    fn add(&mut self, found: impl IntoIterator<Item = Self>) {
        for counts in found {
            self.passed += counts.passed;
            self.failed += counts.failed;
        }
    }
}

/// `Summary [   1.2s] 8/10 tests run: 6 passed (1 slow), 1 failed, 1 timed out, 3 skipped`
fn nextest(line: &str) -> Option<Counts> {
    let rest = line.trim_start().strip_prefix("Summary [")?;
    let (_, results) = rest.split_once(" run: ")?;
    let mut counts = Counts::default();
    for result in without_brackets(results).split(',') {
        match number_and_word(result) {
            Some((number, "passed")) => counts.passed += number,
            Some((number, "failed" | "timed out" | "exec failed" | "leaked")) => {
                counts.failed += number
            }
            _ => {}
        }
    }
    Some(counts)
}

/// `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`
fn test_program(line: &str) -> Option<Counts> {
    let (_, results) = line.trim_start().strip_prefix("test result: ")?.split_once(". ")?;
    let mut counts = Counts::default();
    for result in results.split(';') {
        match number_and_word(result) {
            Some((number, "passed")) => counts.passed += number,
            Some((number, "failed")) => counts.failed += number,
            _ => {}
        }
    }
    Some(counts)
}

fn number_and_word(text: &str) -> Option<(u64, &str)> {
    let (number, word) = text.trim().split_once(' ')?;
    Some((number.parse().ok()?, word.trim()))
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|letter| {
            match letter {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(output: &str) -> (u64, u64) {
        let mut counts = Counts::default();
        counts.add_nextest(output);
        (counts.passed, counts.failed)
    }

    #[test]
    fn a_plain_summary() {
        assert_eq!(counts("     Summary [   0.003s] 2 tests run: 2 passed, 7 skipped"), (2, 0));
        assert_eq!(counts("     Summary [   0.003s] 1 test run: 1 passed, 0 skipped"), (1, 0));
        assert_eq!(counts("     Summary [   0.000s] 0 tests run: 0 passed, 4 skipped"), (0, 0));
    }

    #[test]
    fn every_way_to_fail_counts_and_remarks_do_not() {
        let line = "Summary [ 9.1s] 9/12 tests run: 5 passed (1 slow, 2 flaky), 2 failed, 1 exec \
                    failed, 1 timed out, 3 skipped";
        assert_eq!(counts(line), (5, 4));
    }

    #[test]
    fn the_repeated_output_of_a_failed_test_does_not_count() {
        let output = "test result: FAILED. 0 passed; 1 failed; 0 ignored\nSummary [ 0.1s] 2 tests \
                      run: 1 passed, 1 failed, 0 skipped\n";
        assert_eq!(counts(output), (1, 1));
    }

    #[test]
    fn closing_lines_of_test_programs_are_summed() {
        let output = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured\nnoise 3 passed, \
                      4 failed\ntest result: FAILED. 1 passed; 2 failed; 0 ignored\n";
        let mut counts = Counts::default();
        counts.add_test_programs(output);
        assert_eq!((counts.passed, counts.failed), (6, 2));
    }
}
