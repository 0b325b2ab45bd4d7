//! Responses signed and verified, and the attacks on a service provider that takes them.

mod altered;

use std::sync::LazyLock;

use super::*;
use crate::base::jwt::JwtKey;
use crate::base::{Seed, Time};

/// Two keys with certificates; drawing one takes a moment.
static KEYS: LazyLock<[(SigningKey, Certificate); 2]> = LazyLock::new(|| {
    ["saml test 1", "saml test 2"].map(|name| {
        let key = JwtKey::drawn(name, Seed(7)).expect("a key");
        let key = SigningKey::of(&key).expect("a key");
        let until = Time::from_secs(94_608_000);
        let made = key.certificate(Subject::Vendor, 7, Time::default(), until);
        (key, made.expect("a certificate"))
    })
});

fn assertion() -> Assertion {
    Assertion {
        id: "_a1".to_owned(),
        issue_instant: Time::from_micros(1_900_000_000_869_000),
        issuer: "https://sts.windows.net/t/".to_owned(),
        name_id: NameId {
            value: "mira.lind@northwind.example".to_owned(),
            format: Some(names::format::EMAIL.to_owned()),
        },
        confirmation: Confirmation {
            in_response_to: Some("id1".to_owned()),
            recipient: Some("https://sp.example/acs".to_owned()),
            not_on_or_after: Some(Time::from_secs(1_900_003_600)),
        },
        not_before: Some(Time::from_secs(1_899_999_700)),
        not_on_or_after: Some(Time::from_secs(1_900_003_600)),
        audiences: vec!["https://sp.example".to_owned()],
        attributes: vec![Claim {
            name: "urn:name".to_owned(),
            values: vec!["<\u{e4}&\"\r\n>".to_owned(), String::new()],
        }],
        authn_instant: Some(Time::from_secs(1_899_990_000)),
        session_index: Some("_a1".to_owned()),
        context: Some(names::context::PASSWORD.to_owned()),
    }
}

fn response() -> IssuedResponse {
    IssuedResponse {
        id: "_r1".to_owned(),
        issue_instant: Time::from_micros(1_900_000_000_872_000),
        destination: "https://sp.example/acs".to_owned(),
        in_response_to: Some("id1".to_owned()),
        issuer: "https://sts.windows.net/t/".to_owned(),
    }
}

fn signed(option: SigningOption, algorithm: Algorithm) -> String {
    let (key, certificate) = &KEYS[0];
    response().signed(&assertion(), option, (key, certificate, algorithm))
}

fn trusted() -> [Certificate; 1] {
    [KEYS[0].1.clone()]
}

const OPTIONS: [SigningOption; 3] =
    [SigningOption::Assertion, SigningOption::Response, SigningOption::Both];

#[test]
fn a_response_comes_back_as_it_was_signed() {
    for option in OPTIONS {
        let text = signed(option, Algorithm::Sha256);
        assert_eq!(text, signed(option, Algorithm::Sha256), "the same bytes");
        let read = verify(&text, &trusted()).expect("a good Response");
        assert_eq!(read.assertion, assertion(), "{option:?}");
        assert_eq!(read.response_signed, option != SigningOption::Assertion);
        assert_eq!(read.response.in_response_to.as_deref(), Some("id1"));
        assert_eq!(read.response.destination.as_deref(), Some("https://sp.example/acs"));
    }
}

#[test]
fn a_changed_letter_is_found() {
    for option in OPTIONS {
        let text = signed(option, Algorithm::Sha256);
        for (from, to) in
            [("mira.lind", "nira.lind"), ("https://sp.example<", "https://sq.example<")]
        {
            assert!(text.contains(from));
            let changed = text.replace(from, to);
            assert_eq!(verify(&changed, &trusted()), Err(VerifyError::Digest), "{option:?} {from}");
        }
    }
    // What is around a signed assertion is not covered by its signature.
    let moved = signed(SigningOption::Assertion, Algorithm::Sha256).replacen("/acs", "/bad", 1);
    assert!(!verify(&moved, &trusted()).expect("a good assertion").response_signed);
}

#[test]
fn only_trusted_keys_count() {
    let text = signed(SigningOption::Assertion, Algorithm::Sha256);
    let other = [KEYS[1].1.clone()];
    let unknown = Err(VerifyError::Signature { unknown_certificate: true });
    assert_eq!(verify(&text, &other), unknown);
    assert_eq!(verify(&text, &[]), unknown);
    // A certificate that comes along says nothing: the key is taken from what is trusted.
    let (key, _) = &KEYS[1];
    let forged = response().signed(
        &assertion(),
        SigningOption::Assertion,
        (key, &KEYS[0].1, Algorithm::Sha256),
    );
    assert_eq!(
        verify(&forged, &trusted()),
        Err(VerifyError::Signature { unknown_certificate: false })
    );
}

#[test]
fn other_algorithms_are_refused() {
    let text = signed(SigningOption::Both, Algorithm::Sha1);
    assert!(matches!(verify(&text, &trusted()), Err(VerifyError::Algorithm(_))));
    assert!(verify_by(&text, &trusted(), Algorithm::WITH_SHA1).is_ok());
    let mixed = text.replace(Algorithm::Sha1.digest_method(), Algorithm::Sha256.digest_method());
    let refused = verify_by(&mixed, &trusted(), Algorithm::WITH_SHA1);
    assert!(matches!(refused, Err(VerifyError::Algorithm(_))), "two hashes in one signature");
    let text = signed(SigningOption::Assertion, Algorithm::Sha256);
    for method in [
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "",
    ] {
        let confused = text.replace(Algorithm::Sha256.method(), method);
        assert_eq!(verify(&confused, &trusted()), Err(VerifyError::Algorithm(method.to_owned())));
    }
}

/// The assertion element with its signature, and the same with another user and no signature.
fn parts() -> (String, String, String) {
    let text = signed(SigningOption::Assertion, Algorithm::Sha256);
    let (from, to) =
        (text.find("<Assertion").expect("one"), text.find("</samlp:Response>").expect("one"));
    let good = text[from..to].to_owned();
    let (begin, end) =
        (good.find("<Signature").expect("one"), good.find("</Signature>").expect("one"));
    let signature = good[begin..end + "</Signature>".len()].to_owned();
    let evil = good.replace(&signature, "").replace("mira.lind", "admin").replace("_a1", "_evil");
    (text.clone(), good, evil)
}

#[test]
fn a_signature_cannot_be_wrapped() {
    let (text, good, evil) = parts();
    let begin = good.find("<Signature").expect("one");
    let end = good.find("</Signature>").expect("one") + "</Signature>".len();
    let signature = &good[begin..end];
    let after_issuer = |assertion: &str, what: &str| {
        assertion.replacen("</Issuer>", &format!("</Issuer>{what}"), 1)
    };
    let extended = format!("<Object xmlns=\"{}\">{good}</Object>", names::DSIG);
    let cases = [
        // Beside the signed one, before and after it.
        (format!("{evil}{good}"), VerifyError::Assertions(2)),
        (format!("{good}{evil}"), VerifyError::Assertions(2)),
        // The forged one has the signature, and the signed one stands within it.
        (
            after_issuer(&evil, &signature.replace("</KeyInfo>", &format!("</KeyInfo>{extended}"))),
            VerifyError::Assertions(2),
        ),
        (after_issuer(&evil, signature), VerifyError::Form("Reference")),
        (after_issuer(&evil.replace("_evil", "_a1"), signature), VerifyError::Digest),
        // The signed one is hidden in an extension.
        (format!("<samlp:Extensions>{good}</samlp:Extensions>{evil}"), VerifyError::Assertions(2)),
        (format!("<samlp:Extensions>{good}</samlp:Extensions>"), VerifyError::Assertions(1)),
        // Not signed at all, and signed elsewhere.
        (evil.clone(), VerifyError::Unsigned),
        (format!("{evil}<x>{signature}</x>"), VerifyError::StraySignature),
        (after_issuer(&good, signature), VerifyError::StraySignature),
        (format!("{}<x ID=\"_a1\"/>", good), VerifyError::SameId("_a1".to_owned())),
        (String::new(), VerifyError::Assertions(0)),
    ];
    for (inside, why) in cases {
        let wrapped = text.replace(&good, &inside);
        assert_eq!(verify(&wrapped, &trusted()), Err(why), "{inside:.200}");
    }
}

#[test]
fn a_signature_has_the_form_of_the_profile() {
    let text = signed(SigningOption::Assertion, Algorithm::Sha256);
    let exclusive = names::EXCLUSIVE;
    let inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    let xpath =
        "<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"/></Transforms>";
    let cases = [
        (text.replace("URI=\"#_a1\"", "URI=\"\""), "Reference"),
        (text.replace("URI=\"#_a1\"", "URI=\"#_r1\""), "Reference"),
        (text.replace("</Transforms>", xpath), "Transforms"),
        (text.replacen(exclusive, inclusive, 1), "CanonicalizationMethod"),
        (text.replace("</SignedInfo>", "<Reference URI=\"#_r1\"/></SignedInfo>"), "Reference"),
    ];
    for (changed, part) in cases {
        assert_ne!(changed, text);
        assert_eq!(verify(&changed, &trusted()), Err(VerifyError::Form(part)));
    }
}

#[test]
fn a_refusal_of_the_identity_provider_is_told() {
    let text = response().refusing(
        names::status::RESPONDER,
        Some(names::status::NO_PASSIVE),
        "no <session>",
    );
    let refused =
        VerifyError::Status(names::status::RESPONDER.to_owned(), Some("no <session>".to_owned()));
    assert_eq!(verify(&text, &trusted()), Err(refused));
}

#[test]
fn hostile_texts_are_refused_and_nothing_panics() {
    let text = signed(SigningOption::Both, Algorithm::Sha256);
    for cut in 0..text.len() {
        if text.is_char_boundary(cut) {
            assert!(verify(&text[..cut], &trusted()).is_err());
            let _ = AuthnRequest::read(&text[cut..]);
        }
    }
    let bomb = text.replace("<samlp:Status>", "<!DOCTYPE a [<!ENTITY b 'c'>]><samlp:Status>");
    assert_eq!(verify(&bomb, &trusted()), Err(VerifyError::Xml(xml::XmlError::Markup)));
    // A comment within the name has been read as its end.
    let split = text.replace("lind@", "lind<!---->@");
    assert_eq!(verify(&split, &trusted()), Err(VerifyError::Xml(xml::XmlError::Markup)));
}

#[test]
fn a_certificate_is_the_vendors_and_always_the_same() {
    let (key, certificate) = &KEYS[0];
    let until = Time::from_secs(94_608_000);
    let again = key.certificate(Subject::Vendor, 7, Time::default(), until).expect("made");
    assert_eq!(&again, certificate);
    assert_eq!((certificate.not_before(), certificate.not_after()), (Time::default(), until));
    assert_eq!(Certificate::from_text(&certificate.to_pem()).as_ref(), Some(certificate));
    assert_eq!(Certificate::from_text(&certificate.to_base64()).as_ref(), Some(certificate));
    assert_eq!(certificate.thumbprint().len(), 40);
    let text = metadata::Metadata {
        id: "_m",
        entity_id: "https://sts.windows.net/t/",
        url: "https://login.microsoftonline.com/t/saml2",
        certificates: &[certificate.clone(), KEYS[1].1.clone()],
    };
    let read = metadata::certificates_of(&text.write());
    assert_eq!(read, [certificate.clone(), KEYS[1].1.clone()]);
}

#[test]
fn a_request_comes_back_as_it_was_written() {
    let request = AuthnRequest {
        id: "id1".to_owned(),
        issue_instant: Time::from_secs(1_900_000_000),
        issuer: "https://sp.example?a=b&c".to_owned(),
        destination: Some("https://login.microsoftonline.com/t/saml2".to_owned()),
        acs_url: Some("https://sp.example/acs".to_owned()),
        name_id_format: Some(names::format::EMAIL.to_owned()),
        force_authn: true,
        is_passive: false,
        context: Some(authn_request::RequestedContext {
            comparison: "exact".to_owned(),
            classes: vec![names::context::PASSWORD.to_owned()],
        }),
        unsupported: Vec::new(),
        signed: false,
    };
    let text = request.write();
    assert_eq!(AuthnRequest::read(&text), Ok(request));
    let cases = [
        (text.replace("Version=\"2.0\"", "Version=\"1.1\""), ReadError::Part("Version")),
        (text.replace("ID=\"id1\" ", ""), ReadError::Part("ID")),
        (text.replace("2030-", "soon-"), ReadError::Part("IssueInstant")),
        (text.replace("saml:Issuer", "saml:Other"), ReadError::Part("Issuer")),
        ("<Response/>".to_owned(), ReadError::OtherMessage("Response".to_owned())),
    ];
    for (changed, why) in cases {
        assert_eq!(AuthnRequest::read(&changed), Err(why));
    }
}

#[test]
fn changed_messages_are_read_or_refused_and_none_is_taken_for_a_good_one() {
    change_messages(2_000);
}

#[test]
#[ignore = "takes a minute"]
fn changed_messages_for_a_minute() {
    change_messages(200_000);
}

/// Changes signed Responses here and there: nothing panics, and what is taken is what was signed.
fn change_messages(rounds: u64) {
    let good: Vec<String> = OPTIONS.map(|option| signed(option, Algorithm::Sha256)).into();
    let parts = [
        "<",
        ">",
        "&#60;",
        "xmlns:a=\"urn:a\"",
        "ID=\"_a1\"",
        "<Assertion/>",
        "\u{e4}",
        "]]>",
        "\r\n",
        " ",
    ];
    for round in 0..rounds {
        let draw =
            |what: &str, bound: usize| Seed(round).below("change", what, 0, bound as u64) as usize;
        let mut text = good[draw("message", good.len())].clone();
        for nth in 0..=draw("times", 4) {
            let at = |what: &str, text: &str| {
                let at = draw(&format!("{what} {nth}"), text.len());
                (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
            };
            let (from, to) = (at("from", &text), at("to", &text));
            let (from, to) = (from.min(to), from.max(to));
            match draw(&format!("kind {nth}"), 4) {
                0 => text.insert_str(from, parts[draw(&format!("part {nth}"), parts.len())]),
                1 => text.replace_range(from..to, ""),
                2 => {
                    let piece = text[from..to].to_owned();
                    text.insert_str(to, &piece);
                }
                _ => text.truncate(to),
            }
            if !text.is_char_boundary(text.len()) || text.is_empty() {
                text.push('<');
            }
        }
        let _ = (AuthnRequest::read(&text), LogoutRequest::read(&text));
        if let Ok(read) = verify(&text, &trusted()) {
            assert_eq!(read.assertion, assertion(), "only what was signed comes back: {text}");
        }
    }
}
