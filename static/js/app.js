// What every page does beyond its HTML: one behaviour a file, each found by what its markup shows.
// A page with more to do names those scripts itself.
import "./send.js";
import "./busy.js";
import "./lost.js";
import "./again.js";
import "./drafts.js";
import "./focus.js";
import "./keys.js";
import "./menus.js";
import "./ages.js";
import "./toasts.js";
