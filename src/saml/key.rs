//! Keys that sign, their certificates, and the algorithms that are known.
//!
//! PKCS #1 v1.5 signatures need no randomness, so the same message gives the same signature.

use std::time::Duration;

use base64ct::{Base64, Encoding};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256, SerialNumber,
    date_time_ymd,
};
use rsa::pkcs8::der::Encode as _;
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey};
use rsa::{PrivateKey, PublicKey};
use rustls::pki_types::PrivatePkcs8KeyDer;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_cert::der::Decode as _;

use super::element::Element;
use crate::base::Time;
use crate::base::jwt::JwtKey;

/// How a message is signed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Algorithm {
    /// RSA with SHA-256.
    #[default]
    Sha256,
    /// RSA with SHA-1, which no service provider should take any more.
    Sha1,
}

impl Algorithm {
    /// The words of the scenario format.
    pub const WORDS: [(&'static str, Algorithm); 2] =
        [("sha256", Algorithm::Sha256), ("sha1", Algorithm::Sha1)];

    /// The algorithms that a strict verifier takes.
    pub const STRICT: &'static [Algorithm] = &[Algorithm::Sha256];

    /// Those of a verifier that has opted in to the old one.
    pub const WITH_SHA1: &'static [Algorithm] = &[Algorithm::Sha256, Algorithm::Sha1];

    /// The algorithms that are taken, with the old one by opt-in alone.
    pub fn taken(sha1: bool) -> &'static [Algorithm] {
        if sha1 { Algorithm::WITH_SHA1 } else { Algorithm::STRICT }
    }

    /// The URI of the signature method (RFC 6931, xmldsig-core).
    pub fn method(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Algorithm::Sha1 => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        }
    }

    /// The URI of the digest method.
    pub fn digest_method(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Algorithm::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
        }
    }

    /// The digest of a text, in base64.
    pub fn digest(self, text: &str) -> String {
        match self {
            Algorithm::Sha256 => Base64::encode_string(&Sha256::digest(text)),
            Algorithm::Sha1 => Base64::encode_string(&Sha1::digest(text)),
        }
    }
}

/// What the subject of a certificate says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    /// The vendor's words, said to be of a simulation.
    Vendor,
}

impl Subject {
    fn words(self) -> &'static str {
        match self {
            Subject::Vendor => "Microsoft Azure Federated SSO Certificate (scimulator, for tests)",
        }
    }
}

/// A private key with which an identity provider signs.
#[derive(Clone, Debug)]
pub struct SigningKey {
    private: PrivateKey,
}

impl SigningKey {
    /// The key that tokens are signed with, for messages.
    ///
    /// # Errors
    /// When the key cannot be written.
    pub fn of(key: &JwtKey) -> Option<SigningKey> {
        let private = PrivateKey::from_pkcs8_der(&key.to_der()?).ok()?;
        Some(SigningKey { private })
    }

    /// The signature of a text, in base64; empty when the key is too small for one.
    pub fn sign(&self, algorithm: Algorithm, text: &str) -> String {
        let signed = match algorithm {
            Algorithm::Sha256 => self.private.pkcs1v15_sign::<Sha256>(text.as_bytes()),
            Algorithm::Sha1 => self.private.pkcs1v15_sign::<Sha1>(text.as_bytes()),
        };
        signed.map(|bytes| Base64::encode_string(&bytes)).unwrap_or_default()
    }

    /// A certificate of this key, signed by itself, as the vendor makes them: version 3 without
    /// extensions, a serial number of 16 bytes.
    pub fn certificate(
        &self,
        subject: Subject,
        serial: u128,
        from: Time,
        until: Time,
    ) -> Option<Certificate> {
        let der = self.private.to_pkcs8_der().ok()?;
        let der = PrivatePkcs8KeyDer::from(der.as_bytes().to_vec());
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_RSA_SHA256).ok()?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, subject.words());
        // A number of the certificate is positive (RFC 5280 4.1.2.2).
        let serial = (serial >> 1) | 1 << 120;
        params.serial_number = Some(SerialNumber::from_slice(&serial.to_be_bytes()));
        let date = |time: Time| {
            let seconds = u64::try_from(time.as_micros() / 1_000_000).unwrap_or_default();
            date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds)
        };
        (params.not_before, params.not_after) = (date(from), date(until));
        Certificate::from_der(params.self_signed(&pair).ok()?.der())
    }
}

/// A certificate: whose signatures are trusted, and when it is good.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Certificate {
    der: Vec<u8>,
    key: PublicKey,
    not_before: Time,
    not_after: Time,
}

impl Certificate {
    /// Reads a certificate; `None` when it is none, or has no RSA key.
    pub fn from_der(der: &[u8]) -> Option<Certificate> {
        let read = x509_cert::Certificate::from_der(der).ok()?;
        let tbs = read.tbs_certificate();
        let key = tbs.subject_public_key_info().to_der().ok()?;
        let validity = tbs.validity();
        let seconds = |time: x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs()).map(Time::from_secs).ok()
        };
        Some(Certificate {
            der: der.to_vec(),
            key: PublicKey::from_public_key_der(&key).ok()?,
            not_before: seconds(validity.not_before)?,
            not_after: seconds(validity.not_after)?,
        })
    }

    /// Reads a certificate in base64, with or without the lines of PEM around it.
    pub fn from_text(text: &str) -> Option<Certificate> {
        let lines = text.lines().filter(|line| !line.starts_with("-----"));
        let base64: String = lines.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect();
        Certificate::from_der(&Base64::decode_vec(&base64).ok()?)
    }

    /// The certificate in base64, on one line.
    pub fn to_base64(&self) -> String {
        Base64::encode_string(&self.der)
    }

    /// The certificate in PEM.
    pub fn to_pem(&self) -> String {
        let text = self.to_base64();
        let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
        let body: Vec<_> = lines.collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", body.join("\n"))
    }

    /// Its SHA-1 thumbprint in capital hexadecimal digits, by which the vendor names it.
    pub fn thumbprint(&self) -> String {
        Sha1::digest(&self.der).iter().map(|byte| format!("{byte:02X}")).collect()
    }

    /// From when it is good.
    pub fn not_before(&self) -> Time {
        self.not_before
    }

    /// Until when it is good.
    pub fn not_after(&self) -> Time {
        self.not_after
    }

    /// Whether a signature in base64 is one of this text by the certificate's key.
    pub fn verifies(&self, algorithm: Algorithm, text: &str, signature: &str) -> bool {
        let signature: String = signature.chars().filter(|c| !c.is_whitespace()).collect();
        let Ok(bytes) = Base64::decode_vec(&signature) else { return false };
        let checked = match algorithm {
            Algorithm::Sha256 => self.key.pkcs1v15_verify::<Sha256>(text.as_bytes(), &bytes),
            Algorithm::Sha1 => self.key.pkcs1v15_verify::<Sha1>(text.as_bytes(), &bytes),
        };
        checked.is_ok()
    }

    /// How a signature or metadata names it.
    pub(super) fn key_info(&self) -> Element {
        let certificate = Element::new("X509Certificate").text(self.to_base64());
        Element::new("KeyInfo").child(Element::new("X509Data").child(certificate))
    }
}
