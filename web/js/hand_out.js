// Saves the report of the run so far: one page to hand out, which shows the run at any moment and needs no server.

import { API, refusal } from "./api.js";
import { $, h } from "./dom.js";
import { toast } from "./toast.js";

/** The same for a shell. */
export const handOutCurl = () => `curl -OJ ${location.origin}${API}report`;

/** Has the report made and saves it. */
export async function handOut() {
  const button = $("report");
  button.disabled = true;
  toast("The report is being made: the run is played again for it.");
  try {
    const answer = await fetch(API + "report", { cache: "no-store" });
    if (!answer.ok) return toast(await refusal(answer));
    const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "report.html";
    save(await answer.blob(), name);
    toast(`The report is saved as ${name}: one file to hand out, which opens in any browser and needs no network.`);
  } catch {
    toast("The server does not answer.");
  } finally {
    button.disabled = false;
  }
}

/** Saves a file under a name. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
