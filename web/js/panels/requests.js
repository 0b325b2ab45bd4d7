// All requests that are still kept.

import { listed } from "../listed.js";

export const { start, show } = listed("Requests", "Narrow: a name, PATCH, 404, outside …");
