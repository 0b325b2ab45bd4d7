// What the drawer of a report tells about a user, a group or a request: what the record says up to the moment shown.

import { h } from "../js/dom.js";
import { named } from "../js/server.js";

const ROWS_MAX = 40;

/**
 * The part that the page's drawer shows.
 * @param {string} about what was asked for, such as `user ann`
 * @param {any} moment the worlds at the moment, and its sentence; its log rows and exchanges, oldest first; and how an instant is shown
 */
export function drawerOf(about, { worlds, truth, rows, exchanges, clock }) {
  const [, kind, name] = /^(\S*) ?(.*)$/s.exec(about) ?? [];
  if (kind === "request") return request(about, exchanges.find((one) => String(one.seq) === name), clock);
  const among = kind === "group" ? worlds.groups : worlds.rows;
  const found = among?.find((row) => (kind === "account" ? row.account : row.handle) === name);
  const of = found?.handle ?? name;
  const sections = [{ title: "", lines: found ? stands(found, truth) : [[piece(without(worlds, name))]] }];
  const told = rows.filter((row) => row.handle === of).slice(-ROWS_MAX).reverse();
  sections.push(table("Provisioning log", ["Date", "Action", "Status", "More"], told.map((row) => ({
    tone: row.tone, cells: [piece(clock(row.us)), piece(row.action), piece(row.status), piece(row.more)],
  })), "No row about it yet."));
  const sent = exchanges.filter((one) => one.user === of).slice(-ROWS_MAX).reverse();
  sections.push(table("Requests", ["Date", "Request", "Answer"], sent.map((one) => ({
    tone: one.failed ? "bad" : "",
    cells: [piece(clock(one.us)), { ...piece(`${one.method} ${one.target}`), about: `request ${one.seq}` }, piece(one.says)],
  })), "No request about it yet, or none that this report holds."));
  return { about, kind, title: found?.name ?? name, detail: found?.detail ?? "", can: [], sections };
}

/** How somebody stands who has no row: of very many people a report has marks, and of some not even those. */
function without({ shape, dots = [], counts = [] }, name) {
  if (shape !== "dots") return "It has no row of its own at this moment.";
  const mark = dots.find((dot) => dot.handle === name)?.mark;
  return counts.find((count) => count.mark === mark)?.says ?? "Of so many people a report does not say how each compares; what it holds stands below.";
}

/** How a user stands in both worlds, and how the job stands where that is not as it should be. */
function stands(row, truth) {
  const job = truth && !["same", "outside"].includes(row.mark) && `The job: ${[`${truth.word}: ${truth.text}`, truth.next].filter(Boolean).join(" ")}`;
  const entra = [row.scope, row.entra && `${row.entra} in Entra`, row.intended && `${named("GoLinks")} should hold: ${row.intended}`];
  const golinks = [row.account, row.status ?? row.golinks];
  return [
    [piece(`${row.symbol} ${row.says}`)],
    ...(row.why ?? []).map((why) => [piece(why)]),
    ...(job ? [[piece(job)]] : []),
    [piece("Entra: ", "faint"), piece(entra.filter(Boolean).join(" · "))],
    [piece(named("GoLinks: "), "faint"), piece(golinks.filter(Boolean).join(" · ") || "nothing")],
  ];
}

function request(about, one, clock) {
  if (!one) {
    return { about, kind: "request", title: "", detail: "", can: [], sections: [{ title: "", lines: [[piece("There is no such request up to this moment, or this report does not hold it.")]] }] };
  }
  const first = [[piece(one.says)], ...(one.user ? [[{ ...piece(one.user), about: `user ${one.user}` }]] : []),
    ...one.faults.map((fault) => [piece("⚡ " + fault)]), ...one.did.map((deed) => [piece(named("GoLinks: ") + deed.says)])];
  const bodies = [["Sent", one.sent], ["Answered", one.answer]].filter(([, content]) => whole(content))
    .map(([title, content]) => ({ title, lines: [], code: whole(content) }));
  return { about, kind: "request", title: `${one.method} ${one.target}`, detail: `#${one.seq} · ${clock(one.us)}`, can: [], sections: [{ title: "", lines: first }, ...bodies] };
}

/** Headers and body of one side of an exchange, in the order in which they were sent. */
export function whole(content) {
  const heads = (content?.headers ?? []).map(([name, value]) => name + ": " + value);
  let shown = content?.body ?? "";
  try {
    shown = JSON.stringify(JSON.parse(shown), null, 2);
  } catch { /* it is no JSON, and is shown as it came */ }
  return [...heads, ...(heads.length && shown ? [""] : []), shown].join("\n").trimEnd();
}

/** What a list shows when a request in it is opened. */
export function unfolded(one) {
  const side = (word, content) => (whole(content) ? [h("h3", {}, word), h("pre", {}, whole(content))] : []);
  return [
    ...one.faults.map((fault) => h("p", {}, "⚡ " + fault)),
    ...side("sent", one.sent), ...side("answered", one.answer),
    ...one.did.map((deed) => h("p", {}, named("GoLinks: ") + deed.says)),
  ];
}

function table(title, columns, rows, none) {
  return rows.length ? { title, lines: [], table: { columns, rows } } : { title, lines: [[piece(none)]] };
}

const piece = (words, tone = "") => ({ tone, text: words ?? "" });
