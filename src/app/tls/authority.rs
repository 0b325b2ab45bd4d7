//! Certificates: an authority of our own, the certificate that it signs for this server, and the
//! file by which clients trust it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// The files of an authority that is kept.
const CERTIFICATE: &str = "ca.pem";
const KEY: &str = "ca-key.pem";

/// For how many years an authority is good.
const AUTHORITY_YEARS: i16 = 10;

/// The certificate that clients must trust, as a file.
pub struct CertificateFile {
    /// Where it is.
    pub path: PathBuf,
    /// The folder that was made for it, to be removed at the end.
    temporary: Option<PathBuf>,
}

impl Drop for CertificateFile {
    fn drop(&mut self) {
        if let Some(folder) = &self.temporary {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// What a server needs to serve HTTPS.
pub(super) struct Made {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
    pub(super) trusted: CertificateFile,
}

/// Makes a certificate for these names, signed by the authority in a folder, or by a new one.
pub(super) fn certificates(names: Vec<String>, folder: Option<&Path>) -> anyhow::Result<Made> {
    let (authority, trusted) = match folder {
        Some(folder) => kept(folder)?,
        None => {
            let key = KeyPair::generate()?;
            let folder = own_folder()?;
            let path = folder.join(CERTIFICATE);
            let written = fs::write(&path, authority_params()?.self_signed(&key)?.pem());
            let trusted = CertificateFile { path, temporary: Some(folder) };
            written.context("the certificate cannot be written")?;
            (key, trusted)
        }
    };
    let issuer = Issuer::new(authority_params()?, authority);
    let key = KeyPair::generate()?;
    let certificate = leaf(names)?.signed_by(&key, &issuer)?;
    Ok(Made {
        chain: vec![certificate.der().clone()],
        key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        trusted,
    })
}

/// The authority of a folder; it is made there when there is none.
fn kept(folder: &Path) -> anyhow::Result<(KeyPair, CertificateFile)> {
    let (certificate, key) = (folder.join(CERTIFICATE), folder.join(KEY));
    let trusted = CertificateFile { path: certificate.clone(), temporary: None };
    if certificate.exists() && key.exists() {
        let text = fs::read_to_string(&key);
        let text = text.with_context(|| format!("{} cannot be read", key.display()))?;
        let read = KeyPair::from_pem(&text);
        let read = read.with_context(|| format!("{} holds no key", key.display()))?;
        return Ok((read, trusted));
    }
    fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let made = KeyPair::generate()?;
    write_secret(&key, &made.serialize_pem())?;
    fs::write(&certificate, authority_params()?.self_signed(&made)?.pem())
        .with_context(|| format!("{} cannot be written", certificate.display()))?;
    Ok((made, trusted))
}

/// Writes a file that only its owner can read; it must not be there.
fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("{} cannot be written", path.display()))
}

/// A folder that is made for this process, among those for temporary files; others cannot write to
/// it.
fn own_folder() -> anyhow::Result<PathBuf> {
    let name = format!("scimulator-{}-{:x}", std::process::id(), rand::random::<u64>());
    let folder = std::env::temp_dir().join(name);
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
    let made = builder.create(&folder);
    made.with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    Ok(folder)
}

/// The certificate of the authority, without its key.
fn authority_params() -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = named("scimulator demo authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    lasting(&mut params, AUTHORITY_YEARS);
    Ok(params)
}

/// The certificate of the server, without its key.
fn leaf(names: Vec<String>) -> anyhow::Result<CertificateParams> {
    let mut params =
        CertificateParams::new(names).context("a name of the certificate is no name")?;
    params.distinguished_name = named("scimulator");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    lasting(&mut params, 1);
    Ok(params)
}

/// A certificate for a key that signs tokens, as DER: key sets publish one beside each key.
///
/// # Errors
/// When the key cannot be used.
pub fn self_signed(key: &[u8], name: &str) -> anyhow::Result<Vec<u8>> {
    let key = PrivatePkcs8KeyDer::from(key.to_vec());
    let key = KeyPair::from_pkcs8_der_and_sign_algo(&key, &PKCS_RSA_SHA256)?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = named(name);
    lasting(&mut params, AUTHORITY_YEARS);
    Ok(params.self_signed(&key)?.der().to_vec())
}

fn named(name: &str) -> DistinguishedName {
    let mut named = DistinguishedName::new();
    named.push(DnType::CommonName, name);
    named
}

/// Makes a certificate good from yesterday, wherever in the world that is, for some years.
fn lasting(params: &mut CertificateParams, years: i16) {
    let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date();
    let yesterday = today.yesterday().unwrap_or(today);
    let (month, day) = (yesterday.month() as u8, yesterday.day().min(28) as u8);
    params.not_before = date_time_ymd(yesterday.year().into(), month, day);
    params.not_after = date_time_ymd((yesterday.year() + years).into(), month, day);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_that_is_kept_is_the_same_next_time_and_its_key_is_its_owners_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let names = || vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let first = certificates(names(), Some(folder.path())).expect("certificates");
        let before = fs::read(&first.trusted.path).expect("a file");
        drop(first);
        let again = certificates(names(), Some(folder.path())).expect("certificates");
        assert_eq!(fs::read(&again.trusted.path).expect("a file"), before);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(KEY)).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(certificates(vec!["ä".to_owned()], None).is_err());
    }

    #[test]
    fn an_authority_that_is_not_kept_leaves_nothing() {
        let made = certificates(vec!["localhost".to_owned()], None).expect("certificates");
        let path = made.trusted.path.clone();
        assert!(path.exists());
        drop(made);
        assert!(!path.parent().is_some_and(Path::exists));
    }
}
