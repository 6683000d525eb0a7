//! Which answers make every tab look again.

/// Questions after which another tab, or another part of the screen, may be out of date.
///
/// Drafts are not among them: they are kept at every stroke and shown nowhere else.
const LOUD: [&str; 12] = [
    "add_entry",
    "add_party",
    "add_visit_entry",
    "demo_sign_in",
    "enrol",
    "mark_looked",
    "open_case_file",
    "register_walk_in",
    "resolve",
    "set_fact",
    "set_party_field",
    "sign_out",
];

/// Whether the answer to the question `name` is news.
pub fn is_loud(name: &str) -> bool {
    LOUD.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::LOUD;

    /// A question that only reads must stay here: were it loud, looking would cause looking again.
    const QUIET: [&str; 15] = [
        "case_file",
        "county",
        "demo_people",
        "draft",
        "drop_draft",
        "export_case_file",
        "list_case_files",
        "queues",
        "save_draft",
        "session",
        "similar_case_files",
        // An exchange is news only if it brought something.
        "sync_now",
        "sync_state",
        "today",
        "visit_day",
    ];

    #[test]
    fn every_question_is_either_loud_or_quiet() {
        let mut sorted: Vec<&str> = LOUD.iter().chain(&QUIET).copied().collect();
        sorted.sort_unstable();
        let mut names: Vec<&str> = yidang_api::NAMES.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        assert_eq!(sorted, names, "sort the new question into LOUD or QUIET");
    }
}
