// The small menu of a person or of the job: each entry is an action, which can also be copied.

import { $, attribute, h } from "./dom.js";
import { copy, curl, post, toml } from "./api.js";
import { shownApp } from "./panels/run.js";
import { named } from "./server.js";
import { hide } from "./tip.js";

const WORDS = {
  disable: "Block sign-in", enable: "Unblock sign-in", assign: "Assign to GoLinks", unassign: "Unassign from GoLinks",
  delete: "Delete from Entra", restore: "Restore from the recycle bin", purge: "Delete for good",
  delete_account: "Delete the account at GoLinks",
  assign_group: "Assign to GoLinks", unassign_group: "Unassign from GoLinks",
  delete_group: "Delete the group from Entra", restore_group: "Restore from the recycle bin", purge_group: "Delete for good",
  create_account: "Create an account at GoLinks", edit_account: "Edit the account at GoLinks", hire: "Hire", update: "Edit in Entra",
  create_group: "Make a group", update_group: "Edit the group", add_member: "Add to a group", remove_member: "Take out of a group",
  start: "Start provisioning", stop: "Stop provisioning", restart: "Restart provisioning", test_connection: "Test connection",
  save: "Save what is filled in", discard: "Discard what is not saved",
  provision_on_demand: "Provision on demand", allow_deletes: "Allow deletes", reject_deletes: "Reject deletes",
  down: "GoLinks goes down", up: "GoLinks is up again", fault: "Break it", clear_fault: "Mend it", set: "Change a setting",
  set_secret: "New secret in Entra", rotate_token: "New token at GoLinks", revoke_token: "Revoke the token", issue_token: "Issue a token",
  sign_in: "Sign in to GoLinks", end_session: "Sign out of GoLinks", follow: "Follow a go link",
  create_link: "Make a go link", edit_link: "Edit a go link", delete_link: "Delete a go link", transfer_links: "Transfer go links",
  set_role: "Give a role at GoLinks", make_api_token: "Make an API token", revoke_api_tokens: "Revoke API tokens",
};

// What is done to a person in the application that the page shows; the rest is done in the directory.
const OF_APP = new Set(["assign", "unassign", "delete_account"]);

// Verbs of people that groups take too, with the group named as such.
const OF_GROUP = { assign_group: "assign", unassign_group: "unassign" };

/** Opens the menu of a person's or a group's row beside its button. */
export function open(button, row) {
  openMenu(button, row.name, row.can.map((verb) => ({ label: wordsOf(verb), action: actionOn(row.handle, verb) })));
}

/** The entries for what can be done to a user, an account or a group. */
export function entries({ handle, can }) {
  return can.map((verb) => entry({ label: wordsOf(verb), action: actionOn(handle, verb) }));
}

/** The entries for what can be done to the job. */
export const jobEntries = (job) => jobActions(job).map(entry);

const jobActions = ({ can }) => can.map(({ label, action }) => ({ label, action: ofApp(action) }));

/** What a button says that does this. */
export const wordsOf = (verb) => named(WORDS[verb] ?? verb.replaceAll("_", " "));

/** The action of this verb on a user, an account or a group. */
export function actionOn(handle, verb) {
  if (verb in OF_GROUP) return ofApp({ [OF_GROUP[verb]]: { group: handle } });
  return OF_APP.has(verb) ? ofApp({ [verb]: handle }) : { [verb]: handle };
}

/** Opens the menu of the job. */
export function openJob(button, job) {
  openMenu(button, "Provisioning job", jobActions(job));
}

/** The action with the name of the application, where the page does not show the main one. */
export function ofApp(action) {
  const app = shownApp();
  if (app === "" || app === "main") return action;
  return typeof action === "string" ? { [action]: true, app } : { ...action, app };
}

function openMenu(button, title, entries) {
  const menu = $("menu");
  hide();
  attribute(menu, "aria-labelledby", "menu-title");
  menu.replaceChildren(
    h("h2", { id: "menu-title" }, title),
    ...entries.map(entry),
    h("small", {}, "An action changes the run: it can then not be replayed from the file alone."),
  );
  menu.showPopover();
  const at = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  menu.style.left = Math.max(6, Math.min(innerWidth - size.width - 6, at.right - size.width)) + "px";
  menu.style.top = Math.max(6, Math.min(innerHeight - size.height - 6, at.bottom + 4)) + "px";
  menu.querySelector("button")?.focus();
  menu.onkeydown = (event) => roam(event, menu);
}

function entry({ label, action }) {
  const act = h("button", { type: "button", class: "act" }, label);
  act.onclick = async () => {
    if ($("menu").matches(":popover-open")) $("menu").hidePopover();
    await post("action", action);
  };
  const asCurl = copyButton("curl", curl("action", action));
  const asToml = copyButton("TOML", toml(action));
  return h("div", { class: "entry" }, act, asCurl, asToml);
}

function copyButton(word, words) {
  const button = h("button", { type: "button", class: "copy", title: words, "aria-label": `Copy as ${word}` }, word);
  button.onclick = () => copy(words);
  return button;
}

function roam(event, menu) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".act")];
  const at = items.indexOf(document.activeElement);
  items[(at + by + items.length) % items.length]?.focus();
}
