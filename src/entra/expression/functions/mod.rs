//! The functions of the language: one row each, with name, arguments, doc, examples and body, a
//! file for each family.
//!
//! To add one, write its row in the file of its family: parser, evaluator, tests and
//! `docs/expressions.md` all read the table.

mod case;
mod conditions;
mod dates;
mod encoding;
mod flow;
mod lists;
mod numbers;
mod presence;
mod random;
mod replace;
pub(super) mod roles;
mod tenant;
mod text;
pub(super) mod unique;

pub use super::function::{Example, Function, Need, Sample};

/// All functions, by name: the reference [functions] with DefaultDomain, which joined it in April
/// 2026, and Len (B103).
pub static FUNCTIONS: [&Function; 46] = [
    &text::APPEND,
    &roles::COMPLEX,
    &roles::ASSERTIVE,
    &numbers::BIT_AND,
    &conditions::C_BOOL,
    &dates::C_DATE,
    &conditions::COALESCE,
    &encoding::CONVERT_TO_BASE64,
    &encoding::CONVERT_TO_UTF8_HEX,
    &lists::COUNT,
    &numbers::C_STR,
    &dates::DATE_ADD,
    &dates::DATE_DIFF,
    &dates::DATE_FROM_NUM,
    &tenant::DEFAULT_DOMAIN,
    &dates::FORMAT_DATE_TIME,
    &random::GUID,
    &flow::IGNORE_FLOW,
    &conditions::IIF,
    &text::IN_STR,
    &presence::IS_NULL,
    &presence::IS_NULL_OR_EMPTY,
    &presence::IS_PRESENT,
    &presence::IS_STRING,
    &lists::ITEM,
    &lists::JOIN,
    &text::LEFT,
    &text::LEN,
    &text::MID,
    &case::NORMALIZE_DIACRITICS,
    &conditions::NOT,
    &dates::NOW,
    &dates::NUM_FROM_DATE,
    &case::P_CASE,
    &random::RANDOM_STRING,
    &flow::REDACT,
    &lists::REMOVE_DUPLICATES,
    &replace::REPLACE,
    &unique::SELECT_UNIQUE_VALUE,
    &roles::SINGLE,
    &lists::SPLIT,
    &text::STRIP_SPACES,
    &conditions::SWITCH,
    &case::TO_LOWER,
    &case::TO_UPPER,
    &text::WORD,
];

/// The function of a name; names are compared exactly.
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name).copied()
}

/// The names of all functions, for suggestions.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    FUNCTIONS.iter().map(|function| function.name)
}

/// Functions of the related engines (Cloud Sync, Connect Sync) that authors may paste in, but that
/// the application service lacks.
pub const FOREIGN: [&str; 10] = [
    "ConvertFromBase64",
    "DNComponent",
    "Error",
    "IsNothing",
    "LCase",
    "Prepend",
    "Right",
    "StringFromSid",
    "Trim",
    "UCase",
];
