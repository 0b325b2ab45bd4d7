// The directory: its users and groups, and buttons that change them. What they did is in the list of what was done by hand.

import { attribute, h, list, text } from "../dom.js";
import { post } from "../api.js";
import { actionOn, ofApp, wordsOf } from "../menu.js";
import { go, place } from "../place.js";
import { head } from "../tabs.js";

const HINT = "Narrow: a name, a department …";
const USER = ["User", "Department", "Sign-in", "Assigned", "In scope", "Change"];
const GROUP = ["Group", "Members", "Assigned", "In scope", "Change"];

/** @type {any} */
let parts = null;
/** @type {{ users: any[], groups: any[] }} the users and groups that are listed */
let shown = { users: [], groups: [] };

/** The name in actions of what was typed: it may be the name by which the user or group is listed. */
const called = (kind, typed) => shown[kind].find(({ name }) => name.toLowerCase() === typed.trim().toLowerCase())?.handle ?? typed.trim();

/** Builds the panel. */
export function start(root) {
  const { head: top, sum } = head("Directory");
  const field = h("input", { type: "search", placeholder: HINT, "aria-label": HINT, autocomplete: "off", spellcheck: "false" });
  field.oninput = () => go({ narrow: field.value.trim() }, true);
  const none = h("p", { class: "empty", hidden: true });
  const [table, rows] = tableOf(USER);
  const [groupTable, groups] = tableOf(GROUP);
  const groupsTitle = h("h3");
  const attributes = h("select", { name: "attribute", "aria-label": "Attribute" });
  const names = ["users", "groups"].map((kind) => h("datalist", { id: `directory-${kind}` }));
  root.append(top, ...names, h("div", { class: "body", tabindex: 0 }, field,
    h("div", { class: "forms" }, hireForm(), editForm(attributes)), none, table,
    groupsTitle, h("div", { class: "forms" }, groupForm(), memberForm()), groupTable));
  parts = { sum, field, none, rows, table, groups, groupTable, groupsTitle, attributes, names };
}

/** Shows the part of the state. */
export function show({ says, narrow, rows, groups, groups_say, attributes }) {
  // An answer to an earlier letter comes late and is passed over.
  if (narrow !== place().narrow) return;
  parts.sum(says);
  if (document.activeElement !== parts.field) parts.field.value = narrow;
  parts.none.hidden = rows.length > 0;
  parts.table.hidden = rows.length === 0;
  text(parts.none, narrow ? `No user here is called “${narrow}”.` : "The directory has no users.");
  list(parts.rows, rows, (row) => row.handle, (row) => makeRow("user", row.handle, USER), fillUser);
  text(parts.groupsTitle, groups_say);
  parts.groupTable.hidden = groups.length === 0;
  list(parts.groups, groups, (row) => row.handle, (row) => makeRow("group", row.handle, GROUP), fillGroup);
  shown = { users: rows, groups };
  for (const [nth, offered] of [rows, groups].entries()) {
    list(parts.names[nth], offered, (row) => row.handle, (row) => h("option", { value: row.handle }), (option, row) => text(option, row.name));
  }
  if (parts.attributes.length !== attributes.length) {
    parts.attributes.replaceChildren(...attributes.map((name) => h("option", { value: name }, name)));
    parts.attributes.value = "department";
  }
}

function tableOf(columns) {
  const rows = h("tbody");
  const heads = columns.map((word) => h("th", { scope: "col" }, word));
  return [h("table", { class: "table directory" }, h("thead", {}, h("tr", {}, ...heads)), rows), rows];
}

function makeRow(kind, handle, columns) {
  const about = `${kind} ${handle}`;
  const name = h("button", { type: "button", class: "about", "data-about": about });
  name.onclick = () => go({ about });
  const inside = columns.map((word, nth) => (nth === 0 ? name : word === "Change" ? h("div", { class: "acts" }) : null));
  return h("tr", { "data-handle": handle }, ...columns.map((word, nth) => h("td", { "data-label": word }, inside[nth])));
}

function fillUser(element, row) {
  const [name, department, signIn, assigned, scope, acts] = element.children;
  text(name.firstChild, row.name);
  text(department, row.department || "–");
  text(signIn, row.sign_in);
  text(assigned, row.assigned);
  text(scope, row.in_scope ? "✓ in scope" : `✕ ${row.scope}`);
  fillActs(acts.firstChild, row);
}

function fillGroup(element, row) {
  const [name, members, assigned, scope, acts] = element.children;
  text(name.firstChild, row.name);
  text(members, row.members);
  text(assigned, row.assigned ? "yes" : "no");
  text(scope, row.in_scope ? "✓ in scope" : `✕ ${row.scope}`);
  fillActs(acts.firstChild, row);
}

function fillActs(acts, { can, handle, name }) {
  list(acts, can, (verb) => verb, (verb) => makeButton(handle, verb), (button, verb) => {
    attribute(button, "aria-label", `${wordsOf(verb)}: ${name}`);
  });
}

function makeButton(handle, verb) {
  const button = h("button", { type: "button", "data-verb": verb }, wordsOf(verb));
  button.onclick = () => post("action", actionOn(handle, verb));
  return button;
}

/** A line of fields with a button: `does` gets what was filled in, and says whether to empty the fields. */
function form(label, fields, does) {
  const element = h("form", { "aria-label": label }, h("b", {}, label), ...fields, h("button", {}, "Do it"));
  element.onsubmit = async (event) => {
    event.preventDefault();
    const filled = fieldsOf(element);
    // What is typed while the answer is on its way stays.
    if ((await does(filled)) && JSON.stringify(fieldsOf(element)) === JSON.stringify(filled)) element.reset();
  };
  return element;
}

const fieldsOf = (form) => Object.fromEntries(new FormData(form));

const field = (name, hint, kind = "") => h("input", { name, placeholder: hint, list: kind ? `directory-${kind}` : null, "aria-label": hint, autocomplete: "off", spellcheck: "false", required: true });

// The name in actions: "Zoë Park" becomes zoe.park.
const handleOf = (name) => name.normalize("NFD").replace(/[^\p{L}\p{N} .-]/gu, "").toLowerCase().trim().replace(/[^a-z0-9-]+/g, ".") || name;

const hireForm = () => form("Hire", [field("name", "Name"), field("department", "Department"),
  h("label", {}, h("input", { type: "checkbox", name: "assigned", checked: true }), " assigned")],
({ name, department, assigned }) => post("action", ofApp({ hire: { [handleOf(name)]: { name, department, assigned: Boolean(assigned) } } })));

const editForm = (attributes) => form("Edit", [field("user", "User, such as ann", "users"), attributes, h("input", { name: "value", class: "wide", placeholder: "New value; empty clears", "aria-label": "New value", autocomplete: "off" })],
  ({ user, attribute: name, value }) => post("action", { update: { [called("users", user)]: { [name]: value } } }));

const groupForm = () => form("New group", [field("name", "Name"), h("label", {}, h("input", { type: "checkbox", name: "assigned", checked: true }), " assigned")],
  ({ name, assigned }) => post("action", ofApp({ create_group: { [handleOf(name)]: { name, assigned: Boolean(assigned) } } })));

const memberForm = () => form("Members", [
  h("select", { name: "verb", "aria-label": "Add or remove" }, h("option", { value: "add_member" }, "Add"), h("option", { value: "remove_member" }, "Remove")),
  field("user", "User, such as ann", "users"), field("group", "Group, such as sales", "groups")],
({ verb, user, group }) => post("action", { [verb]: { group: called("groups", group), user: called("users", user) } }));
