// Which windows of a browser may keep a connection open. Over HTTP/1.1 a browser has six connections to a server for all
// its windows, and a page that listens holds one. Four may; so two are left for the commands and for the other windows.

const SEATS = 4;

/** Takes a seat and returns the function that leaves it; null when all are taken. A window that is closed leaves its own. */
export async function takeSeat() {
  // Over plain HTTP a browser has locks only for the names of its own machine.
  if (!navigator.locks) return document.hasFocus() ? () => {} : null;
  for (let nth = 0; nth < SEATS; nth++) {
    const leave = await new Promise((taken) => {
      navigator.locks.request(`scimulator: seat ${nth}`, { ifAvailable: true }, (lock) => {
        if (lock === null) return taken(null);
        return new Promise((leave) => taken(leave));
      });
    });
    if (leave !== null) return leave;
  }
  return null;
}
