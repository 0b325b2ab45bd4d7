//! The table of quirks: each with its values, its reports, its story and its source.

use super::COUNT;
use super::OFF_ON;
use super::QuirkRow;

macro_rules! quirks {
    ($($quirk:ident $name:literal $words:expr, [$($bug:literal),+] $story:literal $from:literal;)+) => {
        /// A deviation that can be switched on.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Quirk {
            $(#[doc = concat!("`", $name, "`: ", $story)] $quirk,)+
        }

        /// Every quirk, in the order of [`Quirk`].
        pub const TABLE: &[QuirkRow] = &[$(QuirkRow {
            quirk: Quirk::$quirk,
            name: $name,
            path: concat!("quirks.", $name),
            words: $words,
            bugs: &[$($bug),+],
            story: $story,
            from: $from,
        }),+];
    };
}

quirks! {
    StrictBooleans "strict_booleans" OFF_ON, ["B01"]
        "The text \"False\" is no boolean: every disable in the classic dialect gets 400, and leavers keep their access."
        "rancher/rancher#52996, scimmyjs/scimmy#86, AzureAD/SCIMReferenceCode#21";
    StrictOpCase "strict_op_case" OFF_ON, ["B02"]
        "Op words must be in lower case: creates succeed, and the first leaver gets 400."
        "langwatch/langwatch#6972, ssoready/ssoready#159, thomaspoignant/scim-patch#6";
    NoAddOnScalars "no_add_on_scalars" OFF_ON, ["B03"]
        "A single-valued attribute that has a value can be replaced, not added to: such an `add` gets 400."
        "rancher/rancher#54025, getsentry/self-hosted#3573";
    ReactivateUnsupported "reactivate_unsupported" OFF_ON, ["B04"]
        "An account can be deactivated, not reactivated: who comes back meets 400."
        "getsentry/sentry-docs#16258, FusionAuth/fusionauth-issues#3311";
    ActiveAlwaysTrue "active_always_true" OFF_ON, ["B05"]
        "Nobody can be suspended, yet every account shows active: true: a disable succeeds and changes nothing."
        "getsentry/sentry#27971";
    StrictFilterTypes "strict_filter_types" OFF_ON, ["B06"]
        "In a path, true is not \"True\": a role meant to be replaced is added beside the old one, and the next change gets 400."
        "lightdash/lightdash#25676";
    RolesMustBeObjects "roles_must_be_objects" OFF_ON, ["B08"]
        "A role that arrives as JSON within a text cannot be read: 400."
        "MicrosoftDocs/azure-docs#50772, apache/directory-scimple#693, buildbuddy-io/buildbuddy#10578";
    ManagerMustBeObject "manager_must_be_object" &["false", "true", "500"], ["B10"]
        "A manager that arrives as a bare string gets 400 or 500: people without a manager pass, people with one fail."
        "Captain-P-Goldfish/SCIM-SDK#541 and #686, apache/directory-scimple#1242, imulab/go-scim#75";
    ManagerAtTopLevel "manager_at_top_level" OFF_ON, ["B11"]
        "The manager is shown at the top and not below its URN: the same PATCH comes whenever the account is looked at."
        "MicrosoftDocs/azure-docs#11784";
    ManagerEchoString "manager_echo_string" OFF_ON, ["B12"]
        "The manager is shown as the string that was sent: the client cannot read accounts that have one."
        "Budibase/budibase#15369";
    NullIsInvalid "null_is_invalid" OFF_ON, ["B13"]
        "A null anywhere in a body is a wrong type: 400."
        "Captain-P-Goldfish/SCIM-SDK#103, simpleidserver/SimpleIdServer#295";
    MemberRefNullInMatch "member_ref_null_in_match" OFF_ON, ["B13"]
        "A member is removed when all its parts are equal, a null too: the removal succeeds and meets nobody."
        "scimmyjs/scimmy#34";
    NoCreateOnFilterMiss "no_create_on_filter_miss" OFF_ON, ["B15"]
        "A filtered path that meets nothing gets 400 noTarget, as RFC 7644 has it: the first mail of somebody without one fails for ever."
        "Captain-P-Goldfish/scim-for-keycloak#73, sourcegraph/sourcegraph-public-snapshot#49200";
    FilterCreateOnlyIfEmpty "filter_create_only_if_empty" OFF_ON, ["B16"]
        "A filtered path creates its element in an empty list alone: who has a home address cannot get one at work."
        "thomaspoignant/scim-patch#176 and #42";
    ValuePath "value_path" &["supported", "unsupported"], ["B17"]
        "Paths with a filter are not implemented: a PATCH that holds one is refused whole, and what else it would have changed is lost."
        "limosa-io/laravel-scim-server#34, ssoready/ssoready#228, Metatavu/keycloak-scim-server#35";
    RemoveWithValueSets "remove_with_value_sets" OFF_ON, ["B18"]
        "A removal that names another value than the stored one stores that value."
        "AzureAD/SCIMReferenceCode#87";
    UrnPathSplitAtDot "urn_path_split_at_dot" OFF_ON, ["B19"]
        "A path is split at its first dot, that of 2.0: every change of the enterprise extension gets 400 invalidPath."
        "imulab/go-scim#75, wso2/product-is#6015, ssoready/ssoready#167, thomaspoignant/scim-patch#152";
    UrnStoredMangled "urn_stored_mangled" OFF_ON, ["B20"]
        "What a path with a URN names is stored below pieces of the URN: success, the old value stays, and the same PATCH comes whenever the account is looked at."
        "pingidentity/scim2#104, apache/directory-scimple#704";
    DottedKeys "dotted_keys" &["expand", "ignore", "literal"], ["B21", "B22"]
        "Keys such as name.givenName in a value without path are dropped, or stored under that very name: success, and nothing changed."
        "Captain-P-Goldfish/SCIM-SDK#267, pond/scimitar#123, pingidentity/scim2#224";
    RequirePath "require_path" OFF_ON, ["B23"]
        "An `add` without path is refused, though RFC 7644 allows it."
        "thomaspoignant/scim-patch#133, Captain-P-Goldfish/SCIM-SDK#416";
    NoopPatchIs400 "noop_patch_is_400" OFF_ON, ["B24"]
        "A PATCH that changes nothing gets 400: failures for people in perfect order."
        "better-auth/better-auth#8650";
    PatchNoop200 "patch_noop_200" OFF_ON, ["B25"]
        "A PATCH is answered with success and not carried out: the log is green, the account lives on."
        "OneUptime/oneuptime#3852";
    PatchValueMustBeList "patch_value_must_be_list" OFF_ON, ["B26"]
        "The value of an operation must be a list: every change of a single value gets 400."
        "Azure/AzureAD-BYOA-Provisioning-Samples#22, MicrosoftDocs/azure-docs#42220";
    RemoveMembersIgnoresValue "remove_members_ignores_value" OFF_ON, ["B27"]
        "A removal from `members` ignores which are listed and empties the group: one person leaves, and everybody loses access."
        "MicrosoftDocs/azure-docs#30826, apache/directory-scimple#436, simpleidserver/SimpleIdServer#164";
    RemoveWithValue "remove_with_value" &["honour", "reject", "ignore"], ["B28"]
        "A removal from `members` that lists values is refused, or succeeds without effect: leavers stay in the group."
        "Captain-P-Goldfish/SCIM-SDK#167 and #149, thomaspoignant/scim-patch#959, ssoready/ssoready#182";
    RemoveMembersIgnoresFilter "remove_members_ignores_filter" OFF_ON, ["B29"]
        "A removal of members[value eq \"…\"] empties the group: the other dialect's way to the same loss."
        "AzureAD/SCIMReferenceCode#10";
    ReplaceDefaultsMembersEmpty "replace_defaults_members_empty" OFF_ON, ["B31"]
        "A replacement without path that does not name members empties them: renaming a group removes everybody."
        "langwatch/langwatch#7131";
    ReplaceMembersAdds "replace_members_adds" OFF_ON, ["B30"]
        "A replacement of members adds them: one vendor's cure for clients that send one member at a time; whoever means it can take nobody out so."
        "grokability/snipe-it#19096, PostHog/posthog#47336";
    MemberLostUpdate "member_lost_update" OFF_ON, ["B32"]
        "A group is read, changed and written back without a lock: of changes that arrive at one instant some succeed and are lost."
        "Captain-P-Goldfish/scim-for-keycloak#90, Infisical/infisical#6471";
    ReaddMember "readd_member" &["accept", "409", "duplicate"], ["B33", "B122"]
        "Adding a member who is there already gets 409, or the member is shown twice."
        "simpleidserver/SimpleIdServer#245, wso2/product-is#5333, AzureAD/SCIMReferenceCode#10";
    RemoveMissingMember404 "remove_missing_member_404" OFF_ON, ["B34"]
        "Removing a member whose account is gone gets 404, for ever, though the group is right."
        "Budibase/budibase#17175, Infisical/infisical#6471";
    UnknownMember "unknown_member" &["400", "404", "500", "drop"], ["B35", "B36"]
        "A member no account stands behind is refused, answered 500 without a word on who it is, or dropped with success."
        "lightdash/lightdash#24458, Tr3kkR/Yuzu#2135";
    MemberTypeRequired "member_type_required" OFF_ON, ["B37"]
        "Members that do not say their type are dropped: success, and no membership."
        "Captain-P-Goldfish/scim-for-keycloak#31";
    GroupFilter "group_filter" &["applied", "ignored", "first"], ["B38"]
        "A filter on groups is not read: all groups come back, or always the first, and the wrong one is matched."
        "Metatavu/keycloak-scim-server#46 and #69, grokability/snipe-it#19493";
    FilterParser "filter_parser" &["whole", "naive_split", "no_escape", "ascii"], ["B39"]
        "A filter is split at blanks, or not unescaped, or read as ASCII: names with blanks, quotes or accents are refused or not found."
        "audriga/scim-server-php#1, Captain-P-Goldfish/SCIM-SDK#913, apache/directory-scimple#981";
    IgnoreExcludedAttributes "ignore_excluded_attributes" OFF_ON, ["B40"]
        "excludedAttributes is not read: a lookup of a group carries all its members."
        "wso2/product-is#8498 and #8876";
    MemberReadCap "member_read_cap" COUNT, ["B41"]
        "No more members than this are read, and what is read is written back: a change of a large group cuts it to that size."
        "FusionAuth/fusionauth-issues#3307 and #2784";
    EmptyMembersRejected "empty_members_rejected" OFF_ON, ["B43"]
        "A group with an empty list of members cannot be created, and groups are created empty."
        "jelhub/scimgateway#116";
    GroupPatchResponse "group_patch_response" &["204", "echo", "200_members"], ["B44"]
        "A PATCH of a group is answered with the request, or with its members alone, and not with a group."
        "jelhub/scimgateway#33, elimity-com/scim#102, MicrosoftDocs/azure-docs#70913";
    GroupUpdateDropsLocal "group_update_drops_local" OFF_ON, ["B45"]
        "Any change of a group by SCIM rewrites it from the core schema: local roles, which are an extension here, vanish."
        "FusionAuth/fusionauth-issues#3273";
    NoMatch404 "no_match_404" OFF_ON, ["B48"]
        "A query that meets nobody gets 404 instead of an empty list: the connection test fails."
        "jelhub/scimgateway#18";
    OtherFilters "other_filters" &["profile", "empty", "all", "400", "501"], ["B49"]
        "A filter on anything but userName or displayName meets nobody, or everybody: the client creates people who are there."
        "langwatch/langwatch#6973, rancher/rancher#54869, goauthentik/authentik#25837";
    FilterValuePath "filter_value_path" &["profile", "unsupported"], ["B50"]
        "A filter such as emails[type eq \"work\"].value eq \"…\" cannot be read: 400 wherever mail is the matching attribute."
        "FusionAuth/fusionauth-issues#2456, MicrosoftDocs/azure-docs#83855";
    UsernameFilterCase "username_filter_case" &["fold", "exact"], ["B51"]
        "The filter compares userName with its case, the uniqueness check without: not found, then 409."
        "langfuse/langfuse#13528, open-webui/open-webui#18039";
    UsernameUniqueCase "username_unique_case" &["fold", "exact"], ["B51"]
        "Two userNames that differ in letters alone are two accounts."
        "thomaspoignant/scim2-parse-filter#115, cloudflare/cloudflare-docs#18257";
    UniqueKey "unique_key" &["userName", "email"], ["B52"]
        "An e-mail address may be held once: people who share one get 409, though their userNames differ."
        "ory/polis#4065 to #4067";
    ConflictWithoutScimtype "conflict_without_scimtype" OFF_ON, ["B52"]
        "A 409 does not say `uniqueness`."
        "ory/polis#4065, getsentry/sentry#117860";
    AdoptByMail "adopt_by_mail" OFF_ON, ["B130"]
        "A create that brings the address of an account which SCIM did not make takes that account over and overwrites it: 201, and no sign of it."
        "eneo-ai/eneo#443";
    HideUnmanaged "hide_unmanaged" OFF_ON, ["B53"]
        "The filter hides accounts that were made by hand, the uniqueness check sees them: not found, then 409."
        "Metatavu/keycloak-scim-server#74, onyx-dot-app/onyx#8959";
    LookupCap "lookup_cap" COUNT, ["B54"]
        "A lookup looks at so many accounts, the oldest: those after them are not found, and are created again or conflict."
        "kortix-ai/suna#7297";
    DropExternalId "drop_external_id" OFF_ON, ["B55"]
        "externalId is accepted and not kept: it is sent again whenever the account is looked at."
        "langwatch/langwatch#6974, grafana/grafana#105026";
    RenameDeletes "rename_deletes" OFF_ON, ["B56"]
        "A new userName removes the account: success, and the person is gone."
        "ssoready/ssoready#164";
    IdIsUsername "id_is_username" OFF_ON, ["B56"]
        "The id of an account is its userName: after a rename the client's anchor leads nowhere."
        "ssoready/ssoready#164";
    Response "response" &["right", "no_schemas", "wrong_types", "html"], ["B57", "B67"]
        "An answer that says success is no resource: it names no schemas, has texts where booleans are due, or is a page of HTML."
        "grokability/snipe-it#11094 and #14138, Budibase/budibase#15369";
    IntegerIds "integer_ids" OFF_ON, ["B58"]
        "Ids are numbers, where RFC 7643 has strings."
        "limosa-io/laravel-scim-server#40, goauthentik/authentik#15533";
    ListIdDiffers "list_id_differs" OFF_ON, ["B59"]
        "A list shows another id than the one that leads to the account: found, then 404."
        "OneUptime/oneuptime#2134";
    ListKey "list_key" &["Resources", "resources"], ["B62"]
        "A list names its content `resources`: a strict reader finds nothing in it, and creates everybody again."
        "simpleidserver/SimpleIdServer#185, ssoready/ssoready#232";
    StartIndexBase "start_index_base" &["1", "0"], ["B62"]
        "Lists count from 0."
        "simpleidserver/SimpleIdServer#185";
    ListSchema "list_schema" &["right", "wrong"], ["B62"]
        "A list names another schema than ListResponse."
        "simpleidserver/SimpleIdServer#185, sourcegraph/sourcegraph-public-snapshot#48355";
    TotalResults "total_results" &["all", "page"], ["B63"]
        "totalResults counts the page, and itemsPerPage is what was asked for: who pages stops after the first."
        "wso2/product-is#7320 and #13752, ory/polis#4054, better-auth/better-auth#10398";
    PagingRequired "paging_required" OFF_ON, ["B64"]
        "A list without startIndex and count is empty."
        "bitwarden/server#4034";
    RequireUserAgent "require_user_agent" OFF_ON, ["B66"]
        "The edge answers 403 in HTML to whoever does not say a User-Agent, which the client does not: the server's own log is empty."
        "kortix-ai/suna#7297";
    AcceptsMedia "accepts_media" &["both", "application/json"], ["B68"]
        "Bodies of another type than application/json are read as empty: every attribute is missing."
        "MicrosoftDocs/azure-docs#12728 and #94189, medplum/medplum#4143";
    GetRequiresContentType "get_requires_content_type" OFF_ON, ["B68"]
        "A GET must say a content type, though it has no content: 406."
        "MicrosoftDocs/azure-docs#116775";
    ReplyMedia "reply_media" &["application/scim+json", "application/json"], ["B68"]
        "Answers are of type application/json: a strict client refuses them."
        "AzureAD/SCIMReferenceCode#108";
    StrictSlashes "strict_slashes" OFF_ON, ["B69"]
        "A slash doubled or at the end leads nowhere: 404 for a tenant URL that ends in one."
        "Captain-P-Goldfish/scim-for-keycloak#62, AzureAD/SCIMReferenceCode#44";
    PatchUnsupported "patch_unsupported" OFF_ON, ["B74"]
        "There is no PATCH: 405 for every change, while creates succeed."
        "goauthentik/authentik#13386 and #20764";
    ClientErrorsAs500 "client_errors_as_500" OFF_ON, ["B75"]
        "What the client did wrong is answered with 500: retried for ever as if it would pass."
        "simpleidserver/SimpleIdServer#73, wso2/product-is#11182";
    ErrorBody "error_body" &["scim", "object_detail", "text"], ["B76"]
        "An error is no SCIM error: its detail is an object, or it is a line of text, and nobody learns what was wrong."
        "getsentry/self-hosted#3573, 1Password/scim-examples#82";
    Delete500 "delete_500" OFF_ON, ["B80"]
        "DELETE was never tried and fails with 500, a month after the person left."
        "jelhub/scimgateway#47 and #122, MicrosoftDocs/azure-docs#112845";
    InactiveIsReadonly "inactive_is_readonly" OFF_ON, ["B81"]
        "An inactive account may only be reactivated; anything else, a second disable too, gets 409."
        "Microsoft Q&A 1185756";
    ForgetOnDisconnect "forget_on_disconnect" OFF_ON, ["B87"]
        "When its last token goes or is rotated, the server forgets the accounts SCIM made: whoever connects again makes them anew, under new ids."
        "Budibase/budibase#17628";
    JitOnLogin "jit_on_login" OFF_ON, ["B90"]
        "Who signs in gets an account, and a deactivated one comes back to life: minutes after the leaver was disabled."
        "kortix-ai/suna#7298";
    HideInactive "hide_inactive" OFF_ON, ["B91"]
        "Queries leave inactive accounts out, the uniqueness check sees them: who comes back meets 409 for ever."
        "Microsoft Learn (the requirement), better-auth/better-auth#11111";
    UnknownAttributeRefused "unknown_attribute_refused" OFF_ON, ["B108"]
        "A create or replacement with one attribute or part the server does not know is refused whole: only people whose optional fields are filled fail."
        "kortix-ai/suna#7302, grokability/snipe-it#11659, treeverse/lakeFS#8463, simpleidserver/SimpleIdServer#733";
    CoreNested "core_nested" OFF_ON, ["B109"]
        "Responses nest all core attributes below the URN of their schema: the client finds neither userName nor active."
        "limosa-io/laravel-scim-server#28 and #51";
    UnknownFilter404 "unknown_filter_404" OFF_ON, ["B110"]
        "A filter that names an unknown attribute gets 404, as if the endpoint were not there."
        "grokability/snipe-it#19349";
    CaseSensitiveNames "case_sensitive_names" OFF_ON, ["B111"]
        "Attribute names in a body are read with their case: UserName or Primary is an attribute the server does not know."
        "python-scim/scim2-models#39, Captain-P-Goldfish/SCIM-SDK#301, simpleidserver/SimpleIdServer#319";
    MembersImmutable "members_immutable" OFF_ON, ["B112"]
        "A replacement of members, by PUT or PATCH, is refused because `members.value` is immutable."
        "simpleidserver/SimpleIdServer#247, #697 and #844";
    FilteredAddMultiplies "filtered_add_multiplies" OFF_ON, ["B113"]
        "An `add` to a part of a filtered element adds an element of its own: five parts of one address make five addresses."
        "simpleidserver/SimpleIdServer#808";
    PutKeepsExtensions "put_keeps_extensions" OFF_ON, ["B114"]
        "PUT leaves the attributes of extensions as they were: success, and the old department stays."
        "limosa-io/laravel-scim-server#36";
    ListWithoutMembers "list_without_members" OFF_ON, ["B115"]
        "A list of groups never shows members."
        "graphql-hive/console#8352";
    CountZeroIgnored "count_zero_ignored" OFF_ON, ["B116"]
        "`count=0` is read as no count: a client that asks for a total gets a page of people."
        "wso2/product-is#5106 and #5362";
    WrongLocation "wrong_location" OFF_ON, ["B117"]
        "`Location`, `$ref` and `meta.location` begin with the server's own inner address: whoever follows them ends nowhere."
        "jelhub/scimgateway#110, elimity-com/scim#172";
    ActiveAsText "active_as_text" OFF_ON, ["B118"]
        "`active` is kept and shown as the text it came as: later reads compare unequal for ever."
        "boxyhq/saml-jackson, tried";
    UrnPathsIgnored "urn_paths_ignored" OFF_ON, ["B119"]
        "A PATCH with a path that holds a URN, or with dotted keys, succeeds and applies nothing of them."
        "boxyhq/saml-jackson, tried; open-webui#30074";
    MembersShownEmpty "members_shown_empty" OFF_ON, ["B120"]
        "A group always shows an empty list of members."
        "boxyhq/saml-jackson, tried";
    FilterIgnored "filter_ignored" OFF_ON, ["B121"]
        "`filter` is not read at all: every question lists everybody, and the wrong account is matched."
        "canaille, tried";
    PatchOnlyActive "patch_only_active" OFF_ON, ["B123"]
        "PATCH changes `active` alone: anything else gets 501."
        "django-scim2, tried";
    ReadsLag "reads_lag" OFF_ON, ["B124"]
        "A read by id shows an account as it was before its last change: the client compares with that, and leaves out what it should send."
        "open-webui/open-webui#30074";
}
