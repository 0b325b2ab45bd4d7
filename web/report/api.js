// What the page would ask of its server; a report has none. A jump shows another moment.

let jump = () => {};

/** Calls `to` with the instant to which a mark of the strip leads. */
export function onJump(to) {
  jump = to;
}

export async function post(path, body) {
  if (body?.to) jump(body.to);
  return true;
}

export async function refusal() {
  return "";
}

export function curl() {
  return null;
}

export function toml() {
  return "";
}

export async function copy() {}
