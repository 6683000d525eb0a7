//! Where a day begins, by role.

use yidang_domain::org::Role;

/// The page a person of `role` begins on.
#[must_use]
pub const fn home_of(role: Role) -> &'static str {
    match role {
        Role::TownshipReviewer => "/inbox",
        Role::CountyClerk => "/county",
        Role::Administrator => "/admin",
        Role::GridWorker | Role::VillageCadre | Role::Mediator | Role::Server => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reviewers_begin_with_what_came_in() {
        assert_eq!(home_of(Role::TownshipReviewer), "/inbox");
        assert_eq!(home_of(Role::CountyClerk), "/county");
        assert_eq!(home_of(Role::GridWorker), "/");
        assert_eq!(home_of(Role::Mediator), "/");
        assert_eq!(home_of(Role::Administrator), "/admin");
    }
}
