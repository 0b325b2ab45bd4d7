//! The bytes of a text: ConvertToBase64, ConvertToUTF8Hex.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::entra::expression::evaluate::{Arguments, EvalResult};
use crate::entra::expression::function::{Function, plain, required};
use crate::entra::expression::value::Value;

pub(super) static CONVERT_TO_BASE64: Function = Function::new(
    "ConvertToBase64",
    &[required("source")],
    "Base64 of the text's UTF-16 bytes, the low byte first, without a byte-order mark.",
    &[plain(r#"ConvertToBase64("Hello world!")"#, "SABlAGwAbABvACAAdwBvAHIAbABkACEA")],
    convert_to_base64,
);

fn convert_to_base64<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let Some(text) = given.text(0)? else { return Ok(Value::Null) };
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    Ok(Value::Text(Cow::Owned(base64(&bytes))))
}

/// Base64 with padding (RFC 4648 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for nth in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * nth) & 63) as usize] as char;
            out.push(if nth <= three.len() { digit } else { '=' });
        }
    }
    out
}

pub(super) static CONVERT_TO_UTF8_HEX: Function = Function::new(
    "ConvertToUTF8Hex",
    &[required("source")],
    "The text's UTF-8 bytes in upper-case hexadecimal.",
    &[
        plain(r#"ConvertToUTF8Hex("Hello world!")"#, "48656C6C6F20776F726C6421"),
        plain(r#"ConvertToUTF8Hex("Zoë")"#, "5A6FC3AB"),
    ],
    convert_to_utf8_hex,
);

fn convert_to_utf8_hex<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let Some(text) = given.text(0)? else { return Ok(Value::Null) };
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        write!(out, "{byte:02X}").expect("a String takes everything");
    }
    Ok(Value::Text(Cow::Owned(out)))
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn the_examples_of_rfc_4648_hold() {
        for (text, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }
}
