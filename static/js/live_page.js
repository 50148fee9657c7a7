// Every page of a hotel but the board: its main part is kept true.
import { keepTrue } from "./live/live.js";
import * as page from "./live/page.js";

keepTrue(page);
