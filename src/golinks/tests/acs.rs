//! Responses as browsers bring them: which user is signed in, and that no altered, forged or
//! repeated one signs in another.

use std::sync::LazyLock;
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;

use super::pages::post;
use super::*;
use crate::base::jwt::JwtKey;
use crate::golinks::{ACS_PATH, IdentityProvider};
use crate::saml::binding::posted;
use crate::saml::{
    Algorithm, Assertion, Certificate, Confirmation, IssuedResponse, NameId, SigningKey,
    SigningOption, Subject, names,
};

const MIRA_NAME: &str = "mira.lind@northwind.example";
const ISSUER: &str = "https://sts.windows.net/t/";

static KEY: LazyLock<(SigningKey, Certificate)> = LazyLock::new(|| {
    let key = SigningKey::of(&JwtKey::drawn("acs", Seed(7)).expect("a key")).expect("a key");
    let until = START + Duration::from_secs(94_608_000);
    let made = key.certificate(Subject::Vendor, 7, START, until).expect("a certificate");
    (key, made)
});

fn response(issuer: &str, option: SigningOption) -> String {
    response_by(issuer, option, Algorithm::Sha256)
}

fn response_by(issuer: &str, option: SigningOption, algorithm: Algorithm) -> String {
    let until = Some(START + Duration::from_secs(3_600));
    let assertion = Assertion {
        id: "_a1".to_owned(),
        issue_instant: START,
        issuer: issuer.to_owned(),
        name_id: NameId {
            value: MIRA_NAME.to_owned(),
            format: Some(names::format::EMAIL.to_owned()),
        },
        confirmation: Confirmation {
            in_response_to: None,
            recipient: Some(ACS_PATH.to_owned()),
            not_on_or_after: until,
        },
        not_before: Some(START),
        not_on_or_after: until,
        audiences: vec!["okta_sso_golinks".to_owned()],
        attributes: Vec::new(),
        authn_instant: Some(START),
        session_index: Some("_a1".to_owned()),
        context: Some(names::context::PASSWORD.to_owned()),
    };
    let head = IssuedResponse {
        id: "_r1".to_owned(),
        issue_instant: START,
        destination: ACS_PATH.to_owned(),
        in_response_to: None,
        issuer: issuer.to_owned(),
    };
    head.signed(&assertion, option, (&KEY.0, &KEY.1, algorithm))
}

fn bench() -> Bench {
    let mut bench = Bench::new();
    let provider = IdentityProvider {
        issuer: ISSUER.to_owned(),
        sign_on_url: "/common/saml2".to_owned(),
        certificates: vec![KEY.1.clone()],
    };
    bench.do_by_hand(|golinks, _| golinks.take_metadata(provider));
    bench
}

/// Brings a Response to the ACS; the user who is signed in, or the word of the refusal.
fn bring(bench: &mut Bench, text: &str) -> Result<String, &'static str> {
    bench.do_by_hand(|golinks, moment| {
        let session = golinks.take_response(text, moment).map_err(|why| why.word())?;
        let id = golinks.account_of_session(session).expect("an account");
        Ok(golinks.name_of(id).to_string())
    })
}

#[test]
fn a_response_signs_in_once_and_only_from_the_known_identity_provider() {
    for option in [SigningOption::Assertion, SigningOption::Response, SigningOption::Both] {
        let mut bench = bench();
        let elsewhere = response("https://sts.windows.net/other/", option);
        assert_eq!(bring(&mut bench, &elsewhere), Err("unreadable"));
        let good = response(ISSUER, option);
        assert_eq!(bring(&mut bench, &good).as_deref(), Ok(MIRA_NAME), "{option:?}");
        assert_eq!(bring(&mut bench, &good), Err("replayed"));
        // The same assertion in another envelope is the same assertion.
        let again = good.replacen("_r1", "_r2", 1);
        let wanted = if option == SigningOption::Assertion { "replayed" } else { "signature" };
        assert!(
            matches!(bring(&mut bench, &again), Err(why) if why == wanted || why == "unreadable")
        );
    }
}

#[test]
fn sha_1_is_taken_by_opt_in_alone() {
    for option in [SigningOption::Assertion, SigningOption::Response, SigningOption::Both] {
        let old = response_by(ISSUER, option, Algorithm::Sha1);
        let mut bench = bench();
        assert_eq!(bring(&mut bench, &old), Err("algorithm"), "{option:?}");
        assert!(bench.golinks.accounts().is_empty());
        bench.set("sso.sha1", Kind::Bool(true));
        assert_eq!(bring(&mut bench, &old).as_deref(), Ok(MIRA_NAME), "{option:?}");
        let now = response(ISSUER, option).replace("_a1", "_a2");
        assert_eq!(bring(&mut bench, &now), Err("signature"), "a changed one is none");
    }
}

#[test]
fn what_cannot_be_read_is_told_in_words() {
    let good = response(ISSUER, SigningOption::Assertion);
    let cases = [
        (good.replace("Assertion", "EncryptedAssertion"), "its assertion is encrypted"),
        (good.replacen("2.0", "1.1", 1), "it is no Response of SAML 2.0"),
        (String::new(), "it is not well-formed XML"),
    ];
    for (text, why) in cases {
        let mut bench = bench();
        let refused = bench.do_by_hand(|golinks, moment| golinks.take_response(&text, moment));
        let said = refused.expect_err("it is refused").text();
        assert!(said.contains(why), "{said}");
        assert!(bench.golinks.accounts().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// The bytes of the form are changed, in base64 and beneath it.
    #[test]
    fn what_was_changed_on_the_way_signs_in_nobody_else(
        outer in prop::collection::vec((any::<Index>(), any::<u8>()), 0..3),
        inner in prop::collection::vec((any::<Index>(), 0..8_u8), 0..3),
    ) {
        let mut bytes = response(ISSUER, SigningOption::Assertion).into_bytes();
        for (at, bit) in &inner {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        let mut field = posted(&changed).into_bytes();
        for (at, byte) in &outer {
            let at = at.index(field.len());
            field[at] = *byte;
        }
        let field: String = field.iter().map(|byte| format!("%{byte:02X}")).collect();
        let mut bench = bench();
        let form = format!("SAMLResponse={field}&RelayState=https%3A%2F%2Fevil.example%2F");
        let (status, said, cookie) = post(&mut bench, ACS_PATH, &form, "");
        let mira = usize::from(bench.golinks.find_user_name(MIRA_NAME).is_some());
        prop_assert_eq!(bench.golinks.accounts().len(), mira);
        match mira {
            // The browser stays here, whatever RelayState says.
            1 => prop_assert_eq!((status, said.as_str()), (303, "/golinks/links")),
            _ => {
                prop_assert!([400, 403].contains(&status), "{status}");
                prop_assert_eq!(cookie.as_str(), "");
            }
        }
    }
}
