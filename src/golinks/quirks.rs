//! Deviations from the standards, seen at real servers, each a row of one table: named, sourced, off by default.
//!
//! A quirk is read where it acts, by [`Quirks::is`]. Adding one is a line in [`Quirk`], a row in [`TABLE`] and the place
//! that asks for it.

use crate::base::{Kind, Node, Problems};

/// A deviation that can be switched on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quirk {
    /// B01
    StrictBooleans,
    /// B02
    StrictOpCase,
    /// B04
    ReactivateUnsupported,
    /// B15
    NoCreateOnFilterMiss,
    /// B21, B22
    DottedKeys,
    /// B24
    NoopPatchIs400,
    /// B25
    PatchNoop200,
    /// B48
    NoMatch404,
    /// B51
    UsernameFilterCase,
    /// B53
    HideUnmanaged,
    /// B75
    ClientErrorsAs500,
    /// B80
    Delete500,
    /// B81
    InactiveIsReadonly,
    /// B91
    HideInactive,
}

/// A quirk as scenario files and `explain` know it.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which one.
    pub quirk: Quirk,
    /// Its key below `golinks.quirks`.
    pub name: &'static str,
    /// Its key below `golinks`.
    pub path: &'static str,
    /// The values it takes; the first is the default.
    pub words: &'static [&'static str],
    /// The reports it comes from.
    pub bugs: &'static [&'static str],
    /// What a server with this quirk does, and what is seen.
    pub story: &'static str,
    /// Who reported it.
    pub from: &'static str,
}

const OFF_ON: &[&str] = &["false", "true"];

/// Every quirk, in the order of [`Quirk`].
pub const TABLE: &[Row] = &[
    Row {
        quirk: Quirk::StrictBooleans,
        name: "strict_booleans",
        path: "quirks.strict_booleans",
        words: OFF_ON,
        bugs: &["B01"],
        story: "The text \"False\" is no boolean: every disable in the classic dialect gets 400, and leavers keep their access.",
        from: "rancher/rancher#52996, scimmyjs/scimmy#86, AzureAD/SCIMReferenceCode#21",
    },
    Row {
        quirk: Quirk::StrictOpCase,
        name: "strict_op_case",
        path: "quirks.strict_op_case",
        words: OFF_ON,
        bugs: &["B02"],
        story: "Op words must be in lower case: creates succeed, and the first leaver gets 400.",
        from: "langwatch/langwatch#6972, ssoready/ssoready#159, thomaspoignant/scim-patch#6",
    },
    Row {
        quirk: Quirk::ReactivateUnsupported,
        name: "reactivate_unsupported",
        path: "quirks.reactivate_unsupported",
        words: OFF_ON,
        bugs: &["B04"],
        story: "An account can be deactivated, not reactivated: who comes back meets 400.",
        from: "getsentry/sentry-docs#16258, FusionAuth/fusionauth-issues#3311",
    },
    Row {
        quirk: Quirk::NoCreateOnFilterMiss,
        name: "no_create_on_filter_miss",
        path: "quirks.no_create_on_filter_miss",
        words: OFF_ON,
        bugs: &["B15"],
        story: "A filtered path that meets nothing gets 400 noTarget, as RFC 7644 has it: the first mail of somebody without one fails for ever.",
        from: "Captain-P-Goldfish/scim-for-keycloak#73, sourcegraph/sourcegraph-public-snapshot#49200",
    },
    Row {
        quirk: Quirk::DottedKeys,
        name: "dotted_keys",
        path: "quirks.dotted_keys",
        words: &["expand", "ignore", "literal"],
        bugs: &["B21", "B22"],
        story: "Keys such as name.givenName in a value without path are dropped, or stored under that very name: success, and nothing changed.",
        from: "Captain-P-Goldfish/SCIM-SDK#267, pond/scimitar#123, pingidentity/scim2#224",
    },
    Row {
        quirk: Quirk::NoopPatchIs400,
        name: "noop_patch_is_400",
        path: "quirks.noop_patch_is_400",
        words: OFF_ON,
        bugs: &["B24"],
        story: "A PATCH that changes nothing gets 400: failures for people in perfect order.",
        from: "better-auth/better-auth#8650",
    },
    Row {
        quirk: Quirk::PatchNoop200,
        name: "patch_noop_200",
        path: "quirks.patch_noop_200",
        words: OFF_ON,
        bugs: &["B25"],
        story: "A PATCH is answered with success and not carried out: the log is green, the account lives on.",
        from: "OneUptime/oneuptime#3852",
    },
    Row {
        quirk: Quirk::NoMatch404,
        name: "no_match_404",
        path: "quirks.no_match_404",
        words: OFF_ON,
        bugs: &["B48"],
        story: "A query that meets nobody gets 404 instead of an empty list: the connection test fails.",
        from: "jelhub/scimgateway#18",
    },
    Row {
        quirk: Quirk::UsernameFilterCase,
        name: "username_filter_case",
        path: "quirks.username_filter_case",
        words: &["fold", "exact"],
        bugs: &["B51"],
        story: "The filter compares userName with its case, the uniqueness check without: not found, then 409.",
        from: "langfuse/langfuse#13528, open-webui/open-webui#18039",
    },
    Row {
        quirk: Quirk::HideUnmanaged,
        name: "hide_unmanaged",
        path: "quirks.hide_unmanaged",
        words: OFF_ON,
        bugs: &["B53"],
        story: "The filter hides accounts that were made by hand, the uniqueness check sees them: not found, then 409.",
        from: "Metatavu/keycloak-scim-server#74, onyx-dot-app/onyx#8959",
    },
    Row {
        quirk: Quirk::ClientErrorsAs500,
        name: "client_errors_as_500",
        path: "quirks.client_errors_as_500",
        words: OFF_ON,
        bugs: &["B75"],
        story: "What the client did wrong is answered with 500: retried for ever as if it would pass.",
        from: "simpleidserver/SimpleIdServer#73, wso2/product-is#11182",
    },
    Row {
        quirk: Quirk::Delete500,
        name: "delete_500",
        path: "quirks.delete_500",
        words: OFF_ON,
        bugs: &["B80"],
        story: "DELETE was never tried and fails with 500, a month after the person left.",
        from: "jelhub/scimgateway#47 and #122, MicrosoftDocs/azure-docs#112845",
    },
    Row {
        quirk: Quirk::InactiveIsReadonly,
        name: "inactive_is_readonly",
        path: "quirks.inactive_is_readonly",
        words: OFF_ON,
        bugs: &["B81"],
        story: "An inactive account may only be reactivated; anything else, a second disable too, gets 409.",
        from: "Microsoft Q&A 1185756",
    },
    Row {
        quirk: Quirk::HideInactive,
        name: "hide_inactive",
        path: "quirks.hide_inactive",
        words: OFF_ON,
        bugs: &["B91"],
        story: "Queries leave inactive accounts out, the uniqueness check sees them: who comes back meets 409 for ever.",
        from: "Microsoft Learn (the requirement), better-auth/better-auth#11111",
    },
];

/// Which quirks are on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quirks {
    chosen: [u8; TABLE.len()],
}

impl Default for Quirks {
    fn default() -> Quirks {
        Quirks { chosen: [0; TABLE.len()] }
    }
}

impl Quirks {
    /// Whether a quirk is on.
    pub fn is(&self, quirk: Quirk) -> bool {
        self.chosen[quirk as usize] != 0
    }

    /// The word a quirk is set to.
    pub fn word(&self, quirk: Quirk) -> &'static str {
        TABLE[quirk as usize].words[usize::from(self.chosen[quirk as usize])]
    }

    /// Those that are on, with the word they are set to.
    pub fn on(&self) -> impl Iterator<Item = (&'static Row, &'static str)> {
        TABLE.iter().filter(|row| self.is(row.quirk)).map(|row| (row, self.word(row.quirk)))
    }

    /// Reads the value of a quirk.
    pub fn set(&mut self, row: &Row, value: &Node, problems: &mut Problems) {
        let chosen = match value.kind {
            Kind::Bool(on) if row.words == OFF_ON => Some(u8::from(on)),
            Kind::Bool(false) => Some(0),
            _ if row.words == OFF_ON => value.as_bool(problems).map(u8::from),
            _ => {
                let words: Vec<(&'static str, u8)> = row.words.iter().copied().zip(0u8..).collect();
                value.as_word(&words, problems)
            }
        };
        if let Some(chosen) = chosen {
            self.chosen[row.quirk as usize] = chosen;
        }
    }
}

/// The row of this name.
pub fn find(name: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quirk_has_its_row() {
        for (nth, row) in TABLE.iter().enumerate() {
            assert_eq!((row.quirk as usize, row.path), (nth, format!("quirks.{}", row.name).as_str()));
            assert!(row.words.len() > 1 && !row.bugs.is_empty() && row.story.ends_with('.'), "{}", row.path);
        }
    }
}
