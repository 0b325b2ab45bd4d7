//! What holds of any change to a signed Response: it is refused, or it says what was signed. And no
//! text at all makes a reader panic.
//!
//! Changes work on the text (bits, letters, pieces) and on its elements: they are removed, doubled,
//! moved, their attributes change places, and a forged assertion is put anywhere, with the
//! signature or with the signed assertion within.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// One change.
#[derive(Clone, Debug)]
enum Change {
    /// A bit of the text.
    Bit(Index, u8),
    /// A piece of the text is replaced.
    Piece(Index, Index, &'static str),
    /// An element is taken away.
    Remove(Index),
    /// An element stands a second time, before or after another.
    Double(Index, Index, bool),
    /// An element stands elsewhere.
    Move(Index, Index, bool),
    /// The attributes of an element are written in the opposite order.
    Reorder(Index),
    /// A forged assertion stands before, after or within an element.
    Forge(Index, Place, Forgery),
    /// A digest that fits what now stands there, with the old signature.
    Digest,
}

/// Where something is put with respect to an element.
#[derive(Clone, Copy, Debug)]
enum Place {
    Before,
    After,
    Within,
}

/// How an assertion is forged.
#[derive(Clone, Copy, Debug)]
enum Forgery {
    /// Another id, no signature.
    Plain,
    /// The id of the signed one, no signature.
    SameId,
    /// The id of the signed one, and its signature.
    Signed,
    /// The signed assertion within it.
    Around,
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    let pieces = [
        "",
        " ",
        "<a/>",
        "<Assertion/>",
        "&#60;",
        "admin@evil.example",
        "xmlns=\"urn:a\"",
        "ID=\"_a1\"",
        "urn:oasis:names:tc:SAML:2.0:assertion",
        "<!---->",
        "\u{e4}",
    ];
    let place = prop::sample::select(vec![Place::Before, Place::After, Place::Within]);
    let forgery = prop::sample::select(vec![
        Forgery::Plain,
        Forgery::SameId,
        Forgery::Signed,
        Forgery::Around,
    ]);
    prop_oneof![
        (at(), 0..8_u8).prop_map(|(at, bit)| Change::Bit(at, bit)),
        (at(), at(), prop::sample::select(pieces.to_vec()))
            .prop_map(|(at, to, piece)| Change::Piece(at, to, piece)),
        at().prop_map(Change::Remove),
        (at(), at(), any::<bool>()).prop_map(|(of, at, after)| Change::Double(of, at, after)),
        (at(), at(), any::<bool>()).prop_map(|(of, at, after)| Change::Move(of, at, after)),
        at().prop_map(Change::Reorder),
        (at(), place, forgery).prop_map(|(at, place, how)| Change::Forge(at, place, how)),
        Just(Change::Digest),
    ]
}

/// Where the elements of a text are; none when it is no XML any more.
fn elements(text: &str) -> Vec<Range<usize>> {
    let Ok(document) = xml::parse(text) else { return Vec::new() };
    document.descendants().filter(|it| it.is_element()).map(|it| it.range()).collect()
}

/// Where the attributes of an element are, its namespaces among them.
fn attributes(text: &str, element: &Range<usize>) -> Vec<Range<usize>> {
    let tag = &text[element.clone()];
    let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
    let mut found = Vec::new();
    let mut at = tag.find(' ').map_or(tag.len(), |space| space + 1);
    while let Some((name, rest)) = tag[at..].split_once("=\"")
        && let Some(end) = rest.find('"')
    {
        let length = name.len() + 2 + end + 1;
        found.push(element.start + at..element.start + at + length);
        at = (at + length + 1).min(tag.len());
    }
    found
}

fn element_at(text: &str, at: Index) -> Option<Range<usize>> {
    let all = elements(text);
    (!all.is_empty()).then(|| all[at.index(all.len())].clone())
}

/// The text after a change; as it was where the change does not fit.
fn altered(text: &str, change: &Change) -> String {
    change_of(text, change).unwrap_or_else(|| text.to_owned())
}

fn change_of(text: &str, change: &Change) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let mut changed = text.to_owned();
    match change {
        Change::Bit(at, bit) => {
            let mut bytes = text.as_bytes().to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            changed = String::from_utf8_lossy(&bytes).into_owned();
        }
        Change::Piece(at, to, piece) => {
            let boundary = |index: &Index| {
                let at = index.index(text.len());
                (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
            };
            let (from, to) = (boundary(at), boundary(to));
            let end = if to > from && to - from < 200 { to } else { from };
            changed.replace_range(from..end, piece);
        }
        Change::Remove(of) => changed.replace_range(element_at(text, *of)?, ""),
        Change::Double(of, at, after) | Change::Move(of, at, after) => {
            let (of, at) = (element_at(text, *of)?, element_at(text, *at)?);
            let to = if *after { at.end } else { at.start };
            let piece = &text[of.clone()];
            if matches!(change, Change::Double(..)) {
                changed.insert_str(to, piece);
            } else {
                // Nothing is moved into itself.
                let (to, cut) = match (to <= of.start, to >= of.end) {
                    (true, _) => (to, of.start + piece.len()..of.end + piece.len()),
                    (_, true) => (to, of.clone()),
                    _ => return None,
                };
                changed.insert_str(to, piece);
                changed.replace_range(cut, "");
            }
        }
        Change::Reorder(of) => {
            let several = |range: &Range<usize>| attributes(text, range).len() > 1;
            let all: Vec<Range<usize>> = elements(text).into_iter().filter(several).collect();
            let range = (!all.is_empty()).then(|| &all[of.index(all.len())])?;
            let ranges = attributes(text, range);
            let written: Vec<&str> = ranges.iter().rev().map(|it| &text[it.clone()]).collect();
            let all = ranges.first()?.start..ranges.last()?.end;
            changed.replace_range(all, &written.join(" "));
        }
        Change::Forge(at, place, how) => {
            let at = element_at(text, *at)?;
            let to = match place {
                Place::Before => at.start,
                Place::After => at.end,
                Place::Within => at.start + text[at.clone()].find('>')? + 1,
            };
            changed.insert_str(to, &forged(*how));
        }
        Change::Digest => {
            let (from, to) = (text.find("<DigestValue>")?, text.find("</DigestValue>")?);
            let (_, good, evil) = parts();
            let digest = Algorithm::Sha256.digest(if text.contains(&good) { &evil } else { &good });
            changed.replace_range(from + "<DigestValue>".len()..to, &digest);
        }
    }
    Some(changed)
}

/// An assertion of another user.
fn forged(how: Forgery) -> String {
    let (_, good, evil) = parts();
    let same = || evil.replace("_evil", "_a1");
    let after_issuer =
        |text: String, what: &str| text.replacen("</Issuer>", &format!("</Issuer>{what}"), 1);
    match how {
        Forgery::Plain => evil,
        Forgery::SameId => same(),
        Forgery::Signed => {
            let end = good.find("</Signature>").expect("one") + "</Signature>".len();
            let signature = &good[good.find("<Signature").expect("one")..end];
            after_issuer(same(), signature)
        }
        Forgery::Around => after_issuer(evil.clone(), &good),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_altered_response_is_refused_or_says_what_was_signed(
        option in prop::sample::select(OPTIONS.to_vec()),
        changes in prop::collection::vec(change(), 1..5),
    ) {
        let good = signed(option, Algorithm::Sha256);
        let text = changes.iter().fold(good.clone(), |text, change| altered(&text, change));
        if let Ok(read) = verify(&text, &trusted()) {
            prop_assert_eq!(&read.assertion, &assertion(), "{}", text);
            // Where the signature covers the whole Response, all of it is as it was.
            if read.response_signed {
                let head = verify(&good, &trusted()).expect("a good Response").response;
                prop_assert_eq!(&read.response, &head, "{}", text);
            }
        }
    }

    #[test]
    fn an_altered_request_is_read_or_refused(changes in prop::collection::vec(change(), 1..5)) {
        let good = AuthnRequest {
            id: "id1".to_owned(),
            issue_instant: Time::from_secs(1_900_000_000),
            issuer: "https://sp.example".to_owned(),
            destination: Some("https://idp.example/saml2".to_owned()),
            acs_url: Some("https://sp.example/acs".to_owned()),
            name_id_format: Some(names::format::EMAIL.to_owned()),
            force_authn: true,
            is_passive: true,
            context: None,
            unsupported: Vec::new(),
            signed: false,
        };
        let text = changes.iter().fold(good.write(), |text, change| altered(&text, change));
        read_all(&text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*", tags in "(</?[a-z:]{1,3}( [a-z:=\"'&#;]{0,9})?/?>|[^<]){0,20}") {
        read_all(&text);
        read_all(&tags);
    }
}

/// Reads a text as each kind of message: only what is not read as one can be anything.
fn read_all(text: &str) {
    if let Ok(request) = AuthnRequest::read(text) {
        let again = AuthnRequest::read(&request.write()).expect("what is written can be read");
        assert_eq!((again.id, again.issuer), (request.id, request.issuer));
    }
    let _ = (LogoutRequest::read(text), LogoutAnswer::read(text));
    let _ = metadata::certificates_of(text);
    let _ = (binding::read_redirect(text), binding::read_posted(text));
    assert!(verify(text, &trusted()).is_err());
}

#[test]
fn each_change_can_take_effect() {
    let good = signed(SigningOption::Both, Algorithm::Sha256);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..400 {
        let drawn = change().new_tree(&mut runner).expect("a change");
        let change = proptest::strategy::ValueTree::current(&drawn);
        let kind = format!("{change:?}").split('(').next().unwrap_or_default().to_owned();
        let text = altered(&good, &change);
        let entry = seen.entry(kind).or_insert((0, 0));
        entry.0 += usize::from(text != good);
        entry.1 += usize::from(xml::parse(&text).is_ok() && text != good);
    }
    assert_eq!(seen.len(), 8, "{seen:?}");
    assert!(seen.values().all(|(changed, parsed)| *changed > 5 && *parsed > 0), "{seen:?}");
}
