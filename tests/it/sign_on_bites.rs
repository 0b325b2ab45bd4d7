//! The stories of single sign-on turn red when their key behaviour is switched off: one override
//! each, and what must fail then.

use crate::scenarios_bite::bites;

#[test]
fn signing_in_before_provisioning_needs_a_filter_that_finds_the_account() {
    let off = "golinks.quirks.hide_unmanaged=true";
    bites("scenarios/sign-on/before-provisioning.toml", off, "link.eva");
}

#[test]
fn a_leaver_with_a_session_needs_the_session_to_end_with_the_account() {
    let off = "golinks.sso.session_on_deactivate=keep";
    bites("scenarios/sign-on/leaver-with-a-session.toml", off, "golinks.session.ravi");
}

#[test]
fn what_outlives_the_account_needs_a_golinks_that_keeps_it() {
    let file = "scenarios/sign-on/what-outlives-the-account.toml";
    bites(file, "golinks.sso.session_on_deactivate=end", "golinks.session.ravi");
    bites(file, "golinks.sso.token_on_deactivate=end", "golinks.api_token.ravi");
    bites(file, "entra.policy.exposure_counts_sessions=false", "exposure.ravi");
}

#[test]
fn mail_against_upn_needs_a_sign_in_that_goes_by_mail() {
    let off = "golinks.sso.jit_key=nameid";
    bites("scenarios/sign-on/mail-against-upn.toml", off, "golinks.accounts.total");
}

#[test]
fn replaced_by_a_stranger_needs_a_sign_in_that_makes_a_new_account() {
    let off = "golinks.sso.inactive_sign_in=refuse";
    bites("scenarios/sign-on/replaced-by-a-stranger.toml", off, "golinks.account.ravi.active");
}

#[test]
fn a_leaver_with_a_session_needs_the_assignment_to_be_asked_for() {
    let off = "entra.sso.assignment_required=false";
    bites("scenarios/sign-on/leaver-with-a-session.toml", off, "signins.last.ravi.result");
}

#[test]
fn the_certificate_rolls_over_needs_a_new_certificate() {
    let off = "entra.sso.certificates=[{ until = \"90d\" }]";
    bites("scenarios/sign-on/the-certificate-rolls-over.toml", off, "signins.last.eva");
}

#[test]
fn switched_off_by_a_script_needs_sign_in_that_was_on() {
    let off = "entra.sso.enabled=false";
    bites("scenarios/sign-on/switched-off-by-a-script.toml", off, "signins.last.ann.result");
}

#[test]
fn a_script_runs_on_needs_a_golinks_that_keeps_the_token() {
    let file = "scenarios/sign-on/a-script-runs-on.toml";
    bites(file, "golinks.sso.token_on_deactivate=end", "golinks.api_call.ravi");
    bites(file, "entra.policy.exposure_counts_api_tokens=false", "exposure.ravi");
}

#[test]
fn not_linked_needs_a_golinks_that_links_by_hand() {
    let off = "golinks.sso.scim_accounts=link";
    bites("scenarios/sign-on/not-linked.toml", off, "signins.last.eva");
}

#[test]
fn a_role_in_the_claim_needs_a_golinks_that_reads_it() {
    let off = "golinks.sso.role_claim=false";
    bites("scenarios/sign-on/a-role-in-the-claim.toml", off, "golinks.role.ann");
}

#[test]
fn taken_over_by_address_needs_a_create_that_takes_over() {
    let off = "golinks.quirks.adopt_by_mail=false";
    bites("scenarios/sign-on/taken-over-by-address.toml", off, "golinks.link.roadmap.owner");
}

#[test]
fn a_guessed_password_needs_a_password() {
    // The guess becomes her own.
    let off = "user.ann.password=Summer2026!";
    bites("scenarios/sign-on/a-guessed-password.toml", off, "signins.last.ann.result");
}

#[test]
fn an_algorithm_of_old_needs_a_golinks_that_refuses_it() {
    let off = "golinks.sso.sha1=true";
    bites("scenarios/sign-on/an-algorithm-of-old.toml", off, "signins.last.eva.result");
}

#[test]
fn who_may_do_what_needs_links_and_tokens_that_are_asked_for() {
    let file = "scenarios/sign-on/who-may-do-what.toml";
    bites(file, "golinks.plan=free", "golinks.api_token.ann");
    bites(file, "golinks.plan=free", "golinks.role.ravi");
}
