//! Single sign-on: what the identity provider is told, and a form with what the workspace has
//! chosen.

use super::html::{Page, when};
use super::shown::Shown;
use super::wanted::Wanted;
use crate::base::html::escaped;
use crate::base::time::write_duration;
use crate::base::{Kind, Node};
use crate::golinks::form::FormFields;
use crate::golinks::settings::sso::{InactiveSignIn, OnDeactivate, ScimAccounts, Sso};
use crate::golinks::settings::values::word_of;
use crate::golinks::{ACS_PATH, GoLinks, Role};

/// Where the page is, and its form.
pub(super) const PATH: &str = "/golinks/sso";

/// The words of a form for what is on and what is off.
const YES_NO: [(&str, &str); 2] = [("yes", "yes"), ("no", "no")];

/// A setting of the form: its key below `sso`, what the page calls it, and how it is asked.
struct Field {
    key: &'static str,
    name: &'static str,
    asked: Asked,
}

/// How a setting is asked for, and what it says now.
enum Asked {
    /// Yes or no.
    Flag(fn(&Sso) -> bool),
    /// One of some words, each with what the page says for it.
    Word(fn() -> Vec<(&'static str, &'static str)>, fn(&Sso) -> &'static str),
    /// A text.
    Text(fn(&Sso) -> String),
    /// Several texts, with commas between them.
    List(fn(&Sso) -> String),
}

/// The parts of the form, in the order of the page.
const PARTS: [(&str, &[Field]); 4] = [
    ("Who is let in", &LET_IN),
    ("New accounts", &NEW_ACCOUNTS),
    ("After a deactivation", &DEACTIVATED),
    ("Responses", &RESPONSES),
];

const LET_IN: [Field; 4] = [
    Field {
        key: "required",
        name: "Single sign-on is the only way in, for the owner too",
        asked: Asked::Flag(|sso| sso.required),
    },
    Field {
        key: "jit_key",
        name: "An account is found by",
        asked: Asked::Word(
            || {
                vec![
                    ("nameid", "the NameID"),
                    ("emailaddress", "the claim emailaddress"),
                    ("objectidentifier", "the claim objectidentifier"),
                ]
            },
            |sso| sso.jit_key.word(),
        ),
    },
    Field {
        key: "scim_accounts",
        name: "The first sign-in to an account of SCIM",
        asked: Asked::Word(
            || vec![("link", "lets the person in"), ("refuse", "is refused: not linked")],
            |sso| word_of(&ScimAccounts::WORDS, sso.scim_accounts),
        ),
    },
    Field {
        key: "session_lifetime",
        name: "A session lasts (such as 8h)",
        asked: Asked::Text(|sso| write_duration(sso.session_lifetime)),
    },
];

const NEW_ACCOUNTS: [Field; 5] = [
    Field { key: "jit", name: "Accounts are made just in time", asked: Asked::Flag(|sso| sso.jit) },
    Field {
        key: "jit_updates_names",
        name: "Each sign-in writes the names",
        asked: Asked::Flag(|sso| sso.jit_updates_names),
    },
    Field {
        key: "domains",
        name: "Domains whose people may join (all, if empty)",
        asked: Asked::List(|sso| sso.domains.names().join(", ")),
    },
    Field {
        key: "role",
        name: "Role of a new account",
        asked: Asked::Word(roles, |sso| sso.role.word()),
    },
    Field {
        key: "role_claim",
        name: "Each sign-in gives the role of the claim",
        asked: Asked::Flag(|sso| sso.role_claim),
    },
];

const DEACTIVATED: [Field; 3] = [
    Field {
        key: "inactive_sign_in",
        name: "A sign-in to an inactive account",
        asked: Asked::Word(
            || {
                vec![
                    ("refuse", "is refused"),
                    ("reactivate", "reactivates it"),
                    ("recreate", "makes a new one"),
                ]
            },
            |sso| word_of(&InactiveSignIn::WORDS, sso.inactive_sign_in),
        ),
    },
    Field {
        key: "session_on_deactivate",
        name: "Sessions",
        asked: Asked::Word(outlives, |sso| {
            word_of(&OnDeactivate::WORDS, sso.session_on_deactivate)
        }),
    },
    Field {
        key: "token_on_deactivate",
        name: "API tokens",
        asked: Asked::Word(outlives, |sso| word_of(&OnDeactivate::WORDS, sso.token_on_deactivate)),
    },
];

const RESPONSES: [Field; 2] = [
    Field {
        key: "entity_id",
        name: "Identifier (Entity ID)",
        asked: Asked::Text(|sso| sso.entity_id.clone()),
    },
    Field {
        key: "sha1",
        name: "Signatures with SHA-1 are taken",
        asked: Asked::Flag(|sso| sso.sha1),
    },
];

fn roles() -> Vec<(&'static str, &'static str)> {
    Role::ALL.iter().map(|role| (role.word(), role.name())).collect()
}

fn outlives() -> Vec<(&'static str, &'static str)> {
    vec![("end", "end with the account"), ("keep", "go on")]
}

impl Field {
    /// What the form says for the setting in force.
    fn now(&self, sso: &Sso) -> String {
        match self.asked {
            Asked::Flag(now) if now(sso) => "yes".to_owned(),
            Asked::Flag(_) => "no".to_owned(),
            Asked::Word(_, now) => now(sso).to_owned(),
            Asked::Text(now) | Asked::List(now) => now(sso),
        }
    }

    /// What a form says, as an author would write it.
    fn written(&self, said: &str) -> Node {
        match (&self.asked, said) {
            (Asked::Flag(_), "yes" | "no") => Node::bare(Kind::Bool(said == "yes")),
            (Asked::List(_), _) => {
                let items = said.split([',', ' ']).filter(|item| !item.is_empty());
                Node::bare(Kind::List(items.map(Node::text).collect()))
            }
            _ => Node::text(said),
        }
    }

    fn html(&self, sso: &Sso) -> String {
        let Field { key, name, .. } = self;
        let now = self.now(sso);
        let control = match &self.asked {
            Asked::Flag(_) => select(key, "", &YES_NO, &now),
            Asked::Word(words, _) => select(key, "", &words(), &now),
            Asked::Text(_) | Asked::List(_) => {
                format!("<input name={key} value=\"{}\" maxlength=500>", escaped(&now))
            }
        };
        format!("<label>{name} {control}</label>")
    }
}

/// A choice between words; `more` is further attributes of the control.
fn select(name: &str, more: &str, words: &[(&str, &str)], now: &str) -> String {
    let option = |(word, said): &(&str, &str)| {
        let selected = if *word == now { " selected" } else { "" };
        format!("<option value={word}{selected}>{said}</option>")
    };
    let options: String = words.iter().map(option).collect();
    format!("<select name=\"{}\"{more}>{options}</select>", escaped(name))
}

/// The field with the role of a domain.
fn of_domain(domain: &str) -> String {
    format!("role of {domain}")
}

/// The roles that come with a domain, and one more.
fn domain_roles(sso: &Sso) -> String {
    let mut words = vec![("none", "that of a new account")];
    words.extend(roles());
    let known: String = sso
        .domain_roles
        .rows()
        .iter()
        .map(|(domain, role)| {
            let control = select(&of_domain(domain), "", &words, role.word());
            format!("<label>{} {control}</label>", escaped(domain))
        })
        .collect();
    format!(
        "{known}<label>One more domain <input name=new_domain maxlength=253 placeholder=\"partner.example\">\
         </label>{}",
        select(
            "new_domain_role",
            " aria-label=\"Role of that domain\"",
            &roles(),
            Role::Member.word()
        )
    )
}

/// What the identity provider is told and has told, and what the workspace has chosen.
pub(super) fn page(shown: &Shown<'_>) -> Page {
    let (golinks, base) = (shown.golinks, escaped(&shown.place.base));
    let sso = &golinks.settings().sso;
    let provider = match golinks.identity_provider() {
        None => "not set up".to_owned(),
        Some(provider) => {
            let certificate = provider.certificates.first().map_or_else(String::new, |it| {
                format!(
                    " · certificate <code>{}</code>, good until {}",
                    escaped(&it.thumbprint()),
                    when(it.not_after())
                )
            });
            format!("<code>{}</code>{certificate}", escaped(&provider.issuer))
        }
    };
    let part = |(name, fields): &(&str, &[Field])| {
        let fields: String = fields.iter().map(|field| field.html(sso)).collect();
        format!("<fieldset><legend>{name}</legend>{fields}</fieldset>")
    };
    let parts: String = PARTS.iter().map(part).collect();
    let body = format!(
        "<dl><dt>Identity provider</dt><dd>{provider}</dd><dt>Reply URL (ACS)</dt><dd><code>{base}{ACS_PATH}\
         </code></dd></dl><form method=post action=\"{PATH}\" class=fields>{parts}<fieldset><legend>Roles of \
         e-mail domains</legend>{}</fieldset><button class=primary>Save</button></form>",
        domain_roles(sso)
    );
    Page::new("Single sign-on", body)
}

/// What a form says otherwise than the settings in force, below `sso`. A field that is not sent
/// stays as it is.
fn asked(sso: &Sso, form: &FormFields) -> Vec<(&'static str, Node)> {
    let fields = PARTS.iter().flat_map(|(_, fields)| *fields);
    let changed = |field: &Field| {
        let said = form.find(field.key).filter(|said| *said != field.now(sso))?;
        Some((field.key, field.written(said)))
    };
    let mut asked: Vec<(&'static str, Node)> = fields.filter_map(changed).collect();
    let known = sso.domain_roles.rows().iter().filter_map(|(domain, role)| {
        let said = form.find(&of_domain(domain)).filter(|said| *said != role.word())?;
        Some((domain.as_str(), Node::text(said)))
    });
    let new = Some(form.get("new_domain")).filter(|domain| !domain.is_empty());
    let new = new.map(|domain| (domain, Node::text(form.get("new_domain_role"))));
    let roles: Vec<(&str, Node)> = known.chain(new).collect();
    if !roles.is_empty() {
        asked.push(("domain_roles", Node::table(roles)));
    }
    asked
}

/// The settings that a visitor wants to be others; nothing when the form says what is in force.
pub(super) fn change(golinks: &GoLinks, form: &FormFields) -> (Option<Wanted>, &'static str) {
    let asked = asked(&golinks.settings().sso, form);
    let below = |key: &'static str, node: Node| Node::table([(key, node)]);
    let settings = (!asked.is_empty()).then(|| below("golinks", below("sso", Node::table(asked))));
    (settings.map(Wanted::Settings), "/golinks/sso?done=settings")
}
