// What the server that is provisioned is called: the mock by its own name, any other one the target.

let foreign = false;

/** Says whether the server is another than the mock. */
export function meet(isForeign) {
  foreign = isForeign;
}

/** Words of our own in which the mock's name stands, with the name of the server in its place. */
export function named(words) {
  if (!foreign) return words;
  return words.replace(/^GoLinks/, "The target").replaceAll("GoLinks", "the target");
}

/** The name at the head of a column. */
export const column = () => (foreign ? "Target" : "GoLinks");
