// The entry of the page.

import { readData } from "./data.js";

readData();
