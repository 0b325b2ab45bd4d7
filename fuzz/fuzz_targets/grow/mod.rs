//! Expressions, people and policies grown from bytes: whatever the bytes are, something well-formed
//! comes of them.

use std::sync::LazyLock;

use scimulator::entra::expression::SheetAttributes;
use scimulator::entra::expression::functions::{FUNCTIONS, Function, Need};
use scimulator::entra::policy::{
    Apostrophe, MidOutOfRange, NullCondition, Policy, ReplaceFallback, SeveralRoles, UniqueValue,
};
use scimulator::scim::{Object, Value};

/// The longest text among the attributes, in bytes.
pub const LONGEST: usize = 200_000;
/// How deep expressions nest; far from the limit, but the walk does the same at every depth.
const DEPTH: u32 = 24;
/// Where an expression stops growing, in bytes.
const LENGTH: usize = 8_000;

/// What an expression grows from; zeros when they are used up.
pub struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub fn new(data: &'a [u8]) -> Bytes<'a> {
        Bytes(data)
    }

    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub fn long(&mut self) -> i64 {
        i64::from_le_bytes([0; 8].map(|_: u8| self.byte())) & i64::MAX
    }

    fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The choices in force, each either way.
pub fn policy(bytes: &mut Bytes<'_>) -> Policy {
    let bits = bytes.byte();
    let set = |nth: u32| bits & 1 << nth != 0;
    let mut policy = Policy::default();
    if set(0) {
        policy.iif_null = NullCondition::FalseBranch;
    }
    if set(1) {
        policy.mid_out_of_range = MidOutOfRange::Empty;
    }
    if set(2) {
        policy.pcase_apostrophe = Apostrophe::Belongs;
    }
    if set(3) {
        policy.replace_fallback = ReplaceFallback::SourcePresent;
    }
    if set(4) {
        policy.several_roles = SeveralRoles::Fail;
    }
    if bits > 0xf0 {
        policy.select_unique_value = UniqueValue::Refuse;
    }
    policy.coalesce_skips_empty = set(5);
    policy.split_trims = !set(6);
    policy
}

/// The names of the attributes; the last one no resource has.
const NAMES: [&str; 10] =
    ["a", "b", "c", "list", "date", "number", "long", "appRoleAssignments", "empty", "none"];

/// People: plain, foreign, huge, odd.
static PEOPLE: LazyLock<Vec<SheetAttributes>> = LazyLock::new(|| {
    let huge = "aé x,".repeat(LONGEST / 6);
    let texts = [
        r#"{"a":"Ann","b":"Okafor","c":"a.b@contoso.example","list":["x","y","x"],"date":"2024-02-29","number":"42"}"#,
        r#"{"a":"Ægir Ðøß","b":"İstanbul ıI","c":"o'neil \"x\" \\","list":["","é","💡 💡"],"date":"2021-06-30+08:00"}"#,
        r#"{"a":" van der  Berg ","b":"","list":[],"date":"0001-01-01","number":"-9223372036854775808"}"#,
        r#"{"a":"e\u0301\u0301\u0301","b":"\u202e\u0000\ud83d\ude00","date":"9999-12-31T23:59:59.9999999-14:00"}"#,
        r#"{"a":"12/31/2023 11:59:59 PM","b":"1","c":"True","date":"7/2/2021 3:33:38 PM","number":"132693488180000000"}"#,
    ];
    let read = |text: &str| Object::parse(text.as_bytes()).expect("a person above is JSON");
    let mut people: Vec<Object> = texts.into_iter().map(read).collect();
    let role = |nth: usize| {
        read(&format!(r#"{{"id":"{nth}","value":"Role {nth}","displayName":"R{nth}"}}"#))
    };
    for (nth, person) in people.iter_mut().enumerate() {
        let roles = (0..nth).map(role).map(Value::Object).collect();
        person.push("appRoleAssignments", Value::List(roles));
        person.push("empty", "");
        person.push("long", if nth == 2 { huge.as_str() } else { &huge[..1_500] });
    }
    let many = (0..20_000).map(|nth| Value::from(format!("value {}", nth % 9_000))).collect();
    people[4].push("list", Value::List(many));
    let given = |person: Object| {
        SheetAttributes::read(Some(&Value::Object(person)))
            .expect("attributes as programs give them")
    };
    people.into_iter().map(given).collect()
});

/// One of the people.
pub fn source(bytes: &mut Bytes<'_>) -> &'static SheetAttributes {
    &PEOPLE[bytes.below(PEOPLE.len())]
}

/// An expression with a call at its top.
pub fn expression(bytes: &mut Bytes<'_>) -> String {
    let mut text = String::new();
    call(bytes, DEPTH, &mut text);
    text
}

fn call(bytes: &mut Bytes<'_>, depth: u32, out: &mut String) {
    let mut function = FUNCTIONS[bytes.below(FUNCTIONS.len())];
    while function.name == "SelectUniqueValue" && depth < DEPTH {
        function = FUNCTIONS[bytes.below(FUNCTIONS.len() - 1)];
    }
    out.push_str(function.name);
    out.push('(');
    if function.name == "Replace" {
        replace(bytes, depth, out);
    } else {
        arguments(function, bytes, depth, out);
    }
    out.push(')');
}

fn arguments(function: &Function, bytes: &mut Bytes<'_>, depth: u32, out: &mut String) {
    let fewest = function.fewest();
    let more = bytes.below(4);
    let mut count = function.most().map_or(fewest + more, |most| (fewest + more).min(most));
    if function.name == "Switch" {
        count += count % 2;
    }
    for at in 0..count {
        if at > 0 {
            out.push_str([",", ", ", " ,\n"][bytes.below(3)]);
        }
        let Some(parameter) = function.parameter(at) else { continue };
        if parameter.need == Need::Optional && bytes.below(4) == 0 {
            continue;
        }
        if parameter.condition && bytes.below(4) != 0 {
            argument(parameter.name, bytes, depth, out);
            out.push_str(bytes.one_of(&["=", "<>", ">", ">=", "<", "<="]));
        }
        argument(parameter.name, bytes, depth, out);
    }
}

/// The five ways of Replace; any other choice of arguments is refused when it is read.
fn replace(bytes: &mut Bytes<'_>, depth: u32, out: &mut String) {
    const WAYS: [&[usize]; 5] = [&[1, 4], &[1, 6], &[2, 4], &[2, 3, 4], &[2, 3, 5]];
    const HINTS: [&str; 7] =
        ["source", "find", "RegularExpression", "Group", "Replacement", "other", "Template"];
    let way = bytes.one_of(&WAYS);
    for (at, hint) in HINTS.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        if at == 0 || way.contains(&at) {
            argument(hint, bytes, depth, out);
        }
    }
}

/// An argument: a call, an attribute, or mostly a constant of the kind that the parameter's name
/// asks for.
fn argument(hint: &str, bytes: &mut Bytes<'_>, depth: u32, out: &mut String) {
    let may_grow = depth > 0 && out.len() < LENGTH && !bytes.is_empty();
    match bytes.below(8) {
        0..=2 if may_grow => call(bytes, depth - 1, out),
        3 | 4 => {
            out.push('[');
            out.push_str(bytes.one_of(&NAMES));
            out.push(']');
        }
        5 => constant(bytes.one_of(&KINDS).1, bytes, out),
        _ => constant(kind_of(hint), bytes, out),
    }
}

type Kind = &'static [&'static str];

const KINDS: [(&str, Kind); 8] = [
    (
        "regular",
        &[
            "(?<g>a*)",
            "\\\\d+",
            "(?<g>^\\\\d*)",
            "[^a-z]",
            "\\\\s|(?<g>\\\\w)",
            "(a)(?<g>b)?|",
            "",
            "(?i)É",
            "\\\\bx\\\\b",
            "(?<g>[\\\\w-[aeiou]])",
            ".*?",
            "\\\\p{Lu}",
            "(?<g>.)(?<h>.)",
            "x{2,3}",
            "^|$",
            "(?=a)",
            "(",
        ],
    ),
    ("group", &["g", "h", "1", "", "g g"]),
    ("repl", &["", "${g}", "$1$2", "$0$0", "$&$`$'", "$_", "x", "${h}$$", "\\\"", "${"]),
    ("interval", &["d", "h", "n", "s", "m", "ww", "yyyy", "D", "q"]),
    (
        "format",
        &[
            "yyyy-MM-dd",
            "M/d/yyyy h:mm:ss tt",
            "yyyyMMddHHmmss.f'Z'",
            "dddd, d MMMM yyyy",
            "o",
            "fffffff",
            "K zzz",
            "",
            "%d",
            "yyyyyyyyyyyyyyyyyyyyyyyyyyyy",
            "'unclosed",
            "yyyy-MM-ddTHH:mm:sszzz",
            "\\\\",
            "gg y",
            "s",
        ],
    ),
    (
        "date",
        &[
            "2021-08-24",
            "2024-02-29T23:59:59Z",
            "0001-01-01",
            "9999-12-31",
            "20230401120000.0Z",
            "12/31/1999",
            "",
            "x",
            "2020-03-16-07:00",
            "9999-12-31T23:59:59-14:00",
            "1600-01-01",
        ],
    ),
    (
        "text",
        &[
            "",
            " ",
            "a",
            "Ann Lind",
            "é💡",
            "@",
            ",",
            "tr-TR",
            "en-US",
            "True",
            "a b c",
            "\\\\",
            ".",
            "O'Neil-Ba",
            "xx-YY",
        ],
    ),
    ("number", &[]),
];

const NUMBERS: [&str; 16] = [
    "0",
    "1",
    "-1",
    "2",
    "3",
    "7",
    "40",
    "256",
    "65536",
    "&HF",
    "2147483647",
    "-2147483648",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999",
    "&HFFFFFFFFFFFFFFFFFF",
];

fn kind_of(hint: &str) -> Kind {
    let hint = hint.to_lowercase();
    let numbers = ["num", "start", "length", "index", "value1", "minimum", "value2"];
    if numbers.iter().any(|part| hint.contains(part)) {
        return &[];
    }
    let found = KINDS.iter().find(|(part, _)| hint.contains(part));
    found.map_or(KINDS[6].1, |(_, kind)| kind)
}

fn constant(kind: Kind, bytes: &mut Bytes<'_>, out: &mut String) {
    match (kind.is_empty(), bytes.byte()) {
        (true, 255) => out.push_str(&bytes.long().to_string()),
        (true, nth) => out.push_str(NUMBERS[usize::from(nth) % NUMBERS.len()]),
        (_, 250) => out.push_str("vbTextCompare"),
        (_, 251) => out.push_str("IgnoreAttributeFlow"),
        (_, 252..) => free_text(bytes, out),
        (_, nth) => {
            out.push('"');
            out.push_str(kind[usize::from(nth) % kind.len()]);
            out.push('"');
        }
    }
}

/// A few characters straight from the bytes.
fn free_text(bytes: &mut Bytes<'_>, out: &mut String) {
    out.push('"');
    for _ in 0..bytes.below(24) {
        match char::from_u32(u32::from(bytes.byte()) + 0x20 * u32::from(bytes.byte() & 0x1f)) {
            Some(mark @ ('"' | '\\')) => out.extend(['\\', mark]),
            Some(letter) => out.push(letter),
            None => {}
        }
    }
    out.push('"');
}
