//! The keys of `[people]`, `[user.<name>]` and `[group.<name>]`, each with its meaning: for
//! suggestions and `explain`.

use crate::entra::key_doc::{KeyDoc, key};

/// `[people]`: the generated people.
#[rustfmt::skip]
pub const PEOPLE: [KeyDoc; 8] = [
    key("generate", "How many people to generate from the seed.\nOne more leaves the others as they are. \
         They are called by first and last name, such as `kian.hermann`; `\"*\"` takes all users.", "18"),
    key("assigned", "Who of them is assigned: `true` unless said, `false`, or the first so many.\nNamed people are assigned unless \
         this is `false` or they say otherwise.", "true"),
    key("without_mail", "The share of people without a mail address, 0 to 1.", "0.1"),
    key("without_department", "The share of people without a department, 0 to 1.", "0.1"),
    key("domain", "The domain of sign-in names and mail addresses.", "\"contoso.example\""),
    key("tag", "A word in every name of users and groups (sign-in name, mail, mailNickname, a group's name, and with them userName and externalId), so that several runs can stand at one server; the story's own names and what it expects are read with it.", "\"run-7\""),
    key("groups", "Whether there is a group for each department, named by it in small letters, such as `sales`.", "false"),
    key("csv", "Named people from a CSV, the sheet of the portal's bulk create: a file beside the scenario, or the sheet itself.", "\"people.csv\""),
];

/// `[user.<name>]`: a named person. The name in the header is the one the story uses.
#[rustfmt::skip]
pub const USER: [KeyDoc; 34] = [
    key("name", "The whole name.\nGiven name, surname, display name, sign-in name, mail and mailNickname follow from it \
         unless given.", "\"Ann Okafor\""),
    key("userPrincipalName", "The sign-in name; unique in the tenant, ignoring case.", "\"ann@contoso.example\""),
    key("mail", "The mail address; `false` for none.", "false"),
    key("mailNickname", "The mail alias.", "\"ann\""),
    key("givenName", "The given name.", "\"Ann\""),
    key("surname", "The family name; `false` for none.", "\"Okafor\""),
    key("displayName", "The name as shown.", "\"Okafor, Ann\""),
    key("department", "The department; `false` for none.", "\"Sales\""),
    key("jobTitle", "The job title.", "\"Account Manager\""),
    key("employeeId", "The number the employer gives.", "\"E7\""),
    key("officeLocation", "The office.", "\"Lagos\""),
    key("country", "The country, in words.", "\"Nigeria\""),
    key("companyName", "The company.", "\"Contoso\""),
    key("employeeType", "The kind of employment.", "\"Contractor\""),
    key("streetAddress", "The street of the office.", "\"1 Marina Road\""),
    key("city", "The city of the office.", "\"Lagos\""),
    key("state", "The state or province of the office.", "\"Lagos State\""),
    key("postalCode", "The postal code of the office.", "\"100001\""),
    key("mobilePhone", "The mobile number.", "\"+234 800 0000000\""),
    key("businessPhones", "The telephone number; one is kept.", "\"+234 1 0000000\""),
    key("faxNumber", "The fax number.", "\"+234 1 0000001\""),
    key("preferredLanguage", "The language.", "\"en-NG\""),
    key("usageLocation", "The country in two letters.", "\"NG\""),
    key("extensionAttribute1", "The first of fifteen extension attributes, to extensionAttribute15.", "\"value\""),
    key("userType", "`Member` or `Guest`.", "\"Guest\""),
    key("onPremisesSamAccountName", "The SAM account name of the directory on the premises.", "\"aokafor\""),
    key("onPremisesDomainName", "The DNS domain of the directory on the premises.", "\"corp.contoso.example\""),
    key("onPremisesUserPrincipalName", "The sign-in name of the directory on the premises.", "\"aokafor@corp.contoso.example\""),
    key("onPremisesDistinguishedName", "The distinguished name of the directory on the premises.", "\"CN=Ann,DC=corp\""),
    key("enabled", "`false` for somebody who is blocked from sign-in.", "false"),
    key("password", "The password that the sign-in pages of the tenant ask for; without one they ask for none. It is shown nowhere, and never provisioned.", "\"open-sesame\""),
    key("assigned", "Whether the person is assigned directly, or the name of an app role (`User`, `Default Access`).", "true"),
    key("manager", "The manager, by name.", "\"bob\""),
    key("member_of", "The groups the person is in, by name.", "[\"pilot\"]"),
];

/// `[group.<name>]`: a group.
#[rustfmt::skip]
pub const GROUP: [KeyDoc; 11] = [
    key("name", "The name as shown.", "\"Pilot users\""),
    key("description", "The description.", "\"Those who try first\""),
    key("kind", "What it is for: `security`, `microsoft_365`, `mail_enabled_security` or `distribution`.", "\"microsoft_365\""),
    key("security_enabled", "Whether it is a security group; no other can be assigned. Said of none, the kind decides.", "false"),
    key("mailNickname", "The mail alias; made of the name in the header unless given.", "\"pilot\""),
    key("rule", "The rule by which a dynamic group finds its members. Nobody is added or removed by hand.", "'user.department -eq \"Sales\"'"),
    key("assigned", "Whether the group is assigned, or the name of an app role.", "true"),
    key("members", "The people in it, by name.", "[\"ann\", \"bob\"]"),
    key("groups", "The groups in it, by name.\nTheir members do not count for assignment.", "[\"team\"]"),
    key("department", "Everybody who is in this department when the group begins is a member.", "\"Sales\""),
    key("everyone", "Everybody who is there when the group begins is a member.", "true"),
];
