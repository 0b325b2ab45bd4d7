//! Stories of the provisioning engine turn red when what they are about is switched off.

use super::scenarios_bite::bites;

#[test]
fn manager_taken_away_needs_the_policy_off_at_first_and_a_manager() {
    let file = "scenarios/mapping/manager-taken-away.toml";
    bites(file, "entra.policy.remove_manager=true", "requests.patch = 1");
}

#[test]
fn accounts_discovered_needs_whom_it_tells_apart() {
    let file = "scenarios/matching/accounts-discovered.toml";
    bites(file, "user.bob.assigned=true", "discovery.unassigned = 2");
    bites(file, "golinks.account.backup.userName=\"b@contoso.example\"", "discovery.failed = 1");
    bites(file, "entra.policy.discovery_time=\"10m\"", "discovery.count = 0");
}
