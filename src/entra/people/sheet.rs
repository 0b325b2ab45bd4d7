//! People from a CSV: the sheet of the portal's "bulk create", with or without its first line
//! `version:v1.0` (B106).
//!
//! A column is named as in the portal, `User name [userPrincipalName] Required`, or by the
//! attribute alone. The part of the sign-in name before the `@` becomes the person's handle.

use std::collections::BTreeMap;

use crate::base::diagnostic::nearest;
use crate::entra::field::Field;
use crate::entra::tenant::new_user::{check_handle, check_value};
use crate::entra::tenant::{Attribute, NewUser};

/// An error in a sheet, and its place: line and column are counted from 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SheetError {
    /// The line of the text.
    pub line: usize,
    /// The column of the table.
    pub column: usize,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it; may be empty.
    pub help: String,
}

impl SheetError {
    fn help(self, help: impl Into<String>) -> SheetError {
        SheetError { help: help.into(), ..self }
    }
}

/// The meaning of a column of a sheet.
enum Column {
    Attribute(Attribute),
    /// `Block sign in (Yes/No) [accountEnabled]`: `Yes` blocks.
    Blocked,
    /// `accountEnabled` alone says what its name says.
    Enabled,
    /// Passwords are not provisioned.
    Ignored,
}

/// What columns are called elsewhere, in small letters and without what stands between words.
const OTHER_NAMES: [(&str, &str); 16] = [
    ("name", "displayName"),
    ("fullname", "displayName"),
    ("user", "userPrincipalName"),
    ("username", "userPrincipalName"),
    ("login", "userPrincipalName"),
    ("signinname", "userPrincipalName"),
    ("upn", "userPrincipalName"),
    ("email", "mail"),
    ("emailaddress", "mail"),
    ("firstname", "givenName"),
    ("lastname", "surname"),
    ("familyname", "surname"),
    ("title", "jobTitle"),
    ("office", "officeLocation"),
    ("enabled", "accountEnabled"),
    ("active", "accountEnabled"),
];

/// A row with the line it begins on.
type Row = (usize, Vec<String>);

/// Reads the people of a sheet, each with the line on which the row begins.
///
/// # Errors
/// All errors in the sheet.
pub fn read(text: &str) -> Result<Vec<(usize, NewUser)>, Vec<SheetError>> {
    let mut rows = rows(text).map_err(|error| vec![error])?.into_iter().peekable();
    rows.next_if(|(_, cells)| cells[0].trim_start_matches('\u{feff}').starts_with("version:"));
    let Some((line, header)) = rows.next() else {
        return Err(vec![wrong(1, 1, "the sheet is empty")]);
    };
    if let Some(error) = other_separator(line, &header) {
        return Err(vec![error]);
    }
    let mut errors = Vec::new();
    let mut columns = Vec::new();
    for (nth, cell) in header.iter().enumerate() {
        match column(cell) {
            Some(column) => columns.push(column),
            None => errors.push(unknown(line, nth + 1, cell.trim())),
        }
    }
    let named = |column: &Column| matches!(column, Column::Attribute(Attribute::UserPrincipalName));
    if errors.is_empty() && !columns.iter().any(named) {
        let help = "the sign-in name, such as ann@contoso.example: what stands before the @ is what a \
                    scenario calls the person";
        errors.push(wrong(line, 1, "no column is `userPrincipalName`").help(help));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut people: Vec<(usize, NewUser)> = Vec::new();
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for (line, cells) in rows {
        match person(line, &cells, &columns) {
            Ok(person) => match lines.insert(person.handle.clone(), line) {
                None => people.push((line, person)),
                Some(first) => errors.push(twice(line, first, &person)),
            },
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(people) } else { Err(errors) }
}

/// The error of a header whose cells are separated by something else than commas.
fn other_separator(line: usize, header: &[String]) -> Option<SheetError> {
    let [only] = header else { return None };
    let (separator, word) = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")]
        .into_iter()
        .find(|it| only.contains(it.0))?;
    let help = format!("separate by commas: {}", only.trim().replace(separator, ","));
    Some(wrong(line, 1, format!("the columns are separated by {word}")).help(help))
}

/// The error of a person who stands in the sheet already.
fn twice(line: usize, first: usize, person: &NewUser) -> SheetError {
    let upn = person.attributes.get(Attribute::UserPrincipalName).unwrap_or_default();
    let message = format!("`{}` stands on line {first} already: {upn}", person.handle);
    wrong(line, 1, message)
        .help("leave out one of the two rows, or give it another name before the @")
}

fn column(cell: &str) -> Option<Column> {
    let cell = cell.trim_start_matches('\u{feff}').trim();
    let inside = cell.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    match inside.map_or(cell, |(name, _)| name) {
        "accountEnabled" if inside.is_some() => Some(Column::Blocked),
        "accountEnabled" => Some(Column::Enabled),
        "passwordProfile" => Some(Column::Ignored),
        name => match Field::find(name)? {
            Field::Text(attribute) => Some(Column::Attribute(attribute)),
            _ => None,
        },
    }
}

fn unknown(line: usize, nth: usize, cell: &str) -> SheetError {
    let letters = cell.chars().filter(|letter| letter.is_alphanumeric());
    let plain = letters.collect::<String>().to_lowercase();
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == plain).map(|(_, name)| *name);
    let help = match other.or_else(|| nearest(&plain, Attribute::NAMES)) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "a column is named by an attribute, such as `department`, or as in the portal: \
                 `Department [department]`"
            .to_owned(),
    };
    wrong(line, nth, format!("unknown column `{cell}`")).help(help)
}

fn person(line: usize, cells: &[String], columns: &[Column]) -> Result<NewUser, SheetError> {
    if cells.len() > columns.len() {
        let message = format!("the header has {} columns, and this row more", columns.len());
        return Err(wrong(line, columns.len() + 1, message));
    }
    let mut new = NewUser::new("");
    for (nth, (cell, column)) in cells.iter().zip(columns).enumerate() {
        let cell = cell.trim();
        match column {
            Column::Attribute(_) if cell.is_empty() => {}
            Column::Attribute(attribute) => {
                check_value(*attribute, Some(cell)).map_err(|why| wrong(line, nth + 1, why))?;
                new = new.with(*attribute, Some(cell));
            }
            Column::Blocked => match cell.to_lowercase().as_str() {
                "" | "no" => {}
                "yes" => new.enabled = false,
                _ => return Err(wrong(line, nth + 1, format!("`{cell}` is neither Yes nor No"))),
            },
            Column::Enabled => match cell.to_lowercase().as_str() {
                "" | "true" => {}
                "false" => new.enabled = false,
                _ => {
                    let help = "Yes and No are for the portal's column, `Block sign in (Yes/No) \
                                [accountEnabled]`, where Yes blocks";
                    let what = format!("`{cell}` is neither true nor false");
                    return Err(wrong(line, nth + 1, what).help(help));
                }
            },
            Column::Ignored => {}
        }
    }
    let upn = new.attributes.get(Attribute::UserPrincipalName).unwrap_or_default();
    let handle = upn.split('@').next().unwrap_or_default().to_lowercase();
    check_handle(&handle).map_err(|why| wrong(line, 1, why))?;
    new.handle = handle;
    Ok(new)
}

/// Splits a CSV into rows and cells (RFC 4180); lines without a cell are left out.
fn rows(text: &str) -> Result<Vec<Row>, SheetError> {
    let mut rows: Vec<Row> = Vec::new();
    let (mut line, mut begun) = (1, 1);
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    let mut quoted = None;
    while let Some(letter) = letters.next() {
        line += usize::from(letter == '\n');
        match letter {
            '"' if quoted.is_some() && letters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if quoted.is_some() => quoted = None,
            '"' if cell.trim().is_empty() => quoted = Some((line, cells.len() + 1)),
            _ if quoted.is_some() => cell.push(letter),
            ',' => cells.push(std::mem::take(&mut cell)),
            '\n' => {
                cells.push(std::mem::take(&mut cell));
                rows.push((begun, std::mem::take(&mut cells)));
                begun = line;
            }
            '\r' => {}
            _ => cell.push(letter),
        }
    }
    if let Some((line, column)) = quoted {
        return Err(wrong(line, column, "this quotation mark is never closed"));
    }
    cells.push(cell);
    rows.push((begun, cells));
    rows.retain(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
    Ok(rows)
}

fn wrong(line: usize, column: usize, message: impl Into<String>) -> SheetError {
    SheetError { line, column, message: message.into(), help: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "Name [displayName] Required,User name [userPrincipalName] Required,\
                          Block sign in (Yes/No) [accountEnabled],department\r\n";

    #[test]
    fn the_portals_sheet_is_read() {
        for first in ["version:v1.0\r\n", "", "\u{feff}version:v1.0,,,\n"] {
            let rows = "\"Okafor, \"\"Ann\"\"\",Ann.Okafor@contoso.example,No,Sales\r\n,,,\r\n\
                        Bob,bob@contoso.example,Yes,\n";
            let people = read(&format!("{first}{HEADER}{rows}")).unwrap();
            assert_eq!(people.len(), 2);
            let ((_, ann), (_, bob)) = (&people[0], &people[1]);
            assert_eq!((&*ann.handle, ann.enabled), ("ann.okafor", true));
            assert_eq!(ann.attributes.get(Attribute::DisplayName), Some("Okafor, \"Ann\""));
            assert_eq!((&*bob.handle, bob.enabled), ("bob", false));
            assert_eq!(bob.attributes.get(Attribute::Department), None);
        }
    }

    #[test]
    fn the_portals_column_blocks_and_the_attribute_enables() {
        for (column, word, enabled) in [
            ("Block sign in (Yes/No) [accountEnabled]", "Yes", false),
            ("Block sign in (Yes/No) [accountEnabled]", "", true),
            ("accountEnabled", "False", false),
            ("accountEnabled", "true", true),
        ] {
            let people = read(&format!("userPrincipalName,{column}\nann@b.c,{word}\n")).unwrap();
            assert_eq!(people[0].1.enabled, enabled, "{column}: {word}");
        }
    }

    #[test]
    fn a_column_by_another_name_is_led_to_its_own() {
        let cases = [
            ("Name", "displayName"),
            ("User name", "userPrincipalName"),
            ("e-mail", "mail"),
            ("last_name", "surname"),
            ("departmnt", "department"),
            ("shoe", "named by an attribute"),
        ];
        for (column, helps) in cases {
            let errors = read(&format!("{column}\nx\n")).expect_err(column);
            assert!(errors[0].help.contains(helps), "{column}: {errors:?}");
        }
        let errors = read("department\nSales\n").expect_err("nobody signs in");
        assert!(errors[0].help.starts_with("the sign-in name"), "{errors:?}");
        let known = |name: &str| column(name).is_some();
        assert!(OTHER_NAMES.iter().all(|(other, name)| !known(other) && known(name)));
    }

    #[test]
    fn what_is_wrong_is_told_with_line_and_column() {
        let cases = [
            ("", (1, 1), "empty"),
            ("userPrincipalName,shoe\na@b.c,9\n", (1, 2), "unknown column `shoe`"),
            ("department\nSales\n", (1, 1), "no column is"),
            ("userPrincipalName\nno at sign\n", (2, 1), ""),
            ("userPrincipalName\na@b.c,x\n", (2, 2), "this row more"),
            ("userPrincipalName,accountEnabled\n\na@b.c,maybe\n", (3, 2), "neither true"),
            ("userPrincipalName,Block [accountEnabled]\na@b.c,true\n", (2, 2), "neither Yes"),
            ("userPrincipalName\n\"a@b.c\n", (2, 1), "never closed"),
            ("userPrincipalName;department\na@b.c;Sales\n", (1, 1), "separated by semicolons"),
            ("userPrincipalName\na@b.c\nb@b.c\nA@b.c\n", (4, 1), "`a` stands on line 2 already"),
        ];
        for (text, place, part) in cases {
            let errors = read(text).expect_err(text);
            assert_eq!((errors[0].line, errors[0].column), place, "{text}: {errors:?}");
            assert!(errors[0].message.contains(part), "{text}: {errors:?}");
        }
    }
}
