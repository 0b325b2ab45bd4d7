//! JSON Web Tokens signed with RS256 (RFC 7515, RFC 7519), and the sets of keys that check them
//! (RFC 7517).
//!
//! PKCS #1 v1.5 signatures need no randomness, so the same claims give the same token.

use base64ct::{Base64UrlUnpadded as Base64, Encoding};
use rand::CryptoRng;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use rsa::pkcs1v15::{Signature, SigningKey, VerifyingKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey};
use rsa::sha2::Sha256;
use rsa::signature::{SignatureEncoding, Signer, Verifier};
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, PrivateKey, PublicKey, pss};
use serde_json::{Map, Value, json};
use x509_cert::der::{DecodePem, Encode};

use crate::base::Seed;

/// The claims of a token.
pub type Claims = Map<String, Value>;

/// A key that signs tokens.
pub struct JwtKey {
    id: String,
    signing: SigningKey<Sha256>,
    public: PublicKey,
}

impl JwtKey {
    /// Draws a key of 2048 bits from a seed. Who knows the seed knows the key: what it signs proves
    /// nothing outside of a simulation.
    pub fn drawn(id: &'static str, seed: Seed) -> Option<JwtKey> {
        let mut bytes = [0; 32];
        for (nth, half) in bytes.chunks_exact_mut(16).enumerate() {
            half.copy_from_slice(&seed.named("signing key", id, nth as u64).to_le_bytes());
        }
        Some(JwtKey::made(&mut ChaCha20Rng::from_seed(bytes))?.named(id))
    }

    /// Makes a key of 2048 bits, which has no id yet.
    pub fn made(chance: &mut impl CryptoRng) -> Option<JwtKey> {
        PrivateKey::new(chance, 2048).ok().map(JwtKey::of)
    }

    /// Reads a private key in PKCS #8, as PEM; it has no id yet.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn from_pem(text: &str) -> Result<JwtKey, &'static str> {
        let read = PrivateKey::from_pkcs8_pem(text);
        read.map(JwtKey::of).map_err(|_| "it is no RSA key in PKCS #8 (BEGIN PRIVATE KEY)")
    }

    fn of(private: PrivateKey) -> JwtKey {
        let public = private.to_public_key();
        JwtKey { id: String::new(), signing: SigningKey::new(private), public }
    }

    /// The same key under this id.
    pub fn named(self, id: &str) -> JwtKey {
        JwtKey { id: id.to_owned(), ..self }
    }

    /// The private key in PKCS #8, as DER.
    pub fn to_der(&self) -> Option<Vec<u8>> {
        self.signing.to_pkcs8_der().ok().map(|document| document.as_bytes().to_vec())
    }

    /// Signs claims; the result is a token in its compact form.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_under(&json!({ "alg": "RS256", "kid": self.id, "typ": "JWT" }), claims)
    }

    /// Signs claims as a tenant does: the header names the certificate of the key by its
    /// thumbprint, which is also the key's id.
    pub fn sign_by_certificate(&self, claims: &Value) -> String {
        let header = json!({ "alg": "RS256", "kid": self.id, "typ": "JWT", "x5t": self.id });
        self.sign_under(&header, claims)
    }

    fn sign_under(&self, header: &Value, claims: &Value) -> String {
        let encode = |part: &Value| Base64::encode_string(part.to_string().as_bytes());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature: Signature = self.signing.sign(signed.as_bytes());
        format!("{signed}.{}", Base64::encode_string(&signature.to_bytes()))
    }

    /// The public half, as a key set publishes it.
    pub fn public(&self) -> PublicJwk {
        PublicJwk { id: self.id.clone(), key: self.public.clone() }
    }
}

/// A public key with its id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicJwk {
    id: String,
    key: PublicKey,
}

/// A published set of keys (RFC 7517 5).
#[derive(Clone, PartialEq, Default, Debug)]
pub struct KeySet(Vec<PublicJwk>);

impl KeySet {
    /// A set of these keys.
    pub fn new(keys: impl IntoIterator<Item = PublicJwk>) -> KeySet {
        KeySet(keys.into_iter().collect())
    }

    /// Reads the RSA keys of a set; keys of other types are left out (RFC 7517 5).
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<KeySet, &'static str> {
        let set: Value = serde_json::from_str(text).map_err(|_| "it is not JSON")?;
        let keys = set.get("keys").and_then(Value::as_array).ok_or("it has no list `keys`")?;
        let rsa = keys.iter().filter(|key| key.get("kty").is_some_and(|kind| kind == "RSA"));
        rsa.map(PublicJwk::read).collect::<Option<_>>().map(KeySet).ok_or("a key is malformed")
    }

    /// The set as JSON.
    pub fn to_json(&self) -> Value {
        let number =
            |value: &BoxedUint| Base64::encode_string(&value.to_be_bytes_trimmed_vartime());
        let key = |PublicJwk { id, key }: &PublicJwk| {
            json!({
                "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id,
                "n": number(key.n().as_ref()), "e": number(key.e()),
            })
        };
        json!({ "keys": self.0.iter().map(key).collect::<Vec<_>>() })
    }

    /// Whether the set has no keys.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the set has a key of this id.
    pub fn has(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id == id)
    }

    /// Checks the signature of a token and returns its claims. The claims themselves are the
    /// caller's to check.
    ///
    /// # Errors
    /// Why the token cannot be trusted.
    pub fn verify(&self, token: &str) -> Result<Claims, JwtError> {
        let token = Parts::of(token)?;
        if token.algorithm() != "RS256" {
            return Err(JwtError::Algorithm);
        }
        let id = token.header.get("kid").and_then(Value::as_str).unwrap_or_default();
        let known = self.0.iter().find(|key| key.id == id);
        let known = known.ok_or_else(|| JwtError::UnknownKey(id.to_owned()))?;
        token.check_rs256(&known.key)?;
        Ok(token.claims)
    }
}

/// A token taken apart; its signature is not checked yet.
struct Parts<'a> {
    header: Claims,
    claims: Claims,
    signed: &'a [u8],
    signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn of(token: &'a str) -> Result<Parts<'a>, JwtError> {
        let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(JwtError::Malformed)?;
        let (header, claims) = (decode(header)?, decode(claims)?);
        let signature = Base64::decode_vec(signature).map_err(|_| JwtError::Malformed)?;
        if header.contains_key("crit") {
            return Err(JwtError::Critical);
        }
        Ok(Parts { header, claims, signed: signed.as_bytes(), signature })
    }

    fn algorithm(&self) -> &str {
        self.header.get("alg").and_then(Value::as_str).unwrap_or_default()
    }

    fn check_rs256(&self, key: &PublicKey) -> Result<(), JwtError> {
        let signature =
            Signature::try_from(self.signature.as_slice()).map_err(|_| JwtError::Signature)?;
        let key = VerifyingKey::<Sha256>::new(key.clone());
        key.verify(self.signed, &signature).map_err(|_| JwtError::Signature)
    }

    fn check_ps256(&self, key: &PublicKey) -> Result<(), JwtError> {
        let signature =
            pss::Signature::try_from(self.signature.as_slice()).map_err(|_| JwtError::Signature)?;
        let key = pss::VerifyingKey::<Sha256>::new(key.clone());
        key.verify(self.signed, &signature).map_err(|_| JwtError::Signature)
    }
}

impl PublicJwk {
    /// The key of a certificate in PEM; it has no id.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn from_certificate(pem: &str) -> Result<PublicJwk, &'static str> {
        let read = x509_cert::Certificate::from_pem(pem);
        let certificate = read.map_err(|_| "it is no certificate in PEM")?;
        let info = certificate.tbs_certificate().subject_public_key_info();
        let der = info.to_der().map_err(|_| "its key cannot be read")?;
        let key = PublicKey::from_public_key_der(&der).map_err(|_| "its key is no RSA key")?;
        Ok(PublicJwk { id: String::new(), key })
    }

    /// Checks a token that a client signed with the private half, by RS256 or PS256, and returns
    /// its claims.
    ///
    /// # Errors
    /// Why the token cannot be trusted.
    pub fn verify(&self, token: &str) -> Result<Claims, JwtError> {
        let token = Parts::of(token)?;
        match token.algorithm() {
            "RS256" => token.check_rs256(&self.key)?,
            "PS256" => token.check_ps256(&self.key)?,
            _ => return Err(JwtError::Algorithm),
        }
        Ok(token.claims)
    }

    fn read(key: &Value) -> Option<PublicJwk> {
        let number = |name: &str| {
            let bytes = Base64::decode_vec(key.get(name)?.as_str()?).ok()?;
            Some(BoxedUint::from_be_slice_vartime(&bytes))
        };
        let id = key.get("kid").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(PublicJwk { id, key: PublicKey::new(number("n")?, number("e")?).ok()? })
    }
}

/// Why a token cannot be trusted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JwtError {
    /// It has not the form of a signed token.
    Malformed,
    /// It is signed by another algorithm than RS256, or not at all.
    Algorithm,
    /// Its header has extensions that must be understood (RFC 7515 4.1.11); none is known here.
    Critical,
    /// No known key has its key id.
    UnknownKey(String),
    /// The signature is not the key's.
    Signature,
}

impl std::fmt::Display for JwtError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            JwtError::Malformed => f.write_str("it is no signed token"),
            JwtError::Algorithm => f.write_str("it is not signed by RS256"),
            JwtError::Critical => f.write_str("its header has `crit`, and no extension is known"),
            JwtError::UnknownKey(id) => write!(f, "its key {id:?} is not known"),
            JwtError::Signature => f.write_str("its signature is wrong"),
        }
    }
}

/// Whether a text has the three parts of a signed token, the first of them a JSON object.
pub fn is_jwt(text: &str) -> bool {
    text.split('.').count() == 3 && text.split('.').next().is_some_and(|head| decode(head).is_ok())
}

fn decode(part: &str) -> Result<Claims, JwtError> {
    let bytes = Base64::decode_vec(part).map_err(|_| JwtError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| JwtError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &'static str) -> JwtKey {
        JwtKey::drawn(id, Seed(7)).expect("a key")
    }

    #[test]
    fn a_token_is_the_same_every_time_and_checked_by_the_published_set() {
        let (one, claims) = (key("one"), json!({ "iss": "here", "exp": 7 }));
        let critical = json!({ "alg": "RS256", "kid": "one", "crit": ["exp"], "exp": 7 });
        let critical = one.sign_under(&critical, &claims);
        assert_eq!(KeySet::new([one.public()]).verify(&critical), Err(JwtError::Critical));
        let token = one.sign(&claims);
        assert_eq!(token, one.sign(&claims));
        assert!(is_jwt(&token) && !is_jwt("a.b.c") && !is_jwt("golinks-demo-token"));
        let published = KeySet::new([one.public()]).to_json().to_string();
        let set = KeySet::parse(&published).expect("a set");
        assert!(set.has("one") && !set.is_empty());
        assert_eq!(set.verify(&token).map(Value::Object), Ok(claims));
    }

    #[test]
    fn what_cannot_be_trusted_is_told_apart() {
        let token = key("one").sign(&json!({ "sub": "a" }));
        let set = KeySet::new([key("one").public()]);
        let other = KeySet::new([key("two").public()]);
        let parts: Vec<&str> = token.split('.').collect();
        let forged = Base64::encode_string(br#"{"sub":"b"}"#);
        let none = Base64::encode_string(br#"{"alg":"none"}"#);
        let cases = [
            (&other, token.clone(), JwtError::UnknownKey("one".to_owned())),
            (&set, format!("{}.{forged}.{}", parts[0], parts[2]), JwtError::Signature),
            (&set, format!("{}.{}.AAAA", parts[0], parts[1]), JwtError::Signature),
            (&set, format!("{none}.{}.", parts[1]), JwtError::Algorithm),
            (&set, with_public_key_as_secret(&parts), JwtError::Algorithm),
            (&set, "golinks-demo-token".to_owned(), JwtError::Malformed),
            (&set, "é.é.é".to_owned(), JwtError::Malformed),
        ];
        for (set, token, error) in cases {
            assert_eq!(set.verify(&token), Err(error.clone()), "{error}");
        }
    }

    /// The claims signed by HMAC, with the public key in place of a secret: it must not pass.
    fn with_public_key_as_secret(parts: &[&str]) -> String {
        use hmac::{KeyInit, Mac};
        let header = Base64::encode_string(br#"{"alg":"HS256","kid":"one","typ":"JWT"}"#);
        let signed = format!("{header}.{}", parts[1]);
        let public = KeySet::new([key("one").public()]).to_json().to_string();
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(public.as_bytes()).expect("a key");
        mac.update(signed.as_bytes());
        format!("{signed}.{}", Base64::encode_string(&mac.finalize().into_bytes()))
    }

    #[test]
    fn a_key_in_a_file_is_the_key_again() {
        let one = key("one");
        let der = one.to_der().expect("DER");
        let body = base64ct::Base64::encode_string(&der);
        let lines: Vec<&str> =
            (0..body.len()).step_by(64).map(|at| &body[at..body.len().min(at + 64)]).collect();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.join("\n")
        );
        let read = JwtKey::from_pem(&pem).expect("a key").named("one");
        assert_eq!(read.public(), one.public());
        assert!(JwtKey::from_pem("no key").is_err());
        assert!(PublicJwk::from_certificate("no certificate").is_err());
    }

    #[test]
    fn a_set_by_others_is_read_and_a_wrong_one_is_told() {
        let foreign = r#"{"keys":[{"kty":"EC","kid":"x"},{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#;
        for (text, well) in [(r#"{"keys":[]}"#, true), (foreign, false), ("{}", false), ("", false)]
        {
            assert_eq!(KeySet::parse(text).is_ok(), well, "{text}");
        }
    }
}
