//! `graph`: a request of the Graph API that changes what no other verb does.

use bytes::Bytes;
use http::{Method, Request};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Number, Value};

use super::graph_in_words::of_text;
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems};
use crate::entra::graph::GraphRequest;
use crate::entra::sign_on::{ADDRESSES, own_path};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "graph",
    doc: "Sends a request to the tenant's Graph API that changes something, as the application \"Graph client\" with every permission, \
          whatever `entra.role` is: for what has no verb of its own, \
          such as registering an application, its owners, or how users sign in to it. The method is the key (`post`, `patch`, `put`, \
          `delete`); `body` is a table, or JSON in a text. In the path a name in braces stands for the id of that application, user or \
          group, behind `jobs` for that of the application's job, and so it does in the body, in a reference (`@odata.id`, `…@odata.bind`) and in `principalId` and `resourceId`. `adds` is the name by which later actions speak of the application \
          that a post to `/applicationTemplates/ID/instantiate` or `/servicePrincipals` adds.",
    example: "{ graph = { post = \"/applications\", body = { displayName = \"Report reader\" } } }",
    read: |node, problems| GraphWrite::read(node, problems).map(Action::GraphWrite),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct GraphWrite {
    /// The method.
    pub method: Method,
    /// The path below the version.
    pub path: String,
    /// The body: a table, or a text; nothing for an empty one.
    pub body: Option<Node>,
    /// The name of the application that it adds.
    pub adds: Option<String>,
    /// The names in braces of the body, each after what says of what kind it is.
    in_body: Vec<(String, String)>,
}

/// What a path is not written with (RFC 3986 3.3).
const NOT_IN_PATHS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'^');

/// The methods that change something, as they are written.
pub(super) const METHODS: [(&str, Method); 4] = [
    ("post", Method::POST),
    ("patch", Method::PATCH),
    ("put", Method::PUT),
    ("delete", Method::DELETE),
];

/// The collections that hold users, groups and applications alike, and the key that names one of
/// them.
pub(in crate::world) const OF_OBJECTS: [&str; 5] =
    ["deletedItems", "directoryObjects", "members", "owners", PRINCIPAL_ID];

const PRINCIPAL_ID: &str = "principalId";

/// The keys of a body that are the id of an object: of a user, a group or an application, and of an
/// application.
const OF_PRINCIPALS: [&str; 2] = [PRINCIPAL_ID, "resourceId"];

/// The collection of an application's synchronization jobs: a name behind it is the application's.
pub(in crate::world) const JOBS: &str = "jobs";

/// The collections behind which a name in braces stands for an id, beside [`OF_OBJECTS`].
const NAMED: [&str; 5] = ["users", "groups", "applications", "servicePrincipals", JOBS];

const NAMES: &str = "a name in braces stands for an id behind users, groups, applications, \
     servicePrincipals, members, owners, directoryObjects and deletedItems, and behind jobs; \
     elsewhere the id itself is written";

const KEYS: [&str; 6] = ["post", "patch", "put", "delete", "body", "adds"];

impl GraphWrite {
    fn read(node: &Node, problems: &mut Problems) -> Option<GraphWrite> {
        if let Kind::Text(text) = &node.kind
            && let Some(form) = of_text(text)
        {
            let form = Node::table([(VERB.name, form)]).to_toml();
            return node.expected_like("a table", &format!("write {form}"), problems);
        }
        let entries = node.as_table(problems)?;
        let before = problems.errors();
        let mut methods = Vec::new();
        let (mut body, mut adds) = (None, None);
        for entry in entries {
            let method = METHODS.into_iter().find(|(name, _)| *name == entry.key);
            match (method, entry.key.as_str()) {
                (Some((_, method)), _) => methods.push((method, &entry.value)),
                (None, "body") => body = read_body(&entry.value, problems),
                (None, "adds") => adds = Some(entry),
                _ => unknown_key(entry, "`graph`", &KEYS, problems),
            }
        }
        let [(method, path)] = methods.as_slice() else {
            return node.expected("one method with a path: `post = \"/applications\"`", problems);
        };
        let text = path.as_text(problems)?;
        if !text.starts_with('/') || text.parse::<http::Uri>().is_err() {
            return path.refused("a path below /v1.0", &format!("`{text}`"), problems);
        }
        if let Some((why, help)) = misnamed(text) {
            problems.error(path.span, why).help(help);
            return None;
        }
        let (method, path) = (method.clone(), text.to_owned());
        if let Some(adds) = adds.filter(|_| !adds_application(&method, &path)) {
            problems
                .error(adds.key_span, "`adds` names an application that this request does not add")
                .label("it has no provisioning job, so no later action could be meant for it")
                .help("leave `adds` out; post = \"/applicationTemplates/ID/instantiate\" adds one");
        }
        let adds = adds.and_then(|adds| read_new_name(&adds.value, problems));
        let in_body = body.as_ref().map(references).unwrap_or_default();
        (problems.errors() == before).then_some(GraphWrite { method, path, body, adds, in_body })
    }

    /// A request as a client has sent it.
    pub(in crate::world) fn of(request: &GraphRequest) -> GraphWrite {
        let mut object = request.object().unwrap_or_default();
        // What is at this server is so at whatever address it is repeated.
        let here = request.here("");
        object.iter_mut().for_each(|(key, value)| each_own_address(value, key, &here));
        let body = (!object.is_empty()).then(|| {
            let value = Value::Object(object);
            // TOML has no null: what clears a value stays JSON.
            from_json(&value).unwrap_or_else(|| Node::text(value.to_string()))
        });
        let path = format!("/{}", utf8_percent_encode(&request.own_path(), NOT_IN_PATHS));
        GraphWrite { method: request.method.clone(), path, body, adds: None, in_body: Vec::new() }
    }

    /// Whether it concerns a synchronization job.
    pub fn is_of_a_job(&self) -> bool {
        self.path.to_ascii_lowercase().contains("/synchronization/jobs")
    }

    /// Whether it deletes an application or a registration, or takes one out of the recycle bin.
    pub(super) fn moves_an_application(&self) -> bool {
        let segments: Vec<&str> = self.path.split('/').skip(1).collect();
        let named = |text: &str| text.starts_with('{');
        match (&self.method, segments.as_slice()) {
            (&Method::DELETE, ["servicePrincipals" | "applications", name]) => named(name),
            (&Method::POST, ["directory", "deletedItems", name, "restore"])
            | (&Method::DELETE, ["directory", "deletedItems", name]) => named(name),
            _ => false,
        }
    }

    /// The names in braces of path and body, each after what says of what kind it is.
    fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        let in_body = self.in_body.iter().map(|(of, name)| (of.as_str(), name.as_str()));
        named_in(&self.path).chain(in_body)
    }

    /// The request with the ids in place of the names in braces.
    ///
    /// # Errors
    /// What `id` says of a name that it does not know in that collection.
    pub(in crate::world) fn resolved(
        &self,
        id: impl Fn(&str, &str) -> Result<String, ActionError>,
    ) -> Result<GraphWrite, ActionError> {
        let path = with_ids(&self.path, &id)?;
        let Some(body) = self.body.as_ref().filter(|_| !self.in_body.is_empty()) else {
            return Ok(GraphWrite { path, ..self.clone() });
        };
        let (mut value, mut failed) = (json_of(body), None);
        each_reference(&mut value, "", &mut |key, text| {
            let written = match whole_name(text) {
                Some(name) if OF_PRINCIPALS.contains(&key) => id(key, name),
                _ => with_ids(text, &id),
            };
            match written {
                Ok(written) => *text = written,
                Err(error) => failed = Some(error),
            }
        });
        match failed {
            Some(error) => Err(error),
            None => {
                let body = Some(Node::text(value.to_string()));
                Ok(GraphWrite { path, body, ..self.clone() })
            }
        }
    }

    /// The request.
    pub(in crate::world) fn request(&self) -> Request<Bytes> {
        let body = match self.body.as_ref().map(|body| (&body.kind, body)) {
            None => Vec::new(),
            Some((Kind::Text(text), _)) => text.clone().into_bytes(),
            Some((_, node)) => to_json(node).to_string().into_bytes(),
        };
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = self.method.clone();
        // Whether it can be one was checked when it was read.
        *request.uri_mut() = format!("/v1.0{}", self.path).parse().unwrap_or_default();
        request
    }
}

/// What is wrong with a name in braces where no object has one, or where a job has that of another
/// application; and what to write.
fn misnamed(path: &str) -> Option<(String, String)> {
    let is = |of: &str, known: &str| of.eq_ignore_ascii_case(known);
    let known = |of: &str| NAMED.iter().chain(&OF_OBJECTS).any(|it| is(of, it));
    if let Some((of, name)) = named_in(path).find(|(of, _)| !known(of)) {
        let why = format!("`{{{name}}}` stands for no id behind `{of}`");
        return Some((why, NAMES.to_owned()));
    }
    let (_, app) = named_in(path).find(|(of, _)| is(of, "servicePrincipals"))?;
    let (_, job) = named_in(path).find(|(of, job)| is(of, JOBS) && job != &app)?;
    let why = format!("`{{{job}}}` is not the job of `{app}`");
    let right = path.replace(&format!("/{{{job}}}"), &format!("/{{{app}}}"));
    Some((why, format!("a job has the name of its application: \"{right}\"")))
}

/// The names in braces of a path or a URL, each after the collection that has it.
fn named_in(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let segments = || path.split('/');
    let pairs = segments().zip(segments().skip(1));
    pairs.filter_map(|(of, segment)| Some((of, whole_name(segment)?)))
}

/// The name in braces that a text is.
fn whole_name(text: &str) -> Option<&str> {
    text.strip_prefix('{')?.strip_suffix('}').filter(|name| !name.is_empty())
}

/// A path or a URL with the ids in place of the names in braces.
fn with_ids(
    path: &str,
    id: &impl Fn(&str, &str) -> Result<String, ActionError>,
) -> Result<String, ActionError> {
    let mut written = path.to_owned();
    for (of, name) in named_in(path) {
        written = written.replace(&format!("{of}/{{{name}}}"), &format!("{of}/{}", id(of, name)?));
    }
    Ok(written)
}

/// The names in braces of a body.
fn references(body: &Node) -> Vec<(String, String)> {
    let mut found = Vec::new();
    each_reference(&mut json_of(body), "", &mut |key, text| match whole_name(text) {
        Some(name) if OF_PRINCIPALS.contains(&key) => {
            found.push((key.to_owned(), name.to_owned()));
        }
        _ => found.extend(named_in(text).map(|(of, name)| (of.to_owned(), name.to_owned()))),
    });
    found
}

/// Visits the texts of a body that may refer to an object by its name, each with its key.
fn each_reference(value: &mut Value, key: &str, visit: &mut impl FnMut(&str, &mut String)) {
    let refers = ["@odata.id", "@odata.bind"].iter().any(|end| key.ends_with(end))
        || OF_PRINCIPALS.contains(&key);
    match value {
        Value::String(text) if refers => visit(key, text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_reference(item, key, visit)),
        Value::Object(members) => {
            members.iter_mut().for_each(|(key, value)| each_reference(value, key, visit));
        }
        _ => {}
    }
}

/// Makes addresses of this server paths, where a body has addresses of single sign-on.
fn each_own_address(value: &mut Value, key: &str, here: &str) {
    match value {
        Value::String(url) if ADDRESSES.contains(&key) => *url = own_path(url, here).to_owned(),
        Value::Array(items) => items.iter_mut().for_each(|it| each_own_address(it, key, here)),
        Value::Object(members) => {
            members.iter_mut().for_each(|(key, value)| each_own_address(value, key, here));
        }
        _ => {}
    }
}

/// A body as JSON.
fn json_of(body: &Node) -> Value {
    match &body.kind {
        // That it is JSON was checked when it was read.
        Kind::Text(text) => serde_json::from_str(text).unwrap_or_default(),
        _ => to_json(body),
    }
}

/// Reads the name of an application to be added.
fn read_new_name(node: &Node, problems: &mut Problems) -> Option<String> {
    let name = node.as_text(problems)?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    match !name.is_empty() && name.chars().all(is_plain) {
        true => Some(name.to_owned()),
        false => node.refused(
            "a name by which actions can speak of it: letters, digits, `-` and `_`",
            &format!("`{name}`"),
            problems,
        ),
    }
}

/// Whether a request adds an application that later actions can be meant for: from a template, or
/// as the service principal of a registration.
fn adds_application(method: &Method, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
    let last = path.rsplit(['/', '.']).next().unwrap_or_default();
    let adds = ["instantiate", "servicePrincipals"];
    *method == Method::POST && adds.iter().any(|add| last.eq_ignore_ascii_case(add))
}

/// Reads a body: a table, or JSON in a text.
fn read_body(node: &Node, problems: &mut Problems) -> Option<Node> {
    match &node.kind {
        Kind::Table(_) => Some(node.clone()),
        Kind::Text(text) => match serde_json::from_str::<Map<String, Value>>(text) {
            Ok(_) => Some(node.clone()),
            Err(_) => node.refused("a JSON object in the text", &format!("`{text}`"), problems),
        },
        _ => node.expected("a table, or JSON in a text", problems),
    }
}

/// A value of JSON; `None` when it has a null or a number that TOML has not.
pub(super) fn from_json(value: &Value) -> Option<Node> {
    let kind = match value {
        Value::Null => return None,
        Value::Bool(flag) => Kind::Bool(*flag),
        Value::Number(number) => Kind::Integer(number.as_i64()?),
        Value::String(text) => Kind::Text(text.clone()),
        Value::Array(items) => Kind::List(items.iter().map(from_json).collect::<Option<_>>()?),
        Value::Object(members) => {
            let entry = |(name, value): (&String, &Value)| Some((name.clone(), from_json(value)?));
            let entries = members.iter().map(entry).collect::<Option<Vec<_>>>()?;
            return Some(Node::table(entries));
        }
    };
    Some(Node::bare(kind))
}

fn to_json(node: &Node) -> Value {
    match &node.kind {
        Kind::Text(text) => Value::String(text.clone()),
        Kind::Integer(number) => (*number).into(),
        Kind::Float(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Kind::Bool(flag) => (*flag).into(),
        Kind::Time(time) => time.rfc3339().into(),
        Kind::List(items) => items.iter().map(to_json).collect(),
        Kind::Table(entries) => {
            entries.iter().map(|entry| (entry.key.clone(), to_json(&entry.value))).collect()
        }
    }
}

impl Act for GraphWrite {
    fn argument(&self) -> Node {
        let known = METHODS.into_iter().find(|(_, method)| *method == self.method);
        let method = known.map_or("post", |(name, _)| name);
        let mut entries = vec![(method, Node::text(&self.path))];
        entries.extend(self.body.iter().map(|body| ("body", body.clone())));
        entries.extend(self.adds.iter().map(|name| ("adds", Node::text(name))));
        Node::table(entries)
    }

    fn names(&self) -> Vec<Name<'_>> {
        let named = self.named().map(|(of, name)| match of {
            "users" => Name::User(name),
            "groups" => Name::Group(name),
            of if OF_OBJECTS.contains(&of) => Name::Principal(name),
            _ => Name::App(name),
        });
        named.chain(self.adds.iter().map(|name| Name::NewApp(name))).collect()
    }

    fn apply(&self, _: &mut ActionContext<'_>) -> Result<(), ActionError> {
        // It may add an application, so the world as a whole carries it out.
        Err(ActionError::from("a request to Graph is meant for no application".to_owned()))
    }
}

impl From<GraphWrite> for Action {
    fn from(write: GraphWrite) -> Action {
        Action::GraphWrite(write)
    }
}
