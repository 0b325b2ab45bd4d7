// Small helpers for the document. Data is only ever set as text, never as markup.

/**
 * The element with this id.
 * @param {string} id
 * @returns {any} an element of whatever kind the page has there
 */
export const $ = (id) => document.getElementById(id);

/** Makes an element: h("li", { class: "row", "data-mark": "same" }, "text", child). */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) attribute(element, name, value);
  const given = children.filter((child) => child !== null && child !== undefined);
  element.append(...given.map((child) => (child instanceof Node ? child : visible(child))));
  return element;
}

// Control characters but for tabs and line ends, controls of writing direction, and characters
// without a width. A client can put them into a name; shown as they are, they would change how the
// text around them is read.
const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\udb40[\udc00-\udc7f]/g;

/** A text with its hidden characters written out, such as \u{202e}. */
export const visible = (text) =>
  String(text).replace(hidden, (found) => `\\u{${found.codePointAt(0).toString(16)}}`);

/** Sets an attribute, or takes it away when the value is null, undefined or false. */
export function attribute(element, name, value) {
  const spoken = name === "title" || name === "aria-label";
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (spoken) element.setAttribute(name, visible(value));
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value === true ? "" : value);
}

/** Sets an element's text when it differs, so that nothing is announced or laid out twice. */
export function text(element, value) {
  const wanted = visible(value ?? "");
  if (element.textContent !== wanted) element.textContent = wanted;
}

// A duration, such as `4 h 40 m`: a line does not end within one.
const duration = /\d+ (?:ms|[smhd])\b(?: \d+ (?:ms|[smhd])\b)*/g;

/** Sets an element's text, a sentence in large type, so that each duration in it stays on one line. */
export function sentence(element, value) {
  const wanted = visible(value ?? "");
  if (element.textContent === wanted) return;
  const spans = [...wanted.matchAll(duration)].map(([words]) => h("span", { class: "whole" }, words));
  element.replaceChildren(...wanted.split(duration).flatMap((words, nth) => [words, spans[nth] ?? ""]));
}

/** Sets an element's text and hides it when there is none. */
export function textOrHide(element, value) {
  text(element, value || "");
  element.hidden = !value;
}

/**
 * Makes the children of `parent` match `items`, keeping the elements of items that stay.
 * `key` names an item (and gets its place), `make` builds its element, `update` fills it.
 */
export function list(parent, items, key, make, update) {
  const old = new Map();
  for (const child of parent.children) old.set(child.dataset.key, child);
  let place = parent.firstElementChild;
  for (const [nth, item] of items.entries()) {
    const name = String(key(item, nth));
    let element = old.get(name);
    if (element) old.delete(name);
    else {
      element = make(item);
      element.dataset.key = name;
    }
    update(element, item);
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  for (const gone of old.values()) gone.remove();
}
