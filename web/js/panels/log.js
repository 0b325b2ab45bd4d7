// The provisioning log.

import { listed } from "../listed.js";

export const { start, show } = listed("Provisioning log", "Narrow: a name, failure, create …");
