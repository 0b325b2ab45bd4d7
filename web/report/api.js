// What the page would ask of its server; a report has none.

export async function post() {
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
