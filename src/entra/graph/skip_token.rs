//! The opaque token of a next page: where in the collection it begins.
//!
//! A page continues behind an object, not after a number of objects, so that nothing is left out
//! when others are deleted in between. A token is good for the collection that gave it.

use base64ct::{Base64UrlUnpadded, Encoding};

use super::error::GraphError;
use super::request::GraphRequest;

/// The last object of a page.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Reached {
    /// The position behind it in the order of the table.
    pub position: u64,
    /// The value by which it is sorted, when `$orderby` is given.
    pub key: Option<String>,
}

/// What begins a token, so that one of another kind is not taken for it.
const MARK: u64 = 0x5c1f_0000_0000_0000;

impl Reached {
    /// The token, for the collection of a request.
    pub fn token(&self, request: &GraphRequest) -> String {
        let mut bytes = Vec::from((self.position ^ MARK).to_be_bytes());
        bytes.extend(collection(request).to_be_bytes());
        bytes.extend(self.key.iter().flat_map(|key| std::iter::once(1).chain(key.bytes())));
        Base64UrlUnpadded::encode_string(&bytes)
    }

    /// Reads the token of a request.
    ///
    /// # Errors
    /// It is none of this collection.
    pub fn read(token: &str, request: &GraphRequest) -> Result<Reached, GraphError> {
        let read = Base64UrlUnpadded::decode_vec(token).ok();
        let found = read.and_then(|bytes| {
            let (position, rest) = bytes.split_first_chunk::<8>()?;
            let (of, key) = rest.split_first_chunk::<4>()?;
            let key = match key {
                [] => None,
                [1, key @ ..] => Some(String::from_utf8(key.to_vec()).ok()?),
                _ => return None,
            };
            let position = u64::from_be_bytes(*position) ^ MARK;
            let good = position < 1 << 40 && u32::from_be_bytes(*of) == collection(request);
            good.then_some(Reached { position, key })
        });
        let why = "Invalid $skiptoken: it was not made by this service.";
        found.ok_or_else(|| GraphError::malformed(why))
    }
}

/// Tells the collections from one another: FNV-1a of the path.
pub fn collection(request: &GraphRequest) -> u32 {
    let bytes = request.path.lower().iter().flat_map(|segment| segment.bytes().chain([b'/']));
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
