//! Any text as a message of SAML, from its binding on: it is read or refused. What is read as a
//! request comes back as it was written, and no text is a Response of an identity provider whose
//! key it does not have.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scimulator::saml::{AuthnRequest, LogoutRequest, binding, metadata, verify, xml};

fuzz_target!(|text: &str| {
    let _ = binding::read_redirect(text);
    let _ = binding::read_posted(text);
    let _ = LogoutRequest::read(text);
    let _ = metadata::certificates_of(text);
    assert!(verify(text, &[]).is_err());
    let Ok(request) = AuthnRequest::read(text) else {
        let _ = xml::parse(text);
        return;
    };
    let written = request.write();
    let again = AuthnRequest::read(&written).expect("what is written can be read");
    assert_eq!((again.id, again.issuer), (request.id, request.issuer));
});
