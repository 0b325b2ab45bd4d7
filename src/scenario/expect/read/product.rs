//! Reads what is observed of GoLinks beside accounts and groups: sessions, API tokens, links, and
//! the last sign-in of a user.

use super::{Fields, Walk, is_comparison, unknown_field};
use crate::base::Problems;
use crate::base::node::Entry;
use crate::scenario::expect::{
    LinkField, Observable, ProductPart, ROLES, Shape, SignInField, Test,
};
use crate::scenario::names::NameKind;

impl Walk<'_, '_> {
    /// `golinks.session.<user>` = how many sessions the user has.
    pub(super) fn session(&mut self, name: &str, entry: &Entry, problems: &mut Problems) {
        self.of_account("session", name, entry, ProductPart::Sessions, problems);
    }

    /// `golinks.api_token.<user>` = how many good API tokens the user has.
    pub(super) fn api_token(&mut self, name: &str, entry: &Entry, problems: &mut Problems) {
        self.of_account("api_token", name, entry, ProductPart::ApiTokens, problems);
    }

    /// `golinks.api_call.<user>` = the status of the last call of the REST API with a token of the
    /// user.
    pub(super) fn api_call(&mut self, name: &str, entry: &Entry, problems: &mut Problems) {
        self.of_account("api_call", name, entry, ProductPart::ApiCall, problems);
    }

    /// `golinks.role.<user>` = the role of the account of the user.
    pub(super) fn role(&mut self, name: &str, entry: &Entry, problems: &mut Problems) {
        self.names.uses(name, NameKind::Account, entry.key_span);
        if let Some(test) = Test::read(&entry.value, Shape::Word(ROLES), problems) {
            let observed = Observable::Product { name: name.to_owned(), part: ProductPart::Role };
            self.add(&format!("golinks.role.{name}"), entry, observed, test);
        }
    }

    fn of_account(
        &mut self,
        key: &str,
        name: &str,
        entry: &Entry,
        part: ProductPart,
        problems: &mut Problems,
    ) {
        self.names.uses(name, NameKind::Account, entry.key_span);
        let Some(test) = Test::read(&entry.value, Shape::Count, problems) else { return };
        if test.since.is_some() {
            problems
                .error(entry.value.span, "what is there now is counted, not what came `since`")
                .help("leave `since` out");
            return;
        }
        let observed = Observable::Product { name: name.to_owned(), part };
        self.add(&format!("golinks.{key}.{name}"), entry, observed, test);
    }

    /// `golinks.link.<name>` = { owner, owner_active, url, hits } or absent.
    pub(super) fn go_link(&mut self, name: &str, entry: &Entry, problems: &mut Problems) {
        let path = format!("golinks.link.{name}");
        let observed =
            |field| Observable::Product { name: name.to_owned(), part: ProductPart::Link(field) };
        if is_comparison(&entry.value) {
            if let Some(test) = Test::read(&entry.value, Shape::Presence, problems) {
                self.add(&path, entry, observed(LinkField::Whole), test);
            }
            return;
        }
        for field in entry.value.as_table(problems).unwrap_or_default() {
            let Some((key, shape, which)) = LinkField::FIELDS.iter().find(|row| row.0 == field.key)
            else {
                let names: Vec<&'static str> = LinkField::FIELDS.iter().map(|row| row.0).collect();
                unknown_field(field, "a link", &names, problems);
                continue;
            };
            if let Some(test) = Test::read(&field.value, *shape, problems) {
                self.add(&format!("{path}.{key}"), field, observed(*which), test);
            }
        }
    }

    /// `signins.last.<user>` = { result, reason } or absent.
    pub(super) fn sign_in(&mut self, name: &str, entry: &Entry, problems: &mut Problems) {
        let of = Fields {
            path: format!("signins.last.{name}"),
            words: ("a sign-in", "a sign-in"),
            example: "result = \"let in\"",
            whole: SignInField::Whole,
            all: &SignInField::FIELDS,
        };
        let observed = |field| Observable::SignIn { name: name.to_owned(), field };
        self.fields(name, entry, &of, observed, problems);
    }
}
