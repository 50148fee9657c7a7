// The board is kept true.
import * as board from "./live/board.js";
import { keepTrue } from "./live/live.js";

keepTrue(board);
